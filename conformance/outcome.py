"""What a run comes to: its exit code, and the sentence for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from conformance.baseline import Differences
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from conformance.runner import Finished  # brings all the cases


class ExitCode(IntEnum):
    """How the program ends."""

    meaning: str
    """As the documents have it."""

    PASSED = 0, "No MUST failed; with a baseline, nothing differs from it."
    FAILED = 1, "A MUST failed; with a baseline, something differs from it."
    TOO_LITTLE = 2, "Too few MUSTs were exercised to call it a pass, or the usage was wrong."
    NO_ENDPOINT = 3, "No endpoint was found there, or none in the version asked for."
    SUITE_ERROR = (
        4,
        "No MUST failed, but a case broke by a fault of the suite itself, or the run did.",
    )
    INTERRUPTED = 130, "Ctrl-C; the reports have what is known so far."
    TERMINATED = 143, "SIGTERM, as where a job has taken too long; the reports are as for Ctrl-C."

    def __new__(cls, value: int, meaning: str) -> "ExitCode":
        code = int.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        return code

    @property
    def label(self) -> str:
        """Its name, as people read it."""
        return self.name.replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The exit code of a run, and why."""

    code: ExitCode
    sentence: str


def outcome(
    finished: "Finished", differences: Differences | None, min_exercised_percent: float
) -> Outcome:
    """What the run comes to; with differences, its failures count by them."""
    exercised = f"{int(100 * finished.musts_exercised)} % of the MUSTs were exercised"
    failed, errors = finished.count(Verdict.FAIL), finished.count(Verdict.ERROR)
    if not finished.is_whole:
        known = f"{_counted(failed, 'MUST')} failed" if failed else "no MUST failed"
        return Outcome(code=ExitCode.INTERRUPTED, sentence=f"stopped early; so far {known}")
    if differences:
        words = _named("new failure", differences.new), _named("fixed", differences.fixed)
        sentence = f"differs from the baseline: {'; '.join(filter(None, words))}"
        return Outcome(code=ExitCode.FAILED, sentence=sentence)
    if failed and differences is None:
        sentence = f"{_counted(failed, 'MUST')} failed; {exercised}"
        return Outcome(code=ExitCode.FAILED, sentence=sentence)
    if errors:
        sentence = f"{_counted(errors, 'case')} broke by a fault of the suite; {exercised}"
        return Outcome(code=ExitCode.SUITE_ERROR, sentence=sentence)
    if finished.left_out:
        late = f"{_counted(finished.left_out, 'requirement')} left out by --max-minutes"
        return Outcome(code=ExitCode.TOO_LITTLE, sentence=f"{exercised}; {late}")
    if 100 * finished.musts_exercised < min_exercised_percent:
        sentence = f"only {exercised}, fewer than {min_exercised_percent:g} %"
        return Outcome(code=ExitCode.TOO_LITTLE, sentence=sentence)
    what = "no failure but known ones" if failed else "no MUST failed"
    return Outcome(code=ExitCode.PASSED, sentence=f"{what}; {exercised}")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _named(what: str, found: Sequence[tuple[str, str]]) -> str:
    return f"{what}: {', '.join(f'{id} ({version})' for version, id in found)}" if found else ""
