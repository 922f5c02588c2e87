"""Answers in JSON."""

import json

import pytest

from a2a_agent.agents.tools import tool
from a2a_agent.domain.agent_events import (
    AgentEvent,
    Artifact,
    InputRequired,
    RunFinished,
    StepFinished,
)
from a2a_agent.domain.model import DataPart, JsonObject, JsonValue, TaskState
from a2a_agent.runtime.agent import RunRequest
from tests.agents.openai.models import (
    add,
    addition,
    ending,
    failure,
    run_of,
    started,
    step,
    writing,
)
from tests.agents.runs import request_of
from tests.support.fake_openai import SUM, Fake, Script

SCHEMA: JsonObject = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
}
INVALID = failure("output-invalid", "The model's answer is not the JSON that was asked for.")
ASKED_FOR = """\
Answer with JSON that has this schema, and nothing else: \
{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}"""


def asking(schema: JsonValue = SCHEMA) -> RunRequest:
    request = request_of("Where is it?")
    return RunRequest(
        message=request.message,
        task_id="task",
        context_id="context",
        metadata={"outputSchema": schema},
    )


def artifact(data: JsonValue) -> Artifact:
    part = DataPart(data, media_type="application/json")
    return Artifact(artifact_id="response", name="response", parts=(part,))


def done(number: int, data: JsonValue) -> list[AgentEvent]:
    return [artifact(data), *ending(number)]


@pytest.mark.parametrize(
    "text", ['{"city": "Rome"}', ' \n{"city":\n"Rome"} ', '```json\n{"city": "Rome"}\n```']
)
async def test_an_answer_with_the_schema_is_data_and_no_text(
    fake: Fake, api: str, text: str
) -> None:
    events = await run_of(fake, [{"text": text}], asking(), tools=(), api=api)

    assert events == [started("scripted"), *step(1, "scripted"), *done(1, {"city": "Rome"})]


async def test_a_model_whose_answer_does_not_fit_is_asked_once_more_and_told_why(
    fake: Fake, api: str
) -> None:
    fake.scripts["second"] = [{"text": '{"city": 7}'}, {"text": '{"city": "Rome"}'}]

    events = await run_of(fake, "second@1", asking(), tools=(), api=api)

    assert events == [
        started("second@1"),
        *step(1, "second@1"),
        StepFinished(step=1),
        *step(2, "second@1"),
        *done(2, {"city": "Rome"}),
    ]
    complaint = (
        "That is not the JSON that was asked for: city: 7 is not of type 'string'. Answer again."
    )
    said = fake.bodies[-1]["messages" if api == "chat" else "input"][-2:]
    assert said[0] == {"role": "assistant", "content": '{"city": 7}'}
    assert said[1] in (
        {"role": "user", "content": complaint},
        {"role": "user", "content": [{"type": "input_text", "text": complaint}]},
    )


@pytest.mark.parametrize("text", ['{"town": "Rome"}', "Rome", "```", "NaN", ""])
async def test_a_model_whose_answer_does_not_fit_twice_has_failed(
    fake: Fake, api: str, text: str
) -> None:
    events = await run_of(fake, [{"text": text}], asking(), tools=(), api=api)

    assert events == [
        started("scripted"),
        *step(1, "scripted"),
        StepFinished(step=1),
        *step(2, "scripted"),
        *ending(2, INVALID),
    ]


@pytest.mark.parametrize("modes", [(), ("application/json",)])
async def test_an_answer_after_a_question_has_the_schema_that_was_asked_for(
    fake: Fake, api: str, modes: tuple[str, ...]
) -> None:
    script: Script = [{"tool_calls": [SUM]}, {"text": '{"city": "Four"}'}]
    adding = tool(add, requires_approval=True)

    question = (await run_of(fake, script, asking(), tools=[adding], api=api))[-1]
    assert isinstance(question, InputRequired)
    left = json.loads(json.dumps(question.resume))
    answer = request_of("yes", resume=left, accepted_output_modes=modes)

    assert await run_of(fake, script, answer, tools=[adding], api=api) == [
        started("scripted"),
        addition(1)[1],
        *step(2, "scripted"),
        *done(2, {"city": "Four"}),
    ]
    body = fake.bodies[-1]
    told = body["messages"][0]["content"] if api == "chat" else body["instructions"]
    assert told == ASKED_FOR


async def test_words_on_the_way_to_the_answer_are_left_out(fake: Fake, api: str) -> None:
    script: Script = [
        {"text": "Let me add.", "tool_calls": [SUM]},
        {"text": '{"city": "Four"}'},
    ]

    assert await run_of(fake, script, asking(), tools=[add], api=api) == [
        started("scripted"),
        *step(1, "scripted", *writing("call-0-0", "add", '{"a": 2, "b": 2}', 1)),
        *addition(1),
        StepFinished(step=1),
        *step(2, "scripted"),
        *done(2, {"city": "Four"}),
    ]


async def test_the_schema_goes_to_the_model_in_words_and_as_its_api_wants_it(fake: Fake) -> None:
    script: Script = [{"text": '{"city": "Rome"}'}]
    await run_of(fake, script, asking(), tools=(), instructions="Be brief.", api="chat")
    await run_of(fake, script, asking(), tools=(), instructions="Be brief.", api="responses")

    chat, responses = fake.bodies
    assert (chat["messages"][0], chat["response_format"]) == (
        {"role": "system", "content": f"Be brief.\n\n{ASKED_FOR}"},
        {"type": "json_schema", "json_schema": {"name": "output", "schema": SCHEMA}},
    )
    assert (responses["instructions"], responses["text"]) == (
        f"Be brief.\n\n{ASKED_FOR}",
        {
            "format": {
                "type": "json_schema",
                "name": "output",
                "schema": SCHEMA,
                "strict": False,
            }
        },
    )


async def test_a_client_that_takes_nothing_but_json_gets_an_object(fake: Fake) -> None:
    request = request_of("Where?", accepted_output_modes=("application/json",))
    script: Script = [{"text": '{"anything": [1]}'}]
    chat = await run_of(fake, script, request, tools=(), api="chat")
    responses = await run_of(fake, script, request, tools=(), api="responses")

    expected = [started("scripted"), *step(1, "scripted"), *done(1, {"anything": [1]})]
    assert (chat, responses) == (expected, expected)
    assert fake.bodies[0]["response_format"] == {"type": "json_object"}
    assert fake.bodies[1]["text"] == {"format": {"type": "json_object"}}


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ("city", "metadata.outputSchema must be a JSON Schema, an object."),
        ({"type": "town"}, "metadata.outputSchema is no JSON Schema: type is not right."),
    ],
)
async def test_a_request_with_a_schema_that_is_none_is_rejected(
    fake: Fake, schema: JsonValue, said: str
) -> None:
    assert await run_of(fake, "plain", asking(schema)) == [
        started("plain"),
        RunFinished(state=TaskState.REJECTED, reason="bad-schema", message=said),
    ]
    assert fake.calls == []


async def test_a_schema_elsewhere_is_not_fetched(fake: Fake) -> None:
    schema: JsonObject = {"$ref": f"{fake.base_url}/schema.json"}

    events = await run_of(fake, [{"text": "{}"}], asking(schema), tools=())

    assert events[-1] == INVALID
    assert [call.path for call in fake.calls] == ["/v1/chat/completions"] * 2
