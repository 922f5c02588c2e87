"""What the documents show is run here, word for word, and does what they say."""

import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import httpx
import pytest

from a2a_agent import Settings, create_app
from a2a_agent.agents.toolbox.agent import ToolboxAgent
from tests.support.fake_openai import Script, running
from tests.support.server import LIMIT_SECONDS, serving

ROOT = Path(__file__).parents[2]
ADVERTISED_URL = "http://127.0.0.1:9999"

CURL = f"""\
#!{sys.executable}
# As much of curl as the documents use; not every machine has it.
import sys, urllib.request
url, headers, body, words = "", {{}}, None, iter(sys.argv[1:])
for word in words:
    if word == "-H":
        name, _, value = next(words).partition(": ")
        headers[name] = value
    elif word == "-d":
        body = next(words).encode()
    elif not word.startswith("-"):
        url = word
with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as reply:
    text = reply.read().decode()
print(text, end="" if text.endswith("\\n") else "\\n")
"""


def blocks(document: str, language: str) -> list[str]:
    """The fenced blocks of a document in one language."""
    text = (ROOT / document).read_text()
    return [dedent(found) for found in re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)]


@pytest.fixture
def toolbox() -> Iterator[str]:
    with serving(create_app(ToolboxAgent(), settings=Settings(store="memory:"))) as url:
        yield url


def run(script: str, url: str, directory: Path) -> str:
    """What the script writes, with the server of the test in the place of the advertised one."""
    (directory / "curl").write_text(CURL)
    (directory / "curl").chmod(0o755)
    script = script.replace(ADVERTISED_URL, url)
    for program, module in (("a2a-agent", "a2a_agent"), ("a2a-conformance", "conformance")):
        script = script.replace(f".venv/bin/{program}", f"{sys.executable} -m {module}")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=directory,
        env={**os.environ, "PATH": f"{directory}:{os.environ['PATH']}", "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT_SECONDS,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.parametrize("index", (0, 1, -1))
def test_console_of_the_readme_prints_what_it_shows(
    index: int, toolbox: str, tmp_path: Path
) -> None:
    command, _, shown = blocks("README.md", "console")[index].partition("\n")
    passages = re.split(r"^…$", shown.rstrip("\n"), flags=re.M)
    pattern = ".*".join(re.escape(one).replace("…", '[^"]*') for one in passages)
    if "a2a-conformance" in command:
        # How much is exercised depends a little on the machine; that nothing fails does not.
        pattern = re.sub(r"(?<=\\ )[1-9]\d*(?=\\)", r"\\d+", pattern)
    written = run(command.removeprefix("$ "), toolbox, tmp_path)
    assert re.fullmatch(pattern, written.rstrip("\n"), re.S), written


def test_curl_lines_of_the_protocol_page_are_answered_as_it_says(
    toolbox: str, tmp_path: Path
) -> None:
    written = run("\n".join(blocks("docs/protocol.md", "sh")), toolbox, tmp_path)
    assert [outcome(line) for line in written.splitlines() if "{" in line] == [
        "card toolbox",
        "task TASK_STATE_COMPLETED 6 * 7 = 42",
        "task completed 6 * 7 = 42",
        *("task TASK_STATE_SUBMITTED", "statusUpdate TASK_STATE_WORKING"),
        "statusUpdate TASK_STATE_INPUT_REQUIRED",
        "task TASK_STATE_COMPLETED 5 miles ≈ 8.05 km",
        *("task TASK_STATE_COMPLETED 5 miles ≈ 8.05 km", "task completed 5 miles ≈ 8.05 km"),
        *("task TASK_STATE_WORKING", "statusUpdate TASK_STATE_INPUT_REQUIRED"),
        *("task working", "status-update input-required"),
        *("tasks 3", "tasks 3"),
        *("error -32002", "error -32002"),
        *("error -32003", "error -32003"),
        *("error -32004", "error -32004"),
    ]


def outcome(line: str) -> str:
    """What a line of a reply says, in a few words."""
    reply: dict[str, Any] = json.loads(line.removeprefix("data: "))
    if "name" in reply:
        return f"card {reply['name']}"
    if "error" in reply:
        return f"error {reply['error']['code']}"
    result = reply["result"]
    if "tasks" in result:
        return f"tasks {len(result['tasks'])}"
    kind, found = next(iter(result.items())) if len(result) == 1 else ("task", result)
    kind = found.get("kind", kind)
    answers = [part["text"] for one in found.get("artifacts", ()) for part in one["parts"]]
    return " ".join([kind, found["status"]["state"], *answers])


EXAMPLES = [
    ("README.md", 0, ["hi there"], ("completed", "HI THERE ")),
    ("docs/agents.md", 0, ["Rome"], ("completed", "It will be clear.")),
    ("docs/agents.md", 1, ["a haircut", "very"], ("completed", "a haircut, very: done.")),
    ("docs/agents.md", 2, ["all files", "yes"], ("completed", "Deleted.")),
    ("docs/agents.md", 2, ["all files", "no"], ("completed", "Left alone.")),
    ("docs/agents.md", 3, ["now"], ("completed", None)),
    ("docs/frameworks.md", 0, ["How many?"], ("completed", "There are two.")),
    ("docs/operations.md", 0, ["hi"], ("completed", "hi")),
    ("docs/llm.md", 0, ["Hello"], ("completed", "Hello to you.")),
    ("docs/llm.md", 1, ["A report, please."], ("completed", "Here it is.")),
    ("docs/llm.md", 2, ["Tidy up", "yes"], ("completed", "All is tidy.")),
]
MODEL: dict[tuple[str, int], Script] = {
    ("docs/llm.md", 0): [{"text": "Hello to you."}],
    ("docs/llm.md", 1): [
        {
            "tool_calls": [
                {"name": "get_weather", "arguments": {"city": "Rome"}},
                {"name": "report", "arguments": {"rows": 2}},
            ]
        },
        {"text": "Here it is."},
    ],
    ("docs/llm.md", 2): [
        {"tool_calls": [{"name": "delete_file", "arguments": {"path": "a.txt"}}]},
        {"text": "All is tidy."},
    ],
}
"""What the model does that the example names."""
PATHS = {"docs/operations.md": "/agent/"}


@pytest.mark.parametrize(("document", "index", "messages", "expected"), EXAMPLES)
def test_example_agent_answers_as_its_page_says(
    document: str,
    index: int,
    messages: list[str],
    expected: tuple[str, str | None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("A2A_AGENT_STORE", "memory:")
    module = tmp_path / "my_agent.py"
    module.write_text(blocks(document, "python")[index])
    task: dict[str, Any] = {}
    with running({"gpt-5-mini": MODEL.get((document, index), [])}) as (base_url, _):
        monkeypatch.setenv("OPENAI_BASE_URL", base_url)
        with serving(runpy.run_path(str(module))["app"]) as url:
            for text in messages:
                task = send(url + PATHS.get(document, ""), text, task.get("id"))
    artifacts = {one.get("name"): one["parts"] for one in task["artifacts"]}
    answer = artifacts.get("response")
    assert (task["status"]["state"], answer and answer[0]["text"]) == expected


def send(url: str, text: str, task_id: str | None) -> dict[str, Any]:
    message = {
        "kind": "message",
        "messageId": text,
        "role": "user",
        "parts": [{"kind": "text", "text": text}],
        "taskId": task_id,
    }
    request = {"jsonrpc": "2.0", "id": 1, "method": "message/send", "params": {"message": message}}
    result: dict[str, Any] = httpx.post(url, json=request).json()["result"]
    return result


def test_every_python_block_of_the_documents_is_an_example_that_runs() -> None:
    documents = ["README.md", *(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md"))]
    found = {(name, i) for name in documents for i in range(len(blocks(name, "python")))}
    assert found == {(document, index) for document, index, *_ in EXAMPLES}


@pytest.mark.parametrize(
    ("page", "program"),
    [
        ("settings", ["a2a_agent", "settings"]),
        ("cli", ["a2a_agent.cli.reference"]),
        ("framework-events", ["a2a_agent.cli.framework_events"]),
        ("requirements", ["conformance.reference"]),
    ],
)
def test_page_that_is_written_by_a_program_is_current(page: str, program: list[str]) -> None:
    written = subprocess.run(
        [sys.executable, "-m", *program], capture_output=True, text=True, check=True
    )
    assert (ROOT / f"docs/{page}.md").read_text() == written.stdout, "run `make docs`"
