import pytest
import typer

from a2a_agent.cli.errors import ProtocolError, RpcError
from a2a_agent.cli.terminal import clean, compact, console, one_line, one_line_errors


def test_escape_sequences_are_written_out() -> None:
    assert clean("\x1b[31mred\x1b[0m\x07\x9b1m") == "\\u001b[31mred\\u001b[0m\\u0007\\u009b1m"


def test_newlines_and_tabs_stay_and_carriage_returns_go() -> None:
    assert clean("a\r\n\tb\rc") == "a\n\tbc"


def test_marks_that_reorder_a_line_and_lone_surrogates_are_written_out() -> None:
    assert clean("\u202eabc\ud800") == "\\u202eabc\\ud800"


def test_letters_of_all_languages_stay() -> None:
    assert clean("žluťoučký 日本語 עברית 👍🏽") == "žluťoučký 日本語 עברית 👍🏽"


def test_one_line_has_no_line_breaks() -> None:
    assert one_line(" a\n b\t\x1bc ") == "a b \\u001bc"


def test_compact_json_keeps_letters() -> None:
    assert compact({"ž": [1, None]}) == '{"ž": [1, null]}'


def test_console_takes_nothing_for_markup(capsys: pytest.CaptureFixture[str]) -> None:
    console().print("[red]:smile:[/red] " + "long " * 40)

    assert capsys.readouterr().out == "[red]:smile:[/red] " + "long " * 40 + "\n"


def test_an_error_is_one_line_and_an_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, one_line_errors():
        raise ProtocolError("two\nlines \x1b[2J")

    assert ended.value.exit_code == 5
    assert capsys.readouterr().err == "error: two lines \\u001b[2J\n"


def test_a_json_rpc_error_shows_message_and_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), one_line_errors():
        raise RpcError(-32001, "no such task")

    assert capsys.readouterr().err == "error: the agent answers: no such task (-32001)\n"


def test_ctrl_c_ends_with_130_and_no_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, one_line_errors():
        raise KeyboardInterrupt

    assert ended.value.exit_code == 130
    assert capsys.readouterr().err == ""
