import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from a2a_agent import Message, Role, RunRequest, TextDelta
from a2a_agent.agents.echo import EchoAgent
from a2a_agent.agents.openai import OpenAIAgent
from a2a_agent.agents.scenarios import ScenarioAgent
from a2a_agent.cli.errors import UsageError
from a2a_agent.cli.llm import LlmChoice
from a2a_agent.cli.loading import load_agent
from a2a_agent.runtime.agent import Agent, describe, run_function
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

class Framework:
    name = "Ada"
    __module__, __qualname__ = "agentor.core.agent", "Agentor"

class Single:
    __module__, __qualname__ = "aiecs.domain.agent.base_agent", "BaseAIAgent"

class Beside:
    __module__, __qualname__ = "langgraph.graph.state", "StateGraph"

class Talkative:
    def __repr__(self):
        return "key" * 100

class Derived(Framework):
    pass

framework, derived, single = Framework(), Derived(), Single()
beside, talkative = Beside(), Talkative()

def make_framework():
    return framework

async def make_single():
    return single

async def make_broken():
    raise OSError("no file")

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
            "no agent 'parrot'; it is one of toolbox, echo, scenarios, openai, replay:FILE, "
            "or module:attribute",
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
        ("some_agents:make_broken", "make_broken cannot make an agent: OSError: no file"),
        ("some_agents:Needy", "some_agents:Needy: .* is a class, make an object of it: an agent"),
        ("some_agents:coroutine", "some_agents:coroutine: .* never yields, so it is no agent"),
        ("some_agents:greedy", "some_agents:greedy is no agent: it cannot be called with a"),
        ("some_agents:nothing", "some_agents:nothing: None is no agent"),
        ("some_agents:builtin", "some_agents:builtin: {} is no agent"),
        ("some_agents:text", "some_agents:text: 'text' is no agent"),
        ("some_agents:talkative", "talkative: an object of some_agents.Talkative is no agent"),
        (
            "some_agents:beside",
            "beside is a StateGraph; what is served of langgraph is a graph that is compiled",
        ),
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


@pytest.mark.parametrize("attribute", ["framework", "derived", "make_framework"])
def test_object_of_a_framework_is_known_by_its_class_and_adapted(
    load: Load, attribute: str
) -> None:
    assert describe(load(f"some_agents:{attribute}")).description == "The Agentor agent Ada."


def test_one_object_of_a_framework_that_needs_one_for_each_run_is_refused(load: Load) -> None:
    with pytest.raises(UsageError, match="name a function without arguments that makes one"):
        load("some_agents:single")


@pytest.mark.parametrize("attribute", ["make_single", "Single"])
def test_what_makes_an_object_for_each_run_may_be_a_coroutine_function_or_a_class(
    load: Load, attribute: str
) -> None:
    assert describe(load(f"some_agents:{attribute}")).name == attribute


RECORDED = '{"t": 0.0, "event": {"type": "TextDelta", "text": "Hi"}}\n'


async def test_recording_is_loaded_by_its_file(load: Load, tmp_path: Path) -> None:
    (tmp_path / "run.jsonl").write_text(RECORDED)

    assert await said_by(load("replay:run.jsonl")) == [TextDelta("Hi")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot read run.jsonl: No such file or directory"),
        ("", "run.jsonl: the file is empty"),
        ("[]", "run.jsonl: line 1 is no part of a recording: it is no JSON object"),
        (RECORDED + "{", "run.jsonl: line 2 is no part of a recording: "),
        ('{"t": 0, "event": {"type": "Nope"}}', "line 1 .*'Nope' is no agent event"),
        ('{"event": {"type": "RunStarted"}}', "line 1 is no part of a recording: 't'"),
        (
            '{"t": 0, "class": "builtins.dict", "event": {"type": "token"}}',
            "do not say which framework they are from: agentor, ",
        ),
    ],
)
def test_file_that_is_no_recording_is_told_of(
    load: Load, tmp_path: Path, content: str | None, said: str
) -> None:
    if content is not None:
        (tmp_path / "run.jsonl").write_text(content)

    with pytest.raises(UsageError, match=said):
        load("replay:run.jsonl")


def test_pace_of_a_recording_is_for_recordings_alone() -> None:
    with pytest.raises(UsageError, match="--realtime is for recordings, replay:FILE, not for echo"):
        load_agent("echo", Settings(), LlmChoice(), in_real_time=True)
