"""A turn of a script as what each API streams for it. Knows no server."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
Turn: TypeAlias = Mapping[str, Any]

USAGE = {"input": 10, "output": 5, "cached": 2, "reasoning": 1}
"""What every answer costs that says nothing else."""

_INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}


def chat_frames(turn: Turn, model: str, number: int) -> Iterator[Json]:
    """The chunks of Chat Completions; calls are named `call-<number of the turn>-<place>`."""
    head = {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": model,
    }

    def frame(delta: Json, finish: str | None = None) -> Json:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**head, "choices": [choice]}

    yield frame({"role": "assistant", "content": ""})
    for piece in _cut(turn.get("reasoning"), turn):
        yield frame({"reasoning_content": piece})
    for piece in _cut(turn.get("text"), turn):
        yield frame({"content": piece})
    calls = turn.get("tool_calls", ())
    for place, call in enumerate(calls):
        opening = {
            "index": place,
            "id": f"call-{number}-{place}",
            "type": "function",
            "function": {"name": call["name"], "arguments": ""},
        }
        yield frame({"tool_calls": [opening]})
        for half in _halves(_arguments(call)):
            yield frame({"tool_calls": [{"index": place, "function": {"arguments": half}}]})
    yield frame({}, turn.get("finish") or ("tool_calls" if calls else "stop"))
    if told := _chat_usage(turn):
        yield {**head, "choices": [], "usage": told}


def chat_completion(turn: Turn, model: str, number: int) -> Json:
    """The answer of Chat Completions as a whole."""
    message: Json = {"role": "assistant", "content": turn.get("text")}
    if "reasoning" in turn:
        message["reasoning_content"] = turn["reasoning"]
    calls = [
        {
            "id": f"call-{number}-{place}",
            "type": "function",
            "function": {"name": call["name"], "arguments": _arguments(call)},
        }
        for place, call in enumerate(turn.get("tool_calls", ()))
    ]
    if calls:
        message["tool_calls"] = calls
    finish = turn.get("finish") or ("tool_calls" if calls else "stop")
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
        "usage": _chat_usage(turn),
    }


def response_frames(turn: Turn, model: str, number: int) -> Iterator[Json]:
    """The events of the Responses API."""
    whole = response(turn, model, number)
    started = {**whole, "status": "in_progress", "output": [], "usage": None}
    yield {"type": "response.created", "response": started}
    yield {"type": "response.in_progress", "response": started}
    for index, item in enumerate(whole["output"]):
        opened = {**item, "status": "in_progress", **_EMPTY[item["type"]]}
        yield {"type": "response.output_item.added", "output_index": index, "item": opened}
        for frame in _ITEMS[item["type"]](item, turn):
            yield {**frame, "output_index": index, "item_id": item["id"]}
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    yield {"type": f"response.{whole['status']}", "response": whole}


def _chat_usage(turn: Turn) -> Json | None:
    usage = turn.get("usage", USAGE)
    return usage and {
        "prompt_tokens": usage["input"],
        "completion_tokens": usage["output"],
        "total_tokens": usage["input"] + usage["output"],
        "prompt_tokens_details": {"cached_tokens": usage["cached"]},
        "completion_tokens_details": {"reasoning_tokens": usage["reasoning"]},
    }


def is_piece(frame: Json) -> bool:
    """Whether a frame brings words of an answer or of its reasoning."""
    if "type" in frame:
        return str(frame["type"]).endswith("text.delta")
    deltas = [choice["delta"] or {} for choice in frame.get("choices") or ()]
    return any(delta.get("content") or delta.get("reasoning_content") for delta in deltas)


def response(turn: Turn, model: str, number: int) -> Json:
    """The answer of the Responses API as a whole."""
    output: list[Json] = []
    if "reasoning" in turn:
        summary = [{"type": "summary_text", "text": turn["reasoning"]}]
        reasoning = {"id": f"rs-{number}", "type": "reasoning", "summary": summary}
        if "encrypted" in turn:
            reasoning["encrypted_content"] = turn["encrypted"]
        output.append(reasoning)
    if turn.get("text"):
        part = {"type": "output_text", "text": turn["text"], "annotations": [], "logprobs": []}
        message = {"id": f"msg-{number}", "type": "message", "role": "assistant"}
        output.append({**message, "status": "completed", "content": [part]})
    for place, call in enumerate(turn.get("tool_calls", ())):
        output.append(
            {
                "id": f"fc-{number}-{place}",
                "type": "function_call",
                "status": "completed",
                "call_id": f"call-{number}-{place}",
                "name": call["name"],
                "arguments": _arguments(call),
            }
        )
    why = _INCOMPLETE.get(turn.get("finish", ""))
    usage = turn.get("usage", USAGE)
    return {
        "id": f"resp-{number}",
        "object": "response",
        "created_at": 1_700_000_000,
        "status": "incomplete" if why else "completed",
        "error": None,
        "incomplete_details": {"reason": why} if why else None,
        "model": model,
        "output": output,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": usage
        and {
            "input_tokens": usage["input"],
            "input_tokens_details": {"cached_tokens": usage["cached"]},
            "output_tokens": usage["output"],
            "output_tokens_details": {"reasoning_tokens": usage["reasoning"]},
            "total_tokens": usage["input"] + usage["output"],
        },
    }


def _message_frames(item: Json, turn: Turn) -> Iterator[Json]:
    (part,) = item["content"]
    yield {"type": "response.content_part.added", "content_index": 0, "part": {**part, "text": ""}}
    for piece in _cut(part["text"], turn):
        delta = {"content_index": 0, "delta": piece, "logprobs": []}
        yield {"type": "response.output_text.delta", **delta}
    done = {"content_index": 0, "text": part["text"], "logprobs": []}
    yield {"type": "response.output_text.done", **done}
    yield {"type": "response.content_part.done", "content_index": 0, "part": part}


def _reasoning_frames(item: Json, turn: Turn) -> Iterator[Json]:
    (part,) = item["summary"]
    kind = "response.reasoning_summary"
    yield {"type": f"{kind}_part.added", "summary_index": 0, "part": {**part, "text": ""}}
    for piece in _cut(part["text"], turn):
        yield {"type": f"{kind}_text.delta", "summary_index": 0, "delta": piece}
    yield {"type": f"{kind}_text.done", "summary_index": 0, "text": part["text"]}
    yield {"type": f"{kind}_part.done", "summary_index": 0, "part": part}


def _call_frames(item: Json, turn: Turn) -> Iterator[Json]:
    kind = "response.function_call_arguments"
    for half in _halves(item["arguments"]):
        yield {"type": f"{kind}.delta", "delta": half}
    yield {"type": f"{kind}.done", "name": item["name"], "arguments": item["arguments"]}


_ITEMS = {
    "message": _message_frames,
    "reasoning": _reasoning_frames,
    "function_call": _call_frames,
}
_EMPTY: Mapping[str, Json] = {
    "message": {"content": []},
    "reasoning": {"summary": []},
    "function_call": {"arguments": ""},
}


def _cut(text: str | None, turn: Turn) -> list[str]:
    match turn.get("pieces", "word"):
        case "whole":
            return [text] if text else []
        case "char":
            return list(text or "")
        case _:
            return re.findall(r"\S+\s*|\s+", text or "")


def _arguments(call: Mapping[str, Any]) -> str:
    given = call.get("arguments", {})
    return given if isinstance(given, str) else json.dumps(given)


def _halves(text: str) -> list[str]:
    middle = (len(text) + 1) // 2
    return [half for half in (text[:middle], text[middle:]) if half]
