"""What becomes of an agent's artifacts."""

from typing import Any

import pytest

from a2a_agent.domain.agent_events import (
    Artifact,
)
from a2a_agent.domain.errors import IllegalEvent
from a2a_agent.domain.model import (
    DataPart,
    FilePart,
    Part,
    TextPart,
)
from a2a_agent.domain.task_events import (
    ArtifactChunk,
)
from tests.domain.plays import (
    WORKING,
    first,
    mapped,
    more,
)


def test_whole_artifact_is_one_last_chunk_under_its_own_id() -> None:
    artifact = Artifact(
        parts=[TextPart("x")], artifact_id="a", name="n", description="d", metadata={"k": 1}
    )

    assert mapped(artifact) == [
        WORKING,
        ArtifactChunk("a", (TextPart("x"),), False, True, "n", "d", {"k": 1}),
    ]


def test_artifact_in_pieces_is_open_until_its_last() -> None:
    parts = (TextPart("x"),)

    assert mapped(
        Artifact(parts=parts, artifact_id="a", last=False),
        Artifact(parts=parts, artifact_id="a", append=True),
        Artifact(parts=parts, artifact_id="a", append=True, last=True),
    )[1:] == [
        ArtifactChunk("a", parts),
        ArtifactChunk("a", parts, True),
        ArtifactChunk("a", parts, True, True),
    ]


@pytest.mark.parametrize("nameless", [None, ""])
def test_artifact_without_an_id_gets_one(nameless: str | None) -> None:
    artifact = Artifact(parts=[TextPart("x")], artifact_id=nameless)

    assert [
        e.artifact_id for e in mapped(artifact, artifact)[1:] if isinstance(e, ArtifactChunk)
    ] == [
        "artifact-1",
        "artifact-2",
    ]


def test_id_that_is_made_is_none_that_the_agent_has_used() -> None:
    own = Artifact(parts=[TextPart("own")], artifact_id="artifact-1")
    nameless = Artifact(parts=[TextPart("nameless")])

    assert mapped(own, nameless)[1:] == [
        ArtifactChunk("artifact-1", (TextPart("own"),), last=True),
        ArtifactChunk("artifact-2", (TextPart("nameless"),), last=True),
    ]


def test_appended_piece_without_a_first_one_is_illegal() -> None:
    with pytest.raises(IllegalEvent, match="it has no first chunk"):
        mapped(Artifact(parts=[TextPart("x")], artifact_id="a", append=True))


def test_text_after_an_artifact_that_is_the_answer_starts_it_anew() -> None:
    answer = Artifact(parts=[DataPart({"a": 1})], artifact_id="response")

    assert mapped("a", answer, "b")[2:] == [
        ArtifactChunk("response", (DataPart({"a": 1}),), last=True),
        first("b"),
    ]


def test_text_after_an_artifact_of_its_own_goes_on() -> None:
    artifact = Artifact(parts=[TextPart("x")], artifact_id="a")

    assert mapped("a", artifact, "b")[-1] == more("b")


PARTS_AND_WHAT_IS_KEPT: list[tuple[Part, Part]] = [
    (
        TextPart("\ud800", "text/x", "f", {"\ud800": 1}),
        TextPart("\ufffd", "text/x", "f", {"\ufffd": 1}),
    ),
    (DataPart(("\ud800", 1)), DataPart(["\ufffd", 1])),
    (FilePart(raw=b"\xff", filename="\ud800"), FilePart(raw=b"\xff", filename="\ufffd")),
    (FilePart(url="a\ud800", media_type="\ud800"), FilePart(url="a\ufffd", media_type="\ufffd")),
]


@pytest.mark.parametrize(("part", "kept"), PARTS_AND_WHAT_IS_KEPT)
def test_part_is_kept_as_json_can_carry_it(part: Part, kept: Part) -> None:
    assert mapped(Artifact(parts=[part], artifact_id="a", name="\udfff"))[1:] == [
        ArtifactChunk("a", (kept,), last=True, name="\ufffd")
    ]


@pytest.mark.parametrize(
    ("parts", "complaint"),
    [
        ([], "artifact 'a' has no parts"),
        (["text"], "artifact 'a' holds a str, which is no part"),
        ([DataPart(float("nan"))], "artifact 'a' holds nan, which JSON has no number for"),
        ([TextPart("x", metadata={1: 2})], "an object with a name that is no string"),  # type: ignore[dict-item]  # an agent's mistake
        ([TextPart("x", metadata=[])], "artifact 'a' is a list where an object is needed"),  # type: ignore[arg-type]  # an agent's mistake
        ([TextPart("x", media_type=5)], "artifact 'a' holds a int where text is needed"),  # type: ignore[arg-type]  # an agent's mistake
        ([FilePart(raw="text")], "artifact 'a' holds a file whose raw is a str"),  # type: ignore[arg-type]  # an agent's mistake
        ([FilePart(url=b"url")], "artifact 'a' holds a bytes where text is needed"),  # type: ignore[arg-type]  # an agent's mistake
    ],
)
def test_artifact_that_json_cannot_carry_is_illegal(parts: list[Part], complaint: str) -> None:
    with pytest.raises(IllegalEvent, match=complaint):
        mapped(Artifact(parts=parts, artifact_id="a"))


@pytest.mark.parametrize("name", ["artifact_id", "name", "description"])
def test_artifact_whose_words_are_no_text_is_illegal(name: str) -> None:
    words: Any = {name: 5}
    with pytest.raises(IllegalEvent, match="holds a int where text is needed"):
        mapped(Artifact(parts=[TextPart("x")], **words))
