import os
import sys
from pathlib import Path

import pytest

from a2a_agent.agents.openai import OpenAIAgent
from a2a_agent.agents.tools import Tool, tool
from a2a_agent.cli.errors import UsageError
from a2a_agent.cli.llm import LlmChoice, tools_in
from tests.cli.conftest import Run
from tests.cli.programs import serving
from tests.support.fake_openai import running

FUNCTIONS = '''
from json import dumps
from a2a_agent.agents.tools import ToolError, tool

__all__ = []

def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b

@tool(name="look_up", requires_approval=True)
def search(word: str) -> str:
    return word

def _hidden(word: str) -> str:
    return word

class Thing:
    pass

number = 7
'''


@pytest.fixture(autouse=True)
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some modules in the current directory, and nothing in the environment."""
    (tmp_path / "some_functions.py").write_text(FUNCTIONS)
    (tmp_path / "some_list.py").write_text(f"{FUNCTIONS}\ntools = (search,)")
    (tmp_path / "no_functions.py").write_text("number = 7\ntools = []")
    (tmp_path / "untyped.py").write_text("def add(a, b):\n    return a + b")
    (tmp_path / "unlisted.py").write_text("tools = 7\n\ndef one() -> int:\n    return 1")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path])
    for name in ("some_functions", "some_list", "no_functions", "untyped", "unlisted"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    for name in [name for name in os.environ if name.startswith(("OPENAI_", "A2A_AGENT_"))]:
        monkeypatch.delenv(name)


def choice(*tools: str, **options: object) -> LlmChoice:
    """What is given for an agent on a server of one's own."""
    own = {"model": "m", "base_url": "http://127.0.0.1:1/v1"}
    return LlmChoice(options={**own, **options}, tools=tools)


def names_in(module: str) -> list[str]:
    found = tools_in(module)
    return [(one if isinstance(one, Tool) else tool(one)).name for one in found]


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("some_functions", ["add", "look_up"]),
        ("some_list", ["look_up"]),
        ("unlisted", ["one"]),
    ],
)
def test_tools_of_a_module_are_its_list_or_its_public_functions(
    module: str, names: list[str]
) -> None:
    assert names_in(module) == names


def test_tools_of_the_built_in_agent_are_known_by_name() -> None:
    assert "calculate" in names_in("toolbox")


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (
            "no_functions",
            "module 'no_functions' has no tools: no list `tools`, no function",
        ),
        ("nowhere", "there is no module 'nowhere' here"),
    ],
)
def test_a_module_without_tools_is_named(module: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        tools_in(module)

    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (LlmChoice(), "--model is needed, or A2A_AGENT_OPENAI_MODEL in the environment"),
        (
            LlmChoice(options={"model": "m"}),
            "there is no key: set OPENAI_API_KEY, or --base-url for a server that needs none",
        ),
        (choice(api="assistants"), "--api: Input should be 'chat' or 'responses'"),
        (choice(temperature=float("inf")), "--temperature: Input should be a finite number"),
        (choice("untyped"), "--tools: add is no tool: its parameter a has no type"),
        (
            LlmChoice(options=choice().options, mcp=["server 'unclosed"]),
            "--mcp: No closing quotation",
        ),
        (choice("some_list", "some_list"), "--tools: there are two tools named look_up"),
    ],
)
def test_what_keeps_the_agent_from_being_made_is_named(given: LlmChoice, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        given.agent()

    assert str(caught.value) == said


@pytest.mark.parametrize(
    "url",
    ["", "foo", "http://", "http://[::", "ftp://host/v1", "http://host:99999", "http://a b/"]
    + ["http://host/\n", "http://.host/", "http://1.2.3.999/"],
)
def test_a_base_url_that_is_none_is_refused_where_it_was_given(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = f"{url!r} is no URL; one looks like http://127.0.0.1:8000/v1"

    with pytest.raises(UsageError) as typed:
        choice(base_url=url).agent()
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    with pytest.raises(UsageError) as in_the_environment:
        LlmChoice(options={"model": "m"}).agent()
    monkeypatch.setenv("A2A_AGENT_OPENAI_BASE_URL", url)
    with pytest.raises(UsageError) as ours_in_the_environment:
        LlmChoice(options={"model": "m"}).agent()

    assert str(typed.value) == f"--base-url: {said}"
    assert str(in_the_environment.value) == f"OPENAI_BASE_URL: {said}"
    assert str(ours_in_the_environment.value) == f"A2A_AGENT_OPENAI_BASE_URL: {said}"


@pytest.mark.parametrize("url", ["https://münchen.example/v1", "http://[::1]:8000"])
def test_a_base_url_is_any_http_url(url: str) -> None:
    assert isinstance(choice(base_url=url).agent(), OpenAIAgent)


@pytest.mark.parametrize("variable", ["OPENAI_API_KEY", "A2A_AGENT_OPENAI_API_KEY"])
@pytest.mark.parametrize("key", ["sk-…", "sk-1\n", "sk 1", "\x7f"])
def test_a_key_that_no_header_can_carry_is_refused_and_not_shown(
    variable: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, key)

    with pytest.raises(UsageError) as caught:
        choice().agent()

    said = f"{variable} is no key: a key has no spaces, no line ends, nothing but ASCII"
    assert str(caught.value) == said


def test_an_agent_with_mcp_servers_is_not_yet_connected_to_them() -> None:
    given = LlmChoice(options=choice().options, mcp=["no-such-program --flag"])

    assert isinstance(given.agent(), OpenAIAgent)


def test_nothing_given_is_refused_for_no_agent() -> None:
    LlmChoice().refuse_for("echo")


@pytest.mark.parametrize(
    ("given", "option"),
    [
        (LlmChoice(options={"max_steps": 2}), "--max-steps"),
        (LlmChoice(tools=["toolbox"]), "--tools"),
        (LlmChoice(mcp=["program"]), "--mcp"),
    ],
)
def test_what_another_agent_does_not_take_is_refused(given: LlmChoice, option: str) -> None:
    with pytest.raises(UsageError) as caught:
        given.refuse_for("echo")

    assert str(caught.value) == f"{option} is for the agent openai; echo does not take it"


def test_the_agent_is_served_with_all_that_was_given(tmp_path: Path, run: Run) -> None:
    (tmp_path / "instructions.txt").write_text("Be brief.\n")
    with running() as (base_url, fake):
        words = ("openai", "--store", "memory:", "--model", "one-tool", "--base-url", base_url)
        more = ("--instructions-file", "instructions.txt", "--tools", "some_functions")
        last = ("--request-options", '{"top_p": 0.9}', "--temperature", "0.5", "--name", "clerk")
        with serving(*words, *more, *last, directory=tmp_path) as (server, url):
            outcome = run("send", url, "Is it sunny?")

    assert outcome.out == "The weather in London is sunny, 21 degrees.\n"
    assert server.err.text.startswith("clerk speaks A2A 0.3 and 1.0.")
    body = fake.bodies[0]
    assert [one["function"]["name"] for one in body["tools"]] == ["add", "look_up"]
    assert (body["messages"], body["top_p"], body["temperature"]) == (
        [
            {"role": "system", "content": "Be brief.\n"},
            {"role": "user", "content": "Is it sunny?"},
        ],
        0.9,
        0.5,
    )


HANGING = """
from threading import Event

def get_weather(city: str) -> str:
    Event().wait()
    return city
"""


@pytest.mark.parametrize(
    ("model", "given", "calls", "said"),
    [
        ("plain", "--api responses", ["/v1/responses"], "completed"),
        ("loop", "--max-steps 2", ["/v1/chat/completions"] * 2, "within its number of steps"),
        ("http-500", "--max-retries 1", ["/v1/chat/completions"] * 2, "cannot be reached"),
        ("slow", "--timeout-seconds 0.2 --max-retries 0", ["/v1/chat/completions"], "too long"),
        (
            "one-tool",
            "--tools hanging --tool-timeout-seconds 0.2",
            ["/v1/chat/completions"] * 2,
            "took longer than 0.2 seconds",
        ),
    ],
)
def test_each_option_of_the_command_line_reaches_the_agent(
    model: str, given: str, calls: list[str], said: str, tmp_path: Path, run: Run
) -> None:
    (tmp_path / "hanging.py").write_text(HANGING)
    with running() as (base_url, fake):
        words = ("openai", "--store", "memory:", "--model", model, "--base-url", base_url)
        with serving(*words, *given.split(), directory=tmp_path) as (_, url):
            outcome = run("send", url, "Hello", "--stream")
        paths = [call.path for call in fake.calls]

    assert paths == calls
    assert said in outcome.out + outcome.err


def test_instructions_are_given_one_way(tmp_path: Path, run: Run) -> None:
    (tmp_path / "instructions.txt").write_text("Be brief.\n")
    given = ("--instructions", "Be long.", "--instructions-file", "instructions.txt")

    outcome = run("serve", "openai", "--model", "m", *given)

    said = "error: give --instructions or --instructions-file, not both\n"
    assert (outcome.code, outcome.err) == (2, said)


def test_instructions_are_text_in_utf_8(tmp_path: Path, run: Run) -> None:
    (tmp_path / "instructions.txt").write_bytes("Fass dich kürzer.".encode("latin-1"))

    outcome = run("serve", "openai", "--model", "m", "--instructions-file", "instructions.txt")

    said = "error: --instructions-file: the file is no text in UTF-8\n"
    assert (outcome.code, outcome.err) == (2, said)


def test_a_base_url_that_is_none_is_one_line(run: Run) -> None:
    outcome = run("serve", "openai", "--model", "m", "--base-url", "foo")

    said = "error: --base-url: 'foo' is no URL; one looks like http://127.0.0.1:8000/v1\n"
    assert (outcome.code, outcome.err) == (2, said)
