"""The steps of the action: `run` runs clients-contract and writes its reports, `issue` keeps the tracking issue, and `result`
ends with the exit code of the tool, after everything was uploaded. Python's standard library only; Python 3.8 or later."""

from __future__ import annotations

import http.client
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from pathlib import Path

# Installed if no clients-contract is on PATH; the version of this repository.
VERSION = "0.1.0"
COMMANDS = ("validate", "drift", "diff")
SEVERITIES = ("error", "warning", "info")
MEANINGS = {0: "no findings", 1: "findings", 2: "usage error", 3: "incomplete"}
USAGE, INCOMPLETE = 2, 3
# GitHub refuses the whole summary of a step above 1 MiB.
MAX_SUMMARY = 1024 * 1024
# Others, such as `workflow_run` and `issue_comment`, have the default branch as their ref and may be about a pull request.
EVENTS = ("push", "schedule", "workflow_dispatch", "repository_dispatch")
LABEL = "clients-contract"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
RULE = re.compile(r"[a-z][a-z0-9-]*")


class Failure(Exception):
    def __init__(self, message, code=USAGE):
        super().__init__(message)
        self.code = code


def text(name):
    return os.environ.get(name, "").strip()


def flag(name):
    value = text(f"INPUT_{name}").lower() or "false"
    if value not in ("true", "false"):
        raise Failure(f"{name.lower()}: expected true or false")
    return value == "true"


def items(name):
    """The lines of an input, or the strings of a JSON array, which may also hold line breaks."""
    value = text(f"INPUT_{name}")
    if value.startswith("["):
        try:
            found = json.loads(value)
        except ValueError:
            found = None
        if isinstance(found, list) and all(isinstance(one, str) for one in found):
            return found
    return [line.strip() for line in value.splitlines() if line.strip()]


def named(name, default):
    value = text(f"INPUT_{name}") or default
    if not NAME.fullmatch(value):
        raise Failure(f"{name.lower().replace('_', '-')}: expected letters, digits, `.`, `_`, `/` and `-`")
    return value


def annotate(level, message):
    escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"::{level} title=clients-contract::{escaped}", flush=True)


def output(**values):
    """Outputs of the step; the random delimiter keeps a value from adding others."""
    path = os.environ.get("GITHUB_OUTPUT")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            for name, value in values.items():
                delimiter = secrets.token_hex(16)
                file.write(f"{name.replace('_', '-')}<<{delimiter}\n{value}\n{delimiter}\n")


def tool():
    """The clients-contract on PATH, unless another version is wanted; otherwise one installed from PyPI."""
    wanted = text("INPUT_VERSION")
    if wanted and not re.fullmatch(r"[0-9]+(\.[0-9]+){1,3}[0-9A-Za-z.+-]*", wanted):
        raise Failure("version: expected a version such as 0.1.0")
    # Never one that lies in the checkout, where Windows looks first.
    os.environ["NoDefaultCurrentDirectoryInExePath"] = "1"
    found = shutil.which("clients-contract")
    if found and (not wanted or version_of(found) == wanted):
        return found
    version = wanted or VERSION
    folder = Path(os.environ.get("RUNNER_TEMP") or tempfile.gettempdir()) / f"clients-contract-{version}"
    binary = folder / "bin" / ("clients-contract.exe" if os.name == "nt" else "clients-contract")
    if not binary.exists():
        print(f"installing clients-contract {version} from PyPI", file=sys.stderr, flush=True)
        # Isolated: otherwise a module in the checkout, such as a secrets.py, replaces one of the standard library.
        pip = [sys.executable, "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        pip += ["--only-binary", ":all:", "--target", str(folder), f"clients-contract=={version}"]
        if subprocess.run(pip, stdout=sys.stderr).returncode or not binary.exists():
            raise Failure(f"clients-contract {version} cannot be installed with pip: install it in an earlier step", INCOMPLETE)
    return str(binary)


def started(command):
    """The exit code of a command."""
    try:
        return subprocess.run(command).returncode
    except ValueError:
        raise Failure("an argument holds a null character or half of a surrogate pair") from None
    except OSError as error:
        raise Failure(f"clients-contract cannot be started: {error.strerror}", INCOMPLETE) from None


def version_of(binary):
    try:
        ran = subprocess.run([binary, "--version"], capture_output=True, text=True)
    except OSError:
        return None
    found = re.match(r"clients-contract (\S+)", ran.stdout)
    return found.group(1) if found else None


def arguments(folder, command, category):
    """The arguments of the tool, and the paths of the reports that were asked for."""
    reports = {"json": folder / "report.json"}
    if flag("SUMMARY"):
        reports["markdown"] = folder / "summary.md"
    if flag("SARIF"):
        reports["sarif"] = folder / "clients-contract.sarif"
    if flag("HTML"):
        name = named("ARTIFACT_NAME", f"clients-contract-{command}").replace("/", "-")
        reports["html"] = folder / f"{name}.html"
    if flag("ANNOTATIONS"):
        given = [command, "--format", "github", *(f"--report={kind}={path}" for kind, path in reports.items())]
    else:
        given = [command, "--format", "json", f"--output={reports['json']}"]
        given += [f"--report={kind}={path}" for kind, path in reports.items() if kind != "json"]
    given += ["--sarif-category", category]
    for name in ("CONTRACT", "FAIL_ON", "BASELINE"):
        if text(f"INPUT_{name}"):
            given.append(f"--{name.lower().replace('_', '-')}={text(f'INPUT_{name}')}")
    paths = items("PATHS")
    if not paths:
        raise Failure("paths: expected at least one path")
    # No path is taken for a flag.
    return [*given, *items("ARGS"), "--", *paths], reports


def counts(report):
    found = Counter()
    for group in report["findings"]:
        found[group["severity"]] += group["count"]
    return found


def read_report(path):
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def summarize(markdown):
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        with open(path, "ab") as file:
            file.write(shortened(markdown, MAX_SUMMARY - file.tell()))


def shortened(markdown, limit):
    """The text, or as many whole lines and code blocks as fit, with a note."""
    whole = markdown.encode()
    if len(whole) <= limit:
        return whole
    note = b"\n\nTruncated: the summary of a step is limited to 1 MiB.\n"
    kept = whole[: max(0, limit - len(note))]
    kept = kept[: kept.rfind(b"\n") + 1]
    kept = kept[: without_open_block(kept)].rstrip(b"\n")
    return kept + note if len(kept) + len(note) <= limit else b""


def without_open_block(text):
    """The length of the text before a code block that does not end in it. A fence ends with as many backticks as it has, or more."""
    fence, begin, at = b"", len(text), 0
    for line in text.splitlines(keepends=True):
        ticks = re.match(b"`{3,}", line)
        if ticks and not fence:
            fence, begin = ticks.group(), at
        elif ticks and len(ticks.group()) >= len(fence) and line.strip() == ticks.group():
            fence, begin = b"", len(text)
        at += len(line)
    return begin if fence else len(text)


def run():
    code, report, reports, category, issue = USAGE, None, {}, "", False
    command = text("INPUT_COMMAND") or "validate"
    try:
        if command not in COMMANDS:
            raise Failure(f"command: expected {', '.join(COMMANDS)}")
        category = named("CATEGORY", f"clients-contract/{command}")
        issue = flag("ISSUE")
        folder = Path(tempfile.mkdtemp(prefix="clients-contract-", dir=os.environ.get("RUNNER_TEMP")))
        given, reports = arguments(folder, command, category)
        code = started([tool(), *given])
        if code < 0:
            code = 128 - code
        report = read_report(reports["json"])
    except Failure as failure:
        annotate("error", str(failure))
        code = failure.code
    written = {kind: path for kind, path in reports.items() if path.exists()}
    if flag_or_true("SUMMARY"):
        if "markdown" in written:
            summarize(written["markdown"].read_text(encoding="utf-8"))
        else:
            summarize(f"## clients-contract: {meaning(code)}\n\nThere is no report; the log has the error.\n")
    found = counts(report) if report else Counter()
    output(
        exit_code=code,
        outcome=report["outcome"] if report else "",
        payloads=report["checked"]["payloads"] if report else "",
        **{f"{severity}s": found[severity] if report else "" for severity in SEVERITIES},
        report=written.get("json", ""),
        sarif=written.get("sarif", ""),
        html=written.get("html", ""),
        category=category,
        issue=str(issue).lower(),
    )


def flag_or_true(name):
    """A flag after a usage error, which may be its own."""
    try:
        return flag(name)
    except Failure:
        return True


def meaning(code):
    return f"{MEANINGS.get(code, 'terminated')} (exit code {code})"


def result():
    value = text("EXIT_CODE")
    code = int(value) if value.isdigit() else INCOMPLETE
    if code:
        annotate("error", f"{text('INPUT_COMMAND') or 'validate'}: {meaning(code)}")
    sys.exit(code)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token is sent to the API and nowhere else."""

    def redirect_request(self, *_):
        return None


def api(method, path, body=None):
    base = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    host = urllib.parse.urlsplit(base)
    if host.scheme != "https" and host.hostname not in ("127.0.0.1", "localhost"):
        raise Failure("GITHUB_API_URL: expected an https URL")
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {text('INPUT_TOKEN')}",
        "Content-Type": "application/json",
        "User-Agent": f"clients-contract-action/{VERSION}",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data=data, headers=headers, method=method)
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, None
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Failure(f"{method} {path}: {error or type(error).__name__}", INCOMPLETE) from None


def expect(method, path, body=None):
    status, answer = api(method, path, body)
    if not 200 <= status < 300:
        hint = "; the token needs `issues: write`" if status in (401, 403, 404) else ""
        hint = "; issues are disabled in this repository" if status == 410 else hint
        raise Failure(f"{method} {path}: status {status}{hint}", INCOMPLETE)
    return answer


def is_default_branch():
    """Whether this run is about the default branch: only then is the issue written."""
    if text("GITHUB_EVENT_NAME") not in EVENTS:
        return False
    try:
        event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
        return text("GITHUB_REF") == f"refs/heads/{event['repository']['default_branch']}"
    except (KeyError, OSError, TypeError, ValueError):
        # A scheduled run is always about it.
        return text("GITHUB_EVENT_NAME") == "schedule"


def open_issues(repository, marker):
    """Open issues with the label, which a stranger cannot set, and the marker; oldest first."""
    found, page = [], 1
    while True:
        query = f"labels={LABEL}&state=open&sort=created&direction=asc&per_page=100&page={page}"
        batch = expect("GET", f"/repos/{repository}/issues?{query}")
        found += [one for one in batch if "pull_request" not in one and (one["body"] or "").startswith(marker)]
        if len(batch) < 100:
            return found
        page += 1


def issue_body(marker, code, report):
    """Counts and rule IDs, never a location, a key or a value: the issue may be public."""
    command = text("INPUT_COMMAND") or "validate"
    url = f"{text('GITHUB_SERVER_URL')}/{text('GITHUB_REPOSITORY')}/actions/runs/{text('GITHUB_RUN_ID')}"
    lines = [marker, f"`clients-contract {command}`: {meaning(code)} in [this run]({url})."]
    if report and code:
        groups, occurrences = Counter(), Counter()
        for group in report["findings"]:
            rule = group["rule"] if RULE.fullmatch(group["rule"]) else "other"
            groups[group["severity"], rule] += 1
            occurrences[group["severity"], rule] += group["count"]
        lines += ["", "| Severity | Rule | Finding groups | Findings |", "|---|---|---:|---:|"]
        for severity, rule in sorted(groups, key=lambda key: (SEVERITIES.index(key[0]), key[1])):
            lines.append(f"| {severity} | `{rule}` | {groups[severity, rule]} | {occurrences[severity, rule]} |")
        if report["problems"]:
            lines += ["", f"Input that could not be read or validated: {len(report['problems'])}."]
    lines += ["", "Each run on the default branch updates this issue; one without findings closes it."]
    return "\n".join(lines) + "\n"


def issue():
    repository, category, code = text("GITHUB_REPOSITORY"), text("CATEGORY"), text("EXIT_CODE")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository) or not NAME.fullmatch(category):
        raise Failure("GITHUB_REPOSITORY or CATEGORY is not set")
    if not is_default_branch():
        print("tracking issue: not changed, because this run is not about the default branch")
        return
    # A usage error or a signal says nothing about the contract.
    if code not in ("0", "1", "3"):
        print(f"tracking issue: not changed after exit code {code}")
        return
    marker = f"<!-- clients-contract tracking issue: {category} -->"
    title = text("INPUT_ISSUE_TITLE") or f"Contract findings: {category}"
    body = issue_body(marker, int(code), read_report(text("REPORT")))
    found = open_issues(repository, marker)
    if code == "0":
        for one in found:
            closed = {"state": "closed", "state_reason": "completed", "body": body}
            expect("PATCH", f"/repos/{repository}/issues/{one['number']}", closed)
            print(f"tracking issue: closed #{one['number']}")
        return
    if found:
        number = found[0]["number"]
        expect("PATCH", f"/repos/{repository}/issues/{number}", {"title": title, "body": body})
        for one in found[1:]:
            expect("PATCH", f"/repos/{repository}/issues/{one['number']}", {"state": "closed", "state_reason": "not_planned"})
        print(f"tracking issue: updated #{number}")
    else:
        status, _ = api("POST", f"/repos/{repository}/labels", {"name": LABEL, "description": "Findings of clients-contract"})
        if status not in (201, 422):
            raise Failure(f"the label {LABEL} cannot be created: status {status}; the token needs `issues: write`", INCOMPLETE)
        number = expect("POST", f"/repos/{repository}/issues", {"title": title, "body": body, "labels": [LABEL]})["number"]
        print(f"tracking issue: opened #{number}")
    output(issue=number)


if __name__ == "__main__":
    steps = {"run": run, "issue": issue, "result": result}
    if len(sys.argv) != 2 or sys.argv[1] not in steps:
        sys.exit(f"usage: run.py {'|'.join(steps)}")
    try:
        steps[sys.argv[1]]()
    except Failure as failed:
        annotate("error", str(failed))
        sys.exit(failed.code)
