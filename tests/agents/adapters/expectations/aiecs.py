"""AIECS 2.2.0: `execute_task_streaming`, and where the name says so `process_message_streaming`."""

from tests.agents.adapters.expectations.expected import Expected

HELLO = "Hello from the fake model. This answer arrives in pieces."
SUNNY = "The weather in London is sunny, 21 degrees."
WORDS = "word1 word2 word3 word4 "

PLAIN = Expected(answer=HELLO)
REASONING = Expected(answer="Hello to you.", reasoning="The user wants a greeting.")
NOT_THERE = Expected(state="failed", reason="model-unavailable")
WRONG_KEY = Expected(state="failed", reason="model-authentication")
LEFT = Expected(state="canceled", answer=WORDS)
NOTHING_TO_DO = Expected(state="failed", reason="agent-error")

EXPECTED = {
    "aiecs/base-default-plain": PLAIN,
    "aiecs/base-default-http-500": NOT_THERE,
    "aiecs/hybrid-plain": PLAIN,
    "aiecs/hybrid-one-tool": Expected(answer=SUNNY, calls=("weather_get: output",)),
    "aiecs/hybrid-parallel-tools": Expected(
        answer="London is sunny and 2 + 2 = 4.",
        calls=("weather_get: output", "maths_add: output"),
    ),
    "aiecs/hybrid-slow-tool": Expected(answer="Slept.", calls=("sleep_nap: output",)),
    "aiecs/hybrid-tool-fails": Expected(
        answer="The tool did not work, sorry.", calls=("broken_run_it: error",)
    ),
    "aiecs/hybrid-bad-arguments": Expected(
        answer="Broken arguments.", calls=("weather_get: error",)
    ),
    "aiecs/hybrid-unknown-tool": Expected(
        answer="There is no such tool.", calls=("nope_nope: error",)
    ),
    "aiecs/hybrid-reasoning": REASONING,
    # It understands calls of tools no longer that a model writes as text.
    "aiecs/hybrid-react": Expected(
        answer="<THOUGHT>I should look.</THOUGHT>\n"
        'TOOL: weather\nOPERATION: get\nPARAMETERS: {"city": "London"}'
    ),
    # It does not tell that an answer was cut.
    "aiecs/hybrid-length": Expected(answer="This answer is cut"),
    "aiecs/hybrid-max-iterations": Expected(
        state="failed", reason="max-steps", calls=("weather_get: output",) * 3
    ),
    "aiecs/hybrid-no-description": NOTHING_TO_DO,
    "aiecs/hybrid-bad-key": WRONG_KEY,
    "aiecs/hybrid-http-401": WRONG_KEY,
    "aiecs/hybrid-http-429": Expected(state="failed", reason="model-rate-limited"),
    "aiecs/hybrid-http-500": NOT_THERE,
    "aiecs/hybrid-tool-then-500": Expected(
        state="failed", reason="model-unavailable", calls=("weather_get: output",)
    ),
    "aiecs/hybrid-drop": Expected(
        state="failed", reason="model-cut-off", answer="This answer breaks "
    ),
    "aiecs/hybrid-consumer-stopped": LEFT,
    "aiecs/hybrid-task-cancelled": Expected(
        state="canceled", answer=f"{WORDS}word5 word6 word7 word8 "
    ),
    "aiecs/hybrid-task-cancelled-in-tool": Expected(state="canceled", calls=("sleep_nap: open",)),
    "aiecs/hybrid-reused-after-cancel": Expected(state="canceled"),
    "aiecs/hybrid-process_message_streaming-plain": PLAIN,
    "aiecs/hybrid-process_message_streaming-http-500": NOT_THERE,
    "aiecs/llm-plain": PLAIN,
    "aiecs/llm-http-500": NOT_THERE,
    "aiecs/llm-consumer-stopped": LEFT,
    "aiecs/llm-process_message_streaming-plain": PLAIN,
    "aiecs/llm-process_message_streaming-http-500": NOT_THERE,
    # A ToolAgent asks the model once: what the last tool gave is its answer.
    "aiecs/tool-direct-task": Expected(answer=SUNNY),
    "aiecs/tool-plain": PLAIN,
    "aiecs/tool-one-tool": Expected(answer=SUNNY, calls=("weather_get: output",)),
    "aiecs/tool-parallel-tools": Expected(
        answer="4", calls=("weather_get: output", "maths_add: output")
    ),
    "aiecs/tool-reasoning": REASONING,
    "aiecs/tool-tool-fails": Expected(
        state="failed", reason="agent-error", calls=("broken_run_it: error",)
    ),
    "aiecs/tool-unknown-tool": Expected(
        state="failed", reason="agent-error", calls=("nope_nope: error",)
    ),
    "aiecs/tool-http-500": NOT_THERE,
    "aiecs/tool-no-description": NOTHING_TO_DO,
    "aiecs/dawp-pre-main-loop": Expected(answer="All done, here is the answer."),
    "aiecs/dawp-pre-main-loop-no-boundary": Expected(answer="All done, here is the answer."),
    "aiecs/dawp-pre-main-loop-tools": Expected(answer="All done.", calls=("weather_get: output",)),
    "aiecs/dawp-on-response-trigger": Expected(answer="All done."),
}
