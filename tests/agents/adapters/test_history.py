from dataclasses import replace
from typing import Any

from a2a_agent.agents.adapters.history import (
    chat_messages,
    earlier_texts,
    new_text,
    transcript,
)
from a2a_agent.domain.model import DataPart, FilePart, Message, Part, Role, TextPart
from a2a_agent.runtime.agent import RunRequest
from a2a_agent.runtime.conversations import ANSWER_ID
from tests.agents.runs import request_of


def message(role: Role, *parts: Part, message_id: str = "m", task_id: str = "t") -> Message:
    return Message(message_id=message_id, role=role, parts=parts, task_id=task_id)


CALL: dict[str, Any] = {"callId": "1", "name": "add", "arguments": {"a": 1}}
RESULT: dict[str, Any] = {"callId": "1", "name": "add", "output": 2}
HISTORY = (
    message(Role.USER, TextPart("What is 1 + 1?")),
    message(Role.AGENT, DataPart(CALL)),
    message(Role.AGENT, DataPart(RESULT)),
    message(Role.AGENT, TextPart("It is 2."), message_id=f"t{ANSWER_ID}"),
)


def request(*parts: Part) -> RunRequest:
    return replace(request_of("", *parts), history=HISTORY)


def test_context_and_new_message_are_told_as_a_chat_with_calls_and_results() -> None:
    assert chat_messages(request(TextPart("And 2 + 2?"))) == [
        {"role": "user", "content": "What is 1 + 1?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {
                    "id": "1",
                    "type": "function",
                    "function": {"name": "add", "arguments": '{"a": 1}'},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "1", "content": "2"},
        {"role": "assistant", "content": "It is 2."},
        {"role": "user", "content": "And 2 + 2?"},
    ]


def test_texts_of_the_context_are_told_without_calls() -> None:
    assert earlier_texts(request(TextPart("And 2 + 2?"))) == [
        {"role": "user", "content": "What is 1 + 1?"},
        {"role": "assistant", "content": "It is 2."},
    ]


def test_text_beside_a_picture_is_told_without_it() -> None:
    picture = FilePart(raw=b"png", media_type="image/png", filename="a.png")
    shown = message(Role.USER, TextPart("What is this?"), picture)
    asked = replace(request(TextPart("And now?")), history=(shown,))

    assert earlier_texts(asked) == [{"role": "user", "content": "What is this?"}]


def test_texts_of_the_context_are_told_as_one_that_names_who_speaks() -> None:
    asked = request(TextPart("And 2 + 2?"))

    assert transcript(asked) == "User: What is 1 + 1?\n\nAssistant: It is 2."
    assert transcript(replace(asked, history=())) == ""


def test_new_message_is_one_text() -> None:
    image = FilePart(raw=b"", media_type="image/png", filename="a.png")
    parts = (TextPart("Look:"), DataPart({"a": 1}))

    assert new_text(request(*parts)) == 'Look:\n{"a": 1}'
    assert new_text(request(*parts, image)) == 'Look:\n{"a": 1}'
