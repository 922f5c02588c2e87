"""Each way in which a value is not what its version says is a flaw of one rule."""

from typing import Any

import pytest

from conformance import shapes
from conformance.requirements import requirements
from conformance.shapes import Flaw, flaws
from tests.schemas.samples import SAMPLES

VALID = [
    (version, name)
    for version in ("0.3", "1.0")
    for name in SAMPLES[version]
    if name in ("Task", "Message", "Artifact", "StreamResponse", "SendMessageResponse", "AgentCard")
]


@pytest.mark.parametrize(("version", "name"), VALID)
def test_what_the_version_says_has_no_flaw(version: str, name: str) -> None:
    assert flaws(version, name, SAMPLES[version][name]) == []


TASK = {
    "0.3": {"kind": "task", "id": "t", "contextId": "c", "status": {"state": "working"}},
    "1.0": {"id": "t", "contextId": "c", "status": {"state": "TASK_STATE_WORKING"}},
}
TEXT = {"0.3": {"kind": "text", "text": "x"}, "1.0": {"text": "x"}}


def task(version: str, **members: Any) -> Any:
    """A task with members changed; those that are `...` are left out."""
    changed = {**TASK[version], **members}
    return {name: value for name, value in changed.items() if value is not ...}


def with_part(version: str, part: Any) -> Any:
    return task(version, artifacts=[{"artifactId": "a", "parts": [part]}])


@pytest.mark.parametrize("version", ["0.3", "1.0"])
@pytest.mark.parametrize(
    ("members", "flaw"),
    [
        ({"id": ...}, Flaw("shapes.required-members", "the value with the member 'id'", "{}")),
        ({"id": 5}, Flaw("shapes.types", "id to be of type string", "5")),
        ({"id": None}, Flaw("shapes.no-nulls", "id left out, or a value", "null")),
        ({"history": {}}, Flaw("shapes.types", "history to be of type array", "{}")),
    ],
    ids=["missing", "number", "null", "object"],
)
def test_flaw_says_what_was_expected_where(
    version: str, members: dict[str, Any], flaw: Flaw
) -> None:
    (found,) = flaws(version, "Task", task(version, **members))
    got = flaw.got if found.rule != "shapes.required-members" else found.got
    assert found == Flaw(flaw.rule, flaw.expected, got)


def test_null_in_the_place_of_a_whole_result_is_a_flaw_of_types() -> None:
    expected = Flaw("shapes.types", "the value to be of type object", "None")
    assert flaws("1.0", "Empty", None) == [expected]


@pytest.mark.parametrize("version", ["0.3", "1.0"])
def test_state_that_does_not_exist_is_a_flaw_of_values(version: str) -> None:
    (found,) = flaws(version, "Task", task(version, status={"state": "running"}))
    assert (found.rule, found.got) == ("shapes.values", "'running'")
    assert found.expected.startswith("status.state to be one of ")


@pytest.mark.parametrize("version", ["0.3", "1.0"])
def test_timestamp_in_another_format_is_a_flaw_of_formats(version: str) -> None:
    status = {**TASK[version]["status"], "timestamp": "yesterday"}  # type: ignore[dict-item]
    found = {flaw.rule for flaw in flaws(version, "Task", task(version, status=status))}
    assert found == {"shapes.formats"}


@pytest.mark.parametrize("version", ["0.3", "1.0"])
def test_snake_case_is_a_flaw_of_names(version: str) -> None:
    rules = [flaw.rule for flaw in flaws(version, "Task", task(version, context_id="c"))]
    assert rules == ["shapes.camel-case"]


@pytest.mark.parametrize("part", [{}, {"text": "x", "data": 1}], ids=["none", "two"])
def test_part_of_1_0_that_is_not_one_thing_is_a_flaw(part: Any) -> None:
    (found,) = flaws("1.0", "Task", with_part("1.0", part))
    assert found.rule == "shapes.one-of"


def test_part_of_0_3_without_its_kind_is_a_flaw_of_kind() -> None:
    found = {flaw.rule for flaw in flaws("0.3", "Task", with_part("0.3", {"text": "x"}))}
    assert found == {"shapes.kind"}


def test_wrong_kind_under_0_3_is_a_flaw_of_kind() -> None:
    (found,) = flaws("0.3", "Task", task("0.3", kind="message"))
    assert found == Flaw("shapes.kind", "the right `kind` in kind", "'message'")


def test_kind_under_1_0_is_a_flaw_that_is_told_once() -> None:
    value = with_part("1.0", {"kind": "text", "text": "x"}) | {"kind": "task"}
    expected = Flaw("shapes.kind", "no `kind` in the value: 1.0 has none", "a `kind`")
    assert flaws("1.0", "Task", value) == [expected]


def test_kind_within_the_agents_own_data_is_no_flaw() -> None:
    own = {"data": {"kind": "text"}, "metadata": {"kind": "file"}}
    assert flaws("1.0", "Task", with_part("1.0", own)) == []


def test_list_of_flawed_items_is_told_of_in_part() -> None:
    history = [5] * 20
    assert len(flaws("1.0", "Task", task("1.0", history=history))) == 5


def test_long_value_is_told_of_whole() -> None:
    """What may be a secret in it is hidden before it is cut."""
    (found,) = flaws("1.0", "Task", task("1.0", id=["x" * 10_000]))
    assert found.got == f"['{'x' * 10_000}']"


def test_all_rules_are_requirements() -> None:
    assert requirements().keys() >= shapes.ALL
