"""What docs/conformance.md says is so."""

import re
from pathlib import Path

import yaml

from conformance.knowledge import BEHAVIOURS
from conformance.options import REPORTS
from conformance.outcome import ExitCode
from conformance.reference import page
from conformance.requirements import requirements
from conformance.verdict import Verdict
from tests.conformance.conftest import Run
from tests.conformance.test_action import ACTION

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/conformance.md").read_text()


def options(text: str) -> set[str]:
    return set(re.findall(r"--[a-z][a-z-]+", text)) - {"--help"}


def test_every_option_is_there(run: Run) -> None:
    table = PAGE.partition("\n| | |\n")[2].partition("\n\n")[0]

    assert options(table) == options(run("--help").out)


def test_every_exit_code_is_there_with_its_meaning() -> None:
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", PAGE, re.M)

    assert rows == [(str(code.value), code.meaning) for code in ExitCode]


def test_every_behaviour_is_there_with_its_meaning() -> None:
    section = PAGE.partition("| name | the message leads to |")[2].partition("\n## ")[0]

    assert re.findall(r"^\| `([a-z]+)` \| (.+) \|$", section, re.M) == [*BEHAVIOURS.items()]


def test_every_verdict_and_report_is_there() -> None:
    verdicts = PAGE.partition("| verdict | |")[2].partition("\n\n")[0]

    assert re.findall(r"^\| ([A-Z ]+) \|", verdicts, re.M) == [one.value for one in Verdict]
    assert re.findall(r"^\| `([a-z]+)=FILE` \|", PAGE, re.M) == [*REPORTS]


def test_every_option_of_the_plugin_is_there() -> None:
    plugin = (ROOT / "conformance/pytest_plugin.py").read_text()
    names = set(re.findall(r'"--a2a-([a-z-]+)"', plugin)) | set(
        re.findall(r'^    \("([a-z-]+)", ', plugin, re.M)
    )

    section = PAGE.partition("Under pytest")[2]
    assert names - {"url"} <= set(re.findall(r"`([a-z-]+)`", section))


def test_workflow_uses_inputs_of_the_action() -> None:
    (text,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.M | re.S)

    (step,) = [one for one in yaml.safe_load(text)["steps"] if "with" in one]
    spoken_of = set(re.findall(r"`([a-z-]+)(?:: \w+)?`", PAGE.partition("Further inputs")[2]))
    assert step["with"].keys() <= ACTION["inputs"].keys()
    assert ACTION["inputs"].keys() - step["with"].keys() <= spoken_of


def test_page_of_requirements_has_every_one_of_them() -> None:
    text = "\n".join(page())

    assert re.findall(r"^\| `([a-z0-9.-]+)` \|", text, re.M) == [*requirements()]
