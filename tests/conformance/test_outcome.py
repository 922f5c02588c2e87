from pathlib import Path

import pytest

from conformance import baseline
from conformance.baseline import Differences, WrongBaseline, differences
from conformance.outcome import ExitCode, outcome
from conformance.requirements import requirements
from conformance.verdict import Finding, Result, Verdict
from tests.conformance.accounts import finished, requirement

ONE, OTHER = list(requirements().values())[:2]


def result(verdict: Verdict, id: str = "a.b") -> Result:
    findings = (Finding(expected="x", got="y"),) if verdict is Verdict.FAIL else ()
    return Result(requirement=requirement(id), version="1.0", verdict=verdict, findings=findings)


PASS, FAIL, ERROR, WARN, MISSING = (
    result(verdict)
    for verdict in (
        Verdict.PASS,
        Verdict.FAIL,
        Verdict.ERROR,
        Verdict.WARN,
        Verdict.NOT_EXERCISED,
    )
)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([PASS], ExitCode.PASSED),
        ([PASS, WARN], ExitCode.PASSED),
        ([PASS, MISSING], ExitCode.PASSED),
        ([PASS, MISSING, MISSING], ExitCode.TOO_LITTLE),
        ([PASS, ERROR], ExitCode.SUITE_ERROR),
        ([ERROR, MISSING, MISSING], ExitCode.SUITE_ERROR),
        ([PASS, ERROR, FAIL, MISSING, MISSING, MISSING], ExitCode.FAILED),
    ],
)
def test_exit_code_is_that_of_the_worst(results: list[Result], expected: ExitCode) -> None:
    assert outcome(finished(*results), None, 50.0).code is expected


def test_run_that_was_broken_off_is_neither_passed_nor_failed() -> None:
    assert outcome(finished(FAIL, is_whole=False), None, 50.0).code is ExitCode.INTERRUPTED


def test_too_little_is_said_in_numbers() -> None:
    found = outcome(finished(PASS, MISSING), None, 50.5)

    assert found.sentence == "only 50 % of the MUSTs were exercised, fewer than 50.5 %"


def test_known_failures_do_not_fail_a_run() -> None:
    found = outcome(finished(FAIL, PASS), Differences(), 50.0)

    assert (found.code, found.sentence) == (
        ExitCode.PASSED,
        "no failure but known ones; 100 % of the MUSTs were exercised",
    )


def test_what_is_new_and_what_is_fixed_both_fail_a_run() -> None:
    known = frozenset({("1.0", "a.fixed"), ("1.0", "a.known"), ("1.0", "a.silent")})
    results = [
        result(Verdict.FAIL, "a.known"),
        result(Verdict.FAIL, "a.new"),
        result(Verdict.PASS, "a.fixed"),
        result(Verdict.NOT_EXERCISED, "a.silent"),
    ]

    found = outcome(finished(*results), differences(known, results), 50.0)

    assert (found.code, found.sentence) == (
        ExitCode.FAILED,
        "differs from the baseline: new failure: a.new (1.0); fixed: a.fixed (1.0)",
    )


def test_baseline_is_read_as_it_was_written(tmp_path: Path) -> None:
    known = frozenset({("0.3", ONE.id), ("1.0", ONE.id), ("1.0", OTHER.id)})
    path = tmp_path / "known.json"

    path.write_text(baseline.text(known))

    assert baseline.read(path) == known


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "cannot be read"),
        ("[]", "not what --write-baseline writes"),
        ('{"1.0": "a.b"}', "not what --write-baseline writes"),
        ('{"1.0": ["a.b"]}', "names what is no requirement: a.b under 1.0"),
        (f'{{"0.1": ["{ONE.id}"]}}', f"names what is no requirement: {ONE.id} under 0.1"),
    ],
)
def test_baseline_of_another_kind_is_refused(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "known.json"
    path.write_text(content)

    with pytest.raises(WrongBaseline, match=complaint):
        baseline.read(path)


def test_baseline_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongBaseline, match="cannot be read"):
        baseline.read(tmp_path / "known.json")
