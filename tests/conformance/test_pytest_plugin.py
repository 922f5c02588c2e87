"""The plugin, in a pytest of its own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.outcome import ExitCode
from tests.conformance.endpoints import LIMIT_SECONDS, failing, listening

LEAK = "Traceback (most recent call last): \x1b[2J"
UNKNOWN = "tasks.unknown-is-not-found"
SETTINGS = "[pytest]\nfilterwarnings = error\nasyncio_default_fixture_loop_scope = function\n"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A project with a test of its own."""
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    (tmp_path / "test_own.py").write_text("def test_own() -> None: ...\n")
    return tmp_path


def pytest_in(directory: Path, *words: str) -> tuple[int, str]:
    """The exit code of pytest, and what it wrote."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words],
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT_SECONDS,
    )
    return done.returncode, done.stdout


def test_each_requirement_and_version_is_an_item(scenarios: str, directory: Path) -> None:
    code, out = pytest_in(directory, "-v", "--a2a-url", scenarios, "--a2a-only", UNKNOWN)

    assert code == 0, out
    assert re.findall(r"^A2A-(\S+)::(\S+) PASSED", out, re.M) == [
        ("0.3", UNKNOWN),
        ("1.0", UNKNOWN),
    ]
    assert "2 passed" in out


def test_failure_has_the_finding_and_what_was_not_exercised_its_reason(directory: Path) -> None:
    with listening(failing(-32001, LEAK)) as url:
        code, out = pytest_in(
            directory,
            *("-rs", "--a2a-url", url, "--a2a-version", "1.0"),
            *("--a2a-only", "errors.no-insides", "--a2a-only", "tasks.get-gives"),
        )

    assert code == 1, out
    assert "expected  no exception, path or query of the server's insides\n" in out
    assert f"\ncurl -sS -N -X POST {url}/ " in out
    assert "raise Breached" not in out
    assert "1 failed, 1 skipped" in out
    assert '--prompt completes="' in out
    assert r"\u001b[2J" in out
    assert "\x1b" not in out


def test_tests_whose_paths_are_named_run_too(scenarios: str, directory: Path) -> None:
    code, out = pytest_in(
        directory,
        "test_own.py",
        "--a2a-url",
        scenarios,
        "--a2a-only",
        UNKNOWN,
        "--a2a-timeout",
        "9",
    )

    assert code == 0, out
    assert "3 passed" in out


@pytest.mark.timeout(180)
def test_run_that_exercises_too_little_is_no_pass_as_in_the_program(directory: Path) -> None:
    words = ("--a2a-only", "tasks.cancel-ends-a-task-at-work", "--a2a-version", "1.0")

    with listening(failing(-32001, "no")) as url:
        code, out = pytest_in(directory, "--a2a-url", url, *words)
        let_pass, _ = pytest_in(directory, "--a2a-url", url, *words, "--a2a-min-exercised", "0")

    assert (code, let_pass) == (ExitCode.TOO_LITTLE, ExitCode.PASSED), out
    assert "\nTOO LITTLE: only 0 % of the MUSTs were exercised, fewer than 50 %\n" in out
    assert "1 skipped" in out


@pytest.mark.timeout(180)
def test_baseline_has_the_meaning_that_it_has_for_the_program(
    scenarios: str, directory: Path
) -> None:
    leak = ("--a2a-only", "errors.no-insides", "--a2a-version", "1.0")
    known, none = directory / "known.json", directory / "none.json"
    known.write_text('{"1.0": ["errors.no-insides"]}')
    none.write_text("{}")

    with listening(failing(-32001, LEAK)) as url:
        again, xfailed = pytest_in(directory, "--a2a-url", url, *leak, f"--a2a-baseline={known}")
        new, failed = pytest_in(directory, "--a2a-url", url, *leak, f"--a2a-baseline={none}")
    mended, fixed = pytest_in(directory, "--a2a-url", scenarios, *leak, f"--a2a-baseline={known}")

    assert (again, new, mended) == (ExitCode.PASSED, ExitCode.FAILED, ExitCode.FAILED)
    assert "\nPASSED: no failure but known ones; 100 % of" in xfailed
    assert "1 xfailed" in xfailed
    assert "\nFAILED: differs from the baseline: new failure: errors.no-insides (1.0)\n" in failed
    assert "\nfixed: it passes, and is to be taken out of the baseline\n" in fixed
    assert "\nFAILED: differs from the baseline: fixed: errors.no-insides (1.0)\n" in fixed


def test_headers_can_come_from_a_file(directory: Path) -> None:
    (directory / "headers").write_text("Authorization: Bearer s3cret-token\nX-Tenant: blue\n")

    with listening(failing(-32001, LEAK)) as url:
        code, out = pytest_in(
            directory,
            *("--a2a-url", url, "--a2a-version", "1.0", "--a2a-only", "errors.no-insides"),
            "--a2a-header=@headers",
        )

    assert code == 1, out
    assert f"\ncurl -sS -N -X POST {url}/ -H 'Authorization: …' -H 'X-Tenant: …' " in out
    assert "s3cret" not in out


def test_collecting_alone_tests_nothing(scenarios: str, directory: Path) -> None:
    code, out = pytest_in(directory, "--collect-only", "-q", "--a2a-url", scenarios)

    assert code == 0, out
    assert f"A2A-1.0::{UNKNOWN}\n" in out


def test_place_without_an_endpoint_ends_the_session(directory: Path) -> None:
    with listening(failing(-32001, "no")) as url:
        pass

    code, out = pytest_in(directory, "--a2a-url", url)

    assert code == ExitCode.NO_ENDPOINT
    assert f"there is no card at {url}/" in out


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--a2a-url", "nowhere"), "'nowhere' is no URL of an endpoint"),
        (("--a2a-url", "http://a", "--a2a-prompt", "x=y"), "no prompt is called 'x'"),
        (("--a2a-url", "http://a", "--a2a-min-exercised", "101"), "from 0 to 100"),
        (("--a2a-url", "http://a", "--a2a-baseline", "nowhere"), "nowhere cannot be read"),
        (("--a2a-url", "http://a", "-n", "2"), "it does not go with -n"),
    ],
)
def test_wrong_options_are_refused_at_once(
    directory: Path, words: tuple[str, ...], complaint: str
) -> None:
    code, out = pytest_in(directory, *words)

    assert code == pytest.ExitCode.USAGE_ERROR
    assert complaint in out


def test_environment_that_allows_no_http_is_wrong_usage(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "nonsense://")

    code, out = pytest_in(directory, "--a2a-url", "http://127.0.0.1:1")

    assert code == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: HTTP is impossible as the environment has it" in out


def test_without_the_option_nothing_of_the_suite_is_loaded(directory: Path) -> None:
    (directory / "test_own.py").write_text(
        "import sys\n"
        "def test_loaded():\n"
        "    loaded = {name for name in sys.modules if name.startswith('conformance')}\n"
        "    assert loaded == {'conformance', 'conformance.pytest_plugin'}\n"
        "    assert 'httpx' not in sys.modules\n"
    )

    code, out = pytest_in(directory)

    assert code == 0, out


FAULTY = """\
from conformance import runner
from conformance.expect import Broken
from conformance.requirements import Level, requirements

async def faulty(session):
    raise KeyError("no such thing")

async def broken(session):
    raise Broken("more", "less")

first, second = list(requirements().values())[:2]
object.__setattr__(second, "level", Level.SHOULD)
runner.CASES = {first.id: faulty, second.id: broken}
"""
"""A case that breaks by itself, and a recommendation that is not followed."""


def test_fault_of_the_suite_is_an_error_and_a_warning_passes(directory: Path) -> None:
    (directory / "conftest.py").write_text(FAULTY)

    with listening(failing(-32001, "no")) as url:
        code, out = pytest_in(directory, "-rP", "-q", "--a2a-url", url, "--a2a-version", "0.3")

    assert code == 1, out
    assert "KeyError: 'no such thing'" in out
    assert "1 error" in out
    assert "WARN\nSHOULD" in out
    assert "expected  more\ngot       less" in out
