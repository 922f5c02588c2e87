"""JSON Schemas of JSON-RPC and of both protocol versions, as package data.

Strict about what the protocol says (types, required members, names, exactly-one-of, never null)
and open to members it does not name. The files of a folder are one set of definitions.
How those of 0.3 differ from the official ones is listed in tests/schemas/differences.py.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

_FOLDERS = {"0.3": "v0_3", "1.0": "v1_0", "jsonrpc": "jsonrpc"}


def load(version: str, name: str) -> dict[str, Any]:
    """The schema (draft 2020-12) of `name` in version "0.3", "1.0" or "jsonrpc".

    Names are those of the protocol, such as "Task" or "AgentCard". Raises KeyError for others.
    """
    definitions = _definitions(_FOLDERS[version])
    if name not in definitions:
        raise KeyError(f"{version} has no schema {name!r}; it has {', '.join(definitions)}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": f"#/$defs/{name}",
        "$defs": definitions,
    }


@cache
def _definitions(folder: str) -> dict[str, Any]:
    paths = (path for path in (files(__name__) / folder).iterdir() if path.name.endswith(".json"))
    definitions: dict[str, Any] = {}
    for path in sorted(paths, key=lambda path: path.name):
        definitions.update(json.loads(path.read_text("utf-8")))
    return definitions
