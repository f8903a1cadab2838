"""Mixed captures profiled on a Spark cluster of this machine: the report is that of one run, also when an executor is killed.

    python spark.py FOLDER [MEGABYTES [MASTER]]

FOLDER is where captures and reports are written. Needs pyspark, duckdb and polars, and clients-contract on PATH.
"""

import gzip
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import polars
import pyspark

FOLDER = Path(sys.argv[1])
MEGABYTES = int(sys.argv[2]) if len(sys.argv) > 2 else 100
MASTER = sys.argv[3] if len(sys.argv) > 3 else "local-cluster[2,1,1024]"
JOB = Path(__file__).resolve().parents[2] / "integrations/spark/clients_contract_spark.py"
PATHS = ["captures", "gone.json"]


def generated(seed: int, *arguments: str) -> list[bytes]:
    command = ["clients-contract", "generate", "--no-settings", "--seed", str(seed), *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.splitlines(keepends=True)


def har(payloads: list[bytes]) -> bytes:
    def entry(body: bytes) -> dict:
        content = {"size": len(body), "mimeType": "application/json", "text": body.decode()}
        return {
            "request": {"method": "GET", "url": "https://api.example/incoming/v2/clients?page=1", "headers": []},
            "response": {"status": 200, "headers": [], "content": content},
        }

    log = {"version": "1.2", "creator": {"name": "spark.py", "version": "1"}, "entries": [entry(one) for one in payloads]}
    return json.dumps({"log": log}).encode()


def write_captures() -> None:
    """Pages with and without violations, walks that go on over files and parts, and files that cannot be read to their end."""
    captures = FOLDER / "captures"
    captures.mkdir(parents=True)
    valid = generated(1, "-n", "300", "--items", "1")
    broken = generated(2, "-n", "120", "--items", "2", "--invalid", "-f", "ndjson")
    broken = [json.dumps(json.loads(one).get("payload", json.loads(one))).encode() + b"\n" for one in broken]
    draw = random.Random(7)
    left = MEGABYTES << 20
    number = 0
    while left > 0:
        folder = captures / f"day-{number // 6}"
        folder.mkdir(exist_ok=True)
        # One file of lines is much longer than a part.
        share = max(left // 3, 1 << 20) if number == 3 else min(left, MEGABYTES << 14)
        lines, size = [], 0
        while size < share:
            line = draw.choice(broken if draw.random() < 0.02 else valid)
            lines.append(line)
            size += len(line)
        left -= size
        kind = "ndjson" if number == 3 else ("ndjson", "gz", "har", "json")[number % 4]
        if kind == "ndjson":
            (folder / f"{number}.ndjson").write_bytes(b"".join(lines))
        elif kind == "gz":
            (folder / f"{number}.ndjson.gz").write_bytes(gzip.compress(b"".join(lines), 1))
        elif kind == "har":
            (folder / f"{number}.har").write_bytes(har(lines))
        else:
            pages = folder / f"{number}-pages"
            pages.mkdir()
            for page, line in enumerate(lines):
                (pages / f"{page:05}.json").write_bytes(line)
        number += 1
    # A walk of pages over several files; one of its last pages lists some of what an early one did.
    walk = captures / "walk"
    walk.mkdir()
    pages = generated(3, "--dataset", "--total", "600", "--items", "20", "-f", "ndjson")
    early, late = json.loads(pages[2]), json.loads(pages[24])
    late["data"]["Clients"]["clients"][:5] = early["data"]["Clients"]["clients"][:5]
    pages[24] = json.dumps(late).encode() + b"\n"
    # Its first file is longer than a part, and read as a whole, since its pages have several lines.
    (walk / "0.ndjson").write_text("".join(json.dumps(json.loads(page), indent=2) + "\n" for page in pages[:12]))
    assert (walk / "0.ndjson").stat().st_size > 5 << 20
    for file in range(2, 5):
        (walk / f"{file}.ndjson").write_bytes(b"".join(pages[file * 6 : file * 6 + 6]))
    whole = gzip.compress(b"".join(valid))
    (captures / "damaged.ndjson.gz").write_bytes(whole[: len(whole) // 2])
    (captures / "damaged.har").write_bytes(har(valid[:20])[:-300])
    # Lines behind a capture are not read, wherever parts begin.
    some = b"".join(draw.choice(valid) for _ in range(900))
    half = some.find(b"\n", len(some) // 2) + 1
    (captures / "mixed.ndjson").write_bytes(some[:half] + har(valid[:1]) + b"\n" + some[half:])
    (captures / "notes.txt").write_text("no capture")


def report(format: str, *arguments: str) -> tuple[int, bytes]:
    command = ["clients-contract", "drift", "--no-settings", "-q", "-f", format, *arguments]
    done = subprocess.run(command, cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.returncode, done.stdout


def children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        found.setdefault(parent, []).append(int(stat.parent.name))
    return found


def descendants(process: int) -> list[int]:
    of, all_of_them = children(), [process]
    for one in all_of_them:
        all_of_them += of.get(one, [])
    return all_of_them[1:]


def command_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def busy_executor(job: int) -> int | None:
    """An executor of the job in which the tool validates a part."""
    for process in descendants(job):
        if "CoarseGrainedExecutorBackend" in command_of(process):
            if any("--stdin-parts" in command_of(below) for below in descendants(process)):
                return process
    return None


def run_job(profile: str, kill: bool = False) -> tuple[int, bytes, str]:
    home = Path(pyspark.__path__[0])
    environment = os.environ | {"SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    command = [str(home / "bin/spark-submit"), "--master", MASTER, "--conf", "spark.ui.enabled=false", str(JOB), *PATHS]
    command += ["--split-size", "4MiB"] if MEGABYTES <= 100 else []
    # Behind spark-submit, what the program prints and what it notes are one stream.
    command += ["--", "-q", "-f", "json", "--profile", profile, "-o", f"{profile}.report"]
    begun = time.monotonic()
    with open(FOLDER / f"{profile}.log", "wb") as log:
        with subprocess.Popen(command, cwd=FOLDER, env=environment, stdout=log, stderr=log) as process:
            if kill:
                executor = None
                while executor is None and process.poll() is None:
                    time.sleep(0.2)
                    executor = busy_executor(process.pid)
                assert executor, "no executor was busy"
                os.kill(executor, signal.SIGKILL)
            process.wait()
    log = (FOLDER / f"{profile}.log").read_text(errors="replace")
    print(f"{profile}: {time.monotonic() - begun:.0f} s;", *re.findall(r"\d+ files in .*", log))
    if process.returncode not in (0, 1, 3):
        raise SystemExit(log[-4_000:])
    return process.returncode, (FOLDER / f"{profile}.report").read_bytes(), log


def check(name: str, one: object, other: object) -> None:
    if one != other:
        if isinstance(one, tuple):
            (FOLDER / "one").write_bytes(one[1])
            (FOLDER / "other").write_bytes(other[1])
        raise SystemExit(f"{name}: differs from one run; see {FOLDER}")
    print(f"{name}: the report of one run")


def main() -> None:
    write_captures()
    begun = time.monotonic()
    whole = report("json", *PATHS)
    print(f"one run: {time.monotonic() - begun:.0f} s, exit code {whole[0]}, {len(whole[1])} bytes")
    said = json.loads(whole[1])
    assert said["checked"]["invalid"] > 0 and len(said["problems"]) >= 4, said["problems"]
    rules = {finding["rule"] for finding in said["findings"]}
    assert "repeated-client" in rules, rules
    code, out, log = run_job("profile.json")
    check("job", (code, out), whole)
    assert "Traceback" not in log
    for format in ["text", "sarif"]:
        check(format, report(format, "--merge", "profile.json"), report(format, *PATHS))
    code, out, log = run_job("killed.json", kill=True)
    check("job with a killed executor", (code, out), whole)
    assert re.search("Lost executor|ExecutorLostFailure|Lost task", log), "no executor was lost"
    # The lines of docs/spark.md, with results that begin with many valid payloads.
    validate = ["clients-contract", "validate", "--no-settings", "-q", "-f", "ndjson", "-o", "results.ndjson"]
    validate += ["captures/mixed.ndjson", "captures/walk"]
    subprocess.run(validate, cwd=FOLDER)
    os.chdir(FOLDER)
    docs = (JOB.parents[2] / "docs/spark.md").read_text()
    query = re.search(r'^duckdb -c "(.*)"$', docs, re.MULTILINE)
    rows = duckdb.sql(query[1]).fetchall()
    counted: dict[str, int] = {}
    for result in map(json.loads, Path("results.ndjson").read_text().splitlines()):
        for finding in result["findings"]:
            counted[finding["rule"]] = counted.get(finding["rule"], 0) + 1
    assert rows and {rule: count for rule, count, *_ in rows} == counted, (rows, counted)
    print(f"duckdb: {rows}")
    *setting, expression = re.search("```python\n(.*?)\n```", docs, re.DOTALL)[1].splitlines()
    names = {"polars": polars}
    exec("\n".join(setting), names)
    frame = eval(expression, names)
    assert dict(frame.rows()) == counted, (frame, counted)
    print(f"polars: {frame.rows()}")


if __name__ == "__main__":
    main()
