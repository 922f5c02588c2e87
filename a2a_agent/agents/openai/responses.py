"""Models behind the Responses API. Nothing is kept on its server: each request tells all."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import Any, assert_never

from openai import APIError, AsyncOpenAI

from a2a_agent.agents.openai.conversation import Answer, Result, Said, Turn
from a2a_agent.agents.openai.media import is_image, text_in, url_of
from a2a_agent.agents.openai.model import CutOff, Finish, OpenCall, Piece, Prompt, reading
from a2a_agent.agents.openai.options import OpenAIOptions
from a2a_agent.agents.tools import Tool
from a2a_agent.domain.agent_events import ReasoningDelta, TextDelta, Usage
from a2a_agent.domain.json_values import clean_text
from a2a_agent.domain.model import FilePart, JsonObject, Part

Json = dict[str, Any]

_REASONS = {"max_output_tokens": "length", "content_filter": "content-filter"}


class ResponsesModel:
    """A model behind the Responses API."""

    def __init__(self, client: AsyncOpenAI, options: OpenAIOptions) -> None:
        self._client = client
        self._options = options

    async def answer(self, prompt: Prompt, step: int) -> AsyncGenerator[Piece, None]:
        """See `Model`."""
        create: Any = self._client.responses.create
        written = _Written(step)
        async with await create(**self._request(prompt)) as stream:
            with reading():
                async for event in stream:
                    for piece in written.pieces(event):
                        yield piece
        response = written.response
        if response is None:
            raise CutOff("the stream ended without an end of the answer")
        if response.usage is not None:
            yield _usage(response.usage, response.model, step)
        yield Finish(written.answer, _reason(response))

    def _request(self, prompt: Prompt) -> Json:
        options = self._options
        request: Json = {
            "model": options.model,
            "input": list(_items(prompt.turns)),
            "stream": True,
            "store": False,
        }
        if prompt.instructions:
            request["instructions"] = prompt.instructions
        if options.temperature is not None:
            request["temperature"] = options.temperature
        if prompt.tools:
            request["tools"] = [_tool(tool) for tool in prompt.tools]
        if prompt.schema is not None:
            request["text"] = {"format": _format(prompt.schema)}
        if options.request_options:
            request["extra_body"] = options.request_options
        return request


def _items(turns: Sequence[Turn]) -> Iterator[Json]:
    for turn in turns:
        match turn:
            case Said():
                yield {"role": "user", "content": [_part(part) for part in turn.parts]}
            case Answer():
                yield from turn.reasoning  # type: ignore[misc]  # JSON objects, as they came
                if turn.text:
                    yield {"role": "assistant", "content": turn.text}
                for call in turn.calls:
                    yield {
                        "type": "function_call",
                        "call_id": call.call_id,
                        "name": call.name,
                        "arguments": call.arguments,
                    }
            case Result():
                yield {
                    "type": "function_call_output",
                    "call_id": turn.call_id,
                    "output": turn.text,
                }
            case _:
                assert_never(turn)


def _part(part: Part) -> Json:
    text = text_in(part)
    if text is not None or not isinstance(part, FilePart):
        return {"type": "input_text", "text": text}
    if is_image(part):
        return {"type": "input_image", "image_url": url_of(part), "detail": "auto"}
    if part.raw is None:
        return {"type": "input_file", "file_url": part.url}
    name = part.filename or "document.pdf"
    return {"type": "input_file", "filename": name, "file_data": url_of(part)}


def _tool(tool: Tool) -> Json:
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.parameters,
        "strict": False,
    }


def _format(schema: JsonObject) -> Json:
    if not schema:
        return {"type": "json_object"}
    return {"type": "json_schema", "name": "output", "schema": schema, "strict": False}


class _Written:
    """What the model has written so far."""

    def __init__(self, step: int) -> None:
        self.response: Any = None
        """The response as it is at its end."""
        self._step = step
        self._text: list[str] = []
        self._calls: dict[str, OpenCall] = {}
        """Calls by the id of their item."""
        self._reasoning: list[JsonObject] = []

    @property
    def answer(self) -> Answer:
        """All of it."""
        calls = tuple(call.call for call in self._calls.values())
        return Answer(clean_text("".join(self._text)), calls, tuple(self._reasoning))

    def pieces(self, event: Any) -> Iterator[Piece]:
        """The pieces in an event."""
        match event.type:
            case "response.output_text.delta" | "response.refusal.delta":
                self._text.append(event.delta)
                yield TextDelta(event.delta, step=self._step)
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                yield ReasoningDelta(event.delta, step=self._step)
            case "response.output_item.added" | "response.output_item.done":
                yield from self._in(event.item, is_done=event.type.endswith(".done"))
            case "response.function_call_arguments.delta" if call := self._calls.get(event.item_id):
                call.arguments += event.delta
                yield from call.news(self._step)
            case "response.completed" | "response.incomplete":
                self.response = event.response
            case "response.failed":
                raise _error(event.response.error)
            case "error":
                raise _error(event)

    def _in(self, item: Any, *, is_done: bool) -> Iterator[Piece]:
        if item.type == "function_call":
            call = self._calls.setdefault(item.id, OpenCall(item.call_id, item.name))
            call.arguments = item.arguments or ""
            yield from call.news(self._step)
        elif is_done and item.type == "reasoning" and getattr(item, "encrypted_content", None):
            self._reasoning.append(item.model_dump(exclude_none=True))


def _error(error: Any) -> APIError:
    """The server's error in the middle of a stream, as the client library has those before it."""
    body = {"code": getattr(error, "code", None), "type": getattr(error, "type", None)}
    said = getattr(error, "message", None) or "the response failed"
    return APIError(said, request=None, body=body)  # type: ignore[arg-type]  # only for people


def _reason(response: Any) -> str | None:
    details = response.incomplete_details
    return None if details is None else _REASONS.get(details.reason or "", "length")


def _usage(usage: Any, model: str | None, step: int) -> Usage:
    input_details = getattr(usage, "input_tokens_details", None)
    output_details = getattr(usage, "output_tokens_details", None)
    return Usage(
        input_tokens=usage.input_tokens or 0,
        output_tokens=usage.output_tokens or 0,
        cached_input_tokens=getattr(input_details, "cached_tokens", None) or 0,
        reasoning_tokens=getattr(output_details, "reasoning_tokens", None) or 0,
        model=model,
        step=step,
    )
