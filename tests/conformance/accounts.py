"""Runs that never were: fixed results, which show what reports make of each verdict."""

from dataclasses import replace
from datetime import UTC, datetime

from conformance.baseline import Known
from conformance.exchange import Exchange
from conformance.redaction import Redaction
from conformance.reports.account import Account, account
from conformance.requirements import Level, Requirement
from conformance.runner import Finished, Started
from conformance.verdict import Record, Result, Verdict

URL = "http://agent.example:9999"
HOSTILE = "\x1b[31mred\x1b[0m <script>alert(1)</script> `code` | a\rb \u202e\ud800 ]]>"
"""What an endpoint may say, if it means ill."""


def requirement(id: str, level: Level = Level.MUST) -> Requirement:
    return Requirement(
        id=id,
        level=level,
        versions=("0.3", "1.0"),
        rule=f'What "{id}" asks for | is kept.',
        section="1.0 §3.1 SendStreamingMessage; 0.3 §7 message/stream",
    )


EXCHANGE = Exchange(
    method="POST",
    url=f"{URL}/rpc",
    request_headers={"Authorization": "Bearer s3cret-token", "Content-Type": "application/json"},
    request_body=b'{"jsonrpc": "2.0", "id": 1, "method": "GetTask", "params": {"id": "t-1"}}',
    secrets=frozenset({"authorization"}),
    status=200,
    response_headers={"content-type": "application/json"},
    response_body=f'{{"you": "sent s3cret-token", "text": "{HOSTILE}"}}'.encode(
        "utf-8", "surrogatepass"
    ),
)
REDACTION = Redaction({"Authorization": "Bearer s3cret-token"})

ONE_TASK, FIRST = requirement("stream.one-task"), requirement("stream.first")
WARNED = requirement("card.cached", Level.SHOULD)
RESUMES = requirement("subscribe.resumes", Level.MAY)
HOW = '--prompt long="…", or --scenarios where the agent follows them'


def failed(*breaches: tuple[str, str, Exchange | None], of: Requirement = ONE_TASK) -> Result:
    """The verdict on a requirement that was broken so, by a case of another one."""
    record = Record(of, "0.3", REDACTION)
    for expected, got, exchange in breaches:
        record.breach(expected, got, exchange, "tasks.get" if exchange else "")
    return record.result()


def missed(of: Requirement, reason: str, how: str = "") -> Result:
    """The verdict on a requirement that was not exercised."""
    record = Record(of, "1.0", REDACTION)
    record.miss(reason, how)
    return record.result()


def broken(fault: str) -> Result:
    """The verdict where the suite has failed."""
    record = Record(requirement("tasks.get"), "1.0", REDACTION)
    record.fail(fault)
    return record.result()


OTHER_ID = "taskId 't-1' in every event", repr("t-2"), EXCHANGE
RESULTS = (
    Result(requirement=FIRST, version="0.3", verdict=Verdict.PASS),
    failed(OTHER_ID, OTHER_ID, ("one task", HOSTILE, None)),
    failed(("Cache-Control", "none", None), of=WARNED),
    Result(requirement=FIRST, version="1.0", verdict=Verdict.PASS),
    missed(ONE_TASK, "no", HOW),
    Result(requirement=WARNED, version="1.0", verdict=Verdict.PASS),
    missed(RESUMES, "not offered"),
    broken("Traceback (most recent call last):\nKeyError: 'id'"),
)
STARTED = Started(
    url=URL, versions=("0.3", "1.0"), cases=8, at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
)


def finished(*results: Result, is_whole: bool = True) -> Finished:
    return Finished(results=results or RESULTS, seconds=12.3456, is_whole=is_whole)


def told(run: Finished, known: Known | None = None, *, min_exercised: float = 50.0) -> Account:
    """The account of a run, by a suite whose version never changes."""
    whole = account(STARTED, run, known=known, min_exercised_percent=min_exercised)
    return replace(whole, suite="1.2.3")


SAMPLE = told(finished())
"""With each verdict in it."""
KNOWN = told(finished(), frozenset({("0.3", "stream.one-task"), ("1.0", "stream.first")}))
"""The same against a baseline: its failure is known, and what is known of another is fixed."""
