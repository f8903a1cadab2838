"""Fails on every error and warning that Sarif.Multitool wrote about SARIF files. Usage: sarif.py RESULT..."""

import json
import sys

failed = 0
for name in sys.argv[1:]:
    for run in json.load(open(name, encoding="utf-8-sig"))["runs"]:
        for result in run.get("results", []):
            if result.get("level", "warning") in ("error", "warning"):
                failed += 1
                print(f"{name}: {result['ruleId']}: {json.dumps(result['message'])[:300]}")
print(f"{len(sys.argv) - 1} files, {failed} errors and warnings")
sys.exit(failed > 0)
