"""A wheel around a binary, laid out as maturin's `bindings = "bin"` does: `wheel.py BINARY VERSION FOLDER`."""

import sys
import sysconfig
import zipfile

binary, version, folder = sys.argv[1:]
tag = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
name = f"clients_contract-{version}"
files = {
    f"{name}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: clients-contract\nVersion: {version}\n",
    f"{name}.dist-info/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: {tag}\n",
}
with zipfile.ZipFile(f"{folder}/{name}-{tag}.whl", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as wheel:
    script = zipfile.ZipInfo(f"{name}.data/scripts/clients-contract")
    script.external_attr = 0o100755 << 16
    script.compress_type = zipfile.ZIP_DEFLATED
    with open(binary, "rb") as file:
        wheel.writestr(script, file.read(), compresslevel=1)
    record = "".join(f"{path},,\n" for path in (script.filename, *files, f"{name}.dist-info/RECORD"))
    for path, text in {**files, f"{name}.dist-info/RECORD": record}.items():
        wheel.writestr(path, text)
