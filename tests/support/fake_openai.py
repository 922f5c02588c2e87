"""A model server that plays scripts: OpenAI's two APIs, streamed, without a model.

The `model` of a request names a script, a list of turns, one for each call of the model; the last
of them is played for ever. Which turn it is the request tells: answers since the last message of
the user's. Where that does not do, `name@tag` counts the calls made with exactly that name.

    text, reasoning   what is said and thought, cut up as `pieces` says: word, char or whole
    encrypted         what the Responses API gives with the reasoning, to have it back
    tool_calls        [{"name": str, "arguments": object, or text as it is}]
    finish            the reason of the end, where it is another than "stop" or "tool_calls"
    usage             see `USAGE`; None for a server that does not tell
    frames            what is sent word for word, objects, text or bytes, in the place of all that
    hold              pieces after which the stream waits for `Fake.go_on`; after the last of them,
                      at its end
    drop_after        pieces after which the connection breaks, just so
    status            the HTTP status of a refusal; `error` and `headers` are more of it, and after
                      so many `times` the turn is played

The key `bad-key` is refused.
"""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.support.fake_openai_frames import (
    Json,
    Turn,
    chat_completion,
    chat_frames,
    is_piece,
    response,
    response_frames,
)
from tests.support.gates import Gate
from tests.support.server import LIMIT_SECONDS, serving

Script = Sequence[Turn]

BY_MESSAGE = "by-message"
"""The model that plays what the last message names, `play:SCRIPT@TAG`, a turn a call."""
_PLAY = re.compile(r"play:([\w-]+@[\w-]+)")

WEATHER = {"name": "get_weather", "arguments": {"city": "London"}}
SUM = {"name": "add", "arguments": {"a": 2, "b": 2}}

SCRIPTS: Mapping[str, Script] = {
    "plain": [{"text": "Hello from the fake model. This answer arrives in pieces."}],
    "one-tool": [
        {"tool_calls": [WEATHER]},
        {"text": "The weather in London is sunny, 21 degrees."},
    ],
    "two-tools": [
        {"tool_calls": [WEATHER]},
        {"tool_calls": [SUM]},
        {"text": "London is sunny and 2 + 2 = 4."},
    ],
    "parallel-tools": [
        {"tool_calls": [WEATHER, SUM]},
        {"text": "London is sunny and 2 + 2 = 4."},
    ],
    "tool-fails": [
        {"tool_calls": [{"name": "broken_tool", "arguments": {"reason": "test"}}]},
        {"text": "The tool did not work, sorry."},
    ],
    "unknown-tool": [
        {"tool_calls": [{"name": "no_such_tool"}]},
        {"text": "There is no such tool."},
    ],
    "bad-arguments": [
        {"tool_calls": [{"name": "get_weather", "arguments": '{"city": '}]},
        {"text": "The arguments were broken."},
    ],
    "text-and-tool": [
        {"text": "Let me look that up.", "tool_calls": [WEATHER]},
        {"text": "The weather in London is sunny, 21 degrees."},
    ],
    "reasoning": [{"reasoning": "The user wants a greeting.", "text": "Hello to you."}],
    "slow": [{"text": " ".join(f"word{number}" for number in range(1, 61)), "hold": 1}],
    "http-500": [{"status": 500}],
    "http-401": [{"status": 401}],
    "http-429": [{"status": 429}],
    "too-long": [{"status": 400, "error": {"code": "context_length_exceeded"}}],
    "tool-then-500": [{"tool_calls": [WEATHER]}, {"status": 500}],
    "drop": [{"text": "This answer breaks off in the middle.", "drop_after": 3}],
    "refusal": [{"text": "", "finish": "content_filter"}],
    "length": [{"text": "This answer is cut", "finish": "length"}],
    "loop": [{"tool_calls": [WEATHER]}],
}

_ERRORS = {
    400: ("invalid_request_error", None, "This is no request that I take."),
    401: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
    404: ("invalid_request_error", "model_not_found", "The model does not exist."),
    429: ("requests", "rate_limit_exceeded", "Rate limit reached."),
}
_SERVER_ERROR = ("server_error", None, "The server had an error while processing your request.")


class Dropped(Exception):
    """Breaks a connection on purpose."""


@dataclass(eq=False)
class ModelCall:
    """A call of the model."""

    path: str
    headers: Mapping[str, str]
    body: Json
    sent: int = 0
    """Frames that have left."""
    is_done: bool = False
    """Whether the answer was sent to its end."""
    was_left: Gate = field(default_factory=Gate)
    """Opens when the client hangs up before the end."""


class Fake:
    """The scripts, and the calls that came."""

    def __init__(self, scripts: Mapping[str, Script] | None = None) -> None:
        self.base_url = ""
        self.scripts: dict[str, Script] = {**SCRIPTS, **(scripts or {})}
        self.calls: list[ModelCall] = []
        self._came = Condition()
        self._may_go_on = Gate()
        self._played: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()

    @property
    def bodies(self) -> list[Json]:
        """The bodies of all calls."""
        return [call.body for call in self.calls]

    def call(self, number: int) -> ModelCall:
        """The call of this number, counted from 0; waits until it comes, for a thread."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.calls) > number, LIMIT_SECONDS)
            return self.calls[number]

    def call_with(self, text: str, number: int = 0) -> ModelCall:
        """The call of this number among those that hold the text; waits until it comes."""

        def found() -> list[ModelCall]:
            return [call for call in self.calls if text in json.dumps(call.body)]

        with self._came:
            assert self._came.wait_for(lambda: len(found()) > number, LIMIT_SECONDS)
            return found()[number]

    def go_on(self) -> None:
        """Lets the streams go on that are being held, and all later ones."""
        self._may_go_on.open()

    def begin_anew(self) -> None:
        """Forgets the calls, and the scripts that are not built in."""
        self.go_on()
        self._may_go_on = Gate()
        self.scripts = dict(SCRIPTS)
        self.calls = []
        self._played.clear()
        self._refused.clear()

    def app(self) -> Starlette:
        """The server."""
        return Starlette(
            routes=[
                Route("/v1/chat/completions", self._chat, methods=["POST"]),
                Route("/v1/responses", self._responses, methods=["POST"]),
            ]
        )

    async def _chat(self, request: Request) -> Response:
        body = await request.json()
        number = _answers_to_the_last_question(body["messages"])
        return self._answer(request, body, number)

    async def _responses(self, request: Request) -> Response:
        body = await request.json()
        number = _results_since_the_last_question(body["input"])
        return self._answer(request, body, number)

    def _answer(self, request: Request, body: Json, number: int) -> Response:
        call = ModelCall(request.url.path, dict(request.headers), body)
        with self._came:
            self.calls.append(call)
            self._came.notify_all()
        model = body["model"]
        if model == BY_MESSAGE:
            model = _PLAY.findall(json.dumps(body))[-1]
        if "@" in model:
            number = self._played[model]
        script = self.scripts.get(model.partition("@")[0])
        if call.headers.get("authorization") == "Bearer bad-key":
            return _refusal({"status": 401})
        if script is None:
            return _refusal({"status": 404})
        turn = script[min(number, len(script) - 1)]
        place = f"{model} {number}"
        if "status" in turn and self._refused[place] < turn.get("times", 1_000):
            self._refused[place] += 1
            return _refusal(turn)
        self._played[model] += 1
        make = chat_frames if call.path.endswith("completions") else response_frames
        frames = turn.get("frames") or list(make(turn, model, number))
        if not body.get("stream"):
            whole = chat_completion if make is chat_frames else response
            call.is_done = True
            return JSONResponse(whole(turn, model, number))
        stream = self._stream(frames, turn, call, self._may_go_on)
        return StreamingResponse(stream, media_type="text/event-stream")

    async def _stream(
        self, frames: Sequence[Any], turn: Turn, call: ModelCall, may_go_on: Gate
    ) -> AsyncIterator[str | bytes]:
        pieces = 0

        async def pause() -> None:
            if pieces == turn.get("hold"):
                await may_go_on.passed()
            if pieces == turn.get("drop_after"):
                raise Dropped

        try:
            for frame in frames:
                if isinstance(frame, dict) and is_piece(frame):
                    await pause()
                    pieces += 1
                yield _event(frame)
                call.sent += 1
            await pause()
            if call.path.endswith("completions"):
                yield "data: [DONE]\n\n"
            call.is_done = True
        finally:
            if not call.is_done:
                call.was_left.open()


def _event(frame: Any) -> str | bytes:
    if isinstance(frame, bytes):
        return b"data: " + frame + b"\n\n"
    data = frame if isinstance(frame, str) else json.dumps(frame)
    name = f"event: {frame['type']}\n" if isinstance(frame, dict) and "type" in frame else ""
    return f"{name}data: {data}\n\n"


def _answers_to_the_last_question(messages: Sequence[Json]) -> int:
    number = 0
    for message in messages:
        if message["role"] == "user":
            number = 0
        elif message["role"] == "assistant":
            number += 1
    return number


def _results_since_the_last_question(items: Sequence[Json] | str) -> int:
    if isinstance(items, str):  # all in one text: there is no telling
        return 0
    number, before = 0, None
    for item in items:
        kind = item.get("type")
        if item.get("role") == "user":
            number = 0
        elif kind == "function_call_output" and before != kind:
            number += 1
        before = kind
    return number


def _refusal(turn: Turn) -> Response:
    status = turn["status"]
    kind, code, message = _ERRORS.get(status, _SERVER_ERROR)
    error = {"message": message, "type": kind, "param": None, "code": code}
    return JSONResponse(
        {"error": {**error, **turn.get("error", {})}}, status, headers=turn.get("headers")
    )


@contextmanager
def running(scripts: Mapping[str, Script] | None = None) -> Iterator[tuple[str, Fake]]:
    """The base URL of a server, and what it plays, for as long as the block runs."""
    fake = Fake(scripts)
    with serving(fake.app(), runs_lifespan=False) as base:
        fake.base_url = f"{base}/v1"
        try:
            yield fake.base_url, fake
        finally:
            fake.go_on()
