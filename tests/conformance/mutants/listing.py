"""Mutants that list tasks wrongly."""

from collections.abc import Callable, Sequence
from typing import Any

from conformance.dialects import Operation
from conformance.expect import INTERNAL_ERROR, INVALID_PARAMS
from tests.conformance.mutants.altering import Alteration, asks_of
from tests.conformance.mutants.changes import recoded_of, results, walked, without
from tests.conformance.mutants.messages import Asked
from tests.conformance.mutants.mutant import NEW, Mutant


def _passed_over(*names: str) -> Alteration:
    """Lists as if these members of the params were not there."""
    return asks_of(
        lambda asked: asked.with_members(params=without(asked.params, *names)), Operation.LIST
    )


def _pages(change: Callable[[dict[str, Any], Asked], Any]) -> Alteration:
    return results(change, Operation.LIST)


def _tasks(change: Callable[[list[Any]], Any]) -> Alteration:
    return _pages(lambda page, _: {**page, "tasks": change(page["tasks"])})


def _at_most_one_more(asked: Asked) -> Asked | None:
    size = asked.params.get("pageSize")
    if not isinstance(size, int) or not 1 <= size < 100:
        return None
    return asked.with_params(pageSize=size + 1)


def _any_size(asked: Asked) -> Asked | None:
    size = asked.params.get("pageSize")
    return asked.with_params(pageSize=min(max(size, 1), 100)) if isinstance(size, int) else None


def _any_length(asked: Asked) -> Asked | None:
    length = asked.params.get("historyLength")
    return asked.with_params(historyLength=max(length, 0)) if isinstance(length, int) else None


def _hundred(asked: Asked) -> Asked | None:
    return None if "pageSize" in asked.params else asked.with_params(pageSize=100)


def _any_token(asked: Asked) -> Asked | None:
    is_bad = asked.params.get("pageToken") == "no-token-of-yours"
    return asked.with_params(pageToken="") if is_bad else None


def _each(change: Callable[[dict[str, Any]], Any]) -> Alteration:
    return _tasks(lambda tasks: [change(task) for task in tasks])


def _filters_by_two_states(asked: Asked) -> Asked | None:
    is_known = str(asked.params.get("status")).endswith(("COMPLETED", "WORKING"))
    return None if is_known else asked.with_members(params=without(asked.params, "status"))


def _backwards_in_pages(page: dict[str, Any], asked: Asked) -> Any:
    return {**page, "tasks": page["tasks"][::-1]} if "pageSize" in asked.params else page


def _included_when_said(asked: Asked) -> Asked | None:
    return asked.with_params(includeArtifacts=True) if "includeArtifacts" in asked.params else None


def _without_message(task: dict[str, Any]) -> Any:
    return {**task, "status": without(task["status"], "message")}


def _without_first_part(item: dict[str, Any]) -> Any:
    return {**item, "parts": item["parts"][1:]} if "artifactId" in item else item


MUTANTS: Sequence[Mutant] = tuple(
    Mutant(name, alter, caught_by, NEW)
    for name, alter, caught_by in (
        ("nothing is listed", _tasks(lambda _: []), ("listing.made-task-is-listed",)),
        (
            "oldest status first",
            _tasks(lambda tasks: tasks[::-1]),
            ("listing.newest-status-first",),
        ),
        (
            "oldest status first where a pageSize is given",
            _pages(_backwards_in_pages),
            ("listing.newest-status-first",),
        ),
        (
            "tasks listed with another contextId",
            _each(lambda task: {**task, "contextId": task["contextId"].upper()}),
            ("listing.made-task-is-listed", "listing.filters-by-context"),
        ),
        (
            "tasks listed without the messages of their statuses",
            _each(_without_message),
            ("listing.made-task-is-listed",),
        ),
        (
            "artifacts listed without their first parts",
            _each(lambda task: walked(task, _without_first_part)),
            ("listing.artifacts-are-included-when-asked-for",),
        ),
        ("contextId passed over", _passed_over("contextId"), ("listing.filters-by-context",)),
        ("status passed over", _passed_over("status"), ("listing.filters-by-status",)),
        (
            "status passed over unless it is completed or working",
            asks_of(_filters_by_two_states, Operation.LIST),
            ("listing.filters-by-status",),
        ),
        (
            "statusTimestampAfter passed over",
            _passed_over("statusTimestampAfter"),
            ("listing.filters-by-time-of-status",),
        ),
        ("pageSize passed over", _passed_over("pageSize"), ("listing.page-size-is-kept-to",)),
        (
            "one task more than pageSize",
            asks_of(_at_most_one_more, Operation.LIST),
            ("listing.page-size-is-kept-to",),
        ),
        (
            "pageSize not told",
            _pages(lambda page, _: without(page, "pageSize")),
            ("listing.page-size-is-told", "shapes.required-members"),
        ),
        (
            "pageSize told as 1, whatever was asked for",
            _pages(lambda page, _: {**page, "pageSize": 1}),
            ("listing.page-size-is-told",),
        ),
        (
            "pageSize told as 100, whatever was asked for",
            _pages(lambda page, _: {**page, "pageSize": 100}),
            ("listing.page-size-is-told",),
        ),
        (
            "any pageSize accepted",
            asks_of(_any_size, Operation.LIST),
            ("listing.page-size-is-from-1-to-100",),
        ),
        (
            "100 tasks on a page",
            asks_of(_hundred, Operation.LIST),
            ("listing.page-size-is-50-when-absent",),
        ),
        (
            "pageToken passed over",
            _passed_over("pageToken"),
            ("listing.pages-are-disjoint-and-complete", "listing.bad-page-token-is-invalid"),
        ),
        (
            "last page left out",
            _pages(lambda page, _: {**page, "nextPageToken": ""}),
            ("listing.pages-are-disjoint-and-complete", "listing.next-page-token-is-there"),
        ),
        (
            "last page without nextPageToken",
            _pages(lambda p, _: p if p["nextPageToken"] else without(p, "nextPageToken")),
            ("listing.next-page-token-is-there",),
        ),
        (
            "any pageToken accepted",
            asks_of(_any_token, Operation.LIST),
            ("listing.bad-page-token-is-invalid",),
        ),
        (
            "totalSize of the page alone",
            _pages(lambda page, _: {**page, "totalSize": len(page["tasks"])}),
            ("listing.total-size-counts-all-pages",),
        ),
        (
            "artifacts always listed",
            asks_of(lambda asked: asked.with_params(includeArtifacts=True), Operation.LIST),
            ("listing.artifacts-are-left-out",),
        ),
        (
            "artifacts listed when it is said that they shall not be",
            asks_of(_included_when_said, Operation.LIST),
            ("listing.artifacts-are-left-out",),
        ),
        (
            "artifacts never listed",
            _passed_over("includeArtifacts"),
            ("listing.artifacts-are-included-when-asked-for",),
        ),
        (
            "historyLength passed over by list",
            _passed_over("historyLength"),
            ("listing.history-length-is-a-limit", "listing.history-length-is-not-negative"),
        ),
        (
            "negative historyLength of lists taken for 0",
            asks_of(_any_length, Operation.LIST),
            ("listing.history-length-is-not-negative",),
        ),
        (
            "invalid params of lists as internal errors",
            recoded_of(INVALID_PARAMS, INTERNAL_ERROR, Operation.LIST),
            ("listing.page-size-is-from-1-to-100", "listing.bad-page-token-is-invalid"),
        ),
    )
)
