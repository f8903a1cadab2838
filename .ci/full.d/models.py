"""Reads payloads with generated pydantic models.

Usage: models.py MODULE CLASS VALID_NDJSON INVALID_NDJSON, with the module's folder in PYTHONPATH.
"""

import importlib
import sys

from pydantic import ValidationError


def refused(line):
    try:
        MODEL.model_validate_json(line)
    except ValidationError as error:
        return f"{error.errors()[0]['loc']}: {error.errors()[0]['msg']}"
    return None


MODEL = getattr(importlib.import_module(sys.argv[1]), sys.argv[2])
VALID, INVALID = (open(path, encoding="utf-8").read().strip().split("\n") for path in sys.argv[3:])
WRONG = [why for why in map(refused, VALID) if why]
MISSED = [line for line in INVALID if refused(line) is None]
print(f"pydantic refuses {len(WRONG)} of {len(VALID)} valid payloads, accepts {len(MISSED)} of {len(INVALID)} invalid ones")
if WRONG:
    print(f"first: {WRONG[0]}")
sys.exit(bool(WRONG) or bool(MISSED))
