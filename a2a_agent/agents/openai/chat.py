"""Models behind the Chat Completions API, which every compatible server has."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import Any, assert_never

from openai import AsyncOpenAI

from a2a_agent.agents.openai.conversation import Answer, Result, Said, Turn
from a2a_agent.agents.openai.media import is_image, text_in, url_of
from a2a_agent.agents.openai.model import CutOff, Finish, OpenCall, Piece, Prompt, reading
from a2a_agent.agents.openai.options import OpenAIOptions
from a2a_agent.agents.tools import Tool
from a2a_agent.domain.agent_events import ReasoningDelta, TextDelta, Usage
from a2a_agent.domain.json_values import clean_text
from a2a_agent.domain.model import FilePart, JsonObject, Part

Json = dict[str, Any]

_REASONS = {"length": "length", "content_filter": "content-filter"}


class ChatModel:
    """A model behind Chat Completions."""

    def __init__(self, client: AsyncOpenAI, options: OpenAIOptions) -> None:
        self._client = client
        self._options = options

    async def answer(self, prompt: Prompt, step: int) -> AsyncGenerator[Piece, None]:
        """See `Model`."""
        create: Any = self._client.chat.completions.create
        written = _Written(step)
        async with await create(**self._request(prompt)) as stream:
            with reading():
                async for chunk in stream:
                    for piece in written.pieces(chunk):
                        yield piece
        if written.finish_reason is None:
            raise CutOff("the stream ended without an end of the answer")
        if written.usage is not None:
            yield _usage(written.usage, written.model, step)
        yield Finish(written.answer, _REASONS.get(written.finish_reason))

    def _request(self, prompt: Prompt) -> Json:
        options = self._options
        request: Json = {
            "model": options.model,
            "messages": list(_messages(prompt.instructions, prompt.turns)),
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


def _messages(instructions: str, turns: Sequence[Turn]) -> Iterator[Json]:
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

    def __init__(self, step: int) -> None:
        self.finish_reason: str | None = None
        self.usage: Any = None
        self.model: str | None = None
        self._step = step
        self._text: list[str] = []
        self._calls: list[OpenCall] = []
        self._by_index: dict[int, OpenCall] = {}

    @property
    def answer(self) -> Answer:
        """All of it."""
        return Answer(clean_text("".join(self._text)), tuple(call.call for call in self._calls))

    def pieces(self, chunk: Any) -> Iterator[Piece]:
        """The pieces in a chunk. Servers leave out what they do not have, or send it as null."""
        self.model = getattr(chunk, "model", None) or self.model
        self.usage = getattr(chunk, "usage", None) or self.usage
        for choice in chunk.choices or ():
            delta = choice.delta
            if delta is not None:
                yield from self._in(delta)
            self.finish_reason = choice.finish_reason or self.finish_reason

    def _in(self, delta: Any) -> Iterator[Piece]:
        # The name is `reasoning_content` with DeepSeek, vLLM and llama.cpp, else `reasoning`.
        for name in ("reasoning_content", "reasoning"):
            if isinstance(reasoning := getattr(delta, name, None), str) and reasoning:
                yield ReasoningDelta(reasoning, step=self._step)
                break
        for text in (delta.content, getattr(delta, "refusal", None)):
            if text:
                self._text.append(text)
                yield TextDelta(text, step=self._step)
        for given in delta.tool_calls or ():
            call = self._call(given)
            if given.function is not None:
                call.name = call.name or given.function.name or ""
                call.arguments += given.function.arguments or ""
            yield from call.news(self._step)

    def _call(self, given: Any) -> OpenCall:
        """The call that a piece belongs to. Some servers number all calls 0, but name each."""
        index = given.index or 0
        call = self._by_index.get(index)
        if call is None or (given.id and given.id != call.call_id):
            call_id = given.id or f"call-{self._step}-{len(self._calls) + 1}"
            call = self._by_index[index] = OpenCall(call_id)
            self._calls.append(call)
        return call


def _usage(usage: Any, model: str | None, step: int) -> Usage:
    prompt_details = getattr(usage, "prompt_tokens_details", None)
    completion_details = getattr(usage, "completion_tokens_details", None)
    return Usage(
        input_tokens=usage.prompt_tokens or 0,
        output_tokens=usage.completion_tokens or 0,
        cached_input_tokens=getattr(prompt_details, "cached_tokens", None) or 0,
        reasoning_tokens=getattr(completion_details, "reasoning_tokens", None) or 0,
        model=model,
        step=step,
    )
