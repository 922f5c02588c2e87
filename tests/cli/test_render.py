from collections.abc import Callable
from dataclasses import replace

import pytest

from a2a_agent.cli.frames import ArtifactFrame, Frame, StatusFrame, TaskFrame
from a2a_agent.cli.render import Renderer
from a2a_agent.domain.model import (
    Artifact,
    DataPart,
    FilePart,
    JsonValue,
    Message,
    Part,
    Role,
    TextPart,
)

TASK = TaskFrame(task_id="t", context_id="c", state="working")


def said(*parts: Part, role: Role = Role.AGENT) -> Message:
    return Message(message_id="m", role=role, parts=parts)


def status(state: str, *parts: Part, note: object = None) -> StatusFrame:
    message = said(*parts) if parts else None
    return StatusFrame(task_id="t", context_id="c", state=state, message=message, note=note)


def tool(**data: JsonValue) -> StatusFrame:
    return status("working", DataPart({"callId": "1", **data}))


def chunk(
    *parts: Part, append: bool = True, artifact_id: str = "response", name: str | None = None
) -> ArtifactFrame:
    artifact = Artifact(artifact_id=artifact_id, name=name, parts=parts)
    return ArtifactFrame(task_id="t", context_id="c", artifact=artifact, append=append)


def answered(text: str, state: str = "working") -> TaskFrame:
    artifact = Artifact(artifact_id="response", parts=(TextPart(text),))
    return replace(TASK, artifacts=(artifact,), state=state)


Shown = Callable[..., tuple[str, str]]


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Shown:
    """What the frames come to on stdout and stderr."""

    def show(*frames: Frame, renderer: Renderer | None = None) -> tuple[str, str]:
        renderer = renderer or Renderer()
        for frame in frames:
            renderer.show(frame)
        renderer.finish()
        captured = capsys.readouterr()
        return captured.out, captured.err

    return show


def test_text_is_written_as_it_comes(capsys: pytest.CaptureFixture[str]) -> None:
    renderer = Renderer()

    renderer.show(chunk(TextPart("one "), append=False))
    assert capsys.readouterr().out == "one "
    renderer.show(chunk(TextPart("two\t[red]three[/red] :smile:")))
    assert capsys.readouterr().out == "two\t[red]three[/red] :smile:"
    renderer.show(chunk(TextPart("")))
    renderer.finish()
    assert capsys.readouterr().out == "\n"


def test_long_lines_stay_whole(shown: Shown) -> None:
    text = "word " * 100

    assert shown(chunk(TextPart(text), append=False)) == (text + "\n", "")


def test_work_is_shown_in_its_order(shown: Shown) -> None:
    out, err = shown(
        replace(TASK, state="submitted"),
        status("working"),
        chunk(TextPart("Let me see."), append=False),
        tool(name="add", arguments={"a": 1, "b": 2}),
        tool(name="add", data={"percent": 50}),
        tool(data=99),
        tool(name="add", output=3),
        tool(name="add", error="no\nnumbers", denied=False),
        chunk(TextPart("It is 3."), append=False),
        status("completed"),
    )

    assert out == (
        'Let me see.\n→ add {"a": 1, "b": 2}\n… add {"percent": 50}\n… tool 99\n← add 3\n'
        "✗ add: no numbers\nIt is 3.\n"
    )
    assert err == ""


def test_text_goes_on_after_a_tool_call_on_a_new_line(shown: Shown) -> None:
    out, _ = shown(chunk(TextPart("a"), append=False), tool(name="x"), chunk(TextPart("b")))

    assert out == "a\n→ x null\nb\n"


def test_long_tool_output_is_cut(shown: Shown) -> None:
    out, _ = shown(tool(name="x", output="y" * 1000))

    assert out == f'← x "{"y" * 499}…\n'


def test_artifacts_have_a_heading_where_they_have_a_name(shown: Shown) -> None:
    out, _ = shown(
        chunk(TextPart("a,b\n"), append=False, artifact_id="1", name="table"),
        chunk(TextPart("1,2"), artifact_id="1", name="table"),
        chunk(TextPart("plain"), append=False, artifact_id="2"),
    )

    assert out == "[table]\na,b\n1,2\nplain\n"


def test_data_and_files_have_lines_of_their_own(shown: Shown) -> None:
    out, _ = shown(
        chunk(
            TextPart("see"),
            DataPart([1]),
            FilePart(raw=b"123", media_type="text/plain", filename="n.txt"),
            FilePart(url="https://example.com/x"),
            append=False,
        )
    )

    assert out == (
        "see\n[1]\nn.txt (text/plain, 3 bytes)\n"
        "file (application/octet-stream, https://example.com/x)\n"
    )


def test_message_is_the_answer(shown: Shown) -> None:
    assert shown(said(TextPart("hello"))) == ("hello\n", "")


def test_question_is_shown_with_what_it_is_about(shown: Shown) -> None:
    asked: JsonValue = {
        "kind": "approval",
        "name": "rm",
        "arguments": {"path": "/"},
        "options": ["yes", 2],
    }
    out, _ = shown(
        chunk(TextPart("Hm"), append=False),
        status("input-required", TextPart("May I?"), DataPart(asked)),
    )

    assert out == 'Hm\nMay I?\n  rm {"path": "/"}\n  one of: yes, 2\n'


def test_question_of_a_stranger_is_shown(shown: Shown) -> None:
    out, _ = shown(status("auth-required", TextPart("Sign in."), DataPart(["x"]), DataPart({})))

    assert out == 'Sign in.\n["x"]\n'
    assert shown(status("input-required")) == ("", "")


def test_end_with_words_shows_them(shown: Shown) -> None:
    assert shown(status("completed", TextPart("Hello"), DataPart({}))) == ("Hello\n", "")


@pytest.mark.parametrize("state", ["failed", "rejected", "canceled", "unknown"])
def test_other_ends_are_told_on_stderr(shown: Shown, state: str) -> None:
    out, err = shown(
        status(state, TextPart("The agent\nfailed."), DataPart({"reason": "late"}), DataPart(3))
    )

    assert (out, err) == ("", f"{state}: The agent failed. (late)\n")
    assert shown(status(state)) == ("", f"{state}\n")


def test_progress_of_a_stranger_is_shown(shown: Shown) -> None:
    out, _ = shown(status("working", TextPart("Looking…"), TextPart(""), DataPart({"step": 1})))

    assert out == 'Looking…\n{"step": 1}\n'


def test_details_of_mode_all_are_shown(shown: Shown) -> None:
    out, _ = shown(
        status("working", note={"kind": "reasoning", "text": "So "}),
        status("working", note={"kind": "reasoning", "text": "then"}),
        status("working", note={"kind": "stepStarted", "step": 1}),
        status("working", note="odd"),
    )

    assert out == 'So then\n{"kind": "stepStarted", "step": 1}\n'


def test_control_characters_do_not_reach_the_terminal(shown: Shown) -> None:
    evil = "\x1b]0;title\x07\x1b[2J"
    out, err = shown(
        chunk(TextPart(evil), append=False),
        chunk(TextPart(evil), append=False, artifact_id="2", name=evil),
        tool(name=evil, arguments={evil: evil}),
        tool(name=evil, error=evil),
        status("working", note={"kind": "reasoning", "text": evil}),
        status("input-required", TextPart(evil), DataPart({"name": evil, "options": [evil]})),
        status("failed", TextPart(evil), DataPart({"reason": evil})),
        said(FilePart(raw=b"", media_type=evil, filename=evil)),
    )

    assert "\x1b" not in out + err
    assert "\x07" not in out + err


def test_task_seen_again_shows_what_is_new(shown: Shown) -> None:
    out, _ = shown(
        chunk(TextPart("one "), append=False),
        answered("one two "),
        answered("one two "),
        chunk(TextPart("three")),
    )

    assert out == "one two three\n"


def test_task_seen_again_with_another_answer_shows_it_anew(shown: Shown) -> None:
    out, _ = shown(chunk(TextPart("narration"), append=False), answered("answer", "completed"))

    assert out == "narration\nanswer\n"


def test_what_a_task_held_before_is_not_shown_again(shown: Shown) -> None:
    renderer = Renderer()
    renderer.go_on_from(answered("one "))

    assert shown(chunk(TextPart("two")), renderer=renderer) == ("two\n", "")


def test_task_that_has_come_to_rest_meanwhile_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Renderer().go_on_from(answered("all", "completed"))

    assert capsys.readouterr().out == "all\n"


def test_conversation_is_shown_with_its_speakers(capsys: pytest.CaptureFixture[str]) -> None:
    called = DataPart({"callId": "1", "name": "add", "arguments": {}})

    Renderer().show_history(
        [said(TextPart("hi"), role=Role.USER), said(called), said(TextPart("yes?"))]
    )

    assert capsys.readouterr().out == "user:\nhi\n→ add {}\nagent:\nyes?\n"


def test_terminal_gets_colours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")

    Renderer().show(tool(name="add", output=3))

    assert capsys.readouterr().out == "\x1b[32m← add 3\x1b[0m\n"
