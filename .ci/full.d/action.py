"""The GitHub Action on a scratch checkout: exit codes, reports, uploads, outputs, hostile inputs, and the tracking issue."""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from github import Api
from runner import TOKEN, Run

root, work, wheels = Path.cwd(), Path(sys.argv[1]), sys.argv[2]
action = root / "integrations/github-action"
checkout = work / "checkout"
SARIF, ARTIFACT = "github/codeql-action/upload-sarif", "actions/upload-artifact"
# A path as the system has it today, without the tool that is tested.
BARE = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
# A block with a longer fence, which has a shorter one inside.
LONG = "````text\n```\n^\n````\n"
SAMPLE = f"## Report\n\nMärz\n\n{LONG}\n" + "".join(f"{n}\n\n```text\n{{ {n} }}\n^\n```\n\n" for n in range(40))
runs = 0
sys.dont_write_bytecode = True
sys.path.insert(0, str(action))
script = importlib.import_module("run")


def act(env=None, prior="", **inputs):
    global runs
    runs += 1
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    # The runner's Python is the one that runs this script.
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    run = Run(action, checkout, work / f"temp {runs}", given, {"PATH": path, **(env or {})}, prior)
    assert TOKEN not in run.log
    assert run.last == "Exit code"
    return run


def expect(run, code, outcome, log=""):
    assert run.code == code and run.outputs["exit-code"] == str(code), (run.code, run.outputs, run.log)
    assert run.outputs["outcome"] == outcome, run.outputs
    assert log in run.log, run.log
    return run


def checkout_files():
    (checkout / "day one").mkdir(parents=True)
    shutil.copy("fixtures/valid/rich.json", checkout / "day one/rich page.json")
    shutil.copy("fixtures/valid/rich.json", checkout / "line\nbreak.json")
    shutil.copytree("fixtures/invalid/null-value", checkout / "null")
    # One finding group occurs twice.
    shutil.copy("fixtures/invalid/null-value/client-name.json", checkout / "null/again.json")
    shutil.copytree("fixtures/diff/response-property-became-nullable", checkout / "diff")
    subprocess.run(["git", "init", "--quiet", str(checkout)], check=True)


def passes():
    run = expect(act(paths="day one\n\n  day one/*.json\n"), 0, "pass")
    assert run.outputs["payloads"] == "2" and run.outputs["errors"] == "0", run.outputs
    assert run.summary.startswith("## clients-contract: pass"), run.summary
    assert run.uses == [] and run.outputs["sarif"] == run.outputs["html"] == ""
    expect(act(paths=json.dumps(["line\nbreak.json", "day one"])), 0, "pass")
    expect(act(paths="day one", contract="clients", args="--jobs\n1"), 0, "pass")
    assert act(paths="day one", summary="false").summary == ""
    expect(act(paths="diff/old.json\ndiff/old.json", command="diff"), 0, "pass")


def finds():
    run = expect(act(paths="null", sarif="true", html="true"), 1, "fail", "::error title=null-value,file=null/")
    assert f"; {run.outputs['errors']} errors, {run.outputs['warnings']} warnings" in run.log, run.log
    assert "::error title=clients-contract::validate: findings (exit code 1)" in run.log
    (sarif, with_sarif), (artifact, with_artifact) = run.uses
    assert (sarif, artifact) == (SARIF, ARTIFACT) and with_sarif["category"] == "clients-contract/validate"
    report = json.loads(Path(with_sarif["sarif_file"]).read_text())["runs"][0]
    assert report["automationDetails"]["id"] == "clients-contract/validate/", report["automationDetails"]
    assert len(report["results"]) == 3
    assert Path(with_artifact["path"]).name == "clients-contract-validate.html"
    assert Path(with_artifact["path"]).read_text().lower().startswith("<!doctype html>")
    assert json.loads(Path(run.outputs["report"]).read_text())["outcome"] == "fail"
    drift = expect(act(paths="null", command="drift", sarif="true", category="nightly"), 1, "fail")
    assert drift.uses[0][1]["category"] == "nightly"
    expect(act(paths="diff/old.json\ndiff/new.json", command="diff", html="true"), 1, "fail")
    expect(act(paths="null", fail_on="never"), 0, "pass", "4 errors")
    quiet = act(paths="null", annotations="false")
    assert "null-value" not in expect(quiet, 1, "fail").log and "null-value" in quiet.summary


def accepts():
    baseline = work / "known.toml"
    expect(act(paths="null", args=f"--write-baseline={baseline}"), 0, "fail")
    expect(act(paths="null", baseline=str(baseline)), 0, "pass")


def refuses():
    for wrong in (
        {"fail_on": "nonsense"},
        {"sarif": "maybe"},
        {"command": "redact"},
        {"command": "validate; touch pwned"},
        {"paths": " \n"},
        {"version": "1.0 --index-url=https://example.com"},
        {"category": "a\nexit-code=0"},
        {"html": "true", "artifact_name": "../../x$(y)"},
        {"args": "--nonsense"},
        {"baseline": "nowhere.toml"},
        {"paths": r'["day one", "\u0000"]'},
        {"paths": r'["\ud800"]'},
    ):
        run = expect(act(**{"paths": "day one", "sarif": "true", **wrong}), 2, "", "error")
        assert run.uses == [] and "usage error (exit code 2)" in run.summary, (wrong, run.summary)


def is_incomplete():
    run = expect(act(paths="nowhere.json", sarif="true"), 3, "incomplete")
    assert run.uses[0][0] == SARIF and "incomplete" in run.summary


def resists():
    hostile = ["$(touch pwned)", "`touch pwned`", '"; touch pwned; "', "::error::x", "--write-baseline=pwned"]
    for name in ("paths", "args", "contract", "fail_on", "baseline", "version", "command", "category", "artifact_name"):
        # An argument may be a flag; nothing else may.
        value = "\n".join(hostile[:-1] if name == "args" else hostile)
        run = act(**{"paths": "null", "html": "true", name: value})
        assert run.code in (2, 3), (name, run.log)
        assert not re.search("^::error::x", run.log, re.M), run.log
        assert not list(checkout.rglob("pwned")), name
    assert act(paths="--write-baseline=pwned").code == 3 and not list(checkout.rglob("pwned"))


def truncates():
    for size in range(len(SAMPLE.encode()) + 2):
        kept = script.shortened(SAMPLE, size).decode()
        fences = re.findall("^```", kept.replace(LONG, ""), re.M)
        assert len(kept.encode()) <= size and len(fences) % 2 == 0, kept
        assert not kept or "Truncated" in kept or kept == SAMPLE, kept
    assert kept == SAMPLE
    whole = act(paths="null").summary
    for left in (0, 1000, len(whole.encode()) - 1, len(whole.encode())):
        before = "x" * (1024 * 1024 - left)
        run = expect(act(paths="null", prior=before), 1, "fail")
        added = run.summary[len(before) :]
        assert len(added.encode()) <= left and ("Truncated" in added) == (0 < left < len(whole.encode())), (left, added)
    assert added == whole


def ends():
    """A signal is no success, and neither is a tool that writes nothing."""
    for text, code in (("#!/bin/sh\nkill -TERM $$\n", 143), ("#!/bin/sh\nexit 7\n", 7), ("#!/nowhere\n", 3)):
        folder = work / f"tool {code}"
        folder.mkdir()
        (folder / "clients-contract").write_text(text)
        (folder / "clients-contract").chmod(0o755)
        log = "cannot be started" if code == 3 else "terminated"
        run = expect(act(env={"PATH": f"{folder}:{BARE}"}, paths="null", sarif="true"), code, "", log)
        assert run.uses == []


def installs():
    env = {"PATH": BARE, "PIP_FIND_LINKS": wheels, "PIP_NO_INDEX": "1", "PYTHONPATH": "."}
    # No module of the checkout is run.
    for module in ("pip", "secrets"):
        (checkout / f"{module}.py").write_text("raise SystemExit('a module of the checkout')\n")
    expect(act(env=env, paths="day one"), 0, "pass", "installing clients-contract")
    expect(act(env=env, paths="day one", version="0.0.7"), 3, "", "cannot be installed")
    # The one on PATH is another one.
    other = {"PIP_FIND_LINKS": wheels, "PIP_NO_INDEX": "1"}
    expect(act(env=other, paths="day one", version="0.0.7"), 3, "", "cannot be installed")
    cargo = re.search('^version = "(.*)"', Path("Cargo.toml").read_text(), re.M).group(1)
    assert script.VERSION == cargo, "the action installs another version than this one"


def tracks():
    api = Api(TOKEN)
    event = work / "event.json"
    event.write_text(json.dumps({"repository": {"default_branch": "main"}}))
    env = {
        "GITHUB_API_URL": api.url,
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_REPOSITORY": "acme/api",
        "GITHUB_RUN_ID": "7",
        "GITHUB_SERVER_URL": "https://github.com",
    }

    def track(paths, code, env=env, **inputs):
        before = len(api.requests)
        run = act(env=env, paths=paths, issue="true", **inputs)
        assert run.code == code, run.log
        return run, api.requests[before:]

    wrote = lambda requests: [method for method, _ in requests if method != "GET"]
    # Nothing when clean; nothing for a pull request, another branch or a usage error.
    run, requests = track("day one", 0)
    assert wrote(requests) == [] and requests and run.outputs["issue"] == "" and api.issues == []
    events = [{"GITHUB_EVENT_NAME": name} for name in ("pull_request", "pull_request_target", "workflow_run", "issue_comment")]
    for other in (*events, {"GITHUB_REF": "refs/heads/topic"}, {"GITHUB_REF": "refs/tags/main"}):
        assert track("null", 1, {**env, **other})[1] == []
    assert track("null", 2, fail_on="nonsense")[1] == []
    # Opened with counts and rule IDs, and not with what was found.
    run, requests = track("null", 1)
    assert wrote(requests) == ["POST", "POST"] and run.outputs["issue"] == "1"
    (opened,) = api.issues
    assert opened["title"] == "Contract findings: clients-contract/validate" and opened["labels"] == ["clients-contract"]
    assert "| error | `null-value` | 3 | 4 |" in opened["body"] and "/acme/api/actions/runs/7" in opened["body"], opened
    for detail in ("licenses", "/data", "name", "null/", ".json", "is not allowed"):
        assert detail not in opened["body"], opened["body"]
    # Updated, also with the title, and by an incomplete run; another category has an issue of its own.
    before = opened["body"]
    run, requests = track("null\nnowhere.json", 3, issue_title="Contract")
    assert wrote(requests) == ["PATCH"] and opened["title"] == "Contract" and opened["body"] != before
    assert "could not be read or validated: 1." in opened["body"] and "nowhere" not in opened["body"], opened["body"]
    run, requests = track("null", 1, category="nightly")
    assert wrote(requests) == ["POST", "POST"] and run.outputs["issue"] == "2" and len(api.issues) == 2
    # What others wrote stays: without the label, without the marker, and a pull request. More than a page of them.
    marker = opened["body"].splitlines()[0]
    strangers = [api.add("x", marker, []), api.add("x", "other", ["clients-contract"]), api.add("x", None, ["clients-contract"])]
    strangers.append(api.add("x", marker, ["clients-contract"]))
    strangers[-1]["pull_request"] = {}
    strangers += [api.add("x", "other", ["clients-contract"]) for _ in range(120)]
    # A second issue of two runs at once is closed.
    twin = api.add("x", marker, ["clients-contract"])
    track("null", 1)
    assert (opened["state"], twin["state"], twin["state_reason"]) == ("open", "closed", "not_planned")
    # Closed, once; findings afterwards open a new one.
    run, requests = track("day one", 0)
    assert wrote(requests) == ["PATCH"] and (opened["state"], opened["state_reason"]) == ("closed", "completed")
    assert run.outputs["issue"] == "" and "null-value" not in opened["body"]
    assert wrote(track("day one", 0)[1]) == []
    assert all(one["state"] == "open" for one in strangers)
    run, _ = track("null", 1)
    assert run.outputs["issue"] == str(len(api.issues)) and "/issues/elsewhere" not in str(api.requests)
    # What the API refuses fails the step, with a hint; the token does not follow a redirect.
    for status, hint in ((403, "issues: write"), (410, "disabled"), (500, "status 500"), (301, "status 301")):
        api.status = status
        run, requests = track("day one", 3)
        assert hint in run.log and len(requests) == 1, (status, run.log)
    api.stop()
    run, _ = track("null", 3)
    assert "::error title=clients-contract::GET /repos/acme/api/issues" in run.log, run.log


checkout_files()
parts = (passes, finds, accepts, refuses, is_incomplete, resists, truncates, ends, installs, tracks)
for part in parts:
    if sys.argv[3:] and part.__name__ not in sys.argv[3:]:
        continue
    part()
    print(f"action: {part.__name__.replace('_', ' ')}", flush=True)
print(f"action: {runs} runs")
