"""Writes the files that snippets of docs/ci.md show into a folder, and checks the inputs of the action in them."""

import re
import sys
from pathlib import Path

from ruamel.yaml import YAML

folder = Path(sys.argv[1])
found = re.findall(r"^```yaml\n# (\S+)\n(.*?)^```$", Path("docs/ci.md").read_text(), re.M | re.S)
assert [name for name, _ in found] == [".github/workflows/contract.yml", ".gitlab-ci.yml", ".pre-commit-config.yaml"], found
for name, text in found:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    # A commit, where the reader sets one.
    path.write_text(text.replace("COMMIT", "0123456789abcdef0123456789abcdef01234567"))
yaml = YAML(typ="safe")
inputs = yaml.load(Path("integrations/github-action/action.yml"))["inputs"]
(job,) = yaml.load(folder / ".github/workflows/contract.yml")["jobs"].values()
(step,) = [step for step in job["steps"] if step["uses"].startswith("OWNER/")]
assert step["with"] and not set(step["with"]) - set(inputs), step
table = set(re.findall(r"`([a-z-]+)`", "".join(re.findall(r"^\| (`.*?) \|.*\|$", Path("docs/ci.md").read_text(), re.M))))
assert not set(inputs) - table - {"category", "artifact-name", "issue-title"}, set(inputs) - table
template = yaml.load(Path("integrations/gitlab/clients-contract.gitlab-ci.yml"))[".clients-contract"]
shown = yaml.load(folder / ".gitlab-ci.yml")["contract"]
assert not set(shown["variables"]) - set(template["variables"]), shown
