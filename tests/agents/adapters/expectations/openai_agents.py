"""OpenAI Agents SDK: its events are recorded among those of Agentor 0.0.23, built on it."""

from tests.agents.adapters.expectations.expected import Expected

EXPECTED: dict[str, Expected] = {}
