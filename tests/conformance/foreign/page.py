"""What docs/conformance-findings.md says of a server under a version."""

import re

from tests.conformance.foreign.servers import ROOT, Server

_PAGE = (ROOT / "docs" / "conformance-findings.md").read_text("utf-8")


def failures(server: Server, version: str) -> tuple[set[str], set[str]]:
    """The requirements of the server's table: those that fail, and those that sometimes do."""
    rows = re.findall(r"^\| (`.+?) \|", _section(server, version), re.MULTILINE)
    named = [one for row in rows for one in re.findall(r"`([^`]+)`( \(sometimes\))?", row)]
    return {id for id, mark in named if not mark}, {id for id, mark in named if mark}


def warnings(server: Server, version: str) -> set[str]:
    """The requirements that are named as warnings; a remark on one is in brackets behind it."""
    _, _, named = _section(server, version).partition("\nWarnings: ")
    return set(re.findall(r"`([^`]+)`", re.sub(r"\([^)]*\)", "", named)))


def _section(server: Server, version: str) -> str:
    _, _, rest = _PAGE.partition(f"\n## {server.name}, version {version}\n")
    return rest.partition("\n## ")[0]
