"""Mutants whose card, or what it declares, is wrong."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from conformance.dialects import Operation
from conformance.target import CARD_PATH
from tests.conformance.mutants.altering import Alteration, Ask, asks, asks_of, both, cards, says
from tests.conformance.mutants.changes import without
from tests.conformance.mutants.messages import Answer, Asked, result
from tests.conformance.mutants.mutant import NEW, OLD, Mutant, Setup

_ELSEWHERE = "/cards/agent-card.json"
_WITHOUT_STREAMS = Setup(name="without streams", settings={"streaming": False})
_PUSH = (
    Operation.PUSH_CREATE,
    Operation.PUSH_GET,
    Operation.PUSH_LIST,
    Operation.PUSH_DELETE,
)


def _card_asks(ask: Ask) -> Alteration:
    return asks(lambda asked: ask(asked) if asked.is_card else None)


def _card_says(say: Any) -> Alteration:
    return says(lambda answer, asked: say(answer) if asked.is_card else answer)


def _only_elsewhere(asked: Asked) -> Asked | Answer:
    if asked.path == _ELSEWHERE:
        return replace(asked, path=CARD_PATH)
    return Answer.empty(404)


def _without(name: str) -> Alteration:
    return cards(lambda card: without(card, name))


def _with(**members: Any) -> Alteration:
    return cards(lambda card: {**card, **members})


def _with_capability(name: str, value: Any) -> Alteration:
    return cards(lambda card: {**card, "capabilities": {**card["capabilities"], name: value}})


def _with_interface(url: str) -> Alteration:
    """One more in each of the shapes that the card has."""

    def change(card: dict[str, Any]) -> Any:
        interface = {"url": url, "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}
        additional = [*card["additionalInterfaces"], {"url": url, "transport": "JSONRPC"}]
        supported = [*card["supportedInterfaces"], interface]
        return {**card, "additionalInterfaces": additional, "supportedInterfaces": supported}

    return cards(change)


def _saying_of_itself(version: str) -> Alteration:
    """The interfaces are of this version, as far as 1.0 says of each."""

    def change(card: dict[str, Any]) -> Any:
        supported = [
            {**one, "protocolVersion": version} if one["protocolVersion"] == "1.0" else one
            for one in card["supportedInterfaces"]
        ]
        return {**card, "supportedInterfaces": supported}

    return cards(change)


def _skills(change: Any) -> Alteration:
    return cards(lambda card: {**card, "skills": change(card["skills"])})


def _signed(protected: str, signature: str = "YQ") -> Alteration:
    return _with(signatures=[{"protected": protected, "signature": signature}])


def _numbered() -> Alteration:
    """The ETag is another one each time."""
    numbers = itertools.count()
    return _card_says(lambda answer: answer.with_headers(etag=f'"{next(numbers)}"'))


MUTANTS: Sequence[Mutant] = (
    Mutant(
        "card only at a path of its own",
        _card_asks(_only_elsewhere),
        ("card.well-known",),
        card_path=_ELSEWHERE,
    ),
    Mutant(
        "card as plain text",
        _card_says(lambda answer: answer.with_headers(content_type="text/plain")),
        ("card.content-type",),
    ),
    *(
        Mutant(
            f"card without {name}",
            _without(name),
            ("card.required-members",),
        )
        for name in (
            "name",
            "description",
            "version",
            "capabilities",
            "defaultInputModes",
            "defaultOutputModes",
            "skills",
        )
    ),
    Mutant(
        "card without the URL",
        _without("url"),
        ("card.required-members",),
        OLD,
    ),
    Mutant(
        "card without its protocol version",
        _without("protocolVersion"),
        ("card.required-members",),
        OLD,
    ),
    Mutant(
        "skills without tags",
        _skills(lambda skills: [without(skill, "tags") for skill in skills]),
        ("card.required-members",),
    ),
    Mutant("card whose name is a number", _with(name=7), ("card.shape",)),
    Mutant(
        "card whose input modes are a text",
        _with(defaultInputModes="text/plain"),
        ("card.shape",),
    ),
    Mutant("card with null for what it has not", _with(provider=None), ("card.shape",)),
    Mutant(
        "card for those who authenticate",
        _card_asks(lambda asked: None if "authorization" in asked.headers else Answer.empty(401)),
        ("card.public",),
    ),
    Mutant(
        "card that may not be kept",
        _card_says(lambda answer: answer.with_headers(cache_control="no-store")),
        ("card.max-age",),
    ),
    Mutant(
        "card without Cache-Control",
        _card_says(lambda answer: answer.without_header("cache-control")),
        ("card.max-age",),
    ),
    Mutant(
        "card without an ETag",
        _card_says(lambda answer: answer.without_header("etag")),
        ("card.etag",),
    ),
    Mutant("ETag that is another one each time", _numbered(), ("card.etag",)),
    Mutant(
        "If-None-Match passed over",
        _card_asks(lambda asked: asked.without_header("if-none-match")),
        ("card.not-modified",),
    ),
    Mutant(
        "any If-None-Match taken for the card's",
        _card_asks(lambda a: Answer.empty(304) if "if-none-match" in a.headers else None),
        ("card.changed",),
    ),
    Mutant(
        "HEAD not allowed",
        _card_asks(lambda asked: Answer.empty(405) if asked.verb == "HEAD" else None),
        ("card.head",),
    ),
    Mutant("relative URL in the card", _with_interface("/rpc"), ("card.urls-are-absolute",)),
    Mutant(
        "address that the server listens on in the card",
        _with_interface("http://0.0.0.0:9999/"),
        ("card.urls-are-absolute",),
    ),
    Mutant(
        "URL in the card where nobody is",
        _with_interface("http://127.0.0.1:9/"),
        ("card.interfaces-answer",),
    ),
    Mutant(
        "protocol version of a word",
        both(_with(protocolVersion="0.3.x"), _saying_of_itself("1.0.beta")),
        ("card.protocol-version",),
    ),
    Mutant(
        "patch number in the version of an interface",
        _saying_of_itself("1.0.0"),
        ("card.no-patch-number",),
        NEW,
    ),
    Mutant(
        "streaming declared, but not had",
        _with_capability("streaming", True),
        ("card.streaming-is-true",),
        setup=_WITHOUT_STREAMS,
    ),
    Mutant(
        "streaming had, but not declared",
        _with_capability("streaming", False),
        ("card.no-streaming-is-true", "stream.undeclared-is-unsupported"),
    ),
    Mutant(
        "push declared, but not had",
        _with_capability("pushNotifications", True),
        ("card.push-is-true",),
    ),
    Mutant(
        "push had, but not declared",
        asks_of(lambda asked: result([], asked), *_PUSH),
        ("card.no-push-is-true",),
    ),
    Mutant(
        "extended card declared, but not had",
        both(
            _with(supportsAuthenticatedExtendedCard=True),
            _with_capability("extendedAgentCard", True),
        ),
        ("card.extended-card-is-true",),
    ),
    Mutant(
        "extended card had, but not declared",
        asks_of(lambda asked: result({}, asked), Operation.EXTENDED_CARD),
        ("card.no-extended-card-is-true",),
    ),
    Mutant(
        "two skills with one id", _skills(lambda skills: skills * 2), ("card.skills-are-unique",)
    ),
    Mutant(
        "signature with padding",
        _signed("eyJhbGciOiJFUzI1NiIsImtpZCI6ImEifQ==", "YQ=="),
        ("card.signatures",),
    ),
    Mutant("signature without an algorithm", _signed("eyJraWQiOiJhIn0"), ("card.signatures",)),
    Mutant(
        "signature that names no key and no type",
        _signed("eyJhbGciOiJFUzI1NiJ9"),
        ("card.signatures-name-their-key", "card.signatures-say-their-type"),
        NEW,
    ),
)
