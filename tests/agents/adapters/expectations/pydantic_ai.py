"""pydantic-ai 2.68: `run_stream_events`."""

from tests.agents.adapters.expectations.expected import Expected

EXPECTED = {
    "pydantic-ai/run_stream_events-plain": Expected(
        answer="Hello from the fake model. This answer arrives in pieces."
    ),
    "pydantic-ai/run_stream_events-parallel-tools": Expected(
        answer="London is sunny and 2 + 2 = 4.", calls=("get_weather: output", "add: output")
    ),
    "pydantic-ai/run_stream_events-tool-fails": Expected(
        answer="The tool did not work, sorry.", calls=("broken_tool: error",)
    ),
    "pydantic-ai/run_stream_events-tool-raises": Expected(
        state="failed", calls=("broken_tool: open",), reason="agent-error"
    ),
    "pydantic-ai/run_stream_events-reasoning": Expected(
        answer="Hello to you.", reasoning="The user wants a greeting."
    ),
    "pydantic-ai/run_stream_events-approval": Expected(
        state="input-required",
        answer="I will delete.",
        calls=("delete: open",),
        questions=("approval",),
    ),
    # The answer is data.
    "pydantic-ai/run_stream_events-output": Expected(),
    "pydantic-ai/run_stream_events-http-401": Expected(
        state="failed", reason="model-authentication"
    ),
}
