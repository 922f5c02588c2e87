"""How tasks come about that webhooks are told of, and what was delivered of them."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from conformance.cases.given import need_push, registered, taken
from conformance.dialects import TERMINAL, Frame, Operation, other_than
from conformance.expect import NotExercised
from conformance.knowledge import Draft
from conformance.session import Session
from conformance.verdict import Finding
from conformance.webhooks import Delivery, Hook, Receiver, receiving

END, END_INLINE = "push.end-is-delivered", "push.end-is-delivered-inline"


@asynccontextmanager
async def receiving_for(session: Session) -> AsyncGenerator[Receiver, None]:
    """Somewhere to deliver to. Where nothing ever is, nobody waits for it over and over."""
    need_push(session)
    host = session.webhook_host
    is_silent = all(_is_without_deliveries(session, one) for one in (END, END_INLINE))
    if is_silent and session.case not in (END, END_INLINE):
        raise NotExercised(f"nothing is delivered, see {END}")
    try:
        async with receiving(host) as receiver:
            yield receiver
    except OSError as error:
        raise NotExercised(
            f"nothing can be received at {host}: {error}", "--webhook-host"
        ) from None


def _is_without_deliveries(session: Session, rule: str) -> bool:
    """Whether the case of the requirement has been there, and was told nothing at all."""
    return any(not one.curl for one in _findings(session, rule))


def _findings(session: Session, rule: str) -> Sequence[Finding]:
    return session.records[rule].findings if rule in session.records else ()


async def ended(session: Session, hook: Hook, **members: Any) -> tuple[str, list[Delivery]]:
    """The id of a task that ends, and what is delivered of it until then, perhaps nothing.

    It is canceled, unless nobody is told of that: then it comes to its end by itself.
    """
    if "long" in session.knowledge.drafts and not _findings(session, END):
        task_id = (await session.started(session.knowledge.need("long")))["id"]
        await registered(session, task_id, hook.url, **members)
        await session.call(Operation.CANCEL, {"id": task_id})
    else:
        task_id = await sent_with(session, hook, session.knowledge.need("completes"), **members)
    return task_id, await until_the_end(session, hook)


async def sent_with(session: Session, hook: Hook, draft: Draft, **members: Any) -> str:
    """The id of the task of a message that registers the webhook, and does not wait."""
    dialect = session.dialect
    configuration = {**dialect.waiting(False), **dialect.inline_push(hook.url, **members)}
    params = {"message": session.message(draft), "configuration": configuration}
    reply = taken(await session.call(Operation.SEND, params), hook.url)
    if reply.error is not None and session.case != END_INLINE:
        raise NotExercised(f"no webhook may come with a message: {reply.gist}")
    return str(session.task_in(reply)["id"])


async def until_the_end(session: Session, hook: Hook) -> list[Delivery]:
    """What is delivered until the end is told, or for as long as an answer may take."""

    def is_over(deliveries: list[Delivery]) -> bool:
        return any(is_end(session, one) for one in deliveries)

    return await hook.wait(is_over, session.peer.limits.seconds)


def frame_of(session: Session, delivery: Delivery) -> Frame:
    """What is said of the task, read as an event of a stream, in whichever version it is said.

    That it is said in the right one is a requirement of its own.
    """
    frame = session.dialect.frame(delivery.value)
    other = other_than(session.dialect)
    return frame if frame.kind is not None else other.frame(delivery.value)


def is_end(session: Session, delivery: Delivery) -> bool:
    """Whether it tells that the task is over."""
    return frame_of(session, delivery).state in TERMINAL


async def deliveries_of_a_task(session: Session, **members: Any) -> tuple[str, list[Delivery]]:
    """The id of a task that has ended, and its deliveries. Raises NotExercised for none."""
    async with receiving_for(session) as receiver:
        task_id, deliveries = await ended(session, receiver.hook(), **members)
    if not deliveries:
        raise NotExercised("nothing was delivered")
    return task_id, deliveries
