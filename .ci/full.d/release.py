"""Checks packages: what archives contain, and that installed commands behave as the binary does.

release.py versions                 the version of Cargo.toml wherever else it is
release.py archives FOLDER          checksums and the content of each archive
release.py command COMMAND...       the README's first command, exit codes and signals of an installed command
"""

import hashlib
import os
import re
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

SHELLS = {"clients-contract.bash", "clients-contract.elv", "clients-contract.fish", "_clients-contract", "_clients-contract.ps1"}
TEXTS = {"README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY-LICENSES.txt"}


# Where the version of Cargo.toml is repeated.
VERSIONS = {
    "integrations/github-action/run.py": '^VERSION = "(.*)"$',
    "integrations/gitlab/clients-contract.gitlab-ci.yml": "^ *CLIENTS_CONTRACT_VERSION: (.*)$",
    "integrations/pre-commit/pyproject.toml": '^version = "(.*)"$|"clients-contract==(.*?)"',
    "integrations/spark/pyproject.toml": '^version = "(.*)"$',
}


def versions():
    version = re.search('^version = "(.*)"$', Path("Cargo.toml").read_text(), re.MULTILINE)[1]
    for path, pattern in VERSIONS.items():
        found = {each for groups in re.finditer(pattern, Path(path).read_text(), re.MULTILINE) for each in groups.groups() if each}
        assert found == {version}, f"{path}: {found}, and Cargo.toml has {version}"
    print(f"{version}: in all places")


def printed(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def archives(folder):
    folder = Path(folder)
    sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text().splitlines())
    files = {file.name for file in folder.iterdir() if file.name != "SHA256SUMS"}
    assert set(sums) == files, f"SHA256SUMS lists {sorted(sums)}, the folder has {sorted(files)}"
    for name, checksum in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == checksum, name
    found = sorted(folder.glob("clients-contract-*.tar.gz"))
    assert found
    for path in found:
        with tarfile.open(path) as archive:
            members = archive.getmembers()
            archive.extractall(folder.parent / "extracted", filter="data")
        root = path.name.removesuffix(".tar.gz")
        binary = folder.parent / "extracted" / root / "clients-contract"
        listed = printed(binary, "--help").split("Commands:\n")[1].split("\n\n")[0]
        names = set(re.findall("^  ([a-z]\\S*)", listed, re.MULTILINE)) - {"help"}
        assert {"validate", "completions"} < names, names
        pages = {"clients-contract.1"} | {f"clients-contract-{name}.1" for name in names}
        expected = TEXTS | {"clients-contract"} | {f"completions/{name}" for name in SHELLS}
        expected |= {f"man/man1/{name}" for name in pages}
        assert {member.name for member in members} == {f"{root}/{name}" for name in expected}, [each.name for each in members]
        for member in members:
            assert member.isfile() and member.size > 0 and (member.uid, member.gid, member.uname) == (0, 0, ""), member.name
            assert member.mode == (0o755 if member.name.endswith("/clients-contract") else 0o644), member.name
        licenses = (binary.parent / "THIRD-PARTY-LICENSES.txt").read_text()
        assert re.search("^rustls [0-9.]+ \\(", licenses, re.MULTILINE) and "Permission is hereby granted" in licenses
        # No interpreter: the kernel starts the binary itself, with no library of the system.
        headers = printed("readelf", "--program-headers", "--wide", binary)
        assert "LOAD" in headers and "INTERP" not in headers, headers
        print(f"{path.name}: {len(members)} files")


def child_of(process):
    for _ in range(200):
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        if children:
            return int(children[0])
        time.sleep(0.05)
    raise AssertionError("no child")


def waiting(command):
    """The command once it has read what there is, and waits for more."""
    arguments = [*command, "validate", "--no-settings", "-"]
    process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(Path("fixtures/valid/nulls.json").read_bytes().replace(b"\n", b" ") + b"\n")
    process.stdin.flush()
    time.sleep(1.5)
    assert process.poll() is None
    return process


def command(*words):
    readme = Path("README.md").read_text()
    first = re.search("^clients-contract ([^#\n]+)", readme, re.MULTILINE)[1].split()
    assert first == ["validate", "fixtures/valid"], first
    assert printed(*words, *first).startswith("pass: 4 payloads checked"), words
    for arguments, expected in [(["validate", "fixtures/invalid/null-value"], 1), (["validate", "--no-such-flag"], 2)]:
        code = subprocess.run([*words, *arguments], capture_output=True).returncode
        assert code == expected, (words, arguments, code)
    for number in [signal.SIGTERM, signal.SIGINT]:
        process = waiting(words)
        process.send_signal(number)
        code = process.wait(timeout=20)
        assert code == 128 + number, (words, number, code, process.stderr.read())
    if "node_modules" in str(words[0]):
        process = waiting(words)
        os.kill(child_of(process), signal.SIGKILL)
        assert process.wait(timeout=20) == -signal.SIGKILL, (words, process.returncode)
    print(f"{' '.join(map(str, words))}: exit codes and signals as the binary")


if __name__ == "__main__":
    {"versions": versions, "archives": archives, "command": command}[sys.argv[1]](*sys.argv[2:])
