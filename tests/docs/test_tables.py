"""What the documents list is complete, and there."""

import dataclasses
import re
from pathlib import Path
from typing import Any, get_args

from a2a_agent import AgentEvent, RunRequest, Settings
from a2a_agent.agents.openai.options import OpenAIOptions

ROOT = Path(__file__).parents[2]


def table(document: str, heading: str) -> dict[str, set[str]]:
    """The names in the first column of the table under a heading, with those in its second."""
    section = (ROOT / document).read_text().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:3] for line in section.splitlines() if line.startswith("| ")]
    return {
        name: set(re.findall(r"`(\w+)`", second))
        for first, second in rows
        for name in re.findall(r"`(\w+)`", first)
    }


def fields_of(value: type[Any]) -> set[str]:
    return {field.name for field in dataclasses.fields(value)}


def test_page_for_agents_names_every_event_with_its_fields() -> None:
    documented = table("docs/agents.md", "What it may yield")

    assert documented.pop("str") == documented["TextDelta"]
    # `step` and `scope` are told of once, below the table.
    shared = {"step", "scope"}
    assert {name: fields - shared for name, fields in documented.items()} == {
        event.__name__: fields_of(event) - shared for event in get_args(AgentEvent)
    }


def test_page_for_agents_names_all_that_a_request_has() -> None:
    documented = table("docs/agents.md", "What an agent is given")

    assert documented.keys() == {*fields_of(RunRequest), "text"}


def test_page_of_frames_says_what_becomes_of_every_event() -> None:
    documented = table("docs/events.md", "What becomes of an agent's event")

    assert documented.keys() - {"str"} == {event.__name__ for event in get_args(AgentEvent)}


def test_every_setting_that_is_spoken_of_is_one() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    spoken_of = {
        name for page in pages for name in re.findall(r"\bA2A_AGENT_([A-Z_]+)", page.read_text())
    }

    of_the_llm_agent = {f"OPENAI_{name.upper()}" for name in OpenAIOptions.model_fields}
    assert spoken_of == {name.upper() for name in Settings.model_fields} | of_the_llm_agent
