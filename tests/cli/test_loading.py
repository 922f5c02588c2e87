import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from a2a_agent import Message, Role, RunRequest
from a2a_agent.agents.echo import EchoAgent
from a2a_agent.agents.openai import OpenAIAgent
from a2a_agent.agents.scenarios import ScenarioAgent
from a2a_agent.cli.errors import UsageError
from a2a_agent.cli.llm import LlmChoice
from a2a_agent.cli.loading import load_agent
from a2a_agent.runtime.agent import Agent, run_function
from a2a_agent.settings import Settings

MODULE = """
from types import SimpleNamespace

async def function(request):
    yield "hello"

def plain(request):
    return function(request)

class Agent:
    def __init__(self, name="made"):
        self.name = name
    async def run(self, request):
        yield self.name

agent = Agent("ready")
holder = SimpleNamespace(agent=agent)

def factory():
    return Agent("by factory")

def broken_factory():
    return 1 / 0

class Needy:
    def __init__(self, key):
        pass
    async def run(self, request):
        yield ""

async def coroutine(request):
    return ""

async def greedy(request, more):
    yield ""

nothing = None
text = "text"
builtin = dict
"""

Load = Callable[[str], Agent]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Loads from a directory with some modules in it."""
    (tmp_path / "some_agents.py").write_text(MODULE)
    (tmp_path / "raising.py").write_text("x = 1\nraise OSError('no\\nluck')")
    (tmp_path / "leaving.py").write_text("raise SystemExit(3)")
    (tmp_path / "unwritten.py").write_text("def f(:")
    (tmp_path / "needing.py").write_text("import not_installed.at_all")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path])
    monkeypatch.delitem(sys.modules, "some_agents", raising=False)
    return lambda name: load_agent(name, Settings(scenario_seconds=3), LlmChoice())


async def said_by(agent: Agent) -> list[object]:
    message = Message(message_id="m", role=Role.USER, parts=())
    request = RunRequest(message=message, task_id="t", context_id="c")
    return [event async for event in run_function(agent)(request)]


def test_built_in_agents_are_known_by_name(load: Load) -> None:
    assert load("echo") == EchoAgent()
    assert load("scenarios") == ScenarioAgent(seconds=3)
    assert type(load("toolbox")).__name__ == "ToolboxAgent"


@pytest.mark.parametrize(
    ("attribute", "said"),
    [
        ("function", "hello"),
        ("plain", "hello"),
        ("agent", "ready"),
        ("holder.agent", "ready"),
        ("Agent", "made"),
        ("factory", "by factory"),
    ],
)
async def test_agent_of_a_module_is_found_or_made(load: Load, attribute: str, said: str) -> None:
    assert await said_by(load(f"some_agents:{attribute}")) == [said]


def test_agents_can_be_loaded_one_after_the_other(load: Load) -> None:
    assert load("some_agents:agent") is load("some_agents:agent")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "parrot",
            "no agent 'parrot'; it is one of toolbox, echo, scenarios, openai, or module:attribute",
        ),
        (":x", "there is no agent ':x'"),
        ("x:", "there is no agent 'x:'"),
        ("missing:agent", "there is no module 'missing' here"),
        ("some_agents.sub:agent", "there is no module 'some_agents.sub' here"),
        ("needing:agent", "module 'needing' needs 'not_installed', which is missing"),
        (
            "raising:agent",
            r"'raising' cannot be imported: OSError: no\nluck \(.*raising.py, line 2",
        ),
        ("leaving:agent", "module 'leaving' cannot be imported: SystemExit: 3"),
        ("unwritten:agent", r"'unwritten' cannot be imported: SyntaxError: .*unwritten.py, line 1"),
        ("some_agents:other", "module 'some_agents' has no attribute 'other'"),
        ("some_agents:agent.x", "module 'some_agents' has no attribute 'agent.x'"),
        ("some_agents:broken_factory", "broken_factory cannot make an agent: ZeroDivisionError: "),
        ("some_agents:Needy", "some_agents:Needy: .* is a class, make an object of it: an agent"),
        ("some_agents:coroutine", "some_agents:coroutine: .* never yields, so it is no agent"),
        ("some_agents:greedy", "some_agents:greedy is no agent: it cannot be called with a"),
        ("some_agents:nothing", "some_agents:nothing: None is no agent"),
        ("some_agents:builtin", "some_agents:builtin: {} is no agent"),
        ("some_agents:text", "some_agents:text: 'text' is no agent"),
    ],
)
def test_what_is_no_agent_is_named(load: Load, name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        load(name)


def test_the_llm_agent_is_made_of_what_was_given_for_it() -> None:
    llm = LlmChoice(options={"model": "m", "name": "reader", "base_url": "http://127.0.0.1/v1"})

    agent = load_agent("openai", Settings(), llm)

    assert isinstance(agent, OpenAIAgent)
    assert agent.description.name == "reader"


@pytest.mark.parametrize("name", ["echo", "some_agents:agent"])
def test_what_only_the_llm_agent_takes_is_refused_for_others(load: Load, name: str) -> None:
    llm = LlmChoice(options={"base_url": "http://127.0.0.1/v1"})

    with pytest.raises(UsageError) as caught:
        load_agent(name, Settings(), llm)

    assert str(caught.value) == f"--base-url is for the agent openai; {name} does not take it"
