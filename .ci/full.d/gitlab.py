"""The job of the GitLab template in a scratch checkout, as a runner does it: variables, then `before_script` and `script` in one
shell. `gitlab.py CHECKOUT WHEELS`, where there are the directories `valid` and `in valid`, and one with the wheel to install."""

import json
import os
import subprocess
import sys
from pathlib import Path

from ruamel.yaml import YAML

checkout, wheels = Path(sys.argv[1]), sys.argv[2]
job = YAML(typ="safe").load(Path("integrations/gitlab/clients-contract.gitlab-ci.yml"))[".clients-contract"]
artifacts = [*job["artifacts"]["paths"], *job["artifacts"]["reports"].values()]


def run(shell, **variables):
    given = {name: str(value) for name, value in {**job["variables"], **variables}.items()}
    for path in artifacts:
        (checkout / path).unlink(missing_ok=True)
    script = "\n".join([*job["before_script"], *job["script"]])
    return subprocess.run([shell, "-ec", script], cwd=checkout, env={**os.environ, **given}).returncode


for shell in ("bash", "sh"):
    assert run(shell, CLIENTS_CONTRACT_PATHS="valid") == 0
    assert json.loads((checkout / "gl-code-quality.json").read_text()) == []
    assert run(shell, CLIENTS_CONTRACT_PATHS="valid\nin valid/*.json\n") == 1
    assert all((checkout / path).stat().st_size for path in artifacts)
    quality = json.loads((checkout / "gl-code-quality.json").read_text())
    assert {one["check_name"] for one in quality} == {"null-value"}, quality
    assert all(one["location"]["path"].startswith("in valid/") for one in quality), quality
    assert run(shell, CLIENTS_CONTRACT_PATHS="in valid", CLIENTS_CONTRACT_ARGS="--fail-on\nnever") == 0
    assert run(shell, CLIENTS_CONTRACT_PATHS="in valid", CLIENTS_CONTRACT_COMMAND="drift") == 1
    assert run(shell, CLIENTS_CONTRACT_PATHS="valid", CLIENTS_CONTRACT_ARGS="--nonsense") == 2
    assert run(shell, CLIENTS_CONTRACT_PATHS="nowhere") == 3 and (checkout / "junit.xml").exists()
    assert run(shell, CLIENTS_CONTRACT_PATHS="--write-baseline=pwned") == 3 and not (checkout / "pwned").exists()
# Without the tool, its wheel is installed, and no module of the checkout is run.
(checkout / "pip.py").write_text("raise SystemExit('a module of the checkout')\n")
bare = f"{Path(sys.executable).parent}:/usr/bin:/bin"
assert run("bash", PATH=bare, PIP_FIND_LINKS=wheels, PIP_NO_INDEX="1", CLIENTS_CONTRACT_PATHS="valid") == 0
print("gitlab: 15 runs")
