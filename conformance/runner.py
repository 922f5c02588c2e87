"""Runs the cases, version by version, and tells what happens as a stream of events.

A case that breaks by its own fault is an ERROR of the suite. An endpoint that no longer answers
anything is left alone, and what is left is not exercised.
"""

import asyncio
import time
import traceback
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

from conformance import replies, shapes, streaming, watch
from conformance.cases import (
    card,
    card_promises,
    errors,
    extensions,
    jsonrpc,
    jsonrpc_batches,
    jsonrpc_params,
    jsonrpc_requests,
    listing,
    multi_turn,
    push,
    push_bodies,
    push_delivery,
    push_refusals,
    security,
    security_callers,
    send,
    stream,
    subscribe,
    tasks,
    versions,
)
from conformance.cases.case import Case
from conformance.cases.given import how_to_be_let_in
from conformance.dialects import Operation
from conformance.exchange import Exchange
from conformance.expect import Broken, NotExercised
from conformance.exploring import explore
from conformance.knowledge import Knowledge
from conformance.origins import origin_of
from conformance.peer import Peer
from conformance.redaction import Redaction
from conformance.requirements import Level, Requirement
from conformance.session import Session
from conformance.target import Target
from conformance.verdict import Record, Result, Verdict

_MODULES = (
    card,
    card_promises,
    jsonrpc,
    jsonrpc_requests,
    jsonrpc_params,
    jsonrpc_batches,
    send,
    stream,
    subscribe,
    tasks,
    multi_turn,
    listing,
    push,
    push_delivery,
    push_bodies,
    push_refusals,
    security,
    security_callers,
    versions,
    extensions,
    errors,
)

CASES: Mapping[str, Case] = {name: case for one in _MODULES for name, case in one.CASES.items()}
"""The case of each requirement that is tried."""
WATCHED = shapes.ALL | watch.RULES | replies.RULES | streaming.RULES
"""The requirements that are watched in every exchange, whatever it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The run begins: what it is about."""

    url: str
    versions: Sequence[str]
    cases: int
    at: datetime
    places: Sequence[str] = ()
    """Where each version is spoken, by the card, as it may be shown."""
    card_url: str = ""
    untrusted: Sequence[str] = ()
    """The origins of interfaces that credentials are known for, and not sent to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDone:
    """A case is over; its verdict may still change, by what later ones see."""

    requirement: str
    version: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The run is over: all verdicts, in the order of the requirements."""

    results: Sequence[Result]
    seconds: float
    is_whole: bool = True
    """Whether it has come to its end; otherwise these are the verdicts by what was seen."""

    @property
    def left_out(self) -> int:
        """How many requirements there was no time for."""
        return sum(one.reason == _TOO_LONG[0] for one in self.results)

    def count(self, *verdicts: Verdict) -> int:
        """How many requirements have one of the verdicts."""
        return sum(result.verdict in verdicts for result in self.results)

    @property
    def musts_exercised(self) -> float:
        """The part of the MUSTs that were exercised."""
        musts = [one for one in self.results if one.requirement.level is Level.MUST]
        done = [one for one in musts if one.verdict is not Verdict.NOT_EXERCISED]
        return len(done) / len(musts) if musts else 0.0


RunEvent: TypeAlias = Started | CaseDone | Finished


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be run: requirements by version, on which endpoint, with what knowledge."""

    target: Target
    requirements: Sequence[Requirement]
    knowledge: Knowledge = field(default_factory=Knowledge)
    other_headers: Mapping[str, str] | None = None
    """Credentials of a second caller."""
    webhook_host: str | None = None
    """The name or address at which the endpoint reaches the suite."""
    case_seconds: float = 150.0
    seconds: float = 900.0
    """For the whole run: what is left then is not exercised."""


@dataclass(slots=True)
class Ledger:
    """What is known of a run so far: whoever breaks it off finds the results here."""

    records: Sequence[Record] = ()
    began: float = field(default_factory=time.monotonic)

    def finished(self, *, is_whole: bool) -> Finished:
        """The verdicts by all that was seen."""
        otherwise = _NOTHING_HAPPENED if is_whole else _STOPPED
        results = [_explained(record, otherwise).result() for record in self.records]
        seconds = time.monotonic() - self.began
        return Finished(results=results, seconds=seconds, is_whole=is_whole)


_NOTHING_HAPPENED = "nothing happened that it speaks of"
_STOPPED = "the run was stopped before"
_TOO_LONG = "the run had taken too long already", "--max-minutes with more"
_ODD = "what came back has not the shape that it should have"
_MOST_SHOWN = 500
_MOST_TROUBLES = 5
"""After so many exchanges without a response it is asked whether the endpoint is still there."""


async def run(
    plan: Plan, peer: Peer, ledger: Ledger | None = None
) -> AsyncGenerator[RunEvent, None]:
    """The run, as it goes; the ledger has what is known of it at any time."""
    ledger = ledger or Ledger()
    interfaces = plan.target.interfaces
    versions = [interface.dialect.version for interface in interfaces]
    redaction = Redaction(peer.headers, plan.other_headers or {})
    records = {
        version: {
            one.id: Record(one, version, redaction) for one in _of(plan.requirements, version)
        }
        for version in versions
    }
    ledger.records = [record for of_version in records.values() for record in of_version.values()]
    count = sum(record.requirement.id in CASES for record in ledger.records)
    yield Started(
        url=plan.target.url,
        versions=versions,
        cases=count,
        at=datetime.now(UTC),
        places=[redaction.shown(one.url, _MOST_SHOWN) for one in interfaces],
        card_url=plan.target.card_url,
        untrusted=[redaction.shown(one, _MOST_SHOWN) for one in _untrusted(plan, peer)],
    )
    for interface in interfaces:
        session = Session(
            peer=peer,
            url=interface.url,
            dialect=interface.dialect,
            card=plan.target.card,
            knowledge=Knowledge(dict(plan.knowledge.drafts)),
            records=records[interface.dialect.version],
            card_url=plan.target.card_url,
            other_headers=plan.other_headers,
            webhook_host=plan.webhook_host,
        )
        deadline = ledger.began + plan.seconds
        async with aclosing(_tried(session, plan.case_seconds, deadline)) as events:
            async for event in events:
                yield event
    yield ledger.finished(is_whole=True)


def _untrusted(plan: Plan, peer: Peer) -> list[str]:
    """The origins of the interfaces that credentials are known for, and not sent to."""
    knowing = peer if peer.headers else peer.speaking_as(plan.other_headers or {})
    urls = [interface.url for interface in plan.target.interfaces if knowing.headers]
    return list(dict.fromkeys(origin_of(url) for url in urls if not knowing.headers_for(url)))


async def _tried(
    session: Session, case_seconds: float, deadline: float
) -> AsyncGenerator[CaseDone, None]:
    """Every case of a version, after a look at what the agent does; none after the deadline."""
    is_let_in, fault, silence = True, "", ""
    if time.monotonic() < deadline:
        is_let_in = (await _asked(session)).status not in (401, 403)
    if is_let_in:
        fault = await _guarded(session, "", explore, case_seconds, deadline)
    for name, record in session.records.items():
        case = CASES.get(name)
        if case is None:
            continue
        if time.monotonic() < deadline:
            silence = silence or await _silence(session)
        if time.monotonic() >= deadline:
            record.miss(*_TOO_LONG)
        elif silence:
            record.miss(f"the endpoint no longer answers: {silence}")
        elif not is_let_in and name not in card.CASES:
            record.miss("the endpoint lets nobody in", how_to_be_let_in(session))
        elif fault and record.requirement.needs:
            record.fail(fault)
        else:
            record.fail(await _guarded(session, name, case, case_seconds, deadline))
        verdict = record.result().verdict
        yield CaseDone(requirement=name, version=record.version, verdict=verdict)


async def _asked(session: Session) -> Exchange:
    """The answer to what no endpoint has a reason to leave without one."""
    return (
        await session.post(session.request(Operation.GET, {"id": "is-somebody-there"}, 1))
    ).exchange


async def _silence(session: Session) -> str:
    """Why nothing is to be had from the endpoint; "" where something is."""
    # Cases may ask for what an endpoint hangs up on: so it is asked again.
    is_suspect = session.peer.troubles >= _MOST_TROUBLES
    return (await _asked(session)).trouble if is_suspect else ""


def _of(requirements: Iterable[Requirement], version: str) -> list[Requirement]:
    return [one for one in requirements if version in one.versions]


async def _guarded(session: Session, rule: str, case: Case, seconds: float, deadline: float) -> str:
    """Runs a case, whatever it raises, and writes down what came of it.

    Gives the traceback of a fault that is the suite's own, else "".
    """
    session.case = rule
    record = session.records.get(rule)
    flaws = session.flaws
    try:
        async with asyncio.timeout(min(seconds, deadline - time.monotonic())):
            await case(session)
        session.keep(rule)
    except Broken as broken:
        session.breach(rule, broken.expected, broken.got, broken.exchange)
    except NotExercised as missing:
        if record is not None:
            record.miss(missing.reason, missing.how)
    except TimeoutError:
        # Each exchange had its limit: there were many, and all were slow.
        late = f"it took longer than {seconds:g} seconds", "--timeout with more seconds"
        if record is not None:
            record.miss(*(_TOO_LONG if time.monotonic() >= deadline else late))
    except Exception:  # whatever is wrong in the suite itself
        if session.flaws == flaws:
            return traceback.format_exc(limit=-3)
        if record is not None:  # the shapes are told of where they are watched
            record.miss(_ODD, "repair what shapes.* say")
    finally:
        session.case = ""
    return ""


def _explained(record: Record, otherwise: str) -> Record:
    if not (record.kept or record.findings or record.reason or record.fault):
        record.miss(otherwise)
    return record
