"""The messages of a context, in the forms that frameworks take them in."""

from typing import Any

from a2a_agent.agents.openai.chat import messages
from a2a_agent.agents.openai.conversation import Answer, Said, Turn, bounded, turns_of
from a2a_agent.agents.openai.responses import items
from a2a_agent.runtime.agent import RunRequest

_MOST_MESSAGES = 100
_MOST_CHARACTERS = 200_000


def earlier_turns(request: RunRequest) -> list[Turn]:
    """What was said, called and answered in the context before this message, within bounds."""
    return bounded(turns_of(request.history), messages=_MOST_MESSAGES, characters=_MOST_CHARACTERS)


def chat_messages(request: RunRequest) -> list[dict[str, Any]]:
    """The context and the new message as Chat Completions has them, tool calls included."""
    return list(messages("", [*earlier_turns(request), Said(request.message.parts)]))


def response_items(request: RunRequest) -> list[dict[str, Any]]:
    """The context and the new message as the Responses API has them, tool calls included."""
    return list(items([*earlier_turns(request), Said(request.message.parts)]))


def earlier_texts(request: RunRequest) -> list[dict[str, str]]:
    """What client and agent have said before, as `{"role": …, "content": …}`, text alone."""
    texts = [turn for turn in earlier_turns(request) if isinstance(turn, Said | Answer)]
    return [
        {"role": message["role"], "content": message["content"]}
        for message in map(in_text, messages("", texts))
        if message["content"]
    ]


def transcript(request: RunRequest) -> str:
    """What client and agent have said before, as one text that names who speaks."""
    said = (f"{turn['role'].capitalize()}: {turn['content']}" for turn in earlier_texts(request))
    return "\n\n".join(said)


def new_text(request: RunRequest) -> str:
    """The new message as one text: data as JSON, files by their names."""
    (message,) = messages("", [Said(request.message.parts)])
    return str(in_text(message)["content"])


def in_text(message: dict[str, Any]) -> dict[str, Any]:
    """The chat's message with its texts alone for its content, as one."""
    content = message["content"]
    if not isinstance(content, list):
        return message
    return {**message, "content": "\n".join(part["text"] for part in content if "text" in part)}
