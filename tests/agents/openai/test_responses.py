import json
from typing import Any

import pytest
from openai import APIError

from a2a_agent.agents.openai.conversation import Answer, Call, Said
from a2a_agent.agents.openai.failures import failure
from a2a_agent.agents.openai.model import BadAnswer, CutOff, Finish, Prompt
from a2a_agent.domain.agent_events import ReasoningDelta, TextDelta, ToolCallDelta, Usage
from a2a_agent.domain.model import FilePart, JsonObject
from tests.agents.openai.models import usage, words, writing
from tests.agents.openai.prompts import CONVERSATION, ENCRYPTED, FILES, HELLO, MORE
from tests.agents.openai.prompts import pieces_of as pieces_of_either
from tests.support.fake_openai import SUM, WEATHER, Fake, Script

ARGUMENTS = "response.function_call_arguments"
ADD = {
    "type": "function",
    "name": "add",
    "description": "Adds two numbers.",
    "parameters": {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "required": ["a", "b"],
        "additionalProperties": False,
    },
    "strict": False,
}


async def pieces_of(
    fake: Fake, script: str | Script, prompt: Prompt = HELLO, **options: object
) -> list[Any]:
    return [*await pieces_of_either(fake, script, prompt, api="responses", **options)]


def message(kind: str, **said: str) -> dict[str, Any]:
    """A whole message."""
    return {"type": "message", "id": "m", "content": [{"type": kind, **said}]}


def ending(kind: str = "completed", **more: Any) -> dict[str, Any]:
    """The event at the end, as plain as servers send it."""
    return {"type": f"response.{kind}", "response": {"output": [], **more}}


def text(piece: str, kind: str = "response.output_text.delta") -> dict[str, Any]:
    return {"type": kind, "delta": piece, "item_id": "m", "output_index": 0}


def call(kind: str, item_id: str, arguments: str | None) -> dict[str, Any]:
    item = {"type": "function_call", "id": item_id, "call_id": f"call-{item_id}", "name": "add"}
    return {
        "type": f"response.output_item.{kind}",
        "item": {**item, "arguments": arguments},
        "output_index": 0,
    }


def item(kind: str, index: Any, **members: Any) -> dict[str, Any]:
    """An event with a call as sloppy servers send it."""
    given = {"type": "function_call", "arguments": "", **members}
    return {"type": f"response.output_item.{kind}", "item": given, "output_index": index}


def delta(item_id: str, arguments: str) -> ToolCallDelta:
    return ToolCallDelta(call_id=f"call-{item_id}", name="add", arguments=arguments, step=1)


async def test_a_request_has_no_more_than_it_needs_and_nothing_is_kept(fake: Fake) -> None:
    await pieces_of(fake, "plain")

    content = [{"type": "input_text", "text": "Hello"}]
    assert fake.bodies == [
        {
            "model": "plain",
            "input": [{"role": "user", "content": content}],
            "stream": True,
            "store": False,
        }
    ]


async def test_a_request_tells_the_whole_conversation_and_all_options(fake: Fake) -> None:
    await pieces_of(fake, "plain", CONVERSATION, **MORE)

    def made(call_id: str, arguments: str) -> dict[str, Any]:
        return {
            "type": "function_call",
            "call_id": call_id,
            "name": "add",
            "arguments": arguments,
        }

    def gave(call_id: str, output: str) -> dict[str, Any]:
        return {"type": "function_call_output", "call_id": call_id, "output": output}

    assert fake.bodies == [
        {
            "model": "plain",
            "instructions": "Be brief.",
            "input": [
                {
                    "role": "user",
                    "content": [
                        {"type": "input_text", "text": "Add these:"},
                        {"type": "input_text", "text": '{"a": 1, "b": 2}'},
                    ],
                },
                ENCRYPTED,
                {"role": "assistant", "content": "Gladly."},
                made("1", '{"a": 1, "b": 2}'),
                made("2", "{}"),
                gave("1", "3"),
                gave("2", "error: add cannot take this."),
                {"role": "assistant", "content": "It is 3."},
                {"role": "user", "content": [{"type": "input_text", "text": "Thanks"}]},
            ],
            "stream": True,
            "store": False,
            "tools": [ADD],
            "text": {
                "format": {
                    "type": "json_schema",
                    "name": "output",
                    "schema": {"type": "object"},
                    "strict": False,
                }
            },
            "temperature": 0.5,
            "top_p": 0.9,
            "metadata": {"user": "1"},
        }
    ]


async def test_files_go_as_the_api_takes_them(fake: Fake) -> None:
    by_url = FilePart(url="https://example.com/d.pdf", media_type="application/pdf")
    await pieces_of(fake, "plain", Prompt([*FILES.turns, Said((by_url,))]))

    def image(url: str) -> dict[str, Any]:
        return {"type": "input_image", "image_url": url, "detail": "auto"}

    def pdf(name: str) -> dict[str, Any]:
        data = "data:application/pdf;base64,JVBERg=="
        return {"type": "input_file", "filename": name, "file_data": data}

    assert fake.bodies[0]["input"] == [
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "Compare these:"},
                image("data:image/png;base64,AP8="),
                image("https://example.com/b.jpg"),
                {"type": "input_text", "text": "t.csv:\na,b"},
                pdf("d.pdf"),
                pdf("document.pdf"),
                {"type": "input_text", "text": "[1]"},
            ],
        },
        {
            "role": "user",
            "content": [{"type": "input_file", "file_url": "https://example.com/d.pdf"}],
        },
    ]


@pytest.mark.parametrize("media_type", ["image/png", "application/pdf", "text/plain"])
async def test_a_file_on_the_models_server_is_not_asked_for(fake: Fake, media_type: str) -> None:
    part = FilePart(url="file:///etc/passwd", media_type=media_type)

    await pieces_of(fake, "plain", Prompt([Said((part,))]))

    assert "/etc" not in str(fake.bodies[0]["input"])


async def test_an_answer_comes_in_pieces_then_its_usage_then_its_end(fake: Fake) -> None:
    script = [{"reasoning": "Hm, so.", "text": "Two things.", "tool_calls": [WEATHER, SUM]}]

    assert await pieces_of(fake, script) == [
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


async def test_encrypted_reasoning_is_kept_to_be_sent_back(fake: Fake) -> None:
    script = [{"reasoning": "Hm.", "encrypted": "secret", "text": "Hi"}]

    end = (await pieces_of(fake, script))[-1]
    await pieces_of(fake, script, Prompt([*HELLO.turns, end.answer]))

    reasoning: JsonObject = {
        "id": "rs-0",
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": "Hm."}],
        "encrypted_content": "secret",
    }
    assert end == Finish(Answer("Hi", (), (reasoning,)))
    assert fake.bodies[1]["input"][1:] == [reasoning, {"role": "assistant", "content": "Hi"}]


@pytest.mark.parametrize(
    ("frames", "pieces"),
    [
        (
            [text("Hm.", "response.reasoning_text.delta"), text("Hi"), ending()],
            [ReasoningDelta("Hm.", step=1), TextDelta("Hi", step=1), Finish(Answer("Hi"))],
        ),
        (
            [text("I will not.", "response.refusal.delta"), ending()],
            [TextDelta("I will not.", step=1), Finish(Answer("I will not."))],
        ),
        (
            [text("Hi"), ending("incomplete", incomplete_details={"reason": "content_filter"})],
            [TextDelta("Hi", step=1), Finish(Answer("Hi"), "content-filter")],
        ),
        (
            [ending("incomplete", incomplete_details={"reason": "max_output_tokens"})],
            [Finish(Answer(""), "length")],
        ),
        (
            [ending("incomplete", incomplete_details={"reason": "something new"})],
            [Finish(Answer(""), "length")],
        ),
        (
            [ending(model="m", usage={"input_tokens": 3, "output_tokens": None})],
            [Usage(input_tokens=3, model="m", step=1), Finish(Answer(""))],
        ),
        (
            [call("added", "1", "{}"), call("added", "2", None), call("done", "2", "[]"), ending()],
            [
                delta("1", "{}"),
                delta("2", ""),
                delta("2", "[]"),
                Finish(Answer("", (Call("call-1", "add", "{}"), Call("call-2", "add", "[]")))),
            ],
        ),
        (
            [
                {"type": "response.function_call_arguments.delta", "item_id": "x", "delta": "{"},
                {"type": "response.something.new", "item_id": "x"},
                call("done", "1", "{}"),
                ending(),
            ],
            [delta("1", "{}"), Finish(Answer("", (Call("call-1", "add", "{}"),)))],
        ),
        (
            [ending("incomplete")],
            [Finish(Answer(""), "length")],
        ),
        (
            [
                ending(
                    output=[
                        ENCRYPTED,
                        message("output_text", text="H"),
                        message("refusal", refusal="i"),
                        {"type": "function_call", "id": "1", "call_id": "a", "name": "add"},
                    ]
                )
            ],
            [
                TextDelta("H", step=1),
                TextDelta("i", step=1),
                ToolCallDelta(call_id="a", name="add", arguments="", step=1),
                Finish(Answer("Hi", (Call("a", "add", ""),), (ENCRYPTED,))),
            ],
        ),
        (
            [text("Hi"), ending(output=[message("output_text", text="Hi")])],
            [TextDelta("Hi", step=1), Finish(Answer("Hi"))],
        ),
        (
            [
                item("added", 0, name="add", call_id="call-1"),
                item("added", 1, call_id="call-1"),
                item("added", 2, name="add"),
                {"type": f"{ARGUMENTS}.delta", "output_index": 1, "delta": "{"},
                item("done", 0, name="add", call_id="call-1", arguments="{}"),
                item("done", 1, name="sub", call_id="call-1", arguments={"a": 1}),
                ending(),
            ],
            [
                delta("1", ""),
                ToolCallDelta(call_id="call-1-2", name="", arguments="", step=1),
                ToolCallDelta(call_id="call-1-3", name="add", arguments="", step=1),
                ToolCallDelta(call_id="call-1-2", name="", arguments="{", step=1),
                delta("1", "{}"),
                ToolCallDelta(call_id="call-1-2", name="sub", arguments='{"a": 1}', step=1),
                Finish(
                    Answer(
                        "",
                        (
                            Call("call-1", "add", "{}"),
                            Call("call-1-2", "sub", '{"a": 1}'),
                            Call("call-1-3", "add", ""),
                        ),
                    )
                ),
            ],
        ),
        (
            [{"type": "response.output_text.delta", "delta": None}, text("Hi"), ending(usage=[])],
            [TextDelta("Hi", step=1), Finish(Answer("Hi"))],
        ),
        ([text("Hi"), ending(), "<html>"], [TextDelta("Hi", step=1), Finish(Answer("Hi"))]),
    ],
    ids=[
        "reasoning without a summary",
        "a refusal",
        "an answer that is held back",
        "an answer that is cut",
        "an answer that is cut for a reason that is new",
        "usage without details",
        "calls without deltas",
        "events of something else",
        "an answer that is cut for no reason",
        "an answer at its end only",
        "an answer at its end again",
        "calls without ids",
        "words that are null",
        "something after the end",
    ],
)
async def test_servers_that_do_it_their_own_way_are_understood(
    fake: Fake, frames: list[Any], pieces: list[Any]
) -> None:
    assert await pieces_of(fake, [{"frames": frames}]) == pieces


@pytest.mark.parametrize(
    "frames", [[text("Hi")], [{"type": "response.in_progress", "response": {}}]]
)
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
        *map(
            json.dumps,
            [
                {"type": "response.output_text.delta", "delta": 5},
                {"type": "response.reasoning_text.delta", "delta": {}},
                {"type": "response.output_item.added", "output_index": 0, "item": None},
                item("added", 0, id="1", call_id=5, name="add"),
                item("added", 0, id="1", call_id="1", name=5),
                item("done", 0, id="1", call_id="1", name="add", arguments=5),
                item("done", [0], call_id="1", name="add"),
                {"type": "response.failed"},
                {"type": "response.completed"},
                {"type": "response.completed", "response": 5},
                ending(output=5, usage=5),
                {
                    "type": "response.incomplete",
                    "response": {"incomplete_details": {"reason": [5]}},
                },
            ],
        ),
    ],
    ids=lambda frame: str(frame)[:80],
)
async def test_what_is_not_understood_is_no_answer(fake: Fake, frame: str | bytes) -> None:
    with pytest.raises(BadAnswer):
        await pieces_of(fake, [{"frames": [frame, ending()]}])


async def test_an_answer_with_more_than_it_may_have_is_none(fake: Fake) -> None:
    turn = {"reasoning": "Hm.", "text": "Hi", "tool_calls": [{"name": "add", "arguments": "[1]"}]}

    assert (await pieces_of(fake, [turn], max_answer_characters=19))[-1] == Finish(
        Answer("Hi", (Call("call-0-0", "add", "[1]"),))
    )
    with pytest.raises(BadAnswer, match="the answer has more than 18 characters"):
        await pieces_of(fake, [turn], max_answer_characters=18)


async def test_an_answer_that_is_whole_is_not_waited_for_any_longer(fake: Fake) -> None:
    script = [{"text": "Hi", "usage": None, "hold": 1}]

    assert await pieces_of(fake, script) == [TextDelta("Hi", step=1), Finish(Answer("Hi"))]
    await fake.calls[0].was_left.passed()


async def test_a_connection_that_breaks_is_cut_off(fake: Fake) -> None:
    with pytest.raises(CutOff):
        await pieces_of(fake, "drop")


def failed(error: dict[str, str] | None) -> dict[str, Any]:
    return ending("failed", error=error)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (failed({"code": "rate_limit_exceeded", "message": "Slow."}), "model-rate-limited"),
        (failed({"code": "server_error", "message": "Oh."}), "model-unavailable"),
        (failed(None), "model-unavailable"),
        (
            {"type": "error", "code": "context_length_exceeded", "message": "Too long."},
            "context-too-long",
        ),
        (
            {"type": "error", "error": {"code": "rate_limit_exceeded", "message": "Slow."}},
            "model-rate-limited",
        ),
        ({"type": "error", "code": None, "message": None}, "model-unavailable"),
    ],
)
async def test_an_error_in_the_middle_of_a_stream_is_raised(
    fake: Fake, frame: dict[str, Any], reason: str
) -> None:
    with pytest.raises(APIError) as caught:
        await pieces_of(fake, [{"frames": [text("Hi"), frame]}])

    assert failure(caught.value).reason == reason
