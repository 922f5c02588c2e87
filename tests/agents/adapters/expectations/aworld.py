"""AWorld 0.3.2. Files that are not called `fifo-…` have the chunks of an answer out of order."""

from tests.agents.adapters.expectations.expected import Expected

HELLO = "Hello from the fake model. This answer arrives in pieces."
SUNNY = "The weather in London is sunny, 21 degrees."
BOTH = "London is sunny and 2 + 2 = 4."

PLAIN = Expected(answer=HELLO)
ONE_TOOL = Expected(answer=SUNNY, calls=("weather__get_weather: output",))
TWO_TOOLS = Expected(answer=BOTH, calls=("weather__get_weather: output", "maths__add: output"))
TEXT_AND_TOOL = Expected(answer="Sunny.", calls=("weather__get_weather: output",))
# A function that raises is told like one that returns.
TOOL_FAILS = Expected(
    answer="The tool did not work, sorry.", calls=("broken__broken_tool: output",)
)
UNKNOWN_TOOL = Expected(answer="There is no such tool.", calls=("nope__nope: error",))
# AWorld drops pieces that are reasoning alone.
REASONING = Expected(answer="Hello to you.")


def words(count: int, end: str = " ") -> str:
    """The slow answer, as far as this word."""
    return " ".join(f"word{number}" for number in range(1, count + 1)) + end


EXPECTED = {
    "aworld/fifo-plain": PLAIN,
    "aworld/plain-mode-all": PLAIN,
    "aworld/plain-mode-chunk": PLAIN,
    "aworld/plain-mode-chunk_output": PLAIN,
    "aworld/plain-mode-core": PLAIN,
    "aworld/plain-mode-output": PLAIN,
    "aworld/fifo-one-tool": ONE_TOOL,
    "aworld/one-tool-mode-all": ONE_TOOL,
    # Nothing but chunks of the model: what came of the call is not among them.
    "aworld/one-tool-mode-chunk": Expected(answer=SUNNY, calls=("weather__get_weather: open",)),
    "aworld/one-tool-mode-chunk_output": ONE_TOOL,
    "aworld/one-tool-mode-core": ONE_TOOL,
    "aworld/one-tool-mode-output": ONE_TOOL,
    "aworld/outputs-one-tool": ONE_TOOL,
    "aworld/outputs-one-tool-model-streaming": ONE_TOOL,
    "aworld/fifo-two-tools": TWO_TOOLS,
    "aworld/two-tools": TWO_TOOLS,
    "aworld/two-tools-mode-all": TWO_TOOLS,
    "aworld/fifo-parallel-tools": TWO_TOOLS,
    "aworld/parallel-tools": TWO_TOOLS,
    "aworld/parallel-tools-mode-all": TWO_TOOLS,
    "aworld/text-and-tool": TEXT_AND_TOOL,
    "aworld/text-and-tool-mode-all": TEXT_AND_TOOL,
    "aworld/fifo-tool-fails": TOOL_FAILS,
    "aworld/tool-fails": TOOL_FAILS,
    "aworld/tool-fails-mode-all": TOOL_FAILS,
    "aworld/unknown-tool": UNKNOWN_TOOL,
    "aworld/unknown-tool-mode-all": UNKNOWN_TOOL,
    "aworld/slow-tool": Expected(answer="Slept.", calls=("sleepy__nap: output",)),
    "aworld/fifo-reasoning": REASONING,
    "aworld/reasoning": REASONING,
    "aworld/human-confirm": Expected(
        answer="You said so.",
        calls=("human__human_confirm: output",),
        questions=("approval",),
    ),
    "aworld/length": Expected(state="failed", answer="This answer is cut", reason="length"),
    "aworld/bad-key": Expected(state="failed", reason="model-authentication"),
    "aworld/http-401": Expected(state="failed", reason="model-authentication"),
    "aworld/http-429": Expected(state="failed", reason="model-rate-limited"),
    "aworld/http-500": Expected(state="failed", reason="model-unavailable"),
    # Mode `core`: the model's error is not among the messages, only that there was one.
    "aworld/http-500-defaults": Expected(state="failed", reason="model-unavailable"),
    # The answer broke off; the error is that of AWorld's second attempt.
    "aworld/drop": Expected(
        state="failed", answer="This answer breaks ", reason="model-unavailable"
    ),
    "aworld/tool-then-500": Expected(
        state="failed", calls=("weather__get_weather: output",), reason="model-unavailable"
    ),
    "aworld/cancelled-cancel-message": Expected(state="canceled", answer=words(5)),
    "aworld/cancelled-cancel-message-core": Expected(state="canceled"),
    "aworld/cancelled-own-runner": Expected(answer=words(60, end="")),
    "aworld/cancelled-context-status": Expected(
        state="failed", answer=words(5), reason="idle-timeout"
    ),
    "aworld/consumer-stopped": Expected(state="canceled", answer=words(5)),
    "aworld/task-timeout": Expected(state="failed", answer=words(15), reason="idle-timeout"),
}
