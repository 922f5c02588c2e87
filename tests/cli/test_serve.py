import json
import signal
import socket
from pathlib import Path

import httpx
import pytest

from a2a_agent.cli.serve import _base_url
from tests.cli.conftest import Run
from tests.cli.programs import program, serving

MEMORY = ("--store", "memory:")


def test_banner_says_where_what_and_how(tmp_path: Path) -> None:
    with serving("echo", *MEMORY, directory=tmp_path) as (server, url):
        pass

    assert server.err.text == (
        "echo speaks A2A 0.3 and 1.0. Ctrl-C stops it.\n"
        f"  URL   {url}\n"
        f"  card  {url}.well-known/agent-card.json\n"
        "  store memory:\n"
        f"  try   a2a-agent send {url} 'Hello there!' --stream\n"
    )


def test_command_of_the_banner_works(tmp_path: Path, run: Run) -> None:
    with serving("echo", *MEMORY, directory=tmp_path) as (_, url):
        outcome = run("send", url, "Hello there!", "--stream")

    assert (outcome.code, outcome.out) == (0, "Hello there!\n")


def test_toolbox_is_served_without_being_named(tmp_path: Path, run: Run) -> None:
    with serving(directory=tmp_path) as (_, url):
        assert run("send", url, "What is 6 * 7?").out.count("42") == 1

    assert (tmp_path / "a2a-agent.db").exists()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM)]
)
def test_signal_stops_the_server(tmp_path: Path, number: signal.Signals, code: int) -> None:
    with serving("echo", *MEMORY, directory=tmp_path) as (server, _):
        server.send_signal(number)

        assert server.wait() == code


def test_port_in_use_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with program("serve", "echo", *MEMORY, "--port", port, directory=tmp_path) as server:
            assert server.wait() == 1

    assert server.err.text == (
        f"error: port {port} on 127.0.0.1 is in use; choose another with --port\n"
    )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("parrot",), 2, "there is no agent 'parrot'; it is one of "),
        (("echo", "--port", "70000"), 2, "--port: Input should be less than or equal to 65535"),
        (("echo", "--host", "no.such.host.invalid"), 1, "there is no address 'no.such.host.inv"),
        (("echo", "--store", "nonsense"), 1, ""),
    ],
)
def test_what_cannot_be_served_is_one_line(
    tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    with program("serve", *words, directory=tmp_path) as server:
        assert server.wait() == code

    assert server.err.text.startswith(f"error: {said}")
    assert server.err.text.count("\n") == 1


def test_store_in_use_is_one_line(tmp_path: Path) -> None:
    words = ("serve", "echo", "--port", "0")
    with serving("echo", directory=tmp_path), program(*words, directory=tmp_path) as second:
        assert second.wait() == 1

    assert second.err.text.startswith("error: ")
    assert second.err.text.count("\n") == 1


def test_own_agent_is_served_from_the_current_directory(tmp_path: Path, run: Run) -> None:
    source = "async def agent(request):\n    'Shouts.'\n    yield request.text.upper()\n"
    (tmp_path / "shouter.py").write_text(source)
    with serving("shouter:agent", *MEMORY, directory=tmp_path) as (_, url):
        assert run("send", url, "hey").out == "HEY\n"


def test_agent_is_served_whose_module_patches_asyncio(tmp_path: Path, run: Run) -> None:
    patch = "import asyncio\n\nasyncio.run = lambda main, *, debug=False: 1 / 0\n\n\n"
    (tmp_path / "own.py").write_text(f"{patch}async def parrot(request):\n    yield request.text\n")

    with serving("own:parrot", *MEMORY, directory=tmp_path) as (_, url):
        assert run("send", url, "Hello").out == "Hello\n"


def test_runs_are_recorded(tmp_path: Path, run: Run) -> None:
    words = ("echo", *MEMORY, "--record", "runs")
    with serving(*words, directory=tmp_path) as (server, url):
        run("send", url, "hey")
        server.send_signal(signal.SIGINT)
        server.wait()

    [path] = (tmp_path / "runs").iterdir()
    events = [json.loads(line)["event"]["type"] for line in path.read_text().splitlines()]
    assert events == ["RunStarted", "TextDelta", "RunFinished"]


def test_streaming_can_be_switched_off(tmp_path: Path, run: Run) -> None:
    with serving("echo", *MEMORY, "--no-streaming", directory=tmp_path) as (_, url):
        card = json.loads(run("card", url, "--json").out)
        outcome = run("send", url, "x", "--stream")

    assert card["capabilities"]["streaming"] is False
    assert (outcome.code, outcome.err.count("(-32004)")) == (5, 1)


def test_extension_can_be_required(tmp_path: Path, run: Run) -> None:
    words = ("echo", *MEMORY, "--require-extension", "urn:x")
    with serving(*words, directory=tmp_path) as (_, url):
        refused = run("send", url, "x")
        taken = run("send", url, "x", "--header", "A2A-Extensions: urn:x")

    assert (refused.code, refused.err.count("(-32008)")) == (5, 1)
    assert taken.code == 0


def test_public_url_is_the_url_of_the_card(tmp_path: Path) -> None:
    words = ("echo", *MEMORY, "--public-url", "https://example.com/a2a")
    with serving(*words, directory=tmp_path) as (server, _):
        pass

    assert "  URL   https://example.com/a2a\n" in server.err.text
    assert "  card  https://example.com/a2a/.well-known/agent-card.json\n" in server.err.text


def test_log_level_debug_logs_requests(tmp_path: Path) -> None:
    words = ("echo", *MEMORY, "--log-level", "debug")
    with serving(*words, directory=tmp_path) as (server, url):
        httpx.get(f"{url}health")
        server.err.read_until("GET /health HTTP/1.1")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:1"),
        ("0.0.0.0", "http://127.0.0.1:1"),
        ("::", "http://[::1]:1"),
        ("::1", "http://[::1]:1"),
        ("example.com", "http://example.com:1"),
    ],
)
def test_base_url_can_be_asked_from_here(host: str, url: str) -> None:
    assert _base_url(host, 1) == url


def test_settings_are_listed(run: Run) -> None:
    assert "| `A2A_AGENT_PORT` | `9999` | " in run("settings").out
