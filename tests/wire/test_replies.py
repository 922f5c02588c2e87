"""What is absent is left out."""

from a2a_agent.wire.replies import present


def test_members_without_a_value_are_left_out() -> None:
    assert present(a=None, b=False, c=0, d="", e={}, f=[]) == {
        "b": False,
        "c": 0,
        "d": "",
        "e": {},
        "f": [],
    }
