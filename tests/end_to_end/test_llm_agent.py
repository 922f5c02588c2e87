"""The LLM agent as its clients meet it: both APIs of the model's server, both versions of A2A."""

import asyncio
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pytest

from a2a_agent.agents.openai import OpenAIAgent, OpenAIOptions
from a2a_agent.agents.openai.failures import SENTENCES
from a2a_agent.agents.toolbox.tools import toolbox_tools, utc_now
from a2a_agent.agents.tools import tool
from a2a_agent.domain.model import FilePart
from a2a_agent.domain.views import STREAM_EXTENSION_URI
from tests.properties.client import Client
from tests.support.dialects import DIALECTS, Dialect, Json
from tests.support.endpoint import Endpoint, Frame, serving_agent
from tests.support.fake_openai import SCRIPTS, Fake, Script, running
from tests.support.fake_openai_frames import USAGE
from tests.support.gates import Gate

Api: TypeAlias = Literal["chat", "responses"]

APIS: tuple[Api, ...] = ("chat", "responses")


@pytest.fixture(params=DIALECTS, ids=str)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    dialect: Dialect = request.param
    return dialect


@pytest.fixture(params=APIS)
def api(request: pytest.FixtureRequest) -> Api:
    api: Api = request.param
    return api


def get_weather(city: str) -> str:
    """Tells the weather."""
    return f"sunny in {city}"


def add(a: int, b: int) -> int:
    """Adds."""
    return a + b


def broken_tool(reason: str) -> str:
    """Breaks."""
    raise RuntimeError(f"password=secret {reason}")


@contextmanager
def serving_model(
    model: str,
    api: Api,
    *,
    scripts: Mapping[str, Script] | None = None,
    tools: Any = (get_weather, add, broken_tool),
    store: str = "memory:",
    **more: Any,
) -> Iterator[tuple[Endpoint, Fake]]:
    """An endpoint in front of a script, and the model server that plays it."""
    with running(scripts) as (base_url, fake):
        options = OpenAIOptions(
            **{
                "model": model,
                "api": api,
                "base_url": base_url,
                "max_retries": 0,
                "max_steps": 4,
                **more,
            }
        )
        with serving_agent(OpenAIAgent(options, tools=tools), store=store) as endpoint:
            yield endpoint, fake


class Played:
    """An endpoint in front of whatever script is set, for many tests."""

    def __init__(self, endpoint: Endpoint, fake: Fake) -> None:
        self.endpoint = endpoint
        self._fake = fake

    def set(self, script: str) -> Endpoint:
        """The endpoint, with this script to be played."""
        self._fake.begin_anew()
        self._fake.go_on()
        self._fake.scripts["current"] = SCRIPTS[script]
        return self.endpoint


@pytest.fixture(scope="module", params=APIS)
def played(request: pytest.FixtureRequest) -> Iterator[Played]:
    with serving_model("current", request.param) as (endpoint, fake):
        yield Played(endpoint, fake)


def folded(frames: list[Frame]) -> Json:
    """The task as a client of the stream has it at its end."""
    client = Client(frames[0].result, (), details_key=STREAM_EXTENSION_URI)
    for frame in frames[1:]:
        client.see(frame.result)
    return client.task


def status(frames: list[Frame], dialect: Dialect) -> Json:
    """The last status of a stream."""
    result = frames[-1].result
    found: Json = (result if dialect.is_old else result["statusUpdate"])["status"]
    return found


def data_of(message: Json, dialect: Dialect) -> Json:
    """The data part of a message."""
    (data,) = [part["data"] for part in message["parts"] if "data" in part]
    found: Json = data
    return found


def answer_of(task: Json) -> str:
    return "".join(
        part["text"]
        for artifact in task.get("artifacts", ())
        if artifact["artifactId"] == "response"
        for part in artifact["parts"]
    )


# Every script


@pytest.mark.parametrize("script", sorted(SCRIPTS))
def test_stream_of_every_script_adds_up_to_the_task(
    script: str, played: Played, dialect: Dialect
) -> None:
    endpoint = played.set(script)
    with endpoint.sending(dialect) as stream:
        task = folded(list(stream))

    assert task == endpoint.get(dialect, task["id"])


def test_stream_of_a_question_and_of_its_answer_add_up_to_the_task(
    api: Api, dialect: Dialect
) -> None:
    _, delete = deleting()
    with serving_model("asks", api, scripts=ASKS, tools=[delete]) as (endpoint, _):
        with endpoint.sending(dialect) as stream:
            asking = folded(list(stream))
        assert asking == endpoint.get(dialect, asking["id"])

        answer = dialect.message("yes", taskId=asking["id"])
        with endpoint.sending(dialect, answer) as stream:
            done = folded(list(stream))
        assert done == endpoint.get(dialect, asking["id"])


def test_stream_of_an_answer_in_json_and_of_a_file_adds_up_to_the_task(
    api: Api, dialect: Dialect
) -> None:
    @tool(name="get_weather")
    def report(city: str) -> FilePart:
        """Writes a report."""
        return FilePart(raw=b"a,b", media_type="text/csv", filename=f"{city}.csv")

    scripts: dict[str, Script] = {"json": [SCRIPTS["one-tool"][0], {"text": '{"city": "London"}'}]}
    modes = {"acceptedOutputModes": ["application/json"]}
    with serving_model("json", api, scripts=scripts, tools=[report]) as (endpoint, _):
        with endpoint.sending(dialect, configuration=modes) as stream:
            task = folded(list(stream))

        assert task == endpoint.get(dialect, task["id"])
        assert [artifact["name"] for artifact in task["artifacts"]] == ["London.csv", "response"]


ANSWERS = {
    "plain": "Hello from the fake model. This answer arrives in pieces.",
    "one-tool": "The weather in London is sunny, 21 degrees.",
    "two-tools": "London is sunny and 2 + 2 = 4.",
    "parallel-tools": "London is sunny and 2 + 2 = 4.",
    "tool-fails": "The tool did not work, sorry.",
    "unknown-tool": "There is no such tool.",
    "bad-arguments": "The arguments were broken.",
    "text-and-tool": "The weather in London is sunny, 21 degrees.",
    "reasoning": "Hello to you.",
}


@pytest.mark.parametrize("script", sorted(ANSWERS))
def test_answer_is_the_models_last_words(script: str, played: Played, dialect: Dialect) -> None:
    task = played.set(script).task(dialect)

    assert (task["status"]["state"], answer_of(task)) == (
        dialect.state("completed"),
        ANSWERS[script],
    )


FAILURES = {
    "http-401": ("model-authentication", ""),
    "http-429": ("model-rate-limited", ""),
    "http-500": ("model-unavailable", ""),
    "tool-then-500": ("model-unavailable", ""),
    "too-long": ("context-too-long", ""),
    "drop": ("model-cut-off", "This answer breaks "),
    "refusal": ("content-filter", ""),
    "length": ("length", "This answer is cut"),
    "loop": ("max-steps", ""),
}


@pytest.mark.parametrize("script", sorted(FAILURES))
def test_failure_is_one_sentence_and_a_reason_and_keeps_what_was_streamed(
    script: str, played: Played, dialect: Dialect
) -> None:
    reason, streamed = FAILURES[script]
    task = played.set(script).task(dialect)

    said = task["status"]["message"]
    assert task["status"]["state"] == dialect.state("failed")
    assert said["parts"] == [
        dialect.text_part(SENTENCES[reason]),
        dialect.data_part({"reason": reason}),
    ]
    assert answer_of(task) == streamed


def test_model_server_that_is_not_there_is_unavailable(dialect: Dialect) -> None:
    options = OpenAIOptions(model="m", base_url="http://127.0.0.1:9/v1", max_retries=0)
    with serving_agent(OpenAIAgent(options)) as endpoint:
        task = endpoint.task(dialect)

    assert data_of(task["status"]["message"], dialect) == {"reason": "model-unavailable"}


def test_model_that_falls_silent_has_timed_out(api: Api, dialect: Dialect) -> None:
    scripts = {"silent": [{"text": "One two", "hold": 1}]}
    with serving_model("silent", api, scripts=scripts, timeout_seconds=0.3) as (endpoint, _):
        task = endpoint.task(dialect)

    assert data_of(task["status"]["message"], dialect) == {"reason": "model-timeout"}
    assert answer_of(task) == "One "


# As it comes


def test_first_piece_is_out_before_the_second_is_sent(api: Api, dialect: Dialect) -> None:
    scripts = {"held": [{"text": "One two three", "hold": 1}]}
    with (
        serving_model("held", api, scripts=scripts) as (endpoint, fake),
        endpoint.sending(dialect) as frames,
    ):
        for frame in frames:
            if dialect.gist(frame.result)[:3] == ("artifact", "response", "One "):
                break
        assert not fake.calls[0].is_done
        fake.go_on()
        rest = [dialect.gist(frame.result) for frame in frames]

    assert "".join(gist[2] for gist in rest if gist[0] == "artifact") == "two three"


def test_calls_and_results_are_shown_and_reasoning_only_to_who_asks(
    api: Api, dialect: Dialect
) -> None:
    said = {"reasoning": "Look it up.", **SCRIPTS["one-tool"][0]}
    scripts = {"thinks": [said, SCRIPTS["one-tool"][1]]}
    params: Json = {
        "message": dialect.message(),
        "metadata": {STREAM_EXTENSION_URI: {"mode": "all"}},
    }
    with serving_model("thinks", api, scripts=scripts) as (endpoint, _):
        headers = {"A2A_Extensions": STREAM_EXTENSION_URI}
        everything = endpoint.frames(dialect, dialect.stream, params, **headers)
        core = endpoint.frames(dialect, dialect.stream, {"message": dialect.message()})

    assert notes(everything, dialect) >= {"reasoning", "toolCallDelta", "stepStarted"}
    assert notes(core, dialect) == set()
    called, done = (said for said in tool_news(core, dialect))
    assert called == {
        "callId": called["callId"],
        "name": "get_weather",
        "arguments": {"city": "London"},
        "step": 1,
    }
    assert done == {
        "callId": called["callId"],
        "name": "get_weather",
        "output": "sunny in London",
        "step": 1,
    }


def update_of(frame: Frame, dialect: Dialect) -> Json:
    result = frame.result
    if dialect.is_old:
        return result
    (held,) = result.values()
    found: Json = held
    return found


def notes(frames: list[Frame], dialect: Dialect) -> set[str]:
    """The kinds of notes in a stream."""
    found = [update_of(frame, dialect).get("metadata", {}) for frame in frames]
    return {meta[STREAM_EXTENSION_URI]["kind"] for meta in found if STREAM_EXTENSION_URI in meta}


def tool_news(frames: list[Frame], dialect: Dialect) -> list[Json]:
    """The data in the messages of the statuses."""
    updates = [update_of(frame, dialect) for frame in frames[1:]]
    said = [
        update["status"]["message"] for update in updates if "message" in update.get("status", {})
    ]
    return [data_of(message, dialect) for message in said]


def test_usage_is_summed_over_all_calls_and_names_the_model(api: Api, dialect: Dialect) -> None:
    with serving_model("one-tool", api) as (endpoint, fake):
        task = endpoint.task(dialect)
        calls = len(fake.calls)

    assert calls == 2
    assert task["metadata"]["usage"] == {
        "inputTokens": 2 * USAGE["input"],
        "outputTokens": 2 * USAGE["output"],
        "cachedInputTokens": 2 * USAGE["cached"],
        "reasoningTokens": 2 * USAGE["reasoning"],
        "model": "one-tool",
    }


# Tools


def test_two_calls_of_one_answer_run_at_the_same_time(api: Api, dialect: Dialect) -> None:
    here, there = asyncio.Event(), asyncio.Event()

    @tool(name="get_weather")
    async def weather(city: str) -> str:
        here.set()
        await there.wait()
        return "sunny"

    @tool(name="add")
    async def sum_of(a: int, b: int) -> int:
        there.set()
        await here.wait()
        return a + b

    with serving_model("parallel-tools", api, tools=[weather, sum_of]) as (endpoint, _):
        task = endpoint.task(dialect)

    assert answer_of(task) == ANSWERS["parallel-tools"]


def test_tools_of_the_toolbox_are_usable_as_they_are(api: Api, dialect: Dialect) -> None:
    sum_of = {"name": "calculate", "arguments": {"expression": "15 * 7 + 23"}}
    scripts: dict[str, Script] = {"sums": [{"tool_calls": [sum_of]}, {"text": "It is 128."}]}
    tools = toolbox_tools(utc_now)
    with serving_model("sums", api, scripts=scripts, tools=tools) as (endpoint, fake):
        task = endpoint.task(dialect)

    assert answer_of(task) == "It is 128."
    assert '{"result": 128}' in str(fake.bodies[-1])


def test_what_a_broken_tool_says_reaches_nobody(api: Api, dialect: Dialect) -> None:
    with serving_model("tool-fails", api) as (endpoint, fake):
        task = endpoint.task(dialect)

    assert "secret" not in str(task)
    assert "secret" not in str(fake.bodies)
    assert "The tool broken_tool failed." in str(fake.bodies[1])


# Approval

ASKS: Mapping[str, Script] = {
    "asks": [
        {"tool_calls": [{"name": "delete", "arguments": {"path": "a.txt"}}]},
        {"text": "So be it."},
    ]
}


def deleting() -> tuple[list[str], Any]:
    """What was deleted, and the tool that does it."""
    deleted: list[str] = []

    @tool(requires_approval=True)
    def delete(path: str) -> str:
        """Deletes a file."""
        deleted.append(path)
        return "gone"

    return deleted, delete


def asked(endpoint: Endpoint, dialect: Dialect) -> tuple[Json, Json]:
    """The task that asks, and what it asks."""
    task = endpoint.task(dialect)
    assert task["status"]["state"] == dialect.state("input-required")
    return task, data_of(task["status"]["message"], dialect)


def decide(endpoint: Endpoint, dialect: Dialect, task: Json, part: Json) -> Json:
    return endpoint.task(dialect, dialect.message(parts=[part], taskId=task["id"]))


def test_call_that_needs_approval_asks_with_its_name_and_arguments(
    api: Api, dialect: Dialect
) -> None:
    deleted, delete = deleting()
    with serving_model("asks", api, scripts=ASKS, tools=[delete]) as (endpoint, _):
        _, question = asked(endpoint, dialect)

    assert question == {
        "requestId": f"{question['callId']}-2",
        "kind": "approval",
        "callId": question["callId"],
        "name": "delete",
        "arguments": {"path": "a.txt"},
        "options": ["approve", "deny"],
    }
    assert deleted == []


@pytest.mark.parametrize("words", ["yes", "Yes.", "approve", None])
def test_approved_call_runs_and_the_model_goes_on(
    words: str | None, api: Api, dialect: Dialect
) -> None:
    deleted, delete = deleting()
    with serving_model("asks", api, scripts=ASKS, tools=[delete]) as (endpoint, fake):
        task, question = asked(endpoint, dialect)
        decision = {"requestId": question["requestId"], "decision": "approve"}
        part = dialect.data_part(decision) if words is None else dialect.text_part(words)
        done = decide(endpoint, dialect, task, part)

    assert (done["status"]["state"], answer_of(done)) == (dialect.state("completed"), "So be it.")
    assert deleted == ["a.txt"]
    assert "gone" in str(fake.bodies[-1])


@pytest.mark.parametrize("words", ["no", "rather not", None])
def test_denied_call_does_not_run_and_the_model_goes_on(
    words: str | None, api: Api, dialect: Dialect
) -> None:
    deleted, delete = deleting()
    with serving_model("asks", api, scripts=ASKS, tools=[delete]) as (endpoint, fake):
        task, question = asked(endpoint, dialect)
        decision = {"requestId": question["requestId"], "decision": "deny"}
        part = dialect.data_part(decision) if words is None else dialect.text_part(words)
        done = decide(endpoint, dialect, task, part)

    assert (done["status"]["state"], answer_of(done)) == (dialect.state("completed"), "So be it.")
    assert deleted == []
    assert ("rather not" in str(fake.bodies[-1])) is (words == "rather not")
    assert "error: denied" in str(fake.bodies[-1])


def test_question_is_answered_after_a_restart(api: Api, dialect: Dialect, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/tasks.db"
    deleted, delete = deleting()
    with serving_model("asks", api, scripts=ASKS, tools=[delete], store=store) as (endpoint, _):
        task, _ = asked(endpoint, dialect)
    with serving_model("asks", api, scripts=ASKS, tools=[delete], store=store) as (again, fake):
        done = decide(again, dialect, task, dialect.text_part("yes"))

    assert (done["status"]["state"], answer_of(done)) == (dialect.state("completed"), "So be it.")
    assert deleted == ["a.txt"]
    assert len(fake.calls) == 1


# Conversation


def test_second_task_of_a_context_is_told_of_the_first(api: Api, dialect: Dialect) -> None:
    with serving_model("one-tool", api) as (endpoint, fake):
        first = endpoint.task(dialect, "How is the weather?")
        endpoint.task(dialect, dialect.message("And now?", contextId=first["contextId"]))

    told = str(fake.bodies[2])
    places = [
        told.index(words)
        for words in ("How is the weather?", "London", "sunny in London", "21 degrees", "And now?")
    ]
    assert places == sorted(places)


def test_image_becomes_input_of_the_model(api: Api, dialect: Dialect) -> None:
    content = b64encode(b"\x89PNG").decode()
    described = {"name": "dot.png", "mimeType": "image/png", "bytes": content}
    part = (
        {"kind": "file", "file": described}
        if dialect.is_old
        else {"raw": content, "mediaType": "image/png", "filename": "dot.png"}
    )
    with serving_model("plain", api) as (endpoint, fake):
        endpoint.task(dialect, dialect.message(parts=[dialect.text_part("What is it?"), part]))

    asked = fake.bodies[0]["messages" if api == "chat" else "input"][-1]["content"]
    url = f"data:image/png;base64,{content}"
    assert asked == (
        [
            {"type": "text", "text": "What is it?"},
            {"type": "image_url", "image_url": {"url": url}},
        ]
        if api == "chat"
        else [
            {"type": "input_text", "text": "What is it?"},
            {"type": "input_image", "image_url": url, "detail": "auto"},
        ]
    )


def test_file_that_the_model_does_not_take_is_refused(api: Api, dialect: Dialect) -> None:
    part = (
        {"kind": "file", "file": {"bytes": "AAAA", "mimeType": "video/mp4"}}
        if dialect.is_old
        else {"raw": "AAAA", "mediaType": "video/mp4"}
    )
    with serving_model("plain", api) as (endpoint, fake):
        params = {"message": dialect.message(parts=[part])}
        error = endpoint.error(dialect, dialect.send, params)

    assert (error["code"], fake.calls) == (-32005, [])


SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
}


@pytest.mark.parametrize(
    "params",
    [
        {"configuration": {"acceptedOutputModes": ["application/json"]}},
        {"metadata": {"outputSchema": SCHEMA}},
    ],
    ids=["modes", "schema"],
)
def test_answer_in_json_is_a_data_part(params: Json, api: Api, dialect: Dialect) -> None:
    scripts = {"json": [{"text": '{"city": "Paris"}'}]}
    with serving_model("json", api, scripts=scripts) as (endpoint, _):
        task = endpoint.task(dialect, "The capital of France?", **params)

    (artifact,) = task["artifacts"]
    (part,) = artifact["parts"]
    assert (artifact["artifactId"], part["data"]) == ("response", {"city": "Paris"})


# Cancel


def test_cancel_in_the_middle_of_an_answer_closes_the_connection_to_the_model(
    api: Api, dialect: Dialect
) -> None:
    with serving_model("slow", api) as (endpoint, fake):
        with endpoint.sending(dialect) as frames:
            seen = [next(frames)]
            task = dialect.task(seen[0].result)
            for frame in frames:
                seen.append(frame)
                if dialect.gist(frame.result)[0] == "artifact":
                    break
            canceled = endpoint.result(dialect, dialect.cancel, {"id": task["id"]})
            seen += frames
        fake.call(0).was_left.wait(seconds=1.0)

    assert canceled["status"]["state"] == dialect.state("canceled")
    assert answer_of(canceled) == "word1 "
    assert folded(seen) == canceled


def test_cancel_in_the_middle_of_a_tool_stops_it(api: Api, dialect: Dialect) -> None:
    running_tool, stopped = Gate(), Gate()

    @tool(name="get_weather")
    async def endless(city: str) -> None:
        running_tool.open()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            stopped.open()

    with serving_model("one-tool", api, tools=[endless]) as (endpoint, fake):
        task = endpoint.started(dialect, "Hello")
        running_tool.wait()
        canceled = endpoint.result(dialect, dialect.cancel, {"id": task["id"]})
        stopped.wait(seconds=1.0)

    assert canceled["status"]["state"] == dialect.state("canceled")
    assert len(fake.calls) == 1
