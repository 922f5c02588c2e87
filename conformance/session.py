"""One version of one endpoint under test: requests go through here, and nothing goes unseen.

Every reply and every frame is held against the rules that hold always (`replies`, `shapes`,
`watch`); what is kept or broken goes into the records. Cases see replies, and say what they expect
of them.
"""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from conformance.cards import extensions
from conformance.dialects import TERMINAL, Dialect, Operation
from conformance.exchange import Exchange
from conformance.expect import MISSING, Broken, NotExercised, Reply, read_json
from conformance.knowledge import Draft, Knowledge
from conformance.peer import Peer
from conformance.replies import see_reply
from conformance.streaming import LiveStream
from conformance.verdict import Record

_MOST_REMEMBERED = 5_000_000
"""Bytes of replies, after which no further tasks are remembered."""
_GIVE_A_TASK = frozenset({Operation.SEND, Operation.GET, Operation.CANCEL})

JSON_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}
SSE_HEADERS = {"Content-Type": "application/json", "Accept": "text/event-stream"}


class Session:
    """An endpoint in one version, and what is known of it."""

    def __init__(
        self,
        *,
        peer: Peer,
        url: str,
        dialect: Dialect,
        card: Mapping[str, Any],
        knowledge: Knowledge,
        records: Mapping[str, Record],
        card_url: str = "",
        other_headers: Mapping[str, str] | None = None,
        webhook_host: str | None = None,
    ) -> None:
        self.peer = peer
        self.url = url
        self.dialect = dialect
        self.card = card
        self.card_url = card_url
        self.knowledge = knowledge
        self.records = records
        self._other_headers = other_headers
        self._webhook_host = webhook_host
        self.case = ""
        """The requirement whose case is at work."""
        self.arranged: dict[str, Any] = {}
        """What cases have arranged for all that come after them, by names of their own."""
        self.ended: dict[str, Any] = {}
        """Tasks as they were when they were first seen to have ended, by their ids; the first."""
        self._remembered = 0
        self.flaws = 0
        """How much of what came back had another shape than it should have."""

    def beside(self, dialect: Dialect, url: str = "", peer: Peer | None = None) -> "Session":
        """The endpoint in another version, or elsewhere; what comes counts for no requirement."""
        return Session(
            peer=peer or self.peer,
            url=url or self.url,
            dialect=dialect,
            card=self.card,
            knowledge=self.knowledge,
            records={},
            card_url=self.card_url,
            other_headers=self._other_headers,
            webhook_host=self._webhook_host,
        )

    @property
    def other(self) -> "Session":
        """The endpoint as another caller sees it; what comes counts for no requirement.

        Raises NotExercised where no other caller is known.
        """
        if not self._other_headers:
            raise NotExercised("no second caller is known", '--other-header "Authorization: …"')
        return self.beside(self.dialect, peer=self.peer.speaking_as(self._other_headers))

    @property
    def webhook_host(self) -> str:
        """The name or address at which the endpoint reaches the suite.

        Raises NotExercised where none is known.
        """
        if not self._webhook_host:
            raise NotExercised(
                "it is not known where webhooks would reach the suite",
                "--webhook-host with the name or address of this machine, as the endpoint sees it",
            )
        return self._webhook_host

    # What is found out

    def keep(self, rule: str) -> None:
        """The rule was kept, once."""
        if rule in self.records:
            self.records[rule].kept += 1

    def breach(self, rule: str, expected: str, got: str, exchange: Exchange | None) -> None:
        """The rule was broken, once."""
        if rule in self.records:
            case = self.case if self.case != rule else ""
            self.records[rule].breach(expected, got, exchange, case)

    def check(
        self, rule: str, is_kept: bool, expected: str, got: object, exchange: Exchange | None
    ) -> None:
        """The rule was kept, or was broken."""
        if is_kept:
            self.keep(rule)
        else:
            self.breach(rule, expected, str(got), exchange)

    def declares(self, capability: str) -> bool:
        """Whether the card says that the endpoint has it: `streaming`, `pushNotifications`, …"""
        capabilities = self.card.get("capabilities")
        if not isinstance(capabilities, dict):
            return False
        return capabilities.get(capability) is True

    # What is sent

    @property
    def headers(self) -> dict[str, str]:
        """What every request says: the version, and the extensions that a client must know."""
        required = extensions(self.card, required=True)
        return {**self.dialect.headers, **self.dialect.activating(required)}

    def message(self, draft: Draft | str, *parts: Mapping[str, Any], **members: Any) -> Any:
        """A message that does what the draft is known for, or says the text."""
        given = draft if isinstance(draft, Draft) else Draft(text=draft)
        message_id = f"{given.prefix}{'-' if given.prefix else ''}{uuid4()}"
        text = self.dialect.text_part(given.text)
        return self.dialect.message(message_id, *(parts or (text,)), **members)

    def request(self, operation: Operation, params: Any, id: Any) -> dict[str, Any]:
        """The JSON-RPC request; without an id if that is MISSING."""
        request = {"jsonrpc": "2.0", "method": self.dialect.methods[operation], "params": params}
        return request if id is MISSING else {**request, "id": id}

    async def call(
        self,
        operation: Operation,
        params: Any,
        *,
        id: Any = 1,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """The reply to a request; that of a stream that is refused, too."""
        if operation.is_streaming:
            async with self.stream(operation, params, id=id, headers=headers) as stream:
                await stream.to_end()
            return stream.reply
        reply = await self.post(self.request(operation, params, id), headers=headers)
        if operation is Operation.SEND:
            self.excuse_slowness(reply.exchange)
        see_reply(self, reply, id, self.dialect.results.get(operation))
        self._remember(operation, reply)
        return reply

    async def post(
        self,
        body: Any,
        *,
        headers: Mapping[str, str] | None = None,
        url: str | None = None,
    ) -> Reply:
        """What comes back for a body, bytes as they are or anything else as JSON; not looked at."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        exchange = await self.peer.request(
            "POST",
            url or self.url,
            headers={**JSON_HEADERS, **self.headers, **(headers or {})},
            body=content,
        )
        return Reply(exchange=exchange, value=read_json(exchange.response_body))

    @asynccontextmanager
    async def stream(
        self,
        operation: Operation,
        params: Any,
        *,
        id: Any = 1,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncGenerator[LiveStream, None]:
        """A stream, read as it comes; leaving the block hangs up."""
        body = json.dumps(self.request(operation, params, id)).encode()
        spoken = {**SSE_HEADERS, **self.headers, **(headers or {})}
        async with self.peer.open("POST", self.url, headers=spoken, body=body) as response:
            stream = LiveStream(self, response, id)
            try:
                yield stream
            finally:
                await stream.hang_up()

    async def sent(self, draft: Draft | str, **more: Any) -> Any:
        """The task that a message becomes. Raises Broken where it becomes none with an id."""
        params = {"message": self.message(draft), **more}
        return self.task_in(await self.call(Operation.SEND, params))

    def task_in(self, reply: Reply) -> dict[str, Any]:
        """The task in the reply to a message. Raises Broken where there is none with an id."""
        task = self.dialect.task(reply.result)
        if not isinstance(task, dict) or not isinstance(task.get("id"), str):
            raise Broken("a Task with an id", reply.gist, reply.exchange)
        return task

    async def started(self, draft: Draft | str) -> Any:
        """The task of a message whose sender does not wait."""
        return await self.sent(draft, configuration=self.dialect.waiting(False))

    async def task(self, task_id: str) -> Any:
        """The task as it is now. Raises Broken where there is none."""
        return (await self.call(Operation.GET, {"id": task_id})).result

    # What comes back

    def _remember(self, operation: Operation, reply: Reply) -> None:
        if operation not in _GIVE_A_TASK or self._remembered >= _MOST_REMEMBERED:
            return
        result = reply.value.get("result") if isinstance(reply.value, dict) else None
        task = self.dialect.task(result) if operation is Operation.SEND else result
        task_id = task.get("id") if isinstance(task, dict) else None
        if not isinstance(task_id, str) or task_id in self.ended:
            return
        if self.dialect.read_state(task) in TERMINAL:
            self.ended[task_id] = task
            self._remembered += len(reply.exchange.response_body)

    def excuse_slowness(self, exchange: Exchange) -> None:
        """Raises NotExercised where an answer that the agent works for would take too long."""
        if exchange.was_cut and self.knowledge.is_slow:
            raise NotExercised(
                f"the agent is slow: {exchange.trouble}", "--timeout with more seconds"
            )
