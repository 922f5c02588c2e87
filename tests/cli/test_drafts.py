import io
import sys
from pathlib import Path

import pytest

from a2a_agent.cli.drafts import draft
from a2a_agent.cli.errors import UsageError
from a2a_agent.domain.model import DataPart, FilePart, Role, TextPart


class Terminal(io.StringIO):
    """Somebody who does not type."""

    def isatty(self) -> bool:
        return True


def pipe(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))


def test_text_data_and_files_become_parts_in_this_order(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_bytes(b"1,2")
    other = tmp_path / "unknown"
    other.write_bytes(b"\x00")

    message = draft("hello", data='{"a": [1]}', files=[table, other], task_id="t", context_id="c")

    assert message.parts == (
        TextPart("hello"),
        DataPart({"a": [1]}),
        FilePart(raw=b"1,2", media_type="text/csv", filename="table.csv"),
        FilePart(raw=b"\x00", media_type="application/octet-stream", filename="unknown"),
    )
    assert (message.role, message.task_id, message.context_id) == (Role.USER, "t", "c")


def test_each_message_has_an_id_of_its_own() -> None:
    assert draft("a").message_id != draft("a").message_id


def test_a_dash_reads_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, "tři\nřádky\n\n".encode())

    assert draft("-", data="1").parts == (TextPart("tři\nřádky\n"), DataPart(1))


def test_a_pipe_is_read_where_nothing_else_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, b"piped")

    assert draft(None).parts == (TextPart("piped"),)


def test_a_pipe_is_left_alone_where_something_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, b"piped")

    assert draft(None, data="2").parts == (DataPart(2),)


def test_nothing_to_send_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal())

    with pytest.raises(UsageError, match="nothing to send; give a text, --data or --file"):
        draft(None)


def test_a_pipe_that_is_no_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, b"\xff\xfe")

    with pytest.raises(UsageError, match="stdin is no text"):
        draft("-")


@pytest.mark.parametrize("data", ["{", "NaN", "[" * 100_000])
def test_data_that_is_no_json_is_refused(data: str) -> None:
    with pytest.raises(UsageError, match="--data is no JSON: "):
        draft("x", data=data)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read .*: Is a directory"):
        draft("x", files=[tmp_path])
