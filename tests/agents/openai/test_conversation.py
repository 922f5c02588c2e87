import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2a_agent.agents.openai.conversation import (
    Answer,
    Call,
    Result,
    Said,
    Turn,
    bounded,
    from_json,
    to_json,
    turns_of,
)
from a2a_agent.domain.model import DataPart, FilePart, JsonValue, Message, Part, Role, TextPart


def user(*said: str | Part, task: str = "task") -> Message:
    parts = tuple(TextPart(part) if isinstance(part, str) else part for part in said)
    return Message(message_id="m", role=Role.USER, parts=parts, task_id=task)


def agent(said: JsonValue, task: str = "task") -> Message:
    part = TextPart(said) if isinstance(said, str) else DataPart(said)
    return Message(message_id="m", role=Role.AGENT, parts=(part,), task_id=task)


def called(call_id: str, task: str = "task", name: str = "add") -> Message:
    return agent({"callId": call_id, "name": name, "arguments": {"a": 1}}, task)


def gave(call_id: str, output: JsonValue, task: str = "task", name: str = "add") -> Message:
    return agent({"callId": call_id, "name": name, "output": output}, task)


def asked(call_id: str, kind: str = "approval", task: str = "task") -> Message:
    data: JsonValue = {"requestId": call_id, "kind": kind, "callId": call_id, "name": "add"}
    parts = (TextPart("May I?"), DataPart(data))
    return Message(message_id="m", role=Role.AGENT, parts=parts, task_id=task)


def failure(reason: str) -> Message:
    parts = (TextPart("It failed."), DataPart({"reason": reason}))
    return Message(message_id="m", role=Role.AGENT, parts=parts, task_id="task")


def call(call_id: str) -> Answer:
    return Answer("", (Call(call_id, "add", '{"a": 1}'),))


HELLO, HI = Said((TextPart("Hello"),)), Answer("Hi")


@pytest.mark.parametrize(
    ("history", "turns"),
    [
        ([], []),
        ([user("Hello"), agent("Hi")], [HELLO, HI]),
        (
            [user("Hello"), called("1"), gave("1", 2), agent("Hi")],
            [HELLO, call("1"), Result("1", "2"), HI],
        ),
        (
            [user("Hello"), called("1"), called("2"), gave("2", "b"), gave("1", {"ü": None})],
            [HELLO, call("1"), Result("1", '{"ü": null}'), call("2"), Result("2", "b")],
        ),
        (
            [called("1"), agent({"callId": "1", "name": "add", "error": "It broke."})],
            [call("1"), Result("1", "error: It broke.")],
        ),
        (
            [called("1"), agent({"callId": "1", "name": "add", "data": 7}), gave("1", 2)],
            [call("1"), Result("1", "2")],
        ),
        ([user("Hello"), agent({"answer": 42})], [HELLO, Answer('{"answer": 42}')]),
        ([user("Hello"), agent("")], [HELLO]),
        ([user("Hello"), agent([1])], [HELLO, Answer("[1]")]),
        ([user("Hello"), failure("max-steps")], [HELLO]),
    ],
    ids=[
        "nothing",
        "words",
        "a call",
        "parallel calls",
        "a call that failed",
        "news of a tool",
        "data",
        "an empty answer",
        "a list",
        "how a task failed",
    ],
)
def test_messages_are_read_as_turns(history: list[Message], turns: list[Turn]) -> None:
    assert turns_of(history) == turns


def test_files_of_the_client_stay_and_those_of_the_agent_are_left_out() -> None:
    file = FilePart(raw=b"x", media_type="image/png")
    answer = Message(message_id="m", role=Role.AGENT, parts=(file, TextPart("A cat.")))

    assert turns_of([user(file, DataPart([1])), answer]) == [
        Said((file, DataPart([1]))),
        Answer("A cat."),
    ]


@pytest.mark.parametrize(
    ("history", "turns"),
    [
        ([called("1"), user("Hello")], [HELLO]),
        ([gave("1", 2), user("Hello")], [HELLO]),
        ([gave("1", 2), called("1"), agent("Hi")], [HI]),
    ],
)
def test_calls_and_results_without_their_other_half_are_left_out(
    history: list[Message], turns: list[Turn]
) -> None:
    assert turns_of(history) == turns


def test_questions_about_calls_and_their_answers_are_left_out() -> None:
    history = [
        user("Hello"),
        called("1"),
        asked("1"),
        user("yes"),
        gave("1", 2),
        agent("Hi"),
        user("Thanks"),
    ]

    assert turns_of(history) == [
        HELLO,
        call("1"),
        Result("1", "2"),
        HI,
        Said((TextPart("Thanks"),)),
    ]


def test_other_questions_and_their_answers_are_told() -> None:
    turns = turns_of([user("Hello"), asked("r", "text"), user("that")])

    assert (turns[0], turns[2]) == (HELLO, Said((TextPart("that"),)))
    assert isinstance(turns[1], Answer)
    assert turns[1].text.startswith("May I?\n")


def test_a_question_that_nobody_answered_hides_nothing_of_another_task() -> None:
    history = [user("Go", task="1"), called("c", "1"), asked("c", task="1")]
    history += [user("Hello", task="2"), agent("Hi", "2")]

    assert turns_of(history) == [Said((TextPart("Go"),)), HELLO, HI]


@pytest.mark.parametrize(
    "data",
    [
        {"reason": "because"},
        {"callId": "1", "name": "add", "arguments": {}},
        {"requestId": "1", "kind": "approval"},
    ],
)
def test_an_answer_that_looks_like_news_of_a_tool_is_an_answer(data: JsonValue) -> None:
    answer = Message(
        message_id="task-answer", role=Role.AGENT, parts=(DataPart(data),), task_id="task"
    )

    assert turns_of([user("Hello"), answer]) == [HELLO, Answer(json.dumps(data))]


def test_calls_of_one_id_in_two_tasks_have_each_their_own_result() -> None:
    history = [
        *[called("1", "a"), gave("1", "first", "a")],
        *[called("1", "b"), gave("1", "second", "b")],
    ]

    assert turns_of(history) == [
        *[call("1"), Result("1", "first")],
        *[call("1"), Result("1", "second")],
    ]


def test_a_call_without_result_does_not_take_that_of_another_task() -> None:
    history = [called("1", "a"), called("1", "b"), gave("1", "second", "b")]

    assert turns_of(history) == [call("1"), Result("1", "second")]


THREE: list[Turn] = [
    HELLO,
    HI,
    Said((TextPart("What is it?"),)),
    call("1"),
    Result("1", "2"),
    Answer("It is 2."),
    Said((TextPart("Sure?"),)),
    Answer("Yes."),
]


@pytest.mark.parametrize(
    ("messages", "characters", "first"),
    [
        (8, 1_000, 0),
        (7, 1_000, 2),
        (6, 1_000, 2),
        (5, 1_000, 6),
        (2, 1_000, 6),
        (1, 1_000, 8),
        (0, 1_000, 8),
        (8, 47, 0),
        (8, 46, 2),
        (8, 40, 2),
        (8, 39, 6),
        (8, 9, 6),
        (8, 8, 8),
        (8, 0, 8),
    ],
)
def test_the_latest_turns_are_kept_from_something_that_the_client_said(
    messages: int, characters: int, first: int
) -> None:
    assert bounded(THREE, messages=messages, characters=characters) == THREE[first:]


def test_a_text_file_counts_for_what_is_in_it() -> None:
    part = FilePart(raw=b"a,b" * 100, media_type="text/csv", filename="t.csv")
    turns: list[Turn] = [Said((part,))]

    assert bounded(turns, messages=1, characters=307) == turns
    assert bounded(turns, messages=1, characters=306) == []


def test_an_image_counts_for_a_thousand_tokens() -> None:
    image: list[Turn] = [Said((FilePart(raw=b"x", media_type="image/png"), TextPart("Hi")))]

    assert bounded(image, messages=1, characters=4_002) == image
    assert bounded(image, messages=1, characters=4_001) == []


texts = st.text(max_size=8)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
objects = st.dictionaries(texts, json_values, max_size=3)
parts = st.one_of(
    st.builds(TextPart, texts, metadata=st.none() | objects),
    st.builds(DataPart, json_values, media_type=st.none() | texts),
    st.builds(FilePart, raw=st.binary(max_size=8), media_type=st.none() | texts, filename=texts),
    st.builds(FilePart, url=texts, metadata=st.none() | objects),
)
turns = st.one_of(
    st.builds(Said, st.lists(parts, max_size=3).map(tuple)),
    st.builds(
        Answer,
        texts,
        st.lists(st.builds(Call, texts, texts, texts), max_size=2).map(tuple),
        st.lists(objects, max_size=2).map(tuple),
    ),
    st.builds(Result, texts, texts),
)
ids = st.sampled_from(["1", "2"])
messages = st.lists(
    st.one_of(
        st.builds(user, texts, task=ids),
        st.builds(agent, texts, ids),
        st.builds(called, ids, ids),
        st.builds(gave, ids, json_values, ids),
        st.builds(asked, ids, st.sampled_from(["approval", "text"]), ids),
    ),
    max_size=12,
)


@given(st.lists(turns, max_size=5))
def test_turns_come_back_from_json_as_they_were(given_turns: list[Turn]) -> None:
    assert from_json(json.loads(json.dumps(to_json(given_turns)))) == given_turns


@given(messages, st.integers(0, 6), st.integers(0, 40))
def test_what_is_kept_is_the_end_within_its_bounds_and_begins_with_the_client(
    history: list[Message], most: int, characters: int
) -> None:
    given_turns = turns_of(history)

    kept = bounded(given_turns, messages=most, characters=characters)

    assert kept == given_turns[len(given_turns) - len(kept) :]
    assert len(kept) <= most
    assert bounded(kept, messages=most, characters=characters) == kept
    assert all(isinstance(turn, Said) for turn in kept[:1])


@given(messages)
def test_each_call_has_its_result_right_after_it(history: list[Message]) -> None:
    read = turns_of(history)

    calls = [place for place, turn in enumerate(read) if isinstance(turn, Answer) and turn.calls]
    results = [place for place, turn in enumerate(read) if isinstance(turn, Result)]
    assert results == [place + 1 for place in calls]
    for place in calls:
        turn, result = read[place : place + 2]
        assert isinstance(turn, Answer) and isinstance(result, Result)
        assert [made.call_id for made in turn.calls] == [result.call_id]
