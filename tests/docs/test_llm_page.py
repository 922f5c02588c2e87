"""What the page of the LLM agent says is so."""

import json
import re
import shlex
from pathlib import Path

import pytest

from a2a_agent import Settings, create_app
from a2a_agent.agents.openai import OpenAIAgent, OpenAIOptions
from a2a_agent.agents.openai.failures import SENTENCES
from tests.cli.conftest import Run
from tests.cli.conftest import run as run  # the fixture
from tests.cli.programs import serving as serving_program
from tests.docs.test_examples import ROOT, blocks, send
from tests.docs.test_examples import run as run_script
from tests.support.fake_openai import SCRIPTS, running
from tests.support.server import serving

PAGE = (ROOT / "docs/llm.md").read_text()


def test_every_reason_of_a_failure_is_there_with_what_the_client_reads() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", PAGE, re.M)

    assert dict(rows) == SENTENCES


def test_every_option_that_is_spoken_of_is_one(run: Run) -> None:
    of_ours = [one for one in blocks("README.md", "console") if "a2a-conformance" not in one]
    shown = [*of_ours, PAGE]
    spoken_of = {name for text in shown for name in re.findall(r"(?<!\S)`?(--[a-z-]+)", text)}

    helped = run("serve", "--help").out + run("send", "--help").out
    assert spoken_of <= set(re.findall(r"--[a-z][a-z-]+", helped))


def test_curl_line_of_an_answer_in_json_is_answered_with_data(tmp_path: Path) -> None:
    with running({"paris": [{"text": '{"city": "Paris"}'}]}) as (base_url, _):
        agent = OpenAIAgent(OpenAIOptions(model="paris", base_url=base_url))
        with serving(create_app(agent, settings=Settings(store="memory:"))) as url:
            written = run_script("\n".join(blocks("docs/llm.md", "sh")), url, tmp_path)

    (artifact,) = json.loads(written)["result"]["task"]["artifacts"]
    assert [part["data"] for part in artifact["parts"]] == [{"city": "Paris"}]


COMMANDS = [
    (document, command.removeprefix("$ ").strip())
    for document in ("README.md", "docs/llm.md")
    for command in blocks(document, "console")
    if "serve openai" in command
]


def test_both_pages_show_a_server_of_ones_own_and_openai() -> None:
    assert [document for document, _ in COMMANDS] == ["README.md"] * 2 + ["docs/llm.md"] * 2


@pytest.mark.parametrize("command", [command for _, command in COMMANDS])
def test_command_that_the_pages_show_serves_a_model(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = shlex.split(command)
    if words[0].startswith("OPENAI_API_KEY="):
        monkeypatch.setenv("OPENAI_API_KEY", "sk-of-a-test")
        del words[0]
    del words[:2]
    model = words[words.index("--model") + 1]
    with running({model: SCRIPTS["plain"]}) as (base_url, fake):
        monkeypatch.setenv("OPENAI_BASE_URL", base_url)
        if "--base-url" in words:
            words[words.index("--base-url") + 1] = base_url
        with serving_program(*words, "--store", "memory:", directory=tmp_path) as (_, url):
            task = send(url, "Hello", None)

    assert task["status"]["state"] == "completed"
    assert fake.bodies[0]["model"] == model
