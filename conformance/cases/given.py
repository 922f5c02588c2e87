"""What cases of several areas begin with: a task that rests, a webhook, two callers."""

from typing import Any
from uuid import uuid4

from conformance.cards import host_of, interfaces, is_public
from conformance.dialects import Json, Operation, other_than
from conformance.expect import (
    INTERNAL_ERROR,
    METHOD_NOT_FOUND,
    MISSING,
    PUSH_NOT_SUPPORTED,
    TASK_NOT_FOUND,
    NotExercised,
    Reply,
)
from conformance.session import Session

_NOWHERE = "https://webhook.invalid/a2a"
"""Nobody is there (RFC 6761), and nothing happens to the tasks that it is registered for."""
_OF_NO_URL = (METHOD_NOT_FOUND, PUSH_NOT_SUPPORTED, TASK_NOT_FOUND, INTERNAL_ERROR)


async def resting_task(session: Session) -> str:
    """The id of a task that nothing happens to: that asks back, or else one that is over."""
    known = "input" if "input" in session.knowledge.drafts else "completes"
    task_id = (await session.sent(session.knowledge.need(known)))["id"]
    return str(task_id)


def need_streaming(session: Session) -> None:
    """Raises NotExercised unless the card says that there are streams."""
    if not session.declares("streaming"):
        raise NotExercised("the card declares no streaming", "an endpoint that has streams")


def in_the_other_version(session: Session) -> Session:
    """The endpoint in the other version, where the card has it over JSON-RPC.

    Raises NotExercised where it does not.
    """
    other = other_than(session.dialect)
    for one in interfaces(session.card):
        if one.binding == "JSONRPC" and one.version == other.version and host_of(one.url):
            return session.beside(other, one.url)
    raise NotExercised(f"the card offers no {other.version}")


def need_push(session: Session) -> None:
    """Raises NotExercised where push notifications are not declared."""
    if not session.declares("pushNotifications"):
        raise NotExercised("push notifications are not declared")


def some_url(session: Session) -> str:
    """A webhook where nobody listens: the port is that of the discard service (RFC 863)."""
    try:
        host = session.webhook_host
    except NotExercised:
        return f"{_NOWHERE}/{uuid4()}"
    return f"http://{f'[{host}]' if ':' in host else host}:9/{uuid4()}"


def push_requests(session: Session, task_id: str) -> list[tuple[Operation, Json]]:
    """What can be asked of a task's webhooks: each method with its params."""
    dialect = session.dialect
    return [
        (Operation.PUSH_GET, dialect.push_ids(task_id, "a")),
        (Operation.PUSH_LIST, dialect.push_ids(task_id)),
        (Operation.PUSH_DELETE, dialect.push_ids(task_id, "a")),
        (Operation.PUSH_CREATE, dialect.push_config(task_id, some_url(session))),
    ]


async def registered(session: Session, task_id: str, url: str, **members: Any) -> Reply:
    """The reply that a webhook is registered. Raises NotExercised where it is not."""
    reply = await registration(session, task_id, url, **members)
    if reply.value is MISSING or reply.error is not None:
        raise NotExercised(f"no webhook can be registered: {reply.gist}")
    return reply


async def registration(session: Session, task_id: str, url: str, **members: Any) -> Reply:
    """The reply to the registration of a webhook, whatever it is.

    Raises NotExercised where the endpoint may refuse its URL, and does.
    """
    params = session.dialect.push_config(task_id, url, **members)
    return taken(await session.call(Operation.PUSH_CREATE, params), url)


def taken(reply: Reply, url: str) -> Reply:
    """The same. Raises NotExercised where it is an error that a URL which is not public explains"""
    if reply.error is not None and reply.code not in _OF_NO_URL and not is_public(host_of(url)):
        raise NotExercised(
            f"webhooks at {host_of(url)} are refused: {reply.gist}",
            "--webhook-host with an address that the endpoint takes, or allow it there",
        )
    return reply


def need_credentials(session: Session) -> None:
    """Raises NotExercised where the card asks for none, or none are known."""
    card = session.card
    if not any(card.get(name) for name in ("securitySchemes", "security", "securityRequirements")):
        raise NotExercised("the card declares no security schemes")
    if not session.peer.headers:
        raise NotExercised("no credentials are known", how_to_be_let_in(session))
    if not session.peer.headers_for(session.url):
        raise NotExercised("credentials are not sent there", how_to_be_let_in(session))


def how_to_be_let_in(session: Session) -> str:
    """The option with which credentials are sent to the endpoint."""
    return "--trust-card-urls" if session.peer.headers else '--header "Authorization: …"'


async def other_caller(session: Session) -> Session:
    """The endpoint as another caller sees it. Raises NotExercised where there is none."""
    need_credentials(session)
    other = session.other
    reply = await other.call(Operation.GET, {"id": str(uuid4())})
    if reply.exchange.status in (401, 403):
        raise NotExercised("the credentials of the second caller are refused", "--other-header")
    return other
