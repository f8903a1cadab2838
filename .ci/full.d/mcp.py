"""Writes the JSON Schema of what MCP servers answer, for each protocol version that the package mcp-types has models of.

Usage: mcp.py FOLDER
"""

import json
import sys
from pathlib import Path

from mcp_types import _v2025_11_25, _v2026_07_28
from pydantic import TypeAdapter

for name, models in ("mcp-2025-11-25", _v2025_11_25), ("mcp-2026-07-28", _v2026_07_28):
    schema = TypeAdapter(models.ServerResult).json_schema(mode="serialization")
    Path(sys.argv[1], f"{name}.json").write_text(json.dumps(schema, indent=2))
