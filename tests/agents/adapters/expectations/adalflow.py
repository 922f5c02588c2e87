"""AdalFlow 1.1.3."""

from tests.agents.adapters.expectations.expected import Expected

TOOL = "I use a tool."
"""What its planner thinks before each call."""
WRITTEN = Expected(
    answer="Written.",
    calls=("calculator: output", "file_writer: output"),
    reasoning=TOOL * 2,
    questions=("approval",),
)
UNWRITTEN = Expected(
    answer="Written.",  # so says the model
    calls=("calculator: output", "file_writer: denied"),
    reasoning=TOOL * 2,
    questions=("approval",),
)
CANCELED = Expected(state="canceled")
REFUSED_KEY = Expected(state="failed", reason="model-authentication")
UNAVAILABLE = Expected(state="failed", reason="model-unavailable")
BROKEN = Expected(state="failed", reason="agent-error")
"""The framework's own failure, such as over an answer that is no plan."""

EXPECTED = {
    "adalflow/plain": Expected(answer="Hello from the fake model."),
    "adalflow/plain-nonstream": Expected(answer="Hello from the fake model."),
    "adalflow/one-tool": Expected(
        answer="The result is 128.", calls=("calculator: output",), reasoning=TOOL
    ),
    "adalflow/one-tool-nonstream": Expected(
        answer="The result is 128.", calls=("calculator: output",), reasoning=TOOL
    ),
    "adalflow/two-tools": Expected(
        answer="100 and sunny.",
        calls=("calculator: output", "get_weather: output"),
        reasoning=TOOL * 2,
    ),
    # The framework does not tell that the tool has failed: its output is null.
    "adalflow/tool-fails": Expected(
        answer="The tool did not work.", calls=("broken_tool: output",), reasoning=TOOL
    ),
    "adalflow/tool-then-500": Expected(
        state="failed", calls=("calculator: output",), reason="model-unavailable", reasoning=TOOL
    ),
    "adalflow/permission-approved": WRITTEN,
    "adalflow/permission-approved-always": WRITTEN,
    "adalflow/permission-answered-later": WRITTEN,
    "adalflow/permission-no-callback": WRITTEN,
    "adalflow/permission-blocked-tool": Expected(
        answer="Written.",
        calls=("calculator: output", "file_writer: output"),
        reasoning=TOOL * 2,
        questions=("approval", "approval"),
    ),
    "adalflow/permission-denied": UNWRITTEN,
    "adalflow/permission-callback-raises": UNWRITTEN,
    "adalflow/permission-cancelled-while-pending": Expected(
        state="canceled",
        calls=("calculator: output", "file_writer: open"),
        reasoning=TOOL * 2,
        questions=("approval",),
    ),
    "adalflow/cancelled-in-tool": Expected(
        state="canceled", calls=("sleepy: open",), reasoning=TOOL
    ),
    "adalflow/cancelled-runner-cancel": CANCELED,
    "adalflow/cancelled-result-cancel": CANCELED,
    "adalflow/cancelled-consumer-task": CANCELED,
    "adalflow/consumer-stopped": CANCELED,
    "adalflow/bad-key": REFUSED_KEY,
    "adalflow/http-401": REFUSED_KEY,
    "adalflow/http-429": Expected(state="failed", reason="model-rate-limited"),
    "adalflow/http-500": UNAVAILABLE,
    "adalflow/http-500-nonstream": UNAVAILABLE,
    "adalflow/drop": UNAVAILABLE,
    "adalflow/badjson": BROKEN,
    "adalflow/length": BROKEN,
    "adalflow/native-function-call": BROKEN,
    "adalflow/unknown": BROKEN,
    "adalflow/reasoning": Expected(
        state="failed", reason="agent-error", reasoning="The user wants a greeting."
    ),
}
