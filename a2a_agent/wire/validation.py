"""From JSON to pydantic models, with errors that name the field and what it should be."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from a2a_agent.domain.errors import InvalidParams

Model = TypeVar("Model", bound=BaseModel)

_MOST_VIOLATIONS = 10


def validated(model: type[Model], params: dict[str, Any]) -> Model:
    """The parameters as the model. Raises InvalidParams with the fields that are wrong."""
    try:
        return model.model_validate(params)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise InvalidParams(
            *((_path(one["loc"]), _said(one["msg"])) for one in found[:_MOST_VIOLATIONS])
        ) from None


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step not in _UNION_TAGS:
            path += f".{step}" if path else step
    return path or "params"


_UNION_TAGS = frozenset({"text", "file", "data"})
"""Pydantic names the member of a union of parts in its paths; no field has such a path end."""


def _said(message: str) -> str:
    return message.removeprefix("Value error, ")[:200]
