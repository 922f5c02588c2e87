"""Records: frozen to the type checker, quick to make at run time."""

import subprocess
import sys
from pathlib import Path

from a2a_agent.domain.record import record


@record()
class Point:
    x: int
    y: int = 0


def test_records_are_equal_and_hashed_by_their_fields() -> None:
    assert (Point(1), hash(Point(1))) == (Point(1, 0), hash(Point(1, 0)))
    assert Point(1) != Point(2)


def test_records_take_no_other_attributes() -> None:
    assert not hasattr(Point(1), "__dict__")


def test_type_checker_refuses_to_assign_to_a_field(tmp_path: Path) -> None:
    module = tmp_path / "assigns.py"
    module.write_text(
        "from a2a_agent.domain.model import TextPart\npart = TextPart('a')\npart.text = 'b'\n"
    )
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", "", str(module)],
        capture_output=True,
        text=True,
    )
    assert (checked.returncode, "is read-only" in checked.stdout) == (1, True), checked.stdout
