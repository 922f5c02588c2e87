"""Mutants that handle extensions wrongly."""

from collections.abc import Callable, Sequence

from starlette.types import Message, Receive, Send

from conformance.dialects import Operation
from conformance.expect import EXTENSION_REQUIRED
from tests.conformance.mutants.altering import Alteration, asks, asks_of, is_stream, says, sends
from tests.conformance.mutants.messages import Answer, Asked, error
from tests.conformance.mutants.mutant import NEW, OLD, Mutant, Setup

REQUIRED = "https://example.com/extensions/required/v1"
REQUIRING = Setup(name="requiring an extension", settings={"required_extensions": [REQUIRED]})
_OFFERED = "urn:a2a-agent:stream:v1"
_HEADER = "a2a-extensions"


def _listing(extensions: Callable[[str], str]) -> Alteration:
    """Lists as activated what is made of the header of the request."""

    def say(answer: Answer, asked: Asked) -> Answer:
        listed = extensions(asked.headers.get(_HEADER, ""))
        if not listed:
            return answer.without_header(_HEADER)
        return answer.with_headers(a2a_extensions=listed) if asked.is_rpc else answer

    return says(say)


def _listed_on_no_stream(_: Receive, send: Send) -> Send:
    async def send_other(message: Message) -> None:
        if message["type"] == "http.response.start" and is_stream(message):
            headers = [one for one in message["headers"] if one[0] != _HEADER.encode()]
            message = {**message, "headers": headers}
        await send(message)

    return send_other


MUTANTS: Sequence[Mutant] = (
    *(
        Mutant(
            "required extension ignored",
            asks(lambda a: a.with_headers(a2a_extensions=REQUIRED) if a.is_rpc else None),
            (requirement,),
            versions,
            setup=REQUIRING,
        )
        for requirement, versions in (
            ("extensions.required-is-required", NEW),
            ("extensions.required-is-not-passed-over", OLD),
        )
    ),
    Mutant(
        "activated extensions not told",
        _listing(lambda _: ""),
        ("extensions.activated-are-listed",),
    ),
    Mutant(
        "activated extensions not told on streams",
        sends(_listed_on_no_stream),
        ("extensions.activated-are-listed-on-streams",),
    ),
    Mutant(
        "extension activated for everybody",
        _listing(lambda _: _OFFERED),
        ("extensions.only-what-was-asked-for",),
    ),
    Mutant(
        "whatever is asked for told as activated",
        _listing(lambda asked: asked),
        ("extensions.unknown-is-ignored",),
    ),
    Mutant(
        "unknown extension refused",
        asks_of(
            lambda a: (
                error(EXTENSION_REQUIRED, a) if "unheard" in a.headers.get(_HEADER, "") else None
            ),
            Operation.SEND,
        ),
        ("extensions.unknown-is-ignored",),
    ),
)
