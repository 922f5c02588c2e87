"""Server-Sent Events, byte by byte."""

from a2a_agent.wire.sse import KEEP_ALIVE, event


def test_event_is_one_line_of_data() -> None:
    assert event(b'{"a":1}') == b'data: {"a":1}\n\n'


def test_silence_is_filled_with_a_comment() -> None:
    assert KEEP_ALIVE == b": keep-alive\n\n"
