"""Media types: what is taken, what is given, and what is refused."""

import pytest

from a2a_agent.domain.errors import ContentTypeNotSupported
from a2a_agent.domain.model import DataPart, FilePart, Message, Part, Role, TextPart
from a2a_agent.runtime.media import MediaTypes, covers, media_type_of


def message(*parts: Part) -> Message:
    return Message(message_id="m", role=Role.USER, parts=parts)


@pytest.mark.parametrize(
    ("part", "media_type"),
    [
        (TextPart("hello"), "text/plain"),
        (TextPart("# Hello", media_type="Text/Markdown; charset=utf-8"), "text/markdown"),
        (DataPart({}), "application/json"),
        (FilePart(raw=b""), "application/octet-stream"),
        (FilePart(url="https://example.org/a.png", media_type="image/png"), "image/png"),
    ],
    ids=["text", "text-with-a-type", "data", "file", "file-with-a-type"],
)
def test_part_has_the_media_type_it_names_or_that_of_its_kind(part: Part, media_type: str) -> None:
    assert media_type_of(part) == media_type


@pytest.mark.parametrize("media_range", ["*/*", "*", "image/*", "image/png", "IMAGE/PNG; q=1"])
def test_range_covers_the_types_in_it(media_range: str) -> None:
    assert covers(media_range, "image/png")


@pytest.mark.parametrize("media_range", ["text/*", "image/jpeg", "imag/*", "image"])
def test_range_covers_no_other_types(media_range: str) -> None:
    assert not covers(media_range, "image/png")


def test_parameters_of_a_type_do_not_matter() -> None:
    assert covers("text/plain; charset=utf-8", "Text/Plain; charset=ascii")


AGENT = MediaTypes(takes=("text/plain", "image/*"), gives=("text/plain", "image/*"))


def test_message_of_types_that_the_agent_takes_is_taken() -> None:
    AGENT.check(message(TextPart("look"), FilePart(raw=b"", media_type="image/png")), ())


def test_message_with_a_part_the_agent_does_not_take_is_refused_naming_it() -> None:
    with pytest.raises(ContentTypeNotSupported) as refusal:
        AGENT.check(message(TextPart("look"), DataPart({})), ())

    assert refusal.value.message == (
        "message.parts[1] is application/json; this agent takes text/plain, image/*"
    )


def test_agent_that_takes_no_text_is_sent_none() -> None:
    painter = MediaTypes(takes=("image/*",), gives=("image/*",))

    with pytest.raises(ContentTypeNotSupported) as refusal:
        painter.check(message(TextPart("look")), ())

    assert refusal.value.message == "message.parts[0] is text/plain; this agent takes image/*"


@pytest.mark.parametrize("wanted", ["text/plain", "text/*", "*/*", "image/png"])
def test_wishes_that_one_of_the_agents_types_meets_are_met(wanted: str) -> None:
    AGENT.check(message(TextPart("look")), ("audio/wav", wanted))


def test_wishes_that_the_agent_cannot_meet_are_refused_saying_what_it_gives() -> None:
    with pytest.raises(ContentTypeNotSupported) as refusal:
        AGENT.check(message(TextPart("look")), ("audio/wav",))

    assert refusal.value.message == (
        "acceptedOutputModes has none of what this agent gives: text/plain, image/*"
    )
