"""Events come out of bytes as readers of event streams get them, however the bytes are cut."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.sse import Decoder, Event


def decoded(*chunks: bytes) -> list[Event]:
    decoder = Decoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)]


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: x\n\n", [Event(data="x")]),
        (b"data:x\n\n", [Event(data="x")]),
        (b"data:  x\n\n", [Event(data=" x")]),
        (b"data\n\n", [Event(data="")]),
        (b"data: x\r\n\r\n", [Event(data="x")]),
        (b"data: x\r\r", [Event(data="x")]),
        (b"\xef\xbb\xbfdata: x\n\n", [Event(data="x")]),
        (b"data: x\r\rdata: y\r\r\n", [Event(data="x"), Event(data="y")]),
        (b"data: x\ndata: y\n\n", [Event(data="x\ny", lines_of_data=2)]),
        (b"id: 7\nevent: e\ndata: x\n\n", [Event(data="x", id="7", name="e")]),
        (b"id: 7\ndata: x\n\ndata: y\n\n", [Event(data="x", id="7"), Event(data="y")]),
        (b"id: 7\n\ndata: x\n\n", [Event(data="x")]),
        (b"retry: 5\nother\ndata: a: b\n\n", [Event(data="a: b")]),
        ("data: ü\n\n".encode(), [Event(data="ü")]),
        (b"data: \xff\n\n", [Event(data="�")]),
        (b"data: x\n", []),
        (b"\n\n\n", []),
    ],
)
def test_bytes_become_events(stream: bytes, events: list[Event]) -> None:
    assert decoded(stream) == events


def cut(stream: bytes, places: Iterable[int]) -> list[bytes]:
    ends = [*sorted(places), len(stream)]
    return [stream[a:b] for a, b in zip([0, *ends], ends, strict=False)]


@given(
    lines=st.lists(st.sampled_from(["data: ä", "data", "id: 1", ": c", "", "event: e"])),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    data=st.data(),
)
def test_where_the_bytes_are_cut_means_nothing(
    lines: list[str], newline: str, data: st.DataObject
) -> None:
    stream = "".join(line + newline for line in (*lines, "")).encode()
    places = data.draw(st.lists(st.integers(0, len(stream)), max_size=6))

    assert decoded(*cut(stream, places)) == decoded(stream)


def test_comments_are_counted_and_no_events() -> None:
    decoder = Decoder()
    assert list(decoder.feed(b": keep-alive\n\n:\n\n")) == []
    assert (decoder.comments, decoder.leftover) == (2, False)


@pytest.mark.parametrize("rest", [b"data: x", b"data: x\n", b"dat"])
def test_event_that_no_empty_line_ends_is_left_over(rest: bytes) -> None:
    decoder = Decoder()
    assert list(decoder.feed(b"data: y\n\n" + rest)) == [Event(data="y")]
    assert decoder.leftover
