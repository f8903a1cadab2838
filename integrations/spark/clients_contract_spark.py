"""Profiles captures with `clients-contract drift` on a Spark cluster. The report is that of one machine; see docs/spark.md.

    spark-submit clients_contract_spark.py captures/ -- -f json -o report.json

Behind `--` are options of `drift`, which writes the report.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import IO, Iterable, Iterator

CHUNK = 1 << 20
# A part of a file begins within so many bytes of where it was meant to.
LOOK = 4 << 20
MIN_SPLIT = 2 << 20
MAX_SPLIT = 128 << 20
EXTENSIONS = (".json", ".ndjson", ".jsonl", ".har")
COMPRESSED = (".gz", ".zst", ".br")
# What decides how payloads are read and validated, on executors as for the report.
READING = ("contract", "envelope", "schema", "dialect", "engine", "input", "url-path", "max-body", "max-depth")


@dataclass(frozen=True)
class Piece:
    """A file, or the lines of one from `line` on: its bytes from `start` to before `end`."""

    file: str
    uri: str
    line: int | None = None
    start: int = 0
    end: int | None = None


@dataclass(frozen=True)
class Part:
    """Pieces that one process validates, in order, and what the tool is told of files that are none."""

    pieces: tuple[Piece, ...]
    notes: tuple[dict, ...] = ()


@dataclass(frozen=True)
class Result:
    at: int
    profile: bytes
    needs: frozenset[str]
    offers: frozenset[str]
    # The files that turned out not to be read in parts as they would be as a whole.
    broken: frozenset[str]


@dataclass(frozen=True)
class Job:
    """What every executor has to know."""

    tool: str
    reading: tuple[str, ...]
    schema: str | None
    folder: str
    max_failures: int

    def arguments(self, local: bool) -> list[str]:
        schema = self.schema
        if schema and not local:
            file, mark, pointer = schema.partition("#")
            schema = shipped(file) + mark + pointer
        return [*self.reading, *(["--schema", schema] if schema else [])]


def shipped(path: str) -> str:
    from pyspark import SparkFiles

    return SparkFiles.get(os.path.basename(path))


def is_local(uri: str) -> bool:
    return "://" not in uri


def opened(uri: str) -> IO[bytes]:
    """Opens a file; others than local ones with pyarrow, which knows HDFS and S3."""
    if is_local(uri):
        return open(uri, "rb")
    from pyarrow import fs

    system, path = fs.FileSystem.from_uri(uri)
    return system.open_input_file(path)


def chunks(file: IO[bytes], length: int | None) -> Iterator[bytes]:
    while length is None or length > 0:
        chunk = file.read(CHUNK if length is None else min(CHUNK, length))
        if not chunk:
            return
        yield chunk
        if length is not None:
            length -= len(chunk)


def line(**said) -> bytes:
    return json.dumps(said).encode() + b"\n"


def stream(piece: Piece, is_last_attempt: bool) -> Iterator[bytes]:
    """What the tool reads of a piece (`--stdin-parts`).

    What may go well another time fails the task, which Spark repeats; if that fails, too, it is a problem of this file.
    """
    local = is_local(piece.uri)
    try:
        file = opened(piece.uri)
    except OSError as error:
        lasting = isinstance(error, (FileNotFoundError, PermissionError, IsADirectoryError))
        if not (lasting or is_last_attempt):
            raise
        if local:
            # The tool finds the same, and says so in its own words.
            yield line(file=piece.file, read=True)
        else:
            yield line(file=piece.file, problem=f"cannot be read: {error}")
        return
    with file:
        if piece.line is not None:
            yield line(file=piece.file, line=piece.line)
        elif local:
            yield line(file=piece.file, beside=True)
        else:
            yield line(file=piece.file)
        try:
            if piece.start:
                file.seek(piece.start)
            length = None if piece.end is None else piece.end - piece.start
            for chunk in chunks(file, length):
                yield line(bytes=len(chunk))
                yield chunk
        except OSError as error:
            if not is_last_attempt:
                raise
            yield line(error=str(error))


def run_tool(command: list[str], stdin: Iterable[bytes], folder: str) -> None:
    """Runs the tool, whose exit codes 1 and 3 are about what it found."""
    cwd = folder if os.path.isdir(folder) else None
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors, cwd=cwd
        ) as process:
            try:
                for block in stdin:
                    process.stdin.write(block)
                process.stdin.close()
            except BrokenPipeError:
                # It says why.
                pass
            except BaseException:
                process.kill()
                raise
            code = process.wait()
        if code not in (0, 1, 3):
            errors.seek(0)
            said = errors.read(4_000).decode(errors="replace")
            raise RuntimeError(f"{command[0]}: exit code {code}: {said}")


def profiled(job: Job, at: int, part: Part) -> Result:
    """Profiles a part, on an executor."""
    from pyspark import TaskContext

    context = TaskContext.get()
    is_last_attempt = context is not None and context.attemptNumber() + 1 >= job.max_failures

    def stdin() -> Iterator[bytes]:
        for note in part.notes:
            yield line(**note)
        for piece in part.pieces:
            yield from stream(piece, is_last_attempt)

    with tempfile.TemporaryDirectory() as folder:
        profile, links = Path(folder, "profile.json"), Path(folder, "links.json")
        command = [shipped(job.tool), "drift", "--no-settings", "-q", "-j1", "-f", "json", "-o", os.devnull]
        command += [*job.arguments(local=False), "--profile", str(profile), "--links", str(links)]
        run_tool([*command, "--stdin-parts", "-"], stdin(), job.folder)
        link, text = json.loads(links.read_bytes()), profile.read_bytes()
    split = {piece.file for piece in part.pieces if piece.line is not None}
    broken = frozenset(split) if split and json.loads(text)["problems"] else frozenset()
    return Result(at, text, frozenset(link["needs"]), frozenset(link["offers"]), broken)


def merged(job: Job, one: bytes, other: bytes) -> bytes:
    """Merges two profiles, on an executor."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("one.json", "other.json")]
        for path, text in zip(paths, (one, other)):
            path.write_bytes(text)
        both = Path(folder, "both.json")
        command = [shipped(job.tool), "drift", "--no-settings", "-q", "-f", "json", "-o", os.devnull]
        command += [*job.arguments(local=False), "--profile", str(both), "--merge", *map(str, paths)]
        run_tool(command, (), job.folder)
        return both.read_bytes()


def is_complete(text: bytes) -> bool:
    """Whether a line is an object or array that ends with it, and names no request that the next line answers."""
    text = text.strip()
    return text[:1] + text[-1:] in (b"{}", b"[]") and not text.startswith(b'{"recorded_request":')


def cut(head: bytes) -> tuple[int, int] | None:
    """Where a part can begin in bytes from the middle of a file, and how many lines end before.

    That is between two lines that are values of their own, whatever is around them.
    """
    lines = head.split(b"\n")
    at = len(lines[0]) + 1
    for number, (before, after) in enumerate(zip(lines[1:], lines[2:]), 2):
        at += len(before) + 1
        if is_complete(before) and after[:1] in (b"{", b"["):
            return at, number
    return None


def scanned(uri: str, start: int, end: int) -> tuple[int, tuple[int, int] | None]:
    """How many lines end in a range of a file, and where in it a part can begin."""
    try:
        with opened(uri) as file:
            file.seek(start)
            found = cut(file.read(min(LOOK, end - start)))
            file.seek(start)
            return sum(chunk.count(b"\n") for chunk in chunks(file, end - start)), found
    except OSError:
        # Whoever reads it as a whole says why.
        return 0, None


def may_be_split(file: str, options: argparse.Namespace) -> bool:
    return options.input == "ndjson" or options.input is None and file.endswith((".ndjson", ".jsonl"))


def begins_as_json(uri: str) -> bool:
    try:
        with opened(uri) as file:
            return file.read(1 << 16).lstrip()[:1] in (b"{", b"[")
    except OSError:
        return False


def remote_files(uri: str) -> tuple[list[dict], int]:
    """The files of a directory on another file system, and how many are skipped; a file is read in any case."""
    from pyarrow import fs

    system, path = fs.FileSystem.from_uri(uri)
    info = system.get_file_info(path)
    if info.type != fs.FileType.Directory:
        return [{"file": uri, "bytes": info.size or 0}], 0
    found, skipped = [], 0
    for entry in system.get_file_info(fs.FileSelector(path, recursive=True)):
        inside = entry.path[len(path.rstrip("/")) + 1 :]
        name = inside.lower()
        for ending in COMPRESSED:
            name = name.removesuffix(ending)
        if entry.type == fs.FileType.Directory:
            continue
        if any(step.startswith(".") for step in inside.split("/")) or not name.endswith(EXTENSIONS):
            skipped += 1
            continue
        found.append({"file": f"{uri.rstrip('/')}/{inside}", "bytes": entry.size or 0})
    return found, skipped


def listed(tool: str, paths: list[str]) -> tuple[list[dict], list[dict]]:
    """All files by name, and what the tool is told of others."""
    paths = [path.removeprefix("file://") for path in paths]
    remote = [path for path in paths if not is_local(path)]
    files, skipped, problems = [], 0, []
    for uri in remote:
        found, others = remote_files(uri)
        files += found
        skipped += others
    if local := [path for path in paths if is_local(path)]:
        command = [tool, "drift", "--no-settings", "--list-files", "--", *local]
        found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        files += found["files"]
        skipped += found["skipped"]
        problems = found["problems"]
    files.sort(key=lambda file: file["file"].encode())
    return files, [*([{"skipped": skipped}] if skipped else []), *problems]


def pieces_of(context, files: list[dict], split: int, options: argparse.Namespace) -> list[Piece]:
    """Files as they are, and long ones of lines in parts of about so many bytes."""
    names = [file["file"] for file in files]
    whole = [Piece(name, os.path.abspath(name) if is_local(name) else name) for name in names]
    ranges = []
    for at, (piece, file) in enumerate(zip(whole, files)):
        length = file["bytes"]
        if length > split and may_be_split(piece.file, options) and begins_as_json(piece.uri):
            ranges += [(at, piece.uri, start, min(start + split, length)) for start in range(0, length, split)]
    if not ranges:
        return whole
    found = context.parallelize(ranges, len(ranges)).map(lambda one: scanned(*one[1:])).collect()
    parts: dict[int, list[Piece]] = {}
    for at in dict.fromkeys(at for at, *_ in ranges):
        of_file = [(start, *scan) for (other, _, start, _), scan in zip(ranges, found) if other == at]
        before = accumulate((lines for _, lines, _ in of_file), initial=0)
        begins = [(0, 1)]
        for (start, _, where), lines in zip(of_file, before):
            if start and where:
                begins.append((start + where[0], lines + where[1] + 1))
        ends = [*(start for start, _ in begins[1:]), None]
        parts[at] = [
            replace(whole[at], line=number, start=start, end=end) for (start, number), end in zip(begins, ends)
        ]
    return [piece for at, one in enumerate(whole) for piece in parts.get(at, [one])]


def packed(pieces: list[Piece], sizes: dict[str, int], split: int, notes: list[dict]) -> list[Part]:
    """Parts of about so many bytes. Lines of a file are a part of their own."""
    parts = [Part((), tuple(notes))] if notes or not pieces else []
    together: list[Piece] = []
    room = split
    for piece in pieces:
        size = sizes[piece.file]
        if together and (piece.line is not None or size > room):
            parts.append(Part(tuple(together)))
            together, room = [], split
        if piece.line is not None:
            parts.append(Part((piece,)))
        else:
            together.append(piece)
            room -= size
    return [*parts, *([Part(tuple(together))] if together else [])]


def joined(parts: list[Part], results: list[Result]) -> tuple[list[int], list[Part]]:
    """The parts that stay as they are, and those that must be validated together: walks of pages that go on in another
    part, and files that cannot be read in parts."""
    first = list(range(len(parts)))

    def join(start: int, end: int) -> None:
        start = first[start]
        for at in range(start, end + 1):
            first[at] = start

    broken = frozenset().union(*(result.broken for result in results))
    for at, result in enumerate(results):
        for need in result.needs:
            before = next((before for before in reversed(range(at)) if need in results[before].offers), None)
            if before is not None:
                join(before, at)
        files = {piece.file for piece in parts[at].pieces} & broken
        if at and files & {piece.file for piece in parts[at - 1].pieces}:
            join(at - 1, at)
    together: dict[int, list[int]] = {}
    for at, start in enumerate(first):
        together.setdefault(start, []).append(at)
    kept, anew = [], []
    for members in together.values():
        if len(members) == 1 and not results[members[0]].broken:
            kept += members
            continue
        pieces: list[Piece] = []
        for piece in (piece for at in members for piece in parts[at].pieces):
            if piece.file not in broken:
                pieces.append(piece)
            elif not any(piece.file == other.file for other in pieces):
                pieces.append(Piece(piece.file, piece.uri))
        anew.append(Part(tuple(pieces), tuple(note for at in members for note in parts[at].notes)))
    return kept, anew


def profile_of_all(context, job: Job, parts: list[Part]) -> tuple[bytes, int]:
    """The profile of everything, and how many parts were validated again."""
    from pyspark import StorageLevel

    every = context.parallelize(list(enumerate(parts)), len(parts))
    first = every.map(lambda one: profiled(job, *one)).persist(StorageLevel.MEMORY_AND_DISK)
    results = first.map(lambda result: replace(result, profile=b"")).collect()
    kept, anew = joined(parts, sorted(results, key=lambda result: result.at))
    stays = frozenset(kept)
    profiles = first.filter(lambda result: result.at in stays).map(lambda result: result.profile)
    if anew:
        again = context.parallelize(list(enumerate(anew)), len(anew))
        profiles = profiles.union(again.map(lambda one: profiled(job, *one).profile))
    profile = profiles.treeReduce(lambda one, other: merged(job, one, other))
    first.unpersist()
    return profile, len(anew)


def size(text: str) -> int:
    for unit, factor in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1), ("", 1)):
        if text.endswith(unit):
            return int(text.removesuffix(unit)) * factor
    raise ValueError(text)


def options_of(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """The options of this program, and those of the report."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(
        description="Profile captures with `clients-contract drift` on a Spark cluster.",
        usage="%(prog)s [OPTIONS] PATH... [-- OPTIONS OF DRIFT]",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("paths", nargs="+", metavar="PATH", help="files, directories, patterns; or URIs: file://, hdfs://, s3://")
    add("--tool", metavar="PATH", help="the program that executors run [default: clients-contract]")
    add("--split-size", type=size, metavar="BYTES", help="size of a part, such as 64MiB [default: by input and cores]")
    for name in READING:
        action = "append" if name == "url-path" else "store"
        add(f"--{name}", action=action, metavar="VALUE", help="as of drift; holds for every part")
    return parser.parse_args(arguments[:at]), arguments[at + 1 :]


def main(arguments: list[str] | None = None) -> int:
    options, report = options_of(sys.argv[1:] if arguments is None else arguments)
    tool = options.tool or shutil.which("clients-contract")
    if not tool:
        raise SystemExit("clients-contract: not found: install it or pass --tool")
    tool = os.path.abspath(tool)
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.appName("clients-contract drift").getOrCreate()
    context = spark.sparkContext
    context.addPyFile(__file__)
    context.addFile(tool)
    values = {name: getattr(options, name.replace("-", "_")) for name in READING}
    schema = values.pop("schema")
    if schema:
        schema = os.path.abspath(schema.partition("#")[0]) + "".join(schema.partition("#")[1:])
        context.addFile(schema.partition("#")[0])
    reading: list[str] = []
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            reading += [f"--{name}", one] if one is not None else []
    max_failures = int(context.getConf().get("spark.task.maxFailures", "4"))
    job = Job(tool, tuple(reading), schema, os.getcwd(), max_failures)
    try:
        files, notes = listed(tool, options.paths)
        total = sum(file["bytes"] for file in files)
        by_input = min(max(total // (4 * context.defaultParallelism), MIN_SPLIT), MAX_SPLIT)
        split = max(options.split_size or by_input, MIN_SPLIT)
        pieces = pieces_of(context, files, split, options)
        parts = packed(pieces, {file["file"]: file["bytes"] for file in files}, split, notes)
        profile, again = profile_of_all(context, job, parts)
    finally:
        spark.stop()
    print(f"{len(files)} files in {len(parts)} parts, {again} validated again", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, "profile.json")
        whole.write_bytes(profile)
        command = [tool, "drift", "--no-settings", *job.arguments(local=True), *report, "--merge", str(whole)]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    # Executors import what they run.
    import clients_contract_spark

    sys.exit(clients_contract_spark.main())
