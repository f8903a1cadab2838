"""Reads payloads as Python programs do: pydantic reads their timestamps and UUIDs.

Usage: read.py NDJSON. Prints how many payloads something refused, and what first.
"""

import json
import re
import sys
import uuid
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

MOMENT, UUID = TypeAdapter(datetime), TypeAdapter(uuid.UUID)


def refused(value):
    if isinstance(value, (dict, list)):
        members = value.values() if isinstance(value, dict) else value
        return next((why for why in map(refused, members) if why), None)
    if not isinstance(value, str):
        return None
    try:
        if re.match(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d", value):
            MOMENT.validate_python(value)
        elif re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value):
            UUID.validate_python(value)
    except ValidationError as error:
        return f"pydantic refuses {value}: {error.errors()[0]['msg']}"
    return None


lines = open(sys.argv[1], encoding="utf-8").read().strip().split("\n")
reasons = [why for why in (refused(json.loads(line)) for line in lines) if why]
if reasons:
    print(f"first: {reasons[0]}")
print(f"Python refuses {len(reasons)} of {len(lines)} payloads")
sys.exit(bool(reasons))
