"""Imports what was named on the command line."""

import importlib
import os
import sys
import traceback
from typing import Any

from a2a_agent.cli.errors import UsageError


def imported(module: str) -> Any:
    """The module. Raises UsageError, saying what keeps it from being imported."""
    # As with `python -m`: what lies in the current directory can be named.
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name and f"{module}.".startswith(f"{error.name}."):
            raise UsageError(f"there is no module {error.name!r} here") from error
        raise UsageError(f"module {module!r} needs {error.name!r}, which is missing") from error
    except (Exception, SystemExit) as error:  # whatever a module may raise while it is imported
        raise UsageError(f"module {module!r} cannot be imported: {described(error)}") from error


def described(error: BaseException) -> str:
    """What went wrong, and where, in a line."""
    said = f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, SyntaxError) or not frames:
        return said
    return f"{said} ({frames[-1].filename}, line {frames[-1].lineno})"
