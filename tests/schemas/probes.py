"""Values around what a schema allows: valid ones of each kind, and ones with a single flaw.

Knows as much of JSON Schema as the official schema of A2A 0.3 makes use of.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from itertools import combinations, permutations
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

OF_EACH_TYPE: tuple[Any, ...] = (None, True, False, 7, 1.5, "text", [], {}, [[None]], {"later": []})
TEXTS = (
    *("", " ", "0", "null", "snake_case", "ünï-☃-\U0001f642", "\x00", "a\nb", "x" * 10_000),
    *("YQ==", "YWI=", "_-8", "Y Q", "YQ===", "YQ==\n"),
    *("2025-10-28T10:30:00Z", "2025-10-28T10:30:00.1Z", "2025-10-28T10:30:00.123456789Z"),
    *("2025-10-28T10:30:00", "2025-10-28T10:30:00+01:00", "2025-10-28 10:30:00Z", "2025-10-28"),
    *("2025-10-28T10:30:00Z\n", "20251028T103000Z", "https://x/?a=b#c"),
)
INTEGERS = (0, 1, -1, 100, 101, 2**31, -(2**31), 2**63, 3.0)
EXTRAS: tuple[Json, ...] = (
    {"laterMember": None},
    {"later_member": {"snake_case": None}},
    {"": [], "@type": 1, "$ref": "#/x", "x-y": {}},
    {f"later{number}": number for number in range(50)},
)
_SIMPLE = {"boolean": True, "integer": 1, "null": None}
_UNDERSTOOD = {
    *("$ref", "type", "const", "enum", "anyOf"),
    *("properties", "required", "additionalProperties", "items"),
    # These allow and forbid nothing.
    *("description", "examples", "default"),
}


def snake(name: str) -> str:
    """The name as it is without camelCase."""
    return re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", name)


def vocabulary(definitions: Json) -> dict[str, list[Any]]:
    """The names of all members, each with the words that it may have."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for definition in definitions.values():
        for name, schema in definition.get("properties", {}).items():
            while schema is not True and "$ref" in schema:
                schema = definitions[schema["$ref"].rpartition("/")[2]]
            found[name] += [] if schema is True else _words(schema)
    return found


class Probes:
    """Makes values for schemas that refer to `definitions`.

    `vocabulary` has the members that may be odd where a schema does not name them, with the words
    to try where it does; `texts` are valid texts, by the member that has one ("" for all others).
    """

    def __init__(
        self, definitions: Json, vocabulary: Mapping[str, Iterable[Any]], texts: Mapping[str, str]
    ) -> None:
        self._definitions = definitions
        self._vocabulary = vocabulary
        self._texts = texts

    def around(self, schema: Json, depth: int, member: str = "") -> Iterator[Any]:
        """What the schema allows and what it forbids, down to `depth` objects within each other.

        `member` is the name that the value will have.
        """
        schema = self._resolved(schema)
        yield from OF_EACH_TYPE
        match schema:
            case {"anyOf": branches}:
                yield from self._around_union(branches, depth, member)
            case {"const": _} | {"enum": _}:
                words = [*_words(schema), *self._vocabulary.get(member, ())]
                yield from words
                yield from (str(word).swapcase() for word in words)
            case {"type": "object"} if depth == 0:
                yield from (self._least(schema), self._most(schema))
            case {"type": "object"}:
                yield from self._around_object(schema, depth)
            case {"type": "array", "items": items}:
                least, most = self._least(items), self._most(items)
                yield from ([most, most], [least] * 50, [least, None], [least, [{}]])
                yield from ([value] for value in self.around(items, depth))
            case {"type": "string"}:
                yield from TEXTS
            case {"type": "integer"}:
                yield from INTEGERS

    def _around_union(self, branches: list[Json], depth: int, member: str) -> Iterator[Any]:
        for branch in branches:
            yield from self.around(branch, depth, member)
        for one, other in permutations(branches, 2):
            yield self._least(one) | self._least(other)
            yield self._most(one) | self._most(other)

    def _around_object(self, schema: Json, depth: int) -> Iterator[Json]:
        members = schema.get("properties", {})
        least, most = self._least(schema), self._most(schema)
        strange = {name: None for name in self._vocabulary if name not in members}
        yield {**least, **strange}
        for whole in (least, most):
            yield whole
            yield from ({**whole, **extra} for extra in EXTRAS)
            yield from (_without(whole, name) for name in whole)
        each = {name: self._valid(inner, False, name) for name, inner in members.items()}
        for name, other in combinations(members, 2):
            yield {**least, name: each[name], other: each[other]}
        for name in members:
            if snake(name) != name:
                yield {**_without(most, name), snake(name): most[name]}
                yield {**least, snake(name): most[name]}
        for name, inner in members.items():
            yield from ({**least, name: value} for value in self.around(inner, depth - 1, name))
        if values := schema.get("additionalProperties"):
            for name in ("later", "snake_case", ""):
                yield from ({name: value} for value in self.around(values, depth - 1))

    def _least(self, schema: Json) -> Any:
        """A valid value without any member that need not be there."""
        return self._valid(schema, is_whole=False)

    def _most(self, schema: Json) -> Any:
        """A valid value with every member that the schema names."""
        return self._valid(schema, is_whole=True)

    def _valid(self, schema: Json, is_whole: bool, member: str = "") -> Any:
        schema = self._resolved(schema)
        match schema:
            case {"anyOf": [first, *_]}:
                return self._valid(first, is_whole)
            case {"const": word} | {"enum": [word, *_]}:
                return word
            case {"type": "object"}:
                members = schema.get("properties", {})
                names = members if is_whole else schema.get("required", ())
                return {name: self._valid(members[name], is_whole, name) for name in names}
            case {"type": "array", "items": items}:
                return [self._valid(items, is_whole)] if is_whole else []
            case {"type": "string"} | {"type": ["string", *_]}:
                return self._texts.get(member, self._texts[""])
            case {"type": kind}:
                return _SIMPLE[kind]
            case _:
                return {"any": [None, 1.5]}

    def _resolved(self, schema: Json) -> Json:
        if unknown := schema.keys() - _UNDERSTOOD:
            raise ValueError(f"no values are made for {', '.join(unknown)}")
        if "$ref" not in schema:
            return schema
        _, _, name, *inner = schema["$ref"].split("/")
        found: Json = reduce(lambda whole, key: whole[key], inner, self._definitions[name])
        return self._resolved(found)


def _words(schema: Json) -> list[Any]:
    return [schema["const"]] if "const" in schema else list(schema.get("enum", ()))


def _without(value: Json, name: str) -> Json:
    return {key: item for key, item in value.items() if key != name}
