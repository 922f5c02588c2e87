"""A reference for what our own server does not do: callers, their webhooks, an extended card.

Our application is what serves; around it, each caller has one of their own, so that nothing is
shared. Each method is one behaviour of the protocol, to be overridden by servers that get it wrong.
"""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from a2a_agent import RunRequest, Settings, create_app
from a2a_agent.agents.scenarios import ScenarioAgent
from a2a_agent.http.card import card
from a2a_agent.runtime.agent import Events
from conformance.dialects import V0_3, V1_0, Dialect, Operation
from conformance.target import CARD_PATH
from tests.conformance.reference.inner import Inner
from tests.conformance.reference.pushing import Refused, Webhooks

ALICE, BOB = "token-of-alice", "token-of-bob"
_MOST_BYTES = 8_000_000
_SETTINGS = Settings(store="memory:", shutdown_timeout_seconds=0.0)
_REASONS = {-32001: "TASK_NOT_FOUND"}


class Desk:
    """What one caller has: an application, with an agent that tells when it takes a message up."""

    def __init__(self, agent: ScenarioAgent, webhooks: type[Webhooks]) -> None:
        self._agent = agent
        self.description = agent.description
        self.app = create_app(self, settings=_SETTINGS)
        self.inner = Inner(self.app)
        self.webhooks = webhooks(self.inner)

    def run(self, request: RunRequest, /) -> Events:
        """What the agent does."""
        self.webhooks.begins(request.message.message_id, request.task_id)
        return self._agent.run(request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A JSON-RPC request that is understood, and who asks."""

    desk: Desk
    request: Request
    dialect: Dialect
    operation: Operation
    said: dict[str, Any]
    params: dict[str, Any]


class Reference:
    """An endpoint for two callers, who are known by their bearer tokens."""

    WEBHOOKS: type[Webhooks] = Webhooks

    def __init__(self, agent: ScenarioAgent) -> None:
        self.agent = agent
        self.desks = {token: Desk(agent, self.WEBHOOKS) for token in (ALICE, BOB)}
        self.app = Starlette(
            routes=[
                Route(CARD_PATH, self.public_card),
                Route("/", self.rpc, methods=["POST"]),
            ],
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncGenerator[None, None]:
        async with AsyncExitStack() as stack:
            for desk in self.desks.values():
                app = desk.app
                await stack.enter_async_context(app.router.lifespan_context(app))
                stack.push_async_callback(desk.webhooks.close)
            yield

    # The cards

    async def public_card(self, request: Request) -> Response:
        return JSONResponse(self.card(request), headers={"Cache-Control": "max-age=60"})

    def card(self, request: Request) -> dict[str, Any]:
        """The card for everybody, in both versions' words."""
        url = f"{request.base_url}"
        said = card(self.agent.description, _SETTINGS, url)
        capabilities = {"pushNotifications": True, "extendedAgentCard": True}
        return {
            **said,
            "capabilities": {**said["capabilities"], **capabilities},
            "supportsAuthenticatedExtendedCard": True,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "httpAuthSecurityScheme": {"scheme": "bearer"},
                }
            },
            "security": [{"bearer": []}],
            "securityRequirements": [{"schemes": {"bearer": {"list": []}}}],
        }

    def extended_card(self, request: Request) -> dict[str, Any]:
        """The card for those who are known."""
        said = self.card(request)
        more = {"id": "more", "name": "More", "description": "For those who are known."}
        return {**said, "skills": [*said["skills"], {**more, "tags": ["more"]}]}

    # Who is served

    async def rpc(self, request: Request) -> Response:
        desk = self.caller(request)
        if desk is None:
            return await self.refusal(request)
        body = await request.body()
        if len(body) > _MOST_BYTES:
            return self.too_large()
        dialect = V1_0 if request.headers.get("a2a-version", "").startswith("1.") else V0_3
        try:
            said = json.loads(body)
        except ValueError:
            return Forwarded(desk, body)
        operation, params = _read(dialect, said)
        if operation is None:
            return Forwarded(desk, body)
        return await self.answer(
            Asked(
                desk=desk,
                request=request,
                dialect=dialect,
                operation=operation,
                said=said,
                params=params,
            )
        )

    def caller(self, request: Request) -> Desk | None:
        """Whoever the credentials are of."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return self.desks.get(token) if scheme.lower() == "bearer" else None

    async def refusal(self, request: Request) -> Response:
        """For whoever is not known."""
        return JSONResponse(
            {"error": "who are you?"}, 401, headers={"WWW-Authenticate": 'Bearer realm="a2a"'}
        )

    def too_large(self) -> Response:
        """For whoever sends too much."""
        return JSONResponse({"error": "too large"}, 413)

    async def answer(self, asked: Asked) -> Response:
        """Some of it is known here, the rest by the caller's application."""
        webhooks = asked.desk.webhooks
        here = {
            Operation.PUSH_CREATE: webhooks.create,
            Operation.PUSH_GET: webhooks.get,
            Operation.PUSH_LIST: webhooks.list,
            Operation.PUSH_DELETE: webhooks.delete,
        }
        try:
            if asked.operation in here:
                method = here[asked.operation]
                return result_of(asked.said, await method(asked.dialect, asked.params))
            if asked.operation is Operation.EXTENDED_CARD:
                return result_of(asked.said, self.extended_card(asked.request))
            if asked.operation in (Operation.SEND, Operation.STREAM):
                await self.take_inline(asked)
        except Refused as refused:
            return _error(asked.said, asked.dialect, refused)
        return Forwarded(asked.desk, json.dumps(asked.said).encode())

    async def take_inline(self, asked: Asked) -> None:
        """Takes the webhook out of a message's configuration: it is registered with the task."""
        is_old, params, webhooks = asked.dialect.is_old, asked.params, asked.desk.webhooks
        name = "pushNotificationConfig" if is_old else "taskPushNotificationConfig"
        configuration, message = params.get("configuration"), params.get("message")
        if isinstance(configuration, dict) and name in configuration and isinstance(message, dict):
            given = await webhooks.checked_inline(configuration.pop(name))
            webhooks.expected[str(message.get("messageId"))] = (given, asked.dialect)


class Forwarded(Response):
    """The answer of a caller's own application."""

    def __init__(self, desk: Desk, body: bytes) -> None:
        super().__init__()
        self._desk = desk
        self._sent: bytes | None = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = self._sent or b""

        async def replay() -> Message:
            if self._sent is None:
                return await receive()
            self._sent = None
            return {"type": "http.request", "body": body}

        headers = [one for one in scope["headers"] if one[0] != b"content-length"]
        sent = [*headers, (b"content-length", str(len(body)).encode())]
        await self._desk.app({**scope, "headers": sent}, replay, send)


def _read(dialect: Dialect, said: Any) -> tuple[Operation | None, dict[str, Any]]:
    """What is asked for; nothing where it is no request in order."""
    params = said.get("params", {}) if isinstance(said, dict) else None
    if not isinstance(params, dict) or "id" not in said:
        return None, {}
    named = {name: operation for operation, name in dialect.methods.items()}
    return named.get(said.get("method")), params


def result_of(said: Mapping[str, Any], result: Any) -> Response:
    """The response with a result."""
    return JSONResponse({"jsonrpc": "2.0", "id": said["id"], "result": result})


def _error(said: Mapping[str, Any], dialect: Dialect, refused: Refused) -> Response:
    error: dict[str, Any] = {"code": refused.code, "message": str(refused)}
    if not dialect.is_old and refused.code in _REASONS:
        kind = "type.googleapis.com/google.rpc.ErrorInfo"
        domain, reason = "a2a-protocol.org", _REASONS[refused.code]
        error["data"] = [{"@type": kind, "reason": reason, "domain": domain}]
    return JSONResponse({"jsonrpc": "2.0", "id": said["id"], "error": error})
