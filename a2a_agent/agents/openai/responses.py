"""Models behind the Responses API. Nothing is kept on its server: each request tells all."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import Any, assert_never

from openai import APIError, AsyncOpenAI

from a2a_agent.agents.openai.conversation import Answer, Result, Said, Turn
from a2a_agent.agents.openai.media import is_image, text_in, url_of
from a2a_agent.agents.openai.model import (
    CutOff,
    Finish,
    OpenCall,
    OpenCalls,
    Piece,
    Prompt,
    Reader,
    reading,
    usage_of,
)
from a2a_agent.agents.openai.options import OpenAIOptions
from a2a_agent.agents.tools import Tool
from a2a_agent.domain.agent_events import ReasoningDelta, TextDelta
from a2a_agent.domain.json_values import clean_text
from a2a_agent.domain.model import FilePart, JsonObject, Part

Json = dict[str, Any]

_REASONS = {"max_output_tokens": "length", "content_filter": "content-filter"}
_WORDS = {"output_text": "text", "refusal": "refusal"}
"""Where the words of a part of a message are, by its type."""


class ResponsesModel:
    """A model behind the Responses API."""

    def __init__(self, client: AsyncOpenAI, options: OpenAIOptions) -> None:
        self._client = client
        self._options = options

    async def answer(self, prompt: Prompt, step: int) -> AsyncGenerator[Piece, None]:
        """See `Model`."""
        create: Any = self._client.responses.create
        written = _Written(step, Reader(self._options.max_answer_characters))
        async with await create(**self._request(prompt)) as stream:
            with reading():
                async for event in stream:
                    for piece in written.pieces(event):
                        yield piece
                    if written.has_ended:
                        return
                raise CutOff("the stream ended without an end of the answer")

    def _request(self, prompt: Prompt) -> Json:
        options = self._options
        request: Json = {
            "model": options.model,
            "input": list(items(prompt.turns)),
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


def items(turns: Sequence[Turn]) -> Iterator[Json]:
    """The conversation as this API has it."""
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

    def __init__(self, step: int, reader: Reader) -> None:
        self.has_ended = False
        self._step = step
        self._read = reader
        self._text: list[str] = []
        self._calls = OpenCalls(step)
        self._by_item: dict[str | int, OpenCall] = {}
        """Calls by the id of their item, or by its place where it has none."""
        self._reasoning: list[JsonObject] = []

    def pieces(self, event: Any) -> Iterator[Piece]:
        """The pieces in an event."""
        match event.type:
            case "response.output_text.delta" | "response.refusal.delta":
                yield from self._said(event.delta)
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                if text := self._read.text(event.delta):
                    yield ReasoningDelta(text, step=self._step)
            case "response.output_item.added":
                yield from self._in(event.item, event.output_index)
            case "response.output_item.done":
                yield from self._in(event.item, event.output_index)
                self._keep(event.item)
            case "response.function_call_arguments.delta":
                if call := self._by_item.get(event.item_id or event.output_index):
                    call.arguments += self._read.arguments(event.delta)
                    yield from call.news(self._step)
            case "response.completed" | "response.incomplete":
                self.has_ended = True
                yield from self._ending(event)
            case "response.failed":
                raise _error(event.response.error)
            case "error":
                raise _error(event)

    def _said(self, given: Any) -> Iterator[Piece]:
        if text := self._read.text(given):
            self._text.append(text)
            yield TextDelta(text, step=self._step)

    def _in(self, item: Any, index: int) -> Iterator[Piece]:
        if item.type != "function_call":
            return
        key = item.id or index
        call = self._by_item.get(key)
        if call is None:
            call = self._by_item[key] = self._calls.open(self._read.text(item.call_id))
        call.name = call.name or self._read.text(item.name)
        call.arguments = self._read.arguments(item.arguments, known=call.arguments)
        yield from call.news(self._step)

    def _keep(self, item: Any) -> None:
        if item.type == "reasoning" and self._read.text(getattr(item, "encrypted_content", None)):
            self._reasoning.append(item.model_dump(exclude_none=True, warnings=False))

    def _ending(self, event: Any) -> Iterator[Piece]:
        """What the answer cost, and its end, after all of it where nothing of it was streamed."""
        response = event.response
        if not self._text and not self._by_item:
            self._reasoning = []
            for index, item in enumerate(response.output or ()):
                yield from self._in(item, index)
                self._keep(item)
                if item.type == "message":
                    for part in item.content:
                        yield from self._said(getattr(part, _WORDS.get(part.type, ""), None))
        if response.usage:
            yield usage_of(
                response.usage, response.model, self._step, asked="input", answered="output"
            )
        text = clean_text("".join(self._text))
        answer = Answer(text, self._calls.calls, tuple(self._reasoning))
        yield Finish(answer, _reason(event))


def _error(error: Any) -> APIError:
    """The server's error in the middle of a stream, as the client library has those before it."""
    body = {"code": getattr(error, "code", None), "type": getattr(error, "type", None)}
    said = getattr(error, "message", None) or "the response failed"
    return APIError(said, request=None, body=body)  # type: ignore[arg-type]  # only for people


def _reason(event: Any) -> str | None:
    if event.type == "response.completed":
        return None
    details = event.response.incomplete_details
    return "length" if details is None else _REASONS.get(details.reason or "", "length")
