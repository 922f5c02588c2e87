from hypothesis import given, settings
from hypothesis import strategies as st

from a2a_agent.agents.pieces import in_pieces


def test_text_is_cut_after_each_word() -> None:
    assert list(in_pieces("Hello there,  world\n")) == ["Hello ", "there,  ", "world\n"]


def test_an_empty_text_has_no_pieces() -> None:
    assert list(in_pieces("")) == []


def test_a_long_text_is_cut_into_few_pieces() -> None:
    assert list(in_pieces("a b c d e", at_most=2)) == ["a b c ", "d e"]


@settings(deadline=None)
@given(st.text(), st.integers(1, 20))
def test_the_pieces_make_up_the_text(text: str, at_most: int) -> None:
    pieces = list(in_pieces(text, at_most))

    assert "".join(pieces) == text
    assert len(pieces) <= at_most
