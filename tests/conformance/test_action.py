"""The GitHub Action: what it is made of, and that the program takes the command line it builds."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.options import REPORTS
from tests.conformance.endpoints import LIMIT_SECONDS, failing, listening

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
RUN = next(step for step in STEPS if step.get("id") == "run")
LEAK = "Traceback (most recent call last):"


def test_action_is_composite_and_every_input_is_described() -> None:
    assert ACTION["runs"]["using"] == "composite"
    assert all(one["description"] for one in (*ACTION["inputs"].values(), ACTION))
    assert [name for name, one in ACTION["inputs"].items() if one.get("required")] == ["url"]
    assert all("default" in one for name, one in ACTION["inputs"].items() if name != "url")


def test_every_step_runs_or_uses_something_and_scripts_name_their_shell() -> None:
    assert all(("run" in step) != ("uses" in step) for step in STEPS)
    assert all("shell" in step for step in STEPS if "run" in step)


def test_every_input_is_used_and_none_is_written_into_a_script() -> None:
    text = (ROOT / "action.yml").read_text()

    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == ACTION["inputs"].keys()
    assert [step["run"] for step in STEPS if "${{" in step.get("run", "")] == []


def test_outputs_and_conditions_are_of_steps_that_there_are() -> None:
    named = set(re.findall(r"steps\.([a-z]+)\.", (ROOT / "action.yml").read_text()))

    assert named == {step["id"] for step in STEPS if "id" in step}


@pytest.fixture
def runner_temp(tmp_path: Path) -> Path:
    """The runner's directory, with the environment that the action makes there."""
    programs = tmp_path / "a2a-conformance" / "bin"
    programs.mkdir(parents=True)
    program = programs / "a2a-conformance"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m conformance "$@"\n')
    program.chmod(0o755)
    return tmp_path


def run(directory: Path, **inputs: str) -> tuple[int, str]:
    """How the script ends with these inputs and the defaults of the others, and what it writes."""
    given = {name: str(one.get("default", "")) for name, one in ACTION["inputs"].items()}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    variables = {
        name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: given[found[1]], value)
        for name, value in RUN["env"].items()
    }
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", RUN["run"]],
        env={
            **os.environ,
            **variables,
            "RUNNER_TEMP": str(directory),
            "GITHUB_STEP_SUMMARY": str(directory / "summary.md"),
            "GITHUB_OUTPUT": str(directory / "output"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT_SECONDS,
    )
    return done.returncode, done.stdout


def test_run_writes_the_summary_and_every_report_for_people_and_programs(
    runner_temp: Path,
) -> None:
    known = runner_temp / "known.json"
    known.write_text('{"1.0": ["errors.no-insides"]}')

    with listening(failing(-32001, LEAK)) as url:
        code, out = run(
            runner_temp,
            url=url,
            versions="0.3 1.0",
            scenarios="true",
            prompts='long=count $(touch x) `y` "z"\n\ninput=ask\n',
            headers="Authorization: Bearer a b\nX-Key: 'c'\n",
            min_exercised="1",
            baseline=str(known),
        )

    assert code == 1, out
    (new,) = re.findall(r"new failures?: (.*)", out)
    assert "errors.no-insides (0.3)" in new
    assert "errors.no-insides (1.0)" not in new
    reports = runner_temp / "a2a-conformance-reports"
    assert {path.suffix for path in reports.iterdir()} == {".sarif", ".xml", ".json", ".html"}
    assert json.loads((reports / "conformance.json").read_text())["versions"] == ["0.3", "1.0"]
    assert (runner_temp / "summary.md").read_text().startswith("## A2A conformance: FAILED\n")
    assert (runner_temp / "output").read_text() == "exit-code=1\nhas-reports=true\n"


def test_run_without_an_endpoint_says_so_and_has_no_reports(runner_temp: Path) -> None:
    with listening(failing(-32001, "no")) as url:
        pass

    code, out = run(runner_temp, url=url)

    assert (code, "there is no card at" in out) == (3, True)
    assert (runner_temp / "output").read_text() == "exit-code=3\n"


def test_url_is_never_taken_for_an_option(runner_temp: Path) -> None:
    code, out = run(runner_temp, url="--list")

    assert code == 2
    assert "'--list' is no URL of an endpoint" in out


def test_reports_of_the_action_are_those_that_there_are() -> None:
    assert set(re.findall(r"--report \"([a-z]+)=", RUN["run"])) < set(REPORTS)
