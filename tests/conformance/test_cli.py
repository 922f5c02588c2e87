import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance import judging, runner
from conformance.dialects import Operation
from conformance.knowledge import BEHAVIOURS
from conformance.outcome import ExitCode
from conformance.peer import Peer
from conformance.requirements import requirements
from conformance.session import Session
from tests.conformance import endpoints
from tests.conformance.conftest import Run
from tests.conformance.endpoints import LIMIT_SECONDS, answering, failing, listening

UNKNOWN = "tasks.unknown-is-not-found"
LEAK = "Traceback (most recent call last): \x1b[2J"


def report(path: Path) -> Any:
    return json.loads(path.read_text())


def test_our_own_endpoint_passes(run: Run, scenarios: str) -> None:
    ended = run(scenarios, "--scenarios", "--only", "tasks.", "--only", "stream.legal")

    assert (ended.code, ended.err) == (ExitCode.PASSED, "")
    assert ended.out.startswith(f"A2A 0.3 and 1.0 at {scenarios}\n")
    assert f"PASS           1.0 {UNKNOWN}\n" in ended.out
    assert ended.out.endswith("\nPASSED: no MUST failed; 100 % of the MUSTs were exercised\n")


def test_one_version_is_tested_where_one_is_asked_for(
    run: Run, scenarios: str, tmp_path: Path
) -> None:
    path = tmp_path / "r.json"

    run(scenarios, "--version", "0.3", "--only", UNKNOWN, "--report", f"json={path}")

    assert report(path)["versions"] == ["0.3"]
    assert [one["version"] for one in report(path)["results"]] == ["0.3"]


def test_endpoint_is_found_by_its_card(run: Run, scenarios: str) -> None:
    ended = run(f"{scenarios}/.well-known/agent-card.json", "--only", UNKNOWN)

    assert ended.code == ExitCode.PASSED


def test_failure_is_shown_with_its_exchange_and_nothing_a_terminal_obeys(run: Run) -> None:
    with listening(failing(-32001, LEAK)) as url:
        ended = run(url, "--only", "errors.no-insides", "--header", "Authorization: Bearer secret")

    assert ended.code == ExitCode.FAILED
    assert "\nFAIL errors.no-insides (1.0, MUST, 1.0 §3.3.2; 0.3 §8)\n" in ended.out
    assert f"    $ curl -sS -N -X POST {url}/ -H 'Authorization: …'" in ended.out
    assert r"\u001b[2J" in ended.out
    assert "\x1b" not in ended.out
    assert "secret" not in ended.out


def test_what_was_not_exercised_is_told_with_how_to_make_it_possible(run: Run) -> None:
    with listening(failing(-32001, "no")) as url:
        ended = run(url, "--only", "tasks.cancel-ends-a-task-at-work", "--min-exercised", "100")

    assert ended.code == ExitCode.TOO_LITTLE
    assert '--prompt long="…", or --scenarios where the agent follows them\n' in ended.out
    assert re.search(r"\nTOO LITTLE: only \d+ % of the MUSTs were exercised, fewer", ended.out)


def test_place_without_a_card_is_no_endpoint(run: Run) -> None:
    async def nothing(head: bytes, body: bytes, writer: Any) -> None:
        writer.write(endpoints.http(b"\x1b[2J", status="404 Not Found"))

    with listening(nothing) as url:
        ended = run(url)

    assert ended.code == ExitCode.NO_ENDPOINT
    assert ended.err.startswith(f"error: there is no card at {url}/.well-known/agent-card.json: ")
    assert "\x1b" not in ended.err


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"[" * 100_000, b"\xff", b""])
def test_card_that_is_no_json_object_is_none(run: Run, body: bytes) -> None:
    async def odd(head: bytes, _: bytes, writer: Any) -> None:
        writer.write(endpoints.http(body))

    with listening(odd) as url:
        ended = run(url)

    assert ended.code == ExitCode.NO_ENDPOINT
    assert ended.err.endswith("agent-card.json: it is no JSON object\n")


@pytest.mark.parametrize(
    ("head", "complaint"),
    [
        (
            "302 Found\r\nLocation: https://elsewhere.example/card",
            "HTTP 302 leads to https://elsewhere.example/card; redirects are not followed, "
            "so that the final URL has to be given",
        ),
        ("302 Found", "HTTP 302, no content type"),
        (
            "200 OK\r\nContent-Encoding: gzip",
            "it is compressed (gzip), though the request says Accept-Encoding: identity",
        ),
    ],
)
def test_place_that_has_the_card_otherwise_is_told_with_what_is_in_the_way(
    run: Run, head: str, complaint: str
) -> None:
    async def otherwise(_: bytes, body: bytes, writer: Any) -> None:
        writer.write(f"HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n".encode())

    with listening(otherwise) as url:
        ended = run(url)

    assert ended.code == ExitCode.NO_ENDPOINT
    assert ended.err.endswith(f"agent-card.json: {complaint}\n")


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("HTTP_PROXY", "nonsense://", "Unknown scheme for proxy URL"),
        ("HTTP_PROXY", "http://a:b", "Invalid port: 'b'"),
        ("SSL_CERT_FILE", __file__, "NO_CERTIFICATE"),
    ],
)
def test_environment_that_allows_no_http_is_wrong_usage(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, complaint: str
) -> None:
    monkeypatch.setenv(name, value)

    ended = run("http://127.0.0.1:1")

    assert (ended.code, ended.out) == (2, "")
    start = "error: HTTP is impossible as the environment has it (HTTP_PROXY, SSL_CERT_FILE, …): "
    assert ended.err.startswith(start)
    assert complaint in ended.err
    assert ended.err.count("\n") == 1


def test_closed_port_is_no_endpoint(run: Run) -> None:
    with listening(failing(-32001, "no")) as url:
        pass

    assert run(url).code == ExitCode.NO_ENDPOINT


@pytest.mark.parametrize(
    "members",
    [
        {"protocolVersion": "0.2.6", "supportedInterfaces": []},
        {"url": None, "supportedInterfaces": 5},
        {"url": "http://[", "supportedInterfaces": [3, {"protocolBinding": "JSONRPC"}]},
        {"preferredTransport": "GRPC", "supportedInterfaces": [{"protocolBinding": "GRPC"}]},
    ],
)
def test_card_without_a_version_that_is_known_is_no_endpoint(
    run: Run, members: dict[str, Any]
) -> None:
    with listening(answering(endpoints.by_hanging_up, **members)) as url:
        ended = run(url)

    assert ended.code == ExitCode.NO_ENDPOINT
    assert ended.err.endswith("offers no JSON-RPC interface in version 0.3 or 1.0\n")


def test_every_version_that_is_asked_for_has_to_be_offered(run: Run) -> None:
    with listening(answering(endpoints.by_hanging_up, supportedInterfaces=[])) as url:
        ended = run(url, "--version", "0.3", "--version", "1.0")

    assert ended.code == ExitCode.NO_ENDPOINT
    assert ended.err.endswith("offers 0.3, but not 1.0\n")


def test_card_of_an_agent_with_a_path_is_found_below_it(run: Run) -> None:
    async def below(head: bytes, body: bytes, writer: Any) -> None:
        found = head.startswith(b"GET /agent/.well-known/agent-card.json ")
        status = "200 OK" if found else "404 Not Found"
        writer.write(endpoints.card(writer, url=5, supportedInterfaces=[]) if found else b"")
        if not found:
            writer.write(endpoints.http(b"", status=status))

    with listening(below) as url:
        ended = run(f"{url}/agent/")

    assert f"the card at {url}/agent/.well-known/agent-card.json offers" in ended.err


def test_fault_of_the_suite_is_no_failure_of_the_endpoint(
    run: Run, scenarios: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def faulty(session: Session) -> None:
        raise KeyError("no such thing")

    monkeypatch.setattr(runner, "CASES", {UNKNOWN: faulty})

    ended = run(scenarios, "--only", UNKNOWN, "--version", "1.0")

    assert ended.code == ExitCode.SUITE_ERROR
    assert "\n    KeyError: 'no such thing'\n" in ended.out


def test_case_that_odd_replies_break_is_no_fault_of_the_suite(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def trusting(session: Session) -> None:
        reply = await session.call(Operation.GET, {"id": "t"})
        reply.result["status"]["state"].strip()

    monkeypatch.setattr(runner, "CASES", {UNKNOWN: trusting})

    async def oddly(head: bytes, body: bytes, writer: Any) -> None:
        writer.write(endpoints.http(b'{"jsonrpc": "2.0", "id": 1, "result": {"status": 5}}'))

    with listening(answering(oddly)) as url:
        ended = run(url, "--only", UNKNOWN, "--version", "1.0")

    assert ended.code == ExitCode.TOO_LITTLE
    assert "\n  what came back has not the shape that it should have: " in ended.out


BAD = [
    endpoints.with_nonsense,
    endpoints.with_deep_json,
    endpoints.with_silence,
    endpoints.by_hanging_up,
    endpoints.with_endless_events,
    endpoints.with_drops,
]


@pytest.mark.timeout(180)
@pytest.mark.parametrize("answer", BAD, ids=lambda answer: answer.__name__)
def test_endpoint_that_is_no_good_neither_stops_nor_breaks_the_suite(
    answer: Any, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "r.json"
    areas = [word for area in ("tasks.", "stream.", "shapes.") for word in ("--only", area)]

    with listening(answering(answer, skills=[{"examples": 7}])) as url:
        ended = run(
            *(url, "--version", "1.0", *areas), *("--timeout", "1", "--report", f"json={path}")
        )

    is_silent = answer is endpoints.with_silence
    assert ended.code == (ExitCode.TOO_LITTLE if is_silent else ExitCode.FAILED)
    faults = [one["reason"] for one in report(path)["results"] if one["verdict"] == "ERROR"]
    assert faults == []


@pytest.mark.timeout(180)
def test_odd_json_is_the_fault_of_nobody_but_the_endpoint(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "r.json"

    with listening(answering(endpoints.with_odd_json())) as url:
        for _ in range(5):  # other replies come to other cases each time
            ended = run(
                *(url, "--scenarios", "--only", "tasks.", "--only", "stream.", "--only", "shapes."),
                *("--timeout", "5", "--report", f"json={path}"),
            )

            assert ended.code == ExitCode.FAILED
            results = report(path)["results"]
            assert [one["reason"] for one in results if one["verdict"] == "ERROR"] == []


def test_endpoint_that_no_longer_answers_is_left_alone(run: Run) -> None:
    with listening(answering(endpoints.with_silence)) as url:
        ended = run(
            url, "--timeout", "0.05", "--scenarios", "--only", "tasks.", "--only", "stream."
        )

    assert "\n  the endpoint no longer answers: nothing came for 0.05 seconds\n" in ended.out


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("nowhere",),
        ("http://127.0.0.1:1", "--report", "pdf=a"),
        ("http://127.0.0.1:1", "--report", "json"),
        ("http://127.0.0.1:1", "--report", "json=-", "--report", "html=-"),
        ("http://127.0.0.1:1", "--report", "json=/no/such/place/a.json"),
        ("http://127.0.0.1:1", "--report", "json=/"),
        ("http://127.0.0.1:1", "--write-baseline", "/"),
        ("http://127.0.0.1:1", "--baseline", "/no/such/file.json"),
        ("http://127.0.0.1:1", "--min-exercised", "101"),
        ("http://127.0.0.1:1", "--only", "nothing."),
        ("--explain", "nothing.at-all"),
        ("--list", "--only", "nothing."),
    ],
)
def test_wrong_usage_is_said_before_anything_is_sent(run: Run, words: tuple[str, ...]) -> None:
    ended = run(*words)

    assert (ended.code, ended.out) == (2, "")
    assert "rror" in ended.err


def test_reports_are_written_and_one_can_go_to_stdout(
    run: Run, scenarios: str, tmp_path: Path
) -> None:
    files = {
        name: tmp_path / f"report.{name}"
        for name in ("junit", "sarif", "html", "markdown", "badge")
    }
    words = [word for name, path in files.items() for word in ("--report", f"{name}={path}")]

    ended = run(scenarios, "--only", UNKNOWN, "--report", "json=-", *words)

    assert json.loads(ended.out)["outcome"]["exitCode"] == 0
    assert "PASSED: no MUST failed" in ended.err
    assert all(path.stat().st_size for path in files.values())


def test_report_that_must_not_be_written_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.touch(0o444)
    if os.access(path, os.W_OK):
        pytest.skip("whoever runs this may write everywhere")

    ended = run("http://127.0.0.1:1", "--report", f"json={path}")

    assert (ended.code, ended.err) == (2, f"error: {path} cannot be written\n")


def test_report_that_cannot_be_written_in_the_end_changes_neither_the_verdict_nor_the_rest(
    run: Run, tmp_path: Path
) -> None:
    places = [tmp_path / "gone", tmp_path / "kept"]
    for place in places:
        place.mkdir()
    gone, kept = (place / "report" for place in places)

    async def removing(head: bytes, body: bytes, writer: Any) -> None:
        shutil.rmtree(gone.parent, ignore_errors=True)
        await failing(-32001, LEAK)(head, body, writer)

    with listening(removing) as url:
        ended = run(
            *(url, "--only", "errors.no-insides", "--version", "1.0"),
            *("--report", f"json={gone}", "--report", f"junit={kept}"),
            *("--write-baseline", str(tmp_path / "known.json")),
        )

    assert ended.code == ExitCode.PASSED
    assert ended.err == f"error: {gone} has not been written: No such file or directory\n"
    assert kept.read_text().startswith("<?xml ")
    assert report(tmp_path / "known.json")["1.0"] == ["errors.no-insides"]


def test_baseline_takes_the_failures_there_are_and_tells_when_they_change(
    run: Run, scenarios: str, tmp_path: Path
) -> None:
    known = str(tmp_path / "known.json")
    leak = ("--only", "errors.no-insides", "--version", "1.0")

    with listening(failing(-32001, LEAK)) as url:
        written = run(url, *leak, "--write-baseline", known)
        again = run(url, *leak, "--baseline", known)
    mended = run(scenarios, *leak, "--only", UNKNOWN, "--baseline", known)

    assert report(Path(known)) == {"0.3": [], "1.0": ["errors.no-insides"]}
    assert (written.code, again.code) == (ExitCode.PASSED, ExitCode.PASSED)
    assert "\nKnown failures\n  errors.no-insides (1.0, MUST)" in again.out
    assert mended.code == ExitCode.FAILED
    assert "differs from the baseline: fixed: errors.no-insides (1.0)\n" in mended.out


def test_failure_that_is_new_differs_from_the_baseline(run: Run, tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    known.write_text("{}")

    with listening(failing(-32001, LEAK)) as url:
        ended = run(url, "--only", "errors.no-insides", "--baseline", str(known))

    assert ended.code == ExitCode.FAILED
    assert "new failure: errors.no-insides (0.3), errors.no-insides (1.0)\n" in ended.out


def test_list_has_every_requirement_with_its_level(run: Run) -> None:
    lines = run("--list").out.splitlines()

    assert [line.split()[:2] for line in lines] == [
        [one.id, one.level] for one in requirements().values()
    ]


def test_list_can_be_of_some_areas(run: Run) -> None:
    assert {line.split(".")[0] for line in run("--list", "--only", "tasks.").out.splitlines()} == {
        "tasks"
    }


def test_list_is_made_without_what_a_run_needs() -> None:
    script = (
        "import sys; from conformance.cli import app; app(['--list'], standalone_mode=False);"
        "heavy = {'httpx', 'jsonschema', 'jinja2', 'rich', 'asyncio', 'pytest'};"
        "print(*sorted(heavy & sys.modules.keys()), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert (done.returncode, done.stderr.strip()) == (0, "")
    assert UNKNOWN in done.stdout


@pytest.mark.parametrize("id", list(requirements()))
def test_every_requirement_is_explained(run: Run, id: str) -> None:
    ended = run("--explain", id)

    one = requirements()[id]
    shown = (one.rule, one.section, one.level, ", ".join(one.versions))
    assert all(text in ended.out for text in shown)
    assert all(f"--prompt {need}=" in ended.out for need in one.needs if need in BEHAVIOURS)


@pytest.mark.parametrize(
    ("id", "complaint"),
    [
        ("stream.one-tusk", "; did you mean stream.one-task? --list shows them all"),
        ("nothing", "; --list shows them all"),
    ],
)
def test_requirement_that_is_almost_right_is_suggested(run: Run, id: str, complaint: str) -> None:
    assert run("--explain", id).err == f"error: there is no requirement '{id}'{complaint}\n"


def test_program_is_a_module_and_a_script() -> None:
    script = Path(sys.executable).with_name("a2a-conformance")
    for program in ([sys.executable, "-m", "conformance"], [str(script)]):
        done = subprocess.run([*program, "--list"], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")


def started(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "conformance", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_run_whose_reader_goes_ends_quietly_with_its_reports_and_its_code(
    scenarios: str, tmp_path: Path
) -> None:
    path = tmp_path / "r.json"
    words = ("--scenarios", "--only", "tasks.", "--report", f"json={path}")

    with started(scenarios, *words) as program:
        assert program.stdout is not None and program.stderr is not None
        program.stdout.readline()
        program.stdout.close()
        err = program.stderr.read()

    assert (program.returncode, err) == (ExitCode.PASSED, "")
    assert report(path)["isWhole"] is True


def test_report_whose_reader_goes_changes_nothing(scenarios: str, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    words = ("--scenarios", "--only", "tasks.", "--report", "html=-", "--report", f"json={path}")

    with started(scenarios, *words) as program:
        assert program.stdout is not None and program.stderr is not None
        program.stdout.close()
        err = program.stderr.read()

    assert program.returncode == ExitCode.PASSED
    assert err.endswith("\nPASSED: no MUST failed; 100 % of the MUSTs were exercised\n")
    assert report(path)["isWhole"] is True


@pytest.mark.parametrize("words", [("--list",), ("--explain", UNKNOWN)])
def test_list_whose_reader_goes_ends_quietly(words: tuple[str, ...]) -> None:
    with started(*words) as program:
        assert program.stdout is not None and program.stderr is not None
        program.stdout.close()
        err = program.stderr.read()

    assert (program.returncode, err) == (0, "")


def test_complaint_that_nobody_reads_is_no_verdict() -> None:
    with started("nowhere") as program:
        assert program.stdout is not None and program.stderr is not None
        program.stderr.close()
        out = program.stdout.read()

    assert (program.returncode, out) == (2, "")


@pytest.mark.parametrize("words", [(), ("--traceback",)])
def test_fault_of_the_whole_run_is_one_line_and_no_verdict(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    class Faulty(Peer):
        def request(self, *words: Any, **more: Any) -> Any:
            raise KeyError("no such\nthing")

    monkeypatch.setattr(judging, "Peer", Faulty)

    ended = run("http://127.0.0.1:1", *words)

    said = r"error: the suite itself broke: KeyError: 'no such\nthing'; --traceback shows where"
    assert ended.code == ExitCode.SUITE_ERROR
    assert ended.err.endswith(f"{said}\n")
    assert ended.err.startswith("Traceback " if words else said)


def test_interruption_while_reports_are_written_is_no_verdict(
    scenarios: str, tmp_path: Path
) -> None:
    nobody_reads = tmp_path / "pipe"
    os.mkfifo(nobody_reads)
    words = ("--only", UNKNOWN, "--report", "badge=-", "--report", f"json={nobody_reads}")

    with started(scenarios, *words) as program:
        assert program.stdout is not None and program.stderr is not None
        assert program.stdout.readline().startswith("{")
        program.send_signal(signal.SIGINT)
        err = program.stderr.read()

    assert program.returncode == ExitCode.INTERRUPTED
    assert err.endswith("\nerror: stopped before all was written\n")


STOPPED = [(signal.SIGINT, ExitCode.INTERRUPTED), (signal.SIGTERM, ExitCode.TERMINATED)]


@pytest.mark.parametrize(("sent", "code"), STOPPED)
def test_stopped_run_reports_what_is_known(
    tmp_path: Path, sent: signal.Signals, code: ExitCode
) -> None:
    path = tmp_path / "r.json"
    with (
        listening(answering(endpoints.with_silence)) as url,
        started(url, "--report", f"json={path}") as program,
    ):
        assert program.stdout is not None
        assert program.stdout.readline() == f"A2A 0.3 and 1.0 at {url}\n"
        program.send_signal(sent)
        out, err = program.communicate(timeout=LIMIT_SECONDS)

    assert (program.returncode, err) == (code, "")
    assert out.endswith(f"\n{code.name}: stopped early; so far no MUST failed\n")
    assert report(path)["outcome"]["exitCode"] == code
    assert report(path)["isWhole"] is False
    assert {one["reason"] for one in report(path)["results"]} == {"the run was stopped before"}


@pytest.mark.parametrize(("sent", "code"), STOPPED)
def test_stop_before_the_card_has_come_is_said(sent: signal.Signals, code: ExitCode) -> None:
    with listening(endpoints.with_silence) as url:
        words = [sys.executable, "-c", STOPPING, url, str(sent.value)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=LIMIT_SECONDS)

    assert done.returncode == code
    assert done.stderr == "error: stopped before the endpoint was found\n"


STOPPING = """\
import os, sys
from conformance import judging
from conformance.options import parsed
from conformance.program import Program

class Stopping(judging.Peer):
    async def request(self, *words, **more):
        os.kill(os.getpid(), int(sys.argv[2]))
        return await super().request(*words, **more)

judging.Peer = Stopping
sys.exit(Program(options=parsed(sys.argv[1])).run())
"""
"""The program, stopped while it asks for the card."""


def test_run_that_takes_too_long_is_ended_with_what_is_known(run: Run, scenarios: str) -> None:
    ended = run(scenarios, "--max-minutes", "0.000001", "--only", "tasks.")

    assert ended.code == ExitCode.TOO_LITTLE
    assert "\n  the run had taken too long already: --max-minutes with more\n" in ended.out
    assert re.search(r"\nTOO LITTLE: .* \d+ requirements left out by --max-minutes\n", ended.out)


def test_run_that_is_cut_is_no_pass_and_makes_no_baseline(run: Run, tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    with listening(answering(endpoints.with_silence)) as url:
        words = ("--max-minutes", "0.005", "--timeout", "5", "--min-exercised", "0")
        ended = run(url, *words, "--write-baseline", str(known))

    assert (ended.code, known.exists()) == (ExitCode.TOO_LITTLE, False)


def test_port_that_there_cannot_be_is_wrong_usage(run: Run) -> None:
    ended = run("http://127.0.0.1:99999")

    assert (ended.code, ended.out) == (ExitCode.TOO_LITTLE, "")
    assert ended.err.startswith("error: 'http://127.0.0.1:99999' is no URL of an endpoint")


def test_interface_at_a_port_that_there_cannot_be_is_none(run: Run) -> None:
    with listening(answering(endpoints.with_silence, url="http://127.0.0.1:99999/")) as url:
        ended = run(url, "--version", "0.3", "--only", "tasks.")

    assert ended.code == ExitCode.NO_ENDPOINT
