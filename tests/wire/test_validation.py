"""Errors that name the field and what it should be, whatever the model."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, StrictBool, StrictInt, StrictStr, model_validator

from a2a_agent.domain.errors import InvalidParams
from a2a_agent.domain.model import Role
from a2a_agent.wire.validation import validated


class Inner(BaseModel):
    """A model in a model."""

    text: StrictStr = ""
    words: list[StrictStr] = []


class Text(BaseModel):
    """One of the kinds of parts, as 0.3 has them."""

    kind: Literal["text"]
    text: StrictStr


class File(BaseModel):
    """The other kind, which is deeper."""

    kind: Literal["file"]
    file: Inner


class Sample(BaseModel):
    """A field of each kind."""

    name: StrictStr = Field("a", min_length=1, max_length=300)
    flag: StrictBool = False
    count: StrictInt = Field(1, ge=0, le=9)
    names: list[StrictStr] = Field(["a"], min_length=1)
    inner: Inner = Inner()
    inners: list[Inner] = []
    parts: list[Annotated[Text | File, Field(discriminator="kind")]] = []
    free: dict[str, Any] = {}
    role: Role = Role.USER
    word: Literal["yes", "no"] = "yes"
    pattern: str = Field("", pattern="^a{0}$")

    @model_validator(mode="after")
    def _is_no_agent(self) -> "Sample":
        if self.role is Role.AGENT:
            raise ValueError("must be the user's" + "!" * 300)
        return self


A_STRING = "must be a string"


def test_valid_parameters_become_the_model() -> None:
    assert validated(Sample, {"name": "b", "inner": {"text": "c"}}) == Sample(
        name="b", inner=Inner(text="c")
    )


@pytest.mark.parametrize(
    ("params", "field", "said"),
    [
        ({"name": 5}, "name", "must be a string"),
        ({"name": ""}, "name", "must not be empty"),
        ({"name": "x" * 301}, "name", "must be 300 characters at most"),
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
        ({"role": "agent"}, "params", "must be the user's" + "!" * 182),
        ({"parts": [{}]}, "parts[0]", "must have a 'kind'"),
        ({"parts": [{"kind": 5}]}, "parts[0]", "must have as 'kind' one of 'text', 'file'"),
        ({"parts": [{"kind": "text"}]}, "parts[0].text", "is missing"),
        ({"parts": [{"kind": "file", "file": 5}]}, "parts[0].file", "must be an object"),
        ({"parts": [{"kind": "file", "file": {"text": 5}}]}, "parts[0].file.text", A_STRING),
        ({"inners": [{"text": 5}]}, "inners[0].text", A_STRING),
        ({"pattern": "{x}"}, "pattern", "String should match pattern '^a{0}$'"),
    ],
)
def test_wrong_field_is_named_with_what_it_should_be(
    params: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(InvalidParams) as refusal:
        validated(Sample, params)

    assert refusal.value.violations == ((field, said),)


def test_ten_wrong_fields_are_named_and_no_more() -> None:
    with pytest.raises(InvalidParams) as refusal:
        validated(Sample, {"names": [*range(20)]})

    assert refusal.value.violations == tuple(
        (f"names[{number}]", "must be a string") for number in range(10)
    )
