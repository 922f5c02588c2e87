import json
from typing import Any

import pytest
from openai import APIError

from a2a_agent.agents.openai.conversation import Answer, Call, Said
from a2a_agent.agents.openai.failures import failure
from a2a_agent.agents.openai.model import BadAnswer, CutOff, Finish, Prompt
from a2a_agent.domain.agent_events import ReasoningDelta, TextDelta, ToolCallDelta, Usage
from a2a_agent.domain.model import FilePart
from tests.agents.openai.models import usage, words, writing
from tests.agents.openai.prompts import CONVERSATION, FILES, HELLO, MORE, pieces_of
from tests.support.fake_openai import SUM, WEATHER, Fake

ADD = {
    "type": "function",
    "function": {
        "name": "add",
        "description": "Adds two numbers.",
        "parameters": {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
            "required": ["a", "b"],
            "additionalProperties": False,
        },
    },
}


def chunk(delta: Any = None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """A chunk as plain as servers send it."""
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


END = chunk({}, "stop")


def calling(
    name: str | None, arguments: str | None, call_id: str | None = None, index: int | None = 0
) -> dict[str, Any]:
    """A chunk with a piece of a call."""
    function = {"name": name, "arguments": arguments}
    return chunk({"tool_calls": [{"index": index, "id": call_id, "function": function}]})


def call_of(function: Any) -> dict[str, Any]:
    """A chunk with a call."""
    return chunk({"tool_calls": [{"index": 0, "id": "a", "function": function}]})


def delta(call_id: str, name: str, arguments: str) -> ToolCallDelta:
    return ToolCallDelta(call_id=call_id, name=name, arguments=arguments, step=1)


async def test_a_request_has_no_more_than_it_needs(fake: Fake) -> None:
    await pieces_of(fake, "plain")

    assert fake.bodies == [
        {
            "model": "plain",
            "messages": [{"role": "user", "content": "Hello"}],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
    ]


async def test_a_request_tells_the_whole_conversation_and_all_options(fake: Fake) -> None:
    await pieces_of(fake, "plain", CONVERSATION, **MORE)

    def call(call_id: str, arguments: str) -> dict[str, Any]:
        function = {"name": "add", "arguments": arguments}
        return {"id": call_id, "type": "function", "function": function}

    assert fake.bodies == [
        {
            "model": "plain",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": 'Add these:\n{"a": 1, "b": 2}'},
                {
                    "role": "assistant",
                    "content": "Gladly.",
                    "tool_calls": [call("1", '{"a": 1, "b": 2}'), call("2", "{}")],
                },
                {"role": "tool", "tool_call_id": "1", "content": "3"},
                {"role": "tool", "tool_call_id": "2", "content": "error: add cannot take this."},
                {"role": "assistant", "content": "It is 3."},
                {"role": "user", "content": "Thanks"},
            ],
            "stream": True,
            "stream_options": {"include_usage": True},
            "tools": [ADD],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "output", "schema": {"type": "object"}},
            },
            "temperature": 0.5,
            "top_p": 0.9,
            "metadata": {"user": "1"},
        }
    ]


async def test_an_answer_without_words_is_told_as_empty_text(fake: Fake) -> None:
    await pieces_of(fake, "plain", Prompt([*HELLO.turns, Answer("")]))

    assert fake.bodies[0]["messages"][1] == {"role": "assistant", "content": ""}


async def test_files_go_as_the_api_takes_them(fake: Fake) -> None:
    await pieces_of(fake, "plain", FILES)

    def pdf(name: str) -> dict[str, Any]:
        data = "data:application/pdf;base64,JVBERg=="
        return {"type": "file", "file": {"filename": name, "file_data": data}}

    assert fake.bodies[0]["messages"] == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Compare these:"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AP8="}},
                {"type": "image_url", "image_url": {"url": "https://example.com/b.jpg"}},
                {"type": "text", "text": "t.csv:\na,b"},
                pdf("d.pdf"),
                pdf("document.pdf"),
                {"type": "text", "text": "[1]"},
            ],
        }
    ]


async def test_a_document_by_its_url_goes_as_text(fake: Fake) -> None:
    part = FilePart(url="https://example.com/d.pdf", media_type="application/pdf")

    await pieces_of(fake, "plain", Prompt([Said((part,))]))

    content = "document.pdf:\nhttps://example.com/d.pdf"
    assert fake.bodies[0]["messages"] == [{"role": "user", "content": content}]


@pytest.mark.parametrize("media_type", ["image/png", "application/pdf", "text/plain"])
async def test_a_file_on_the_models_server_is_not_asked_for(fake: Fake, media_type: str) -> None:
    part = FilePart(url="file:///etc/passwd", media_type=media_type)

    await pieces_of(fake, "plain", Prompt([Said((part,))]))

    assert "/etc" not in str(fake.bodies[0]["messages"])


async def test_an_answer_comes_in_pieces_then_its_usage_then_its_end(fake: Fake) -> None:
    script = [{"reasoning": "Hm, so.", "text": "Two things.", "tool_calls": [WEATHER, SUM]}]

    assert await pieces_of(fake, script, HELLO) == [
        ReasoningDelta("Hm, ", step=1),
        ReasoningDelta("so.", step=1),
        *words("Two things.", 1),
        *writing("call-0-0", "get_weather", '{"city": "London"}', 1),
        *writing("call-0-1", "add", '{"a": 2, "b": 2}', 1),
        usage(1, "scripted"),
        Finish(
            Answer(
                "Two things.",
                (
                    Call("call-0-0", "get_weather", '{"city": "London"}'),
                    Call("call-0-1", "add", '{"a": 2, "b": 2}'),
                ),
            )
        ),
    ]


async def test_long_arguments_are_shown_whenever_they_have_grown_by_a_fifth(fake: Fake) -> None:
    frames = [calling("add", "", "1"), *[calling(None, "x") for _ in range(20)], END]

    pieces = await pieces_of(fake, [{"frames": frames}])

    shown = [len(piece.arguments) for piece in pieces if isinstance(piece, ToolCallDelta)]
    assert shown == [0, 1, 2, 3, 4, 5, 7, 9, 11, 14, 17]
    assert pieces[-1] == Finish(Answer("", (Call("1", "add", "x" * 20),)))


@pytest.mark.parametrize(
    ("frames", "pieces"),
    [
        (
            [chunk({"reasoning": "Hm."}), chunk({"content": "Hi"}), END],
            [ReasoningDelta("Hm.", step=1), TextDelta("Hi", step=1), Finish(Answer("Hi"))],
        ),
        (
            [chunk({"reasoning": "Hm.", "reasoning_content": "Hm."}), END],
            [ReasoningDelta("Hm.", step=1), Finish(Answer(""))],
        ),
        (
            [chunk({"refusal": "I will not."}), END],
            [TextDelta("I will not.", step=1), Finish(Answer("I will not."))],
        ),
        (
            [chunk(None), {"choices": None}, {}, chunk({"content": "Hi"}), chunk(None, "stop")],
            [TextDelta("Hi", step=1), Finish(Answer("Hi"))],
        ),
        (
            [chunk({"content": "Hi"}, "length")],
            [TextDelta("Hi", step=1), Finish(Answer("Hi"), "length")],
        ),
        ([chunk({}, "content_filter")], [Finish(Answer(""), "content-filter")]),
        (
            [
                chunk({"content": "H"}, usage={"prompt_tokens": 3, "completion_tokens": 1}),
                chunk({"content": "i"}, usage={"prompt_tokens": 3, "completion_tokens": 2}),
                {**END, "model": "m", "usage": {"prompt_tokens": 3, "completion_tokens": None}},
            ],
            [
                TextDelta("H", step=1),
                TextDelta("i", step=1),
                Usage(input_tokens=3, model="m", step=1),
                Finish(Answer("Hi")),
            ],
        ),
        (
            [calling("add", "{}", "a"), calling("sub", "{}", "b"), END],
            [
                delta("a", "add", "{}"),
                delta("b", "sub", "{}"),
                Finish(Answer("", (Call("a", "add", "{}"), Call("b", "sub", "{}")))),
            ],
        ),
        (
            [calling("add", "{", "a"), calling("add", "}", "a"), END],
            [
                delta("a", "add", "{"),
                delta("a", "add", "{}"),
                Finish(Answer("", (Call("a", "add", "{}"),))),
            ],
        ),
        (
            [calling("add", "{", index=None), calling(None, "}", index=None), END],
            [
                delta("call-1-1", "add", "{"),
                delta("call-1-1", "add", "{}"),
                Finish(Answer("", (Call("call-1-1", "add", "{}"),))),
            ],
        ),
        (
            [
                calling("add", None, "a", 0),
                calling("sub", "", "b", 1),
                calling(None, "{}", "a", 0),
                calling(None, "[]", None, 1),
                chunk({"tool_calls": [{"index": 1, "function": None}]}),
                END,
            ],
            [
                delta("a", "add", ""),
                delta("b", "sub", ""),
                delta("a", "add", "{}"),
                delta("b", "sub", "[]"),
                Finish(Answer("", (Call("a", "add", "{}"), Call("b", "sub", "[]")))),
            ],
        ),
        (
            [
                calling("add", "{}", "a", 0),
                calling("sub", "[", "a", 1),
                calling(None, "]", "a", 1),
                calling("add", "", "a-2", 2),
                calling("add", "", "", 3),
                calling("add", "", "", 4),
                END,
            ],
            [
                delta("a", "add", "{}"),
                delta("a-2", "sub", "["),
                delta("a-2", "sub", "[]"),
                delta("a-2-2", "add", ""),
                delta("call-1-4", "add", ""),
                delta("call-1-5", "add", ""),
                Finish(
                    Answer(
                        "",
                        (
                            Call("a", "add", "{}"),
                            Call("a-2", "sub", "[]"),
                            Call("a-2-2", "add", ""),
                            Call("call-1-4", "add", ""),
                            Call("call-1-5", "add", ""),
                        ),
                    )
                ),
            ],
        ),
        (
            [chunk({"content": [{"type": "text", "text": "H"}, {"type": "image"}]}), END],
            [TextDelta("H", step=1), Finish(Answer("H"))],
        ),
        (
            [call_of({"name": "add", "arguments": {"a": 1}}), END],
            [delta("a", "add", '{"a": 1}'), Finish(Answer("", (Call("a", "add", '{"a": 1}'),)))],
        ),
        ([{**END, "model": 1, "usage": [1]}], [Usage(step=1), Finish(Answer(""))]),
        (
            [{**END, "usage": {"prompt_tokens": "3", "completion_tokens": True}}],
            [Usage(step=1), Finish(Answer(""))],
        ),
    ],
    ids=[
        "reasoning under its other name",
        "reasoning under both names",
        "a refusal",
        "chunks with nothing in them",
        "an answer that is cut",
        "an answer that is held back",
        "usage in each chunk",
        "calls whole, all of number 0",
        "a name in every chunk",
        "calls without number and id",
        "calls in turns",
        "calls of one id",
        "text in parts",
        "arguments that are an object",
        "usage that is a list",
        "usage that is no numbers",
    ],
)
async def test_servers_that_do_it_their_own_way_are_understood(
    fake: Fake, frames: list[Any], pieces: list[Any]
) -> None:
    assert await pieces_of(fake, [{"frames": frames}]) == pieces


async def test_a_server_that_tells_no_usage_is_believed(fake: Fake) -> None:
    script = [{"text": "Hi", "usage": None}]

    assert await pieces_of(fake, script) == [TextDelta("Hi", step=1), Finish(Answer("Hi"))]


@pytest.mark.parametrize("frames", [[chunk({"content": "Hi"})], ["[DONE]"]])
async def test_a_stream_without_an_end_of_the_answer_is_cut_off(
    fake: Fake, frames: list[Any]
) -> None:
    with pytest.raises(CutOff):
        await pieces_of(fake, [{"frames": frames}])


@pytest.mark.parametrize(
    "frame",
    [
        b"\xff",
        "<html>",
        "[" * 100_000,
        "5",
        "[]",
        "null",
        '"Hi"',
        *map(
            json.dumps,
            [
                {"choices": 5},
                {"choices": [None]},
                {"choices": {"index": 0}},
                chunk("Hi"),
                chunk({"content": 5}),
                chunk({"content": {"text": "Hi"}}),
                chunk({"content": [5]}),
                chunk({"content": [{"type": "text", "text": 5}]}),
                chunk({"refusal": [None]}),
                chunk({"tool_calls": 5}),
                chunk({"tool_calls": [None]}),
                chunk({"tool_calls": [{"index": [0], "id": "a"}]}),
                chunk({"tool_calls": [{"index": 0, "id": 5}]}),
                call_of("add"),
                call_of({"name": 5}),
                call_of({"name": "add", "arguments": 5}),
                {"choices": [{"index": 0, "delta": {}, "finish_reason": ["stop"]}]},
                {"choices": [{"index": 0, "delta": {}, "finish_reason": 5}]},
            ],
        ),
    ],
    ids=lambda frame: str(frame)[:80],
)
async def test_what_is_not_understood_is_no_answer(fake: Fake, frame: str | bytes) -> None:
    with pytest.raises(BadAnswer):
        await pieces_of(fake, [{"frames": [chunk({"content": "Hi"}), frame]}])


async def test_an_answer_that_ends_in_a_way_of_its_own_is_cut_off(fake: Fake) -> None:
    with pytest.raises(CutOff, match=r"^the answer ended with 'x{50}'$"):
        await pieces_of(fake, [{"text": "Hi", "finish": "x" * 60}])


async def test_an_answer_with_more_than_it_may_have_is_none(fake: Fake) -> None:
    turn = {"reasoning": "Hm.", "text": "Hi", "tool_calls": [{"name": "add", "arguments": "[1]"}]}

    assert (await pieces_of(fake, [turn], max_answer_characters=19))[-1] == Finish(
        Answer("Hi", (Call("call-0-0", "add", "[1]"),))
    )
    with pytest.raises(BadAnswer, match="the answer has more than 18 characters"):
        await pieces_of(fake, [turn], max_answer_characters=18)


async def test_an_answer_that_has_ended_needs_no_end_of_the_stream(fake: Fake) -> None:
    script = [{"text": "Hi", "usage": None, "drop_after": 1}]

    assert await pieces_of(fake, script) == [TextDelta("Hi", step=1), Finish(Answer("Hi"))]


async def test_a_connection_that_breaks_is_cut_off(fake: Fake) -> None:
    with pytest.raises(CutOff):
        await pieces_of(fake, "drop")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ({"message": "Slow down.", "code": "rate_limit_exceeded"}, "model-rate-limited"),
        ({"message": "It is a context length problem."}, "context-too-long"),
        ({"message": "Something broke.", "type": "server_error"}, "model-unavailable"),
    ],
)
async def test_an_error_in_the_middle_of_a_stream_is_raised(
    fake: Fake, error: dict[str, str], reason: str
) -> None:
    with pytest.raises(APIError) as caught:
        await pieces_of(fake, [{"frames": [chunk({"content": "Hi"}), {"error": error}]}])

    assert failure(caught.value).reason == reason
