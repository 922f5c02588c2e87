"""What a delivery to a webhook is made of (1.0 §4.3; 0.3 §6)."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import uuid4

from conformance import shapes
from conformance.cases.case import Case
from conformance.cases.delivering import (
    deliveries_of_a_task,
    frame_of,
    receiving_for,
    until_the_end,
)
from conformance.cases.given import in_the_other_version, registered
from conformance.dialects import Operation
from conformance.expect import MISSING, Broken, NotExercised, expect, expect_equal
from conformance.session import Session
from conformance.webhooks import Delivery


async def method(session: Session) -> None:
    _, deliveries = await deliveries_of_a_task(session)
    for one in deliveries:
        expect_equal("the method", "POST", one.method, one.exchange)


async def body(session: Session) -> None:
    _, deliveries = await deliveries_of_a_task(session)
    _must_be_bodies(session, deliveries)


def _must_be_bodies(session: Session, deliveries: list[Delivery]) -> None:
    name = "Task" if session.dialect.is_old else "StreamResponse"
    for one in deliveries:
        expect(one.value is not MISSING, f"{name} as JSON", "no JSON", one.exchange)
        for flaw in shapes.flaws(session.dialect.version, name, one.value):
            raise Broken(f"{name}: {flaw.expected}", flaw.got, one.exchange)


async def of_the_task(session: Session) -> None:
    task_id, deliveries = await deliveries_of_a_task(session)
    for one in deliveries:
        expect_equal("the task's id", task_id, frame_of(session, one).task_id, one.exchange)


async def version_of_the_registration(session: Session) -> None:
    there = in_the_other_version(session)
    draft = session.knowledge.need("long")
    async with receiving_for(session) as receiver:
        hook = receiver.hook()
        task_id = (await there.started(draft))["id"]
        await registered(session, task_id, hook.url)
        await session.call(Operation.CANCEL, {"id": task_id})
        deliveries = await until_the_end(session, hook)
    if not deliveries:
        raise NotExercised("nothing was delivered")
    _must_be_bodies(session, deliveries)


async def content_type(session: Session) -> None:
    expected = "application/json" if session.dialect.is_old else "application/a2a+json"
    _, deliveries = await deliveries_of_a_task(session)
    for one in deliveries:
        expect_equal("the content type", expected, one.media_type, one.exchange)


async def token(session: Session) -> None:
    mine = str(uuid4())
    _, deliveries = await deliveries_of_a_task(session, token=mine)
    for one in deliveries:
        got = one.headers.get("x-a2a-notification-token")
        is_mine = "another one" if got else "none"
        expect(got == mine, "the token in X-A2A-Notification-Token", is_mine, one.exchange)


async def authentication(session: Session) -> None:
    secret = uuid4().hex
    given = session.dialect.push_authentication("Bearer", secret)
    _, deliveries = await deliveries_of_a_task(session, authentication=given)
    for one in deliveries:
        scheme, _, credentials = one.headers.get("authorization", "").partition(" ")
        is_given = scheme.lower() == "bearer" and credentials == secret
        shown = f"{scheme} and something else" if scheme else "no such header"
        expect(is_given, "Authorization: Bearer and the credentials", shown, one.exchange)


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "push.delivered-by-post": method,
        "push.body": body,
        "push.body-is-of-the-task": of_the_task,
        "push.body-is-of-the-registrations-version": version_of_the_registration,
        "push.content-type": content_type,
        "push.token": token,
        "push.authentication": authentication,
    }
)
