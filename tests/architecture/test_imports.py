"""Imports point downwards, as `pyproject.toml` says; `make check` looks at the same."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_imports_keep_their_contracts() -> None:
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    words = [sys.executable, "-c", script, "--no-cache"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout
