"""From JSON to pydantic models, with errors that name the field and what it should be."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from a2a_agent.domain.errors import InvalidParams

Model = TypeVar("Model", bound=BaseModel)

_MOST_VIOLATIONS = 10


def validated(model: type[Model], params: dict[str, Any]) -> Model:
    """The parameters as the model. Raises InvalidParams with the fields that are wrong."""
    try:
        return model.model_validate(params)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise InvalidParams(
            *((_path(one["loc"]), _said(one)) for one in found[:_MOST_VIOLATIONS])
        ) from None


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for index, step in enumerate(location):
        if isinstance(step, int):
            path += f"[{step}]"
        elif not _is_tag(location, index):
            path += f".{step}" if path else step
    return path or "params"


def _is_tag(location: tuple[int | str, ...], index: int) -> bool:
    """Whether the step is what pydantic calls a kind of part: no field, but before one."""
    is_item = index > 0 and isinstance(location[index - 1], int)
    return is_item and location[index] in _UNION_TAGS and index + 1 < len(location)


_UNION_TAGS = frozenset({"text", "file", "data"})


def _said(found: ErrorDetails) -> str:
    sentence = _SENTENCES.get(found["type"])
    if sentence is None:
        return found["msg"].removeprefix("Value error, ")[:200]
    return sentence.format_map(found.get("ctx", {}))


_OBJECT = "must be an object"
_SENTENCES = {
    "bool_type": "must be true or false",
    "dict_type": _OBJECT,
    "enum": "must be one of {expected}",
    "greater_than_equal": "must be {ge} or more",
    "int_type": "must be a whole number",
    "less_than_equal": "must be {le} at most",
    "list_type": "must be a list",
    "literal_error": "must be {expected}",
    "missing": "is missing",
    "model_attributes_type": _OBJECT,
    "model_type": _OBJECT,
    "string_too_long": "must be {max_length} characters at most",
    "string_too_short": "must not be empty",
    "string_type": "must be a string",
    "too_short": "must not be empty",
    "union_tag_invalid": "must have as {discriminator} one of {expected_tags}",
    "union_tag_not_found": "must have a {discriminator}",
}
"""What pydantic's types of errors mean to somebody who has sent JSON."""
