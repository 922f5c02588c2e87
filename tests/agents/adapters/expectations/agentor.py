"""Agentor: 0.1.1 by its engine and by `stream_chat`, 0.0.23 in all its ways."""

from tests.agents.adapters.expectations.expected import Expected

PLAIN = Expected(answer="Hello from the fake model. This answer arrives in pieces.")
GREETING = Expected(answer="Hello to you.")
REASONED = Expected(answer="Hello to you.", reasoning="The user wants a greeting.")
ONE_TOOL = Expected(
    answer="The weather in London is sunny, 21 degrees.", calls=("get_weather: output",)
)
TWO_TOOLS = Expected(
    answer="London is sunny and 2 + 2 = 4.", calls=("get_weather: output", "add: output")
)
REFUSED_KEY = Expected(state="failed", reason="model-authentication")
SERVER_ERROR = Expected(state="failed", reason="model-unavailable")
TOOL_THEN_ERROR = Expected(
    state="failed", reason="model-unavailable", calls=("get_weather: output",)
)
# `stream_chat` does not say of a result that the tool has failed.
FAILED_UNSAID = Expected(answer="The tool did not work, sorry.", calls=("broken_tool: output",))

ENGINE = {
    "loop-astream-bad-arguments": Expected(
        answer="The arguments were broken.", calls=("get_weather: error",)
    ),
    "loop-astream-cancelled": Expected(state="canceled", answer="word1 word2 word3 word4 word5 "),
    "loop-astream-drop": Expected(
        state="failed", reason="model-cut-off", answer="This answer breaks "
    ),
    "loop-astream-history": PLAIN,
    "loop-astream-http-401": REFUSED_KEY,
    "loop-astream-http-500": SERVER_ERROR,
    "loop-astream-length": Expected(answer="This answer is cut"),
    "loop-astream-one-tool": ONE_TOOL,
    "loop-astream-parallel-tools": TWO_TOOLS,
    "loop-astream-plain": PLAIN,
    "loop-astream-reasoning": REASONED,
    "loop-astream-slow-tool": Expected(answer="Slept.", calls=("nap: output",)),
    "loop-astream-task-cancelled": Expected(
        state="canceled", answer="word1 word2 word3 word4 word5 word6 word7 word8 "
    ),
    "loop-astream-tool-fails": Expected(
        answer="The tool did not work, sorry.", calls=("broken_tool: error",)
    ),
    "loop-astream-tool-then-500": TOOL_THEN_ERROR,
    "loop-astream-two-tools": TWO_TOOLS,
    "loop-astream-unknown-tool": Expected(
        answer="There is no such tool.", calls=("no_such_tool: error",)
    ),
}
STREAM_CHAT = {
    "stream_chat-object-bad-arguments": Expected(
        answer="The arguments were broken.", calls=("get_weather: output",)
    ),
    "stream_chat-object-bad-key": REFUSED_KEY,
    "stream_chat-object-cancelled": Expected(state="canceled", calls=("get_weather: open",)),
    "stream_chat-object-drop": SERVER_ERROR,
    "stream_chat-object-http-401": REFUSED_KEY,
    "stream_chat-object-http-500": SERVER_ERROR,
    "stream_chat-object-one-tool": ONE_TOOL,
    "stream_chat-object-parallel-tools": TWO_TOOLS,
    "stream_chat-object-plain": PLAIN,
    "stream_chat-object-reasoning": GREETING,
    "stream_chat-object-text-and-tool": ONE_TOOL,
    "stream_chat-object-tool-fails": FAILED_UNSAID,
    "stream_chat-object-tool-then-500": TOOL_THEN_ERROR,
    "stream_chat-object-two-tools": TWO_TOOLS,
    "stream_chat-object-unknown-tool": Expected(
        answer="There is no such tool.", calls=("no_such_tool: output",)
    ),
    "stream_chat-serialized-one-tool": ONE_TOOL,
    "stream_chat-serialized-plain": PLAIN,
    "stream_chat-serialized-tool-fails": FAILED_UNSAID,
}
OLD = {
    "format_stream_events-one-tool": ONE_TOOL,
    "format_stream_events-plain": PLAIN,
    "format_stream_events-reasoning": REASONED,
    "openai-agents-stream_events-one-tool": ONE_TOOL,
    "openai-agents-stream_events-plain": PLAIN,
    "openai-agents-stream_events-reasoning": REASONED,
    # Nothing came before the end: the cancel came too late.
    "stream_chat-object-cancelled": Expected(
        answer=" ".join(f"word{number}" for number in range(1, 61))
    ),
    "stream_chat-object-http-401": REFUSED_KEY,
    "stream_chat-object-http-500": SERVER_ERROR,
    "stream_chat-object-loop": Expected(
        state="failed", reason="max-steps", calls=("get_weather: output",)
    ),
    "stream_chat-object-one-tool": ONE_TOOL,
    "stream_chat-object-parallel-tools": TWO_TOOLS,
    "stream_chat-object-plain": PLAIN,
    "stream_chat-object-reasoning": GREETING,
    "stream_chat-object-text-and-tool": ONE_TOOL,
    "stream_chat-object-tool-fails": FAILED_UNSAID,
    "stream_chat-object-tool-then-500": TOOL_THEN_ERROR,
    "stream_chat-object-two-tools": TWO_TOOLS,
    # The SDK takes a call of a tool that is not there for a fault of the model's.
    "stream_chat-object-unknown-tool": Expected(state="failed", reason="model-bad-answer"),
    "stream_chat-serialized-one-tool": ONE_TOOL,
    "stream_chat-serialized-plain": PLAIN,
}

EXPECTED = {
    **{f"agentor/{name}": expected for name, expected in (ENGINE | STREAM_CHAT).items()},
    **{f"agentor-0.0.23/{name}": expected for name, expected in OLD.items()},
}
