"""Webhooks that would turn the endpoint against its own network (1.0 §13; 0.3 §7)."""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from types import MappingProxyType

from conformance.cards import host_of
from conformance.cases.case import Case
from conformance.cases.given import need_push, registered, resting_task
from conformance.dialects import Operation
from conformance.expect import Broken, NotExercised, Reply, expect
from conformance.session import Session
from conformance.webhooks import Answer, receiving

_LINK_LOCAL = (
    "http://169.254.169.254/latest/meta-data/",
    "http://[fe80::1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://169.254.169.254./",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
)
_LINK_LOCAL_NOBODY = "http://169.254.0.1:9/"
"""A reserved address (RFC 3927 §2.1): who takes a webhook with a message does deliver to it."""
_PRIVATE = (
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://[fd00::1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://10.0.0.1./",
    "http://10.1/",
    "http://167772161/",
    "http://0x0a000001/",
    "http://012.0.0.1/",
)
_UNSPECIFIED = ("http://0.0.0.0/", "http://[::]/")
_LOOPBACK = (
    "http://127.0.0.2/",
    "http://localhost/",
    "http://[::1]/",
    "http://127.1/",
    "http://2130706433/",
)
_NO_WEB = ("file:///etc/passwd", "ftp://example.com/", "gopher://example.com/", "data:,a", "/a2a")
_OTHER_LOOPBACK = "127.0.0.2"
_REDIRECT_SECONDS = 0.3
"""How long a redirect takes to be followed, on one machine."""


async def link_local(session: Session) -> None:
    await _must_refuse(session, _LINK_LOCAL)
    await _must_refuse_inline(session, _LINK_LOCAL_NOBODY)


async def private(session: Session) -> None:
    await _must_refuse(session, _PRIVATE, "private")


async def unspecified(session: Session) -> None:
    await _must_refuse(session, _UNSPECIFIED, "loopback")


async def loopback(session: Session) -> None:
    await _must_refuse(session, _LOOPBACK, "loopback")


async def no_web(session: Session) -> None:
    await _must_refuse(session, _NO_WEB)


async def _must_refuse(session: Session, urls: Sequence[str], network: str = "") -> None:
    """An endpoint that is in the network itself may take webhooks there."""
    need_push(session)
    task_id = await resting_task(session)
    for url in urls:
        reply = await _registration(session, task_id, url)
        if not _is_refusal(reply) and network and _is_in(network, session):
            raise NotExercised(f"the endpoint is itself on a {network} address, and takes {url}")
        expect(_is_refusal(reply), f"a refusal of {url}", reply.gist, reply.exchange)


async def _must_refuse_inline(session: Session, url: str) -> None:
    """The message may be refused, or taken without the webhook that comes with it."""
    configuration = session.dialect.inline_push(url)
    params = {"message": session.message("Hello"), "configuration": configuration}
    reply = await session.call(Operation.SEND, params)
    task = session.dialect.task(reply.value.get("result")) if _has_result(reply) else None
    if isinstance(task, dict):
        ids = session.dialect.push_ids(str(task.get("id")))
        listed = await session.call(Operation.PUSH_LIST, ids)
        is_kept = _has_result(listed) and url in str(listed.value["result"])
        expect(not is_kept, f"a refusal of {url} with a message", reply.gist, reply.exchange)


def _has_result(reply: Reply) -> bool:
    return isinstance(reply.value, dict) and "result" in reply.value


async def _registration(session: Session, task_id: str, url: str) -> Reply:
    params = session.dialect.push_config(task_id, url)
    return await session.call(Operation.PUSH_CREATE, params)


def _is_refusal(reply: Reply) -> bool:
    status = reply.exchange.status
    return reply.error is not None or (status is not None and 400 <= status < 500)


def _is_in(network: str, session: Session) -> bool:
    host = host_of(session.url)
    try:
        address = ip_address(host)
    except ValueError:
        return network == "loopback" and host == "localhost"
    if network == "loopback":
        return address.is_loopback
    return address.is_private and not address.is_loopback


async def redirect(session: Session) -> None:
    """A webhook that is taken leads to one that is refused, on the machine of both."""
    need_push(session)
    host, draft = session.webhook_host, session.knowledge.need("long")
    if not _is_in("loopback", session):
        raise NotExercised("where the endpoint would be led to is seen on its own machine only")
    try:
        async with receiving(host) as outside, receiving(_OTHER_LOOPBACK) as inside:
            refused = inside.hook()
            task_id = await resting_task(session)
            if not _is_refusal(await _registration(session, task_id, refused.url)):
                raise NotExercised("the endpoint takes all webhooks on its own machine")
            taken = outside.hook(lambda _: Answer(status=307, location=refused.url))
            task_id = (await session.started(draft))["id"]
            await registered(session, task_id, taken.url)
            await session.call(Operation.CANCEL, {"id": task_id})
            if not await taken.wait(bool, session.peer.limits.seconds):
                raise NotExercised("nothing was delivered")
            followed = await refused.wait(bool, _REDIRECT_SECONDS)
    except OSError as error:
        raise NotExercised(f"nothing can be received there: {error}") from None
    if followed:
        expected = "no request where the redirect leads to: it is refused otherwise"
        raise Broken(expected, f"{followed[0].method} {followed[0].url}", followed[0].exchange)


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "push.link-local-is-refused": link_local,
        "push.private-is-refused": private,
        "push.unspecified-is-refused": unspecified,
        "push.loopback-is-refused": loopback,
        "push.other-schemes-are-refused": no_web,
        "push.redirect-to-refused-is-not-followed": redirect,
    }
)
