"""Holds the suite against mutants: what it says of each, and whether it should."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
from starlette.types import ASGIApp

from conformance.knowledge import Knowledge
from conformance.peer import Limits, Peer
from conformance.requirements import Level, Requirement, requirements
from conformance.runner import CASES, WATCHED, Finished, Plan, run
from conformance.target import find
from conformance.verdict import Finding, Result, Verdict
from tests.conformance.mutants.mutant import Mutant
from tests.support.server import serving

_ALWAYS = ("tasks.unknown-is-not-found", "tasks.get-gives-the-task-that-was-sent")
"""Cases that show the rules that hold always a refusal, and replies that are no streams."""
_LIMITS = Limits(seconds=2.0, stream_seconds=5.0)
"""Mutants that are silent are not waited for as long as others."""
_CASE_SECONDS = 8.0
_AT_ONCE = 4
"""Mutants; most of what one takes is waiting."""
_CREDENTIALS = {"Authorization": "Bearer of-the-suite"}
_TOLD = (Verdict.FAIL, Verdict.WARN)
_OUT_OF_TIME = "nothing came for "
"""What an answer says where the limit of its time has ended it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the suite says of a mutant by a requirement that should tell of it."""

    mutant: Mutant
    version: str
    requirement: str
    result: Result | None
    """None where there is no such requirement yet."""

    @property
    def is_caught(self) -> bool:
        """Whether the fault was found, and not only that nothing came in time."""
        if self.result is None or self.result.verdict not in _TOLD:
            return False
        return self.mutant.is_slow or not all(map(_is_of_time, self.result.findings))

    @property
    def words(self) -> str:
        """Which it is, and the verdict on it."""
        verdict = self.result.verdict if self.result is not None else "not yet"
        return f"{self.mutant.name} ({self.version}), {self.requirement}: {verdict}"


def _is_of_time(finding: Finding) -> bool:
    """Whether nothing is told but that something did not come in time."""
    return _OUT_OF_TIME in finding.answer


async def judged(
    app: ASGIApp,
    chosen: Iterable[Requirement],
    knowledge: Knowledge,
    versions: Sequence[str] = (),
    *,
    card_path: str = "",
    limits: Limits | None = None,
    case_seconds: float = 60.0,
) -> Sequence[Result]:
    """What the suite says of an application: a result for each requirement and version."""
    with serving(app) as base:
        async with httpx.AsyncClient(timeout=None, trust_env=False, verify=False) as http:
            peer = Peer(http, limits=limits or Limits(), headers=_CREDENTIALS)
            plan = Plan(
                target=await find(peer, base + card_path, versions),
                requirements=list(chosen),
                knowledge=knowledge,
                case_seconds=case_seconds,
            )
            *_, last = [event async for event in run(plan, peer)]
    assert isinstance(last, Finished)
    return last.results


def told(results: Sequence[Result]) -> list[Result]:
    """Those that say anything against the endpoint, or the suite."""
    bad = (*_TOLD, Verdict.ERROR)
    return [one for one in results if one.verdict in bad or one.findings]


async def judged_by_all(app: ASGIApp, *, follows_scenarios: bool) -> Sequence[Result]:
    """What the suite says of an application by all requirements."""
    knowledge = Knowledge.told({}, follows_scenarios=follows_scenarios)
    return await judged(app, requirements().values(), knowledge)


def judgements(mutant: Mutant) -> Sequence[Judgement]:
    """What the suite says of the mutant, in each of its versions."""
    known = requirements()
    ids = dict.fromkeys((*mutant.caught_by, *_ALWAYS))
    chosen = [known[id] for id in ids if id in known]
    results: dict[tuple[str, str], Result] = {}
    if known.keys() & set(mutant.caught_by):
        judging = judged(
            mutant.alter(mutant.setup.app()),
            chosen,
            _needed(mutant, chosen),
            mutant.versions,
            card_path=mutant.card_path,
            limits=_LIMITS,
            case_seconds=_CASE_SECONDS,
        )
        results = {(one.requirement.id, one.version): one for one in asyncio.run(judging)}
    return [
        Judgement(mutant=mutant, version=version, requirement=id, result=results.get((id, version)))
        for version in mutant.versions
        for id in mutant.caught_by
    ]


def _needed(mutant: Mutant, chosen: Iterable[Requirement]) -> Knowledge:
    """What the requirements need to be known of the agent: what is known is sent, which takes
    time."""
    drafts = Knowledge.told({}, follows_scenarios=mutant.setup.follows_scenarios).drafts
    needs = {*mutant.needs, *(name for one in chosen for name in one.needs)}
    return Knowledge({name: draft for name, draft in drafts.items() if name in needs})


def all_judgements(mutants: Iterable[Mutant]) -> Iterator[Judgement]:
    """What the suite says of each mutant, a few of them at a time."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for found in pool.map(judgements, mutants):
            yield from found


def binding() -> frozenset[tuple[str, str]]:
    """The id and version of each requirement, MUST or SHOULD, that has a case or is watched."""
    return frozenset(
        (one.id, version)
        for one in requirements().values()
        if one.level is not Level.MAY and one.id in CASES.keys() | WATCHED
        for version in one.versions
    )
