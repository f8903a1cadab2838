"""What a GitHub runner does with a composite action, as far as the action of this repository needs it: inputs, environment
variables, conditions, outputs and the summary. Steps with `uses` are noted, not run."""

import os
import re
import subprocess
from pathlib import Path

from ruamel.yaml import YAML

EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.S)
TOKEN = "ghs_0123456789abcdef"


class Run:
    """A job with this action as its only step."""

    def __init__(self, action, checkout, temp, inputs, env=None, summary=""):
        definition = YAML(typ="safe").load(action / "action.yml")
        declared = definition["inputs"]
        assert not set(inputs) - set(declared), f"unknown inputs: {set(inputs) - set(declared)}"
        self.inputs = {name: inputs.get(name, one.get("default", "")) for name, one in declared.items()}
        self.steps, self.uses, self.log, self.code = {}, [], "", 0
        self.summary = ""
        temp.mkdir(parents=True, exist_ok=True)
        self.inputs = {name: self.expand(value) for name, value in self.inputs.items()}
        for number, step in enumerate(definition["runs"]["steps"]):
            self.step(step, action, checkout, temp, f"{temp}/{number}", env or {}, summary)
        self.outputs = {name: self.expand(one["value"]) for name, one in definition["outputs"].items()}

    def value(self, name):
        scope, _, rest = name.partition(".")
        if scope == "inputs":
            return self.inputs[rest]
        if scope == "steps":
            step, _, output = rest.partition(".outputs.")
            return self.steps.get(step, {}).get(output, "")
        assert name == "github.token", name
        return TOKEN

    def expand(self, text):
        return EXPRESSION.sub(lambda found: self.value(found.group(1)), str(text))

    def holds(self, condition):
        """Conditions are `always()`, and comparisons of an output with a text."""
        if condition is None:
            return self.code == 0
        always, *others = condition.split(" && ")
        assert always == "always()", condition
        for one in others:
            left, operator, right = re.fullmatch(r"(\S+) (==|!=) '(.*)'", one).groups()
            if (self.value(left) == right) != (operator == "=="):
                return False
        return True

    def step(self, step, action, checkout, temp, files, env, summary):
        if not self.holds(step.get("if")):
            return
        if "uses" in step:
            self.uses.append((step["uses"].split("@")[0], {name: self.expand(one) for name, one in step["with"].items()}))
            return
        assert "${{" not in step["run"], "an expression in a script"
        Path(f"{files}.output").touch()
        Path(f"{files}.summary").write_text(summary)
        variables = {
            **os.environ,
            **env,
            **{name: self.expand(one) for name, one in step["env"].items()},
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(action),
            "GITHUB_OUTPUT": f"{files}.output",
            "GITHUB_STEP_SUMMARY": f"{files}.summary",
            "GITHUB_WORKSPACE": str(checkout),
            "RUNNER_TEMP": str(temp),
        }
        assert ("INPUT_TOKEN" in variables) == (step.get("id") == "issue"), "the token is where it is not needed"
        script = Path(f"{files}.sh")
        script.write_text(step["run"])
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        ran = subprocess.run(command, cwd=checkout, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.log += ran.stdout
        self.code = self.code or ran.returncode
        self.last = step["name"]
        if "id" in step:
            self.steps[step["id"]] = outputs(Path(f"{files}.output").read_text())
        written = Path(f"{files}.summary").read_text()
        if written != summary:
            self.summary = written


def outputs(text):
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        name, _, delimiter = line.partition("<<")
        assert delimiter, line
        value = []
        for inside in lines:
            if inside == delimiter:
                break
            value.append(inside)
        found[name] = "\n".join(value)
    return found
