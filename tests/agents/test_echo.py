from a2a_agent.agents.echo import EchoAgent, echo
from a2a_agent.domain.agent_events import Artifact, RunFinished, RunStarted, TextDelta
from a2a_agent.domain.model import DataPart, FilePart
from a2a_agent.runtime.agent import describe
from tests.agents.runs import events_of, request_of


async def test_text_comes_back_word_by_word() -> None:
    assert await events_of(echo, request_of("Hello there!")) == [
        RunStarted(agent="echo"),
        TextDelta("Hello "),
        TextDelta("there!"),
        RunFinished(),
    ]


async def test_files_and_data_come_back_as_an_artifact() -> None:
    file = FilePart(raw=b"\x89PNG", media_type="image/png", filename="a.png")
    data = DataPart({"key": "value"})

    assert await events_of(echo, request_of("", file, data)) == [
        RunStarted(agent="echo"),
        Artifact(artifact_id="attachments", name="attachments", parts=(file, data)),
        RunFinished(),
    ]


def test_any_media_type_is_accepted() -> None:
    described = describe(echo)

    assert described == EchoAgent().description
    assert (described.name, described.input_modes, described.output_modes) == (
        "echo",
        ("*/*",),
        ("*/*",),
    )
