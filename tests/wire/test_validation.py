"""Errors that name the field and what it should be, whatever the model."""

from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field, StrictBool, StrictInt, StrictStr, model_validator

from a2a_agent.domain.errors import InvalidParams
from a2a_agent.domain.model import Role
from a2a_agent.wire.validation import validated


class Inner(BaseModel):
    """A model in a model."""

    text: StrictStr = ""
    words: list[StrictStr] = []


class Sample(BaseModel):
    """A field of each kind."""

    name: StrictStr = Field("a", min_length=1, max_length=300)
    flag: StrictBool = False
    count: StrictInt = Field(1, ge=0, le=9)
    names: list[StrictStr] = Field(["a"], min_length=1)
    inner: Inner = Inner()
    inners: list[Inner] = []
    free: dict[str, Any] = {}
    role: Role = Role.USER
    word: Literal["yes", "no"] = "yes"
    pattern: str = Field("", pattern="^a{0}$")

    @model_validator(mode="after")
    def _is_no_agent(self) -> "Sample":
        if self.role is Role.AGENT:
            raise ValueError("must be the user's")
        return self


def test_valid_parameters_become_the_model() -> None:
    assert validated(Sample, {"name": "b", "inner": {"text": "c"}}) == Sample(
        name="b", inner=Inner(text="c")
    )


@pytest.mark.parametrize(
    ("params", "field", "said"),
    [
        ({"name": 5}, "name", "must be a string"),
        ({"name": ""}, "name", "must not be empty"),
        ({"name": "x" * 301}, "name", "String should have at most 300 characters"),
        ({"flag": 1}, "flag", "must be true or false"),
        ({"count": "1"}, "count", "must be a whole number"),
        ({"count": -1}, "count", "must be 0 or more"),
        ({"count": 10}, "count", "must be 9 at most"),
        ({"names": "a"}, "names", "must be a list"),
        ({"names": []}, "names", "must not be empty"),
        ({"inner": []}, "inner", "must be an object"),
        ({"inner": {"text": 5}}, "inner.text", "must be a string"),
        ({"inners": [{}, {"text": 5}]}, "inners[1].text", "must be a string"),
        ({"inners": [{"words": ["a", 5]}]}, "inners[0].words[1]", "must be a string"),
        ({"free": []}, "free", "must be an object"),
        ({"role": "system"}, "role", "must be one of 'user' or 'agent'"),
        ({"word": "maybe"}, "word", "must be 'yes' or 'no'"),
        ({"role": "agent"}, "params", "must be the user's"),
        ({"pattern": "{x}"}, "pattern", "String should match pattern '^a{0}$'"),
    ],
)
def test_wrong_field_is_named_with_what_it_should_be(
    params: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(InvalidParams) as refusal:
        validated(Sample, params)

    assert refusal.value.violations == ((field, said),)
