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
INSTALL = next(step for step in STEPS if step.get("name") == "Install the suite")
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


def test_job_of_a_conforming_endpoint_needs_no_permission_and_no_other_name_by_default() -> None:
    assert ACTION["inputs"]["upload-sarif"]["default"] == "false"
    sarif, artifact = (step["with"] for step in STEPS if "/upload-" in step.get("uses", ""))
    assert (sarif["category"], artifact["name"]) == ("${{ inputs.name }}", "${{ inputs.name }}")
    assert "overwrite" not in artifact


def test_paths_are_those_of_the_shell_which_are_right_in_containers_too() -> None:
    text = (ROOT / "action.yml").read_text()

    assert set(re.findall(r"\$\{\{.*?((?:github|runner)\.\w+)", text)) == set()


def test_all_that_is_installed_is_locked(tmp_path: Path) -> None:
    python = tmp_path / "python"
    # It makes an environment whose programs, like itself, only say what they are asked to do.
    python.write_text(
        '#!/bin/sh\necho "$@"\n[ "$2" != venv ] || { mkdir -p "$3/bin" && cp "$0" "$3/bin"; }\n'
    )
    python.chmod(0o755)

    said = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", INSTALL["run"]],
        env={
            **os.environ,
            "PYTHON": str(python),
            "RUNNER_TEMP": str(tmp_path / "a runner's"),
            "GITHUB_ACTION_PATH": str(ROOT),
        },
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=LIMIT_SECONDS,
    ).stdout

    build, runtime, suite = re.findall(r"^-m pip install --quiet (.+)$", said, re.M)
    assert build == "--require-hashes --requirement requirements-build.lock"
    assert runtime == (
        "--require-hashes --no-build-isolation --requirement requirements-runtime.lock"
    )
    assert suite == "--no-deps --no-build-isolation ."


@pytest.fixture
def runner_temp(tmp_path: Path) -> Path:
    """The runner's directory, with the environment that the action makes there."""
    programs = tmp_path / "a2a-conformance" / "bin"
    programs.mkdir(parents=True)
    program = programs / "a2a-conformance"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m conformance "$@"\n')
    program.chmod(0o755)
    return tmp_path


def run(directory: Path, cwd: Path | None = None, **inputs: str) -> tuple[int, str]:
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
        cwd=cwd,
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
            trust_card_urls="true",
            min_exercised="1",
            baseline=str(known),
        )

    assert code == 1, out
    (new,) = re.findall(r"new failures?: (.*)", out)
    assert "errors.no-insides (0.3)" in new
    assert "errors.no-insides (1.0)" not in new
    (reports,) = runner_temp.glob("a2a-conformance-reports.*")
    assert {path.suffix for path in reports.iterdir()} == {".sarif", ".xml", ".json", ".html"}
    assert json.loads((reports / "conformance.json").read_text())["versions"] == ["0.3", "1.0"]
    assert (runner_temp / "summary.md").read_text().startswith("## A2A conformance: FAILED\n")
    assert (runner_temp / "output").read_text() == f"exit-code=1\nreports={reports}\n"


def test_run_without_an_endpoint_says_so_and_has_no_reports(runner_temp: Path) -> None:
    with listening(failing(-32001, "no")) as url:
        pass

    code, out = run(runner_temp, url=url)

    assert (code, "there is no card at" in out) == (3, True)
    assert (runner_temp / "output").read_text() == "exit-code=3\n"


def test_inputs_become_options_as_they_are(runner_temp: Path) -> None:
    program = runner_temp / "a2a-conformance" / "bin" / "a2a-conformance"
    # As the program does, it reads the files of headers.
    program.write_text(
        '#!/bin/bash\nfor word; do echo "[$word]"; [[ $word != @* ]] || cat "${word#@}"; done\n'
    )
    (runner_temp / "1.0").touch()

    code, out = run(
        runner_temp,
        cwd=runner_temp,
        url="http://a/$(b)",
        versions="?.0",
        only="tasks. *\nstream.",
        headers="X: `a` $HOME\\n",
        other_headers="Y: 'b' \"c\"",
        webhook_host="here; there",
        timeout="2 3",
        baseline="a b",
    )

    assert code == 0, out
    words = re.sub(r"@/.+", "@FILE", re.sub(re.escape(str(runner_temp)), "TEMP", out))
    assert words.partition("[--report]")[0].splitlines() == [
        *("[--timeout]", "[2 3]", "[--max-minutes]", "[15]", "[--min-exercised]", "[50]"),
        *("[--version]", "[?.0]"),
        *("[--only]", "[tasks.]", "[--only]", "[*]", "[--only]", "[stream.]"),
        *("[--webhook-host]", "[here; there]", "[--baseline]", "[a b]"),
        *("[--header]", "[@FILE", "X: `a` $HOME\\n", "[--other-header]", "[@FILE", "Y: 'b' \"c\""),
    ]
    assert words.endswith("[--]\n[http://a/$(b)]\n")


def test_reports_of_an_earlier_step_are_not_taken_for_those_of_a_later_one(
    runner_temp: Path,
) -> None:
    with listening(failing(-32001, "no")) as url:
        run(runner_temp, url=url, only="errors.no-insides", timeout="5")
    run(runner_temp, url="nowhere")

    written = (runner_temp / "output").read_text()
    assert re.sub("=/.+", "=PATH", written) == "exit-code=0\nreports=PATH\nexit-code=2\n"


def test_url_is_never_taken_for_an_option(runner_temp: Path) -> None:
    code, out = run(runner_temp, url="--list")

    assert code == 2
    assert "'--list' is no URL of an endpoint" in out


def test_reports_of_the_action_are_those_that_there_are() -> None:
    assert set(re.findall(r"--report \"([a-z]+)=", RUN["run"])) < set(REPORTS)
