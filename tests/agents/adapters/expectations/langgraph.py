"""LangGraph 1.2: `astream` in its shapes, and `astream_events`."""

from tests.agents.adapters.expectations.expected import Expected

EXPECTED = {
    "langgraph/astream-plain": Expected(
        answer="Hello from the fake model. This answer arrives in pieces."
    ),
    "langgraph/astream-tool-fails": Expected(
        answer="The tool did not work, sorry.", calls=("broken_tool: error",)
    ),
    "langgraph/astream-reasoning": Expected(
        answer="Hello to you.", reasoning="The user wants a greeting."
    ),
    "langgraph/astream-interrupt": Expected(
        state="input-required",
        answer="I will delete.",
        calls=("delete: open",),
        questions=("approval",),
    ),
    "langgraph/astream-http-401": Expected(state="failed", reason="model-authentication"),
    "langgraph/astream-tuples-parallel-tools": Expected(
        answer="London is sunny and 2 + 2 = 4.", calls=("get_weather: output", "add: output")
    ),
    "langgraph/astream_events-one-tool": Expected(
        answer="The weather in London is sunny, 21 degrees.", calls=("get_weather: output",)
    ),
}
