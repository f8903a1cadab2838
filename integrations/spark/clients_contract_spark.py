"""Profiles captures with `clients-contract drift` on a Spark cluster. The report is that of one machine; see docs/spark.md.

    spark-submit clients_contract_spark.py captures/ -- -f json -o report.json

Behind `--` are options of `drift`, which writes the report.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Iterable, Iterator
from urllib.parse import quote, unquote, urlsplit, urlunsplit

CHUNK = 1 << 20
# A part of a file begins within so many bytes of where it was meant to.
LOOK = 4 << 20
MIN_SPLIT = 2 << 20
MAX_SPLIT = 128 << 20
EXTENSIONS = (".json", ".ndjson", ".jsonl", ".har")
COMPRESSED = (".gz", ".zst", ".zstd", ".br")
# Files about the payloads beside them, which are none.
LABELS = (".violation.json", ".manifest.json")
# What decides how payloads are read and validated, on executors as for the report.
READING = ("contract", "envelope", "schema", "dialect", "engine", "input", "url-path", "max-body", "max-depth")
REPEATED = ("envelope", "url-path")
# Options of `drift` that the report of a profile cannot honor, or that this program passes itself.
REFUSED = (
    *READING, "resource", "settings", "no-settings", "show-values", "suggest", "jobs", "merge", "links", "list-files",
    "stdin-name", "stdin-parts", "instance",
)
SCHEMA_VARIABLE = "CLIENTS_CONTRACT_SCHEMA"
# Exit codes of the tool.
USAGE, INCOMPLETE = 2, 3


@dataclass(frozen=True)
class Piece:
    """A file, or the lines of one from `line` on: its bytes from `start` to before `end`."""

    # Its place among all files, since one may be given twice.
    number: int
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
    broken: frozenset[int]


@dataclass(frozen=True)
class Job:
    """What every executor has to know."""

    tool: str
    reading: tuple[str, ...]
    schema: str | None
    folder: str
    # How often a task may fail.
    attempts: int

    def is_last_attempt(self) -> bool:
        from pyspark import TaskContext

        context = TaskContext.get()
        return context is not None and context.attemptNumber() + 1 >= self.attempts

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


def is_lasting(error: OSError) -> bool:
    """Whether another attempt would not help."""
    return isinstance(error, (FileNotFoundError, PermissionError, IsADirectoryError))


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
        if not (is_lasting(error) or is_last_attempt):
            raise
        if local and piece.line is None:
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
            end = piece.end
            if end is None and local:
                # Of a file that grows, what was there at first is read.
                end = os.fstat(file.fileno()).st_size or None
            for chunk in chunks(file, None if end is None else end - piece.start):
                yield line(bytes=len(chunk))
                yield chunk
        except OSError as error:
            if not is_last_attempt:
                raise
            yield line(error=str(error))


class ToolError(Exception):
    """The tool could not do what it was asked to."""

    def __init__(self, code: int, said: str):
        super().__init__(f"clients-contract was killed by signal {-code}" if code < 0 else said.strip())
        self.code = code

    def __reduce__(self):
        return ToolError, (self.code, str(self))


def run_tool(command: list[str], stdin: Iterable[bytes], folder: str, written: Path) -> None:
    """Runs the tool, whose exit codes 1 and 3 are about what it found if it has written this file."""
    cwd = folder if os.path.isdir(folder) else None
    environment = {name: value for name, value in os.environ.items() if name != SCHEMA_VARIABLE}
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(
            command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors,
            cwd=cwd, env=environment,
        ) as process:
            try:
                for block in stdin:
                    rest = memoryview(block)
                    while rest:
                        rest = rest[process.stdin.write(rest) :]
                process.stdin.close()
            except BrokenPipeError:
                # It says why.
                pass
            except BaseException:
                process.kill()
                raise
            code = process.wait()
        if code not in (0, 1, 3) or not written.exists():
            errors.seek(0)
            raise ToolError(code, errors.read(4_000).decode(errors="replace"))


def profile_of(tool: str, reading: list[str], stdin: Iterable[bytes], cwd: str) -> tuple[bytes, dict]:
    """The profile of files and parts of files, and the links of their walks."""
    with tempfile.TemporaryDirectory() as folder:
        profile, links = Path(folder, "profile.json"), Path(folder, "links.json")
        command = [tool, "drift", "--no-settings", "-q", "-j1", "-f", "json", "-o", os.devnull, *reading]
        command += ["--profile", str(profile), "--links", str(links), "--stdin-parts", "-"]
        run_tool(command, stdin, cwd, links)
        return profile.read_bytes(), json.loads(links.read_bytes())


def profiled(job: Job, at: int, part: Part) -> Result:
    """Profiles a part, on an executor."""
    is_last_attempt = job.is_last_attempt()

    def stdin() -> Iterator[bytes]:
        for note in part.notes:
            yield line(**note)
        for piece in part.pieces:
            yield from stream(piece, is_last_attempt)
        yield line(end=True)

    text, links = profile_of(shipped(job.tool), job.arguments(local=False), stdin(), job.folder)
    split = {piece.number for piece in part.pieces if piece.line is not None}
    broken = frozenset(split) if split and json.loads(text)["problems"] else frozenset()
    return Result(at, text, frozenset(links["needs"]), frozenset(links["offers"]), broken)


def merged(job: Job, one: bytes, other: bytes) -> bytes:
    """Merges two profiles: on executors, and the last few on the driver."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("one.json", "other.json")]
        for path, text in zip(paths, (one, other)):
            path.write_bytes(text)
        both = Path(folder, "both.json")
        command = [shipped(job.tool), "drift", "--no-settings", "-q", "-f", "json", "-o", os.devnull]
        command += [*job.arguments(local=False), "--profile", str(both), "--merge", *map(str, paths)]
        run_tool(command, (), job.folder, both)
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


def scanned(job: Job, uri: str, start: int, end: int) -> tuple[int, tuple[int, int] | None] | None:
    """How many lines end in a range of a file, and where in it a part can begin; None where it cannot be read."""
    try:
        with opened(uri) as file:
            file.seek(start)
            found = cut(file.read(min(LOOK, end - start)))
            file.seek(start)
            return sum(chunk.count(b"\n") for chunk in chunks(file, end - start)), found
    except OSError as error:
        if not (is_lasting(error) or job.is_last_attempt()):
            raise
        # Whoever reads it as a whole says why.
        return None


def may_be_split(file: str, options: argparse.Namespace) -> bool:
    return options.input == "ndjson" or options.input is None and file.endswith((".ndjson", ".jsonl"))


def begins_as_json(uri: str) -> bool:
    try:
        with opened(uri) as file:
            return file.read(1 << 16).lstrip()[:1] in (b"{", b"[")
    except OSError:
        return False


def below(uri: str, inside: str) -> str:
    """The URI of a file in a directory; options behind `?` are those of the file system."""
    parts = urlsplit(uri)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{quote(inside)}"))


def name_of(uri: str) -> str:
    """What reports call a file: its URI without the keys and options that it may contain."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{unquote(parts.path)}"


def is_likely(name: str) -> bool:
    """Whether a file of a directory is meant to be read."""
    name = name.lower()
    while name.endswith(COMPRESSED):
        name = name.rpartition(".")[0]
    return name.endswith(EXTENSIONS) and not name.endswith(LABELS)


def remote_files(uri: str) -> tuple[list[dict], int, list[dict]]:
    """The files of a directory on another file system, how many are skipped, and what is wrong; what is no directory is
    read in any case."""
    from pyarrow import fs

    system, path = fs.FileSystem.from_uri(uri)
    info = system.get_file_info(path)
    if info.type != fs.FileType.Directory:
        return [{"file": name_of(uri), "uri": uri, "bytes": info.size or 0}], 0, []
    entries = sorted(system.get_file_info(fs.FileSelector(path, recursive=True)), key=lambda entry: entry.path)
    folders = {entry.path for entry in entries if entry.type == fs.FileType.Directory}
    found, left_out = [], set()
    skipped = 0
    for entry in entries:
        parent, _, name = entry.path.rpartition("/")
        is_folder = entry.path in folders
        if parent in left_out:
            left_out |= {entry.path} if is_folder else set()
        elif name.startswith(".") or is_folder and name == "__files" and f"{parent}/mappings" in folders:
            left_out |= {entry.path} if is_folder else set()
            skipped += 1
        elif is_folder:
            continue
        elif is_likely(name):
            of_file = below(uri, entry.path[len(path.rstrip("/")) + 1 :])
            found.append({"file": name_of(of_file), "uri": of_file, "bytes": entry.size or 0})
        else:
            skipped += 1
    problems = [] if found else [{"file": name_of(uri), "problem": "contains no file to read"}]
    return found, skipped, problems


def local_path(path: str) -> str:
    """The path of a `file:` URI; other paths as they are."""
    uri = re.match("file:(?://(?:localhost)?)?(?=/)", path)
    return unquote(path[uri.end() :]) if uri else path


def listed(tool: str, paths: list[str]) -> tuple[list[dict], list[dict]]:
    """All files by name, and what the tool is told of others."""
    paths = [local_path(path) for path in paths]
    files, skipped, problems = [], 0, []
    for uri in (path for path in paths if not is_local(path)):
        found, others, wrong = remote_files(uri)
        files += found
        skipped += others
        problems += wrong
    if local := [path for path in paths if is_local(path)]:
        command = [tool, "drift", "--no-settings", "--list-files", "--", *local]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode:
            raise ToolError(done.returncode, done.stderr.decode(errors="replace"))
        found = json.loads(done.stdout)
        files += [{"uri": os.path.abspath(file["file"]), **file} for file in found["files"]]
        skipped += found["skipped"]
        problems += found["problems"]
    files.sort(key=lambda file: file["file"].encode())
    return files, [*([{"skipped": skipped}] if skipped else []), *problems]


def pieces_of(context, job: Job, files: list[dict], split: int, options: argparse.Namespace) -> list[Piece]:
    """Files as they are, and long ones of lines in parts of about so many bytes. One that is given twice is whole: only
    one process can know which of its findings came first."""
    given = Counter(file["file"] for file in files)
    whole = [Piece(number, file["file"], file["uri"]) for number, file in enumerate(files)]
    ranges = []
    for piece, file in zip(whole, files):
        length = file["bytes"]
        once = given[piece.file] == 1
        if length > split and once and may_be_split(piece.file, options) and begins_as_json(piece.uri):
            starts = range(0, length, split)
            ranges += [(piece.number, piece.uri, start, min(start + split, length)) for start in starts]
    if not ranges:
        return whole
    found = context.parallelize(ranges, len(ranges)).map(lambda one: scanned(job, *one[1:])).collect()
    scans: dict[int, list] = {}
    for (number, _, start, _), scan in zip(ranges, found):
        scans.setdefault(number, []).append((start, scan))
    parts: dict[int, list[Piece]] = {}
    for number, of_file in scans.items():
        if any(scan is None for _, scan in of_file):
            continue
        begins, before = [(0, 1)], 0
        for start, (lines, where) in of_file:
            if start and where:
                begins.append((start + where[0], before + where[1] + 1))
            before += lines
        ends = [*(start for start, _ in begins[1:]), None]
        parts[number] = [
            replace(whole[number], line=line, start=start, end=end) for (start, line), end in zip(begins, ends)
        ]
    return [piece for one in whole for piece in parts.get(one.number, [one])]


def packed(pieces: list[Piece], sizes: list[int], split: int, notes: list[dict]) -> list[Part]:
    """Parts of about so many bytes. Lines of a file are a part of their own."""
    parts = [Part((), tuple(notes))] if notes or not pieces else []
    together: list[Piece] = []
    room = split
    for piece in pieces:
        size = sizes[piece.number]
        again = bool(together) and together[-1].file == piece.file
        if together and (piece.line is not None or size > room) and not again:
            parts.append(Part(tuple(together)))
            together, room = [], split
        if piece.line is not None:
            parts.append(Part((piece,)))
        else:
            together.append(piece)
            room -= size
    return [*parts, *([Part(tuple(together))] if together else [])]


@dataclass(frozen=True)
class Profiled:
    """A part, and the results of a round without its profile."""

    part: Part
    round: int
    result: Result


def joined(parts: list[Profiled]) -> list[Profiled | Part]:
    """The parts that stay as they are, and in their places those that must be validated together: walks of pages that
    go on in another part, and files that cannot be read in parts."""
    first = list(range(len(parts)))

    def join(start: int, end: int) -> None:
        start = first[start]
        for at in range(start, end + 1):
            first[at] = start

    broken = frozenset().union(*(one.result.broken for one in parts))
    offered: dict[str, int] = {}
    for at, one in enumerate(parts):
        # The earliest of the nearest parts that offer what this one needs.
        before = min((offered[need] for need in one.result.needs if need in offered), default=at)
        if before < at:
            join(before, at)
        files = {piece.number for piece in one.part.pieces} & broken
        if at and files & {piece.number for piece in parts[at - 1].part.pieces}:
            join(at - 1, at)
        offered.update(dict.fromkeys(one.result.offers, at))
    together: dict[int, list[Profiled]] = {}
    for one, start in zip(parts, first):
        together.setdefault(start, []).append(one)
    return [
        members[0] if len(members) == 1 and not members[0].result.broken else one_part(members, broken)
        for members in together.values()
    ]


def one_part(members: list[Profiled], broken: frozenset[int]) -> Part:
    """Parts in one; files that cannot be read in parts are whole."""
    pieces: dict[tuple[int, int], Piece] = {}
    for piece in (piece for one in members for piece in one.part.pieces):
        if piece.number in broken:
            piece = Piece(piece.number, piece.file, piece.uri)
        pieces.setdefault((piece.number, piece.start), piece)
    return Part(tuple(pieces.values()), tuple(note for one in members for note in one.part.notes))


def profiles_of(rdd, results: set[int]):
    """The profiles of these results of a round."""
    return rdd.filter(lambda result: result.at in results).map(lambda result: result.profile)


def profile_of_all(context, job: Job, parts: list[Part]) -> tuple[bytes, int]:
    """The profile of everything, and how many parts were validated again."""
    from pyspark import StorageLevel

    rounds, again = [], 0

    def profile(parts: list[Part]) -> Iterator[Profiled]:
        rdd = context.parallelize(list(enumerate(parts)), len(parts)).map(lambda one: profiled(job, *one))
        rounds.append(rdd.persist(StorageLevel.MEMORY_AND_DISK))
        results = rounds[-1].map(lambda result: replace(result, profile=b"")).collect()
        results.sort(key=lambda result: result.at)
        return (Profiled(part, len(rounds) - 1, result) for part, result in zip(parts, results))

    kept = list(profile(parts))
    # Files that are read as a whole may belong to others than their parts did.
    while True:
        groups = joined(kept)
        anew = [one for one in groups if isinstance(one, Part)]
        if not anew:
            break
        again += len(anew)
        fresh = profile(anew)
        kept = [next(fresh) if isinstance(one, Part) else one for one in groups]
    stays: list[set[int]] = [set() for _ in rounds]
    for one in kept:
        stays[one.round].add(one.result.at)
    profiles = context.union([profiles_of(rdd, results) for rdd, results in zip(rounds, stays)])
    whole = profiles.treeReduce(lambda one, other: merged(job, one, other))
    for rdd in rounds:
        rdd.unpersist()
    return whole, again


def size(text: str) -> int:
    units = {"GiB": 1 << 30, "MiB": 1 << 20, "KiB": 1 << 10, "GB": 10**9, "MB": 10**6, "kB": 10**3, "B": 1, "": 1}
    for unit, factor in units.items():
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
    add("--split-size", type=size, metavar="BYTES", help="size of a part, at least 2MiB [default: by input and cores]")
    for name in READING:
        action = "append" if name in REPEATED else "store"
        add(f"--{name}", action=action, metavar="VALUE", help="as of drift; holds for every part")
    options, report = parser.parse_args(arguments[:at]), arguments[at + 1 :]
    for option in report:
        name = option.removeprefix("--").partition("=")[0]
        if option.startswith("--") and name in REFUSED:
            parser.error(f"--{name}: belongs before --" if name in READING else f"--{name}: not supported on Spark")
    if "-" in options.paths:
        parser.error("-: standard input cannot be distributed")
    options.schema = options.schema or os.environ.get(SCHEMA_VARIABLE) or None
    return options, report


def attempts(context) -> int:
    """How often a task may fail."""
    threads = re.fullmatch(r"local(?:\[[^],]*(?:,\s*(\d+)\s*)?\])?", context.master)
    if threads:
        return int(threads[1] or 1)
    return int(context.getConf().get("spark.task.maxFailures", "4"))


def profile_of_paths(tool: str, options: argparse.Namespace) -> tuple[bytes, list[str]]:
    """The profile of all input, and the options with which it was read."""
    values = {name: getattr(options, name.replace("-", "_")) for name in READING if name != "schema"}
    reading = [
        f"--{name}={one}"
        for name, value in values.items()
        for one in (value if isinstance(value, list) else [value])
        if one is not None
    ]
    job = Job(tool, tuple(reading), options.schema, os.getcwd(), 1)
    # What is wrong with options and schema is known before anything starts.
    profile_of(tool, job.arguments(local=True), (), job.folder)
    files, notes = listed(tool, options.paths)
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.appName("clients-contract drift").getOrCreate()
    context = spark.sparkContext
    try:
        context.addPyFile(__file__)
        context.addFile(tool)
        if options.schema:
            context.addFile(os.path.abspath(options.schema.partition("#")[0]))
        job = replace(job, attempts=attempts(context))
        total = sum(file["bytes"] for file in files)
        by_input = min(max(total // (4 * context.defaultParallelism), MIN_SPLIT), MAX_SPLIT)
        split = max(options.split_size or by_input, MIN_SPLIT)
        pieces = pieces_of(context, job, files, split, options)
        parts = packed(pieces, [file["bytes"] for file in files], split, notes)
        profile, again = profile_of_all(context, job, parts)
    finally:
        spark.stop()
    print(f"{len(files)} files in {len(parts)} parts, {again} validated again", file=sys.stderr)
    return profile, job.arguments(local=True)


def main(arguments: list[str] | None = None) -> int:
    options, report = options_of(sys.argv[1:] if arguments is None else arguments)
    tool = options.tool or shutil.which("clients-contract")
    if not (tool and os.path.isfile(tool)):
        print(f"error: {tool or 'clients-contract'}: not found: install it or pass --tool", file=sys.stderr)
        return USAGE
    tool = os.path.abspath(tool)
    try:
        profile, reading = profile_of_paths(tool, options)
    except ToolError as error:
        print(error, file=sys.stderr)
        return error.code if error.code > 0 else INCOMPLETE
    except Exception:
        # The exit code of Python, 1, is that of findings.
        traceback.print_exc()
        print("error: the job failed: nothing is reported", file=sys.stderr)
        return INCOMPLETE
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, "profile.json")
        whole.write_bytes(profile)
        command = [tool, "drift", "--no-settings", *reading, *report, "--merge", str(whole)]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    # Executors import what they run.
    import clients_contract_spark

    sys.exit(clients_contract_spark.main())
