"""Where what is written goes, and that it may be in vain."""

import os
from pathlib import Path
from typing import IO


def obstacle(path: Path) -> str:
    """Why the file could not be written; "" where it can, as far as that is known beforehand."""
    if os.path.isdir(path):
        return f"{path} is a directory"
    if not os.path.isdir(path.parent):
        return f"there is no directory {path.parent}"
    place = path if os.path.exists(path) else path.parent
    return "" if os.access(place, os.W_OK) else f"{place} cannot be written"


def abandon(file: IO[str]) -> None:
    """What is written from now on goes nowhere: whoever has read it has gone, as `head` does."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, file.fileno())
    os.close(nowhere)
