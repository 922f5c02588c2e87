"""Models behind the Chat Completions API, which every compatible server has."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import Any, assert_never

from openai import AsyncOpenAI

from a2a_agent.agents.openai.conversation import Answer, Result, Said, Turn
from a2a_agent.agents.openai.media import is_image, text_in, url_of
from a2a_agent.agents.openai.model import (
    LOST,
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

_REASONS = {
    "stop": None,
    "tool_calls": None,
    "function_call": None,
    "length": "length",
    "content_filter": "content-filter",
}
"""The reason of a `Finish` by the word for it; with any other word an answer is none."""


class ChatModel:
    """A model behind Chat Completions."""

    def __init__(self, client: AsyncOpenAI, options: OpenAIOptions) -> None:
        self._client = client
        self._options = options

    async def answer(self, prompt: Prompt, step: int) -> AsyncGenerator[Piece, None]:
        """See `Model`."""
        create: Any = self._client.chat.completions.create
        written = _Written(step, Reader(self._options.max_answer_characters))
        async with await create(**self._request(prompt)) as stream:
            with reading():
                try:
                    async for chunk in stream:
                        for piece in written.pieces(chunk):
                            yield piece
                except LOST:
                    if not written.has_ended:
                        raise
                for piece in written.ending():
                    yield piece

    def _request(self, prompt: Prompt) -> Json:
        options = self._options
        request: Json = {
            "model": options.model,
            "messages": list(messages(prompt.instructions, prompt.turns)),
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if options.temperature is not None:
            request["temperature"] = options.temperature
        if prompt.tools:
            request["tools"] = [_tool(tool) for tool in prompt.tools]
        if prompt.schema is not None:
            request["response_format"] = _format(prompt.schema)
        if options.request_options:
            request["extra_body"] = options.request_options
        return request


def messages(instructions: str, turns: Sequence[Turn]) -> Iterator[Json]:
    if instructions:
        yield {"role": "system", "content": instructions}
    for turn in turns:
        match turn:
            case Said():
                yield {"role": "user", "content": _content(turn.parts)}
            case Answer():
                yield _assistant(turn)
            case Result():
                yield {"role": "tool", "tool_call_id": turn.call_id, "content": turn.text}
            case _:
                assert_never(turn)


def _content(parts: Sequence[Part]) -> str | list[Json]:
    """Text as a plain string, because that is all that some servers take."""
    contents = [_part(part) for part in parts]
    if all(content["type"] == "text" for content in contents):
        return "\n".join(content["text"] for content in contents)
    return contents


def _part(part: Part) -> Json:
    text = text_in(part)
    if text is not None or not isinstance(part, FilePart):
        return {"type": "text", "text": text}
    if is_image(part):
        return {"type": "image_url", "image_url": {"url": url_of(part)}}
    name = part.filename or "document.pdf"
    if part.raw is None:  # this API takes no documents by their URL
        return {"type": "text", "text": f"{name}:\n{part.url}"}
    return {"type": "file", "file": {"filename": name, "file_data": url_of(part)}}


def _assistant(answer: Answer) -> Json:
    # No text is null beside calls; alone, null would be refused.
    content = answer.text or (None if answer.calls else "")
    message: Json = {"role": "assistant", "content": content}
    if answer.calls:
        message["tool_calls"] = [
            {
                "id": call.call_id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in answer.calls
        ]
    return message


def _tool(tool: Tool) -> Json:
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.parameters,
    }
    return {"type": "function", "function": function}


def _format(schema: JsonObject) -> Json:
    if not schema:
        return {"type": "json_object"}
    return {"type": "json_schema", "json_schema": {"name": "output", "schema": schema}}


class _Written:
    """What the model has written so far."""

    def __init__(self, step: int, reader: Reader) -> None:
        self._step = step
        self._read = reader
        self._text: list[str] = []
        self._calls = OpenCalls(step)
        self._by_index: dict[int, tuple[str, OpenCall]] = {}
        """Calls by their number, with their ids as the server gave them."""
        self._finish_reason: Any = None
        self._usage: Any = None
        self._model: Any = None

    @property
    def has_ended(self) -> bool:
        """Whether the answer is at its end; what it cost may yet come."""
        return self._finish_reason is not None

    def ending(self) -> Iterator[Piece]:
        """What the answer cost, and its end."""
        word = self._finish_reason
        if word is None:
            raise CutOff("the stream ended without an end of the answer")
        if self._usage:
            yield usage_of(
                self._usage, self._model, self._step, asked="prompt", answered="completion"
            )
        if word not in _REASONS:
            raise CutOff(f"the answer ended with {word[:50]!r}")
        answer = Answer(clean_text("".join(self._text)), self._calls.calls)
        yield Finish(answer, _REASONS[word])

    def pieces(self, chunk: Any) -> Iterator[Piece]:
        """The pieces in a chunk. Servers leave out what they do not have, or send it as null."""
        self._model = getattr(chunk, "model", None) or self._model
        self._usage = getattr(chunk, "usage", None) or self._usage
        for choice in chunk.choices or ():
            delta = choice.delta
            if delta is not None:
                yield from self._in(delta)
            self._finish_reason = choice.finish_reason or self._finish_reason

    def _in(self, delta: Any) -> Iterator[Piece]:
        # The name is `reasoning_content` with DeepSeek, vLLM and llama.cpp, else `reasoning`.
        for name in ("reasoning_content", "reasoning"):
            if isinstance(reasoning := getattr(delta, name, None), str) and reasoning:
                yield ReasoningDelta(self._read.text(reasoning), step=self._step)
                break
        for given in (delta.content, getattr(delta, "refusal", None)):
            if text := self._read.text(given):
                self._text.append(text)
                yield TextDelta(text, step=self._step)
        for given in delta.tool_calls or ():
            call = self._call(given)
            if given.function is not None:
                call.name = call.name or self._read.text(given.function.name)
                call.arguments += self._read.arguments(given.function.arguments)
            yield from call.news(self._step)

    def _call(self, given: Any) -> OpenCall:
        """The call that a piece belongs to. Some servers number all calls 0, but name each."""
        index = given.index or 0
        known_id, call = self._by_index.get(index, ("", None))
        if call is None or (given.id and given.id != known_id):
            given_id = self._read.text(given.id)
            call = self._calls.open(given_id)
            self._by_index[index] = given_id, call
        return call
