"""A task's frames as people read them, while they come.

What the agent says goes to stdout: text, tool calls, questions, artifacts. What became of the
task goes to stderr.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

import typer

from a2a_agent.cli.frames import ArtifactFrame, Frame, StatusFrame, TaskFrame, exit_code
from a2a_agent.cli.terminal import clean, compact, console, one_line
from a2a_agent.domain.model import (
    ANSWER_ARTIFACT_ID,
    Artifact,
    DataPart,
    FilePart,
    Message,
    Part,
    Role,
    TextPart,
)

_LONGEST_DETAIL = 500
"""Characters of a tool's arguments or output that are shown."""


class Renderer:
    """Shows one task. It remembers what it showed, so a task seen twice is not shown twice."""

    def __init__(self) -> None:
        self._out = console()
        self._notes = console(stderr=True)
        self._shown: dict[str, list[str]] = {}
        self._artifact_id: str | None = None
        """The artifact that is being written, if nothing else came in between."""
        self._at_line_start = True

    def show(self, frame: Frame) -> None:
        """Writes what the frame brings."""
        match frame:
            case TaskFrame():
                self._catch_up(frame)
                if frame.state not in {"submitted", "working"}:
                    self._show_status(frame.state, frame.message)
            case StatusFrame():
                self._show_note(frame.note)
                self._show_status(frame.state, frame.message)
            case ArtifactFrame():
                self._show_chunk(frame.artifact, frame.append)
            case Message():
                self._show_parts(frame.parts)
            case _:
                assert_never(frame)

    def go_on_from(self, task: TaskFrame) -> None:
        """Takes what the task holds as shown, unless it has come to rest meanwhile."""
        if exit_code(task.state) is None:
            for artifact in task.artifacts:
                self._shown[artifact.artifact_id] = [_content(artifact.parts)]
        else:
            self.show(task)

    def show_history(self, messages: Iterable[Message]) -> None:
        """Writes a conversation."""
        for message in messages:
            tool_news = [_tool_line(part) for part in message.parts]
            if message.role is Role.AGENT and any(tool_news):
                self._show_progress(message)
            else:
                self._line(f"{message.role.value}:", "bold")
                self._show_parts(message.parts)

    def finish(self) -> None:
        """Ends the line that is being written."""
        if not self._at_line_start:
            self._write("\n")
        self._artifact_id = None

    def _catch_up(self, task: TaskFrame) -> None:
        for artifact in task.artifacts:
            shown = "".join(self._shown.get(artifact.artifact_id, ()))
            content = _content(artifact.parts)
            if content == shown:
                continue
            begins = not shown or not content.startswith(shown)
            rest = content if begins else content[len(shown) :]
            self._begin(artifact, anew=begins)
            self._write_content(artifact.artifact_id, rest)

    def _show_chunk(self, artifact: Artifact, append: bool) -> None:
        self._begin(artifact, anew=not append)
        for part in artifact.parts:
            before = self._shown[artifact.artifact_id]
            self._write_content(artifact.artifact_id, _as_text(part, before[-1] if before else ""))

    def _begin(self, artifact: Artifact, *, anew: bool) -> None:
        artifact_id = artifact.artifact_id
        if anew or artifact_id not in self._shown:
            self._shown[artifact_id] = []
        if anew or artifact_id != self._artifact_id:
            self.finish()
            if anew and artifact_id != ANSWER_ARTIFACT_ID and artifact.name:
                self._line(f"[{artifact.name}]", "bold")
            self._artifact_id = artifact_id

    def _write_content(self, artifact_id: str, text: str) -> None:
        if text:
            self._shown[artifact_id].append(text)
            self._write(text)

    def _show_parts(self, parts: Sequence[Part]) -> None:
        self.finish()
        self._write(_content(parts))
        self.finish()

    def _show_status(self, state: str, message: Message | None) -> None:
        parts = message.parts if message else ()
        if state in {"submitted", "working"}:
            if message:
                self._show_progress(message)
        elif state in {"input-required", "auth-required"}:
            self._show_question(parts)
        elif state == "completed":
            self._show_parts([part for part in parts if isinstance(part, TextPart)])
        else:
            self._show_end(state, parts)

    def _show_progress(self, message: Message) -> None:
        for part in message.parts:
            line = _tool_line(part)
            if line:
                self._line(*line)
            elif text := _as_text(part, ""):
                self._line(text.rstrip("\n"), "dim")

    def _show_question(self, parts: Sequence[Part]) -> None:
        for part in parts:
            match part:
                case DataPart(Mapping() as asked):
                    if "name" in asked:
                        detail = compact(asked.get("arguments"))
                        self._line(f"  {asked['name']} {_shortened(detail)}", "yellow")
                    options = asked.get("options")
                    if isinstance(options, list):
                        self._line(f"  one of: {', '.join(map(str, options))}", "yellow")
                case _:
                    self._line(_as_text(part, "").rstrip("\n"), "bold yellow")

    def _show_end(self, state: str, parts: Sequence[Part]) -> None:
        self.finish()
        said = " ".join(part.text for part in parts if isinstance(part, TextPart))
        reasons = [
            part.data["reason"]
            for part in parts
            if isinstance(part, DataPart)
            and isinstance(part.data, Mapping)
            and "reason" in part.data
        ]
        reason = f" ({', '.join(map(str, reasons))})" if reasons else ""
        self._notes.out(one_line(f"{state}{': ' if said else ''}{said}{reason}"), style="red")

    def _show_note(self, note: object) -> None:
        match note:
            case {"kind": "reasoning", "text": str(text)}:
                self._write(text, "dim italic")
            case {"kind": str()}:
                self._line(_shortened(compact(note)), "dim")

    def _line(self, text: str, style: str) -> None:
        self.finish()
        self._write(f"{text}\n", style)

    def _write(self, text: str, style: str | None = None) -> None:
        if style:
            self._out.out(clean(text), style=style, end="")
        else:
            # Rich would turn tabs into spaces.
            typer.echo(clean(text), nl=False)
        self._at_line_start = text.endswith("\n") if text else self._at_line_start


def _tool_line(part: Part) -> tuple[str, str] | None:
    """The line for a tool's news, with its style; None for any other part."""
    match part:
        case DataPart({"callId": _, "name": name, "error": error}):
            return f"✗ {name}: {_shortened(str(error))}", "red"
        case DataPart({"callId": _, "name": name, "output": output}):
            return f"← {name} {_shortened(compact(output))}", "green"
        case DataPart({"callId": _, "data": data, **more}):
            return f"… {more.get('name', 'tool')} {_shortened(compact(data))}", "dim"
        case DataPart({"callId": _, "name": name, **more}):
            return f"→ {name} {_shortened(compact(more.get('arguments')))}", "cyan"
        case _:
            return None


def _content(parts: Sequence[Part]) -> str:
    content = ""
    for part in parts:
        content += _as_text(part, content)
    return content


def _as_text(part: Part, before: str) -> str:
    """A part as text: text as it is, anything else on a line of its own."""
    match part:
        case TextPart(text):
            return text
        case DataPart(data):
            line = compact(data)
        case FilePart():
            line = _file_line(part)
        case _:
            assert_never(part)
    return f"{'' if not before or before.endswith(chr(10)) else chr(10)}{line}\n"


def _file_line(file: FilePart) -> str:
    kind = file.media_type or "application/octet-stream"
    where = f"{len(file.raw)} bytes" if file.raw is not None else file.url
    return one_line(f"{file.filename or 'file'} ({kind}, {where})")


def _shortened(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _LONGEST_DETAIL else f"{line[:_LONGEST_DETAIL]}…"
