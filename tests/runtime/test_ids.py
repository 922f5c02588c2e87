"""Ids that are made here."""

from uuid import RFC_4122, UUID

from a2a_agent.runtime.ids import new_id


def test_id_is_a_time_ordered_uuid_with_a_random_rest() -> None:
    ids = [UUID(new_id()) for _ in range(1000)]

    assert {(one.version, one.variant) for one in ids} == {(7, RFC_4122)}
    assert len(set(ids)) == 1000


def test_id_is_written_as_uuids_are() -> None:
    made = new_id()

    assert made == str(UUID(made))
