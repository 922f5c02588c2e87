"""Webhooks of one caller's tasks: what is registered, and what is delivered.

Each method is one behaviour of the protocol, to be overridden by servers that get it wrong.
"""

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from conformance.dialects import V0_3, Dialect, Operation
from conformance.expect import INVALID_PARAMS, TASK_NOT_FOUND
from tests.conformance.reference.inner import Inner


class Refused(Exception):
    """What is answered with an error of this code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(slots=True, kw_only=True)
class Webhook:
    """A registration; `given` has the members that both versions name alike."""

    task_id: str
    given: Mapping[str, Any]
    dialect: Dialect
    after: int | None
    """The number of the last update that was delivered."""
    at_work: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def id(self) -> str:
        """Its id, of the client or of the server."""
        return str(self.given["id"])


class Webhooks:
    """The webhooks of one caller; deliveries are made for as long as `running` lasts."""

    ALLOWED_HOSTS = frozenset({"127.0.0.1"})
    METHOD = "POST"
    RETRY_SECONDS: tuple[float, ...] = (0.0, 0.05, 0.2)

    def __init__(self, inner: Inner) -> None:
        self.inner = inner
        self.kept: dict[str, dict[str, Webhook]] = {}
        self.expected: dict[str, tuple[Mapping[str, Any], Dialect]] = {}
        """Those that came with messages whose tasks are not known yet, by messageId."""
        self._deliveries: set[asyncio.Task[None]] = set()
        self.http = httpx.AsyncClient(trust_env=False, timeout=10.0)

    # The methods

    async def create(self, dialect: Dialect, params: Mapping[str, Any]) -> Any:
        task_id = await self.task(params.get("taskId"))
        named = params.get("pushNotificationConfig") if dialect.is_old else params
        given = await self.checked(named)
        webhook = self.keep(task_id, given, dialect, None)
        self.deliver(webhook)
        return self.shown(webhook, dialect)

    async def get(self, dialect: Dialect, params: Mapping[str, Any]) -> Any:
        task_id, config_id = self.ids(dialect, params)
        kept = self.kept.get(await self.task(task_id), {})
        if config_id is None:
            config_id = next(iter(kept), None)
        if config_id not in kept:
            return self.unknown()
        return self.shown(kept[config_id], dialect)

    async def list(self, dialect: Dialect, params: Mapping[str, Any]) -> Any:
        task_id = await self.task(self.ids(dialect, params)[0])
        found = [self.shown(one, dialect) for one in self.kept.get(task_id, {}).values()]
        return found if dialect.is_old else {"configs": found}

    async def delete(self, dialect: Dialect, params: Mapping[str, Any]) -> Any:
        task_id, config_id = self.ids(dialect, params)
        self.kept.get(await self.task(task_id), {}).pop(str(config_id), None)
        return None if dialect.is_old else {}

    def unknown(self) -> Any:
        """The answer to whoever asks for a configuration that there is not."""
        raise Refused(TASK_NOT_FOUND, "there is no such configuration")

    def ids(self, dialect: Dialect, params: Mapping[str, Any]) -> tuple[Any, Any]:
        """The task's id, and the configuration's."""
        if dialect.is_old:
            return params.get("id"), params.get("pushNotificationConfigId")
        return params.get("taskId"), params.get("id")

    async def task(self, task_id: Any) -> str:
        """The id of a task of this caller. Raises Refused for others."""
        if "result" not in await self.inner.call(V0_3, Operation.GET, {"id": task_id}):
            raise Refused(TASK_NOT_FOUND, "there is no such task")
        return str(task_id)

    # What is kept

    async def checked(self, named: Any) -> Mapping[str, Any]:
        """The members of a configuration. Raises Refused for what is none."""
        if not isinstance(named, dict) or not isinstance(named.get("url"), str):
            raise Refused(INVALID_PARAMS, "url: a text is missing")
        if await self.is_forbidden(named["url"]):
            raise Refused(INVALID_PARAMS, "url: no webhook may be there")
        given = {
            name: named[name] for name in ("id", "url", "token", "authentication") if name in named
        }
        return {"id": str(uuid4()), **given}

    async def checked_inline(self, named: Any) -> Mapping[str, Any]:
        """The same of one that comes with a message."""
        return await self.checked(named)

    async def is_forbidden(self, url: str) -> bool:
        """Whether it is no URL of the web, or of a network of the server's own."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return True
        if parts.hostname in self.ALLOWED_HOSTS:
            return False
        try:
            found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, None)
        except socket.gaierror:
            return True
        return not all(ip_address(address[0]).is_global for *_, address in found)

    def keep(
        self, task_id: str, given: Mapping[str, Any], dialect: Dialect, after: int | None
    ) -> Webhook:
        webhook = Webhook(task_id=task_id, given=given, dialect=dialect, after=after)
        self.kept.setdefault(task_id, {})[webhook.id] = webhook
        return webhook

    def shown(self, webhook: Webhook, dialect: Dialect) -> Any:
        """As it is given to its owner."""
        if dialect.is_old:
            return {"taskId": webhook.task_id, "pushNotificationConfig": webhook.given}
        return {"taskId": webhook.task_id, **webhook.given}

    # What is delivered

    def begins(self, message_id: str, task_id: str) -> None:
        """A task takes up a message: its webhooks will be told."""
        if message_id in self.expected:
            given, dialect = self.expected.pop(message_id)
            self.keep(task_id, given, dialect, 0)
        for webhook in self.kept.get(task_id, {}).values():
            self.deliver(webhook)

    def deliver(self, webhook: Webhook) -> None:
        """Begins to tell a webhook what happens to its task, until it rests."""
        delivery = asyncio.create_task(self.tell(webhook))
        self._deliveries.add(delivery)
        delivery.add_done_callback(self._deliveries.discard)

    async def tell(self, webhook: Webhook) -> None:
        async with webhook.at_work:
            dialect, task_id = webhook.dialect, webhook.task_id
            async for number, update in self.inner.updates(dialect, task_id, webhook.after):
                await self.post(webhook, await self.body(webhook, update))
                webhook.after = number

    async def body(self, webhook: Webhook, update: Any) -> Any:
        """What a webhook is sent of an update: in 0.3, the task as it is then."""
        if not webhook.dialect.is_old:
            return update
        reply = await self.inner.call(V0_3, Operation.GET, {"id": webhook.task_id})
        return reply["result"]

    async def post(self, webhook: Webhook, body: Any) -> None:
        for seconds in self.RETRY_SECONDS:
            await asyncio.sleep(seconds)
            if not self.is_kept(webhook):
                return
            try:
                url, headers = webhook.given["url"], self.headers(webhook)
                response = await self.http.request(self.METHOD, url, json=body, headers=headers)
            except httpx.HTTPError:
                continue
            if response.status_code < 500:
                return

    def is_kept(self, webhook: Webhook) -> bool:
        return self.kept.get(webhook.task_id, {}).get(webhook.id) is webhook

    def headers(self, webhook: Webhook) -> dict[str, str]:
        """What comes with each delivery."""
        given, old = webhook.given, webhook.dialect.is_old
        headers = {"Content-Type": "application/json" if old else "application/a2a+json"}
        if "token" in given:
            headers["X-A2A-Notification-Token"] = given["token"]
        if "authentication" in given:
            how = given["authentication"]
            scheme = how["schemes"][0] if old else how["scheme"]
            headers["Authorization"] = f"{scheme} {how['credentials']}"
        return headers

    async def close(self) -> None:
        """Tells nobody anything any more."""
        for delivery in self._deliveries:
            delivery.cancel()
        await asyncio.gather(*self._deliveries, return_exceptions=True)
        await self.http.aclose()
