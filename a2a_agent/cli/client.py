"""A client of one agent: calls, and streams over one connection each.

`connect` finds the endpoint first. What can go wrong is raised as the errors of `errors`.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from httpx_sse import EventSource, ServerSentEvent

from a2a_agent.cli.dialects import Dialect, Operation
from a2a_agent.cli.discovery import Card, Interface, find_card
from a2a_agent.cli.errors import ProtocolError, RpcError
from a2a_agent.cli.frames import Frame
from a2a_agent.cli.http_errors import explained, refused
from a2a_agent.cli.target import EXTENSIONS_HEADER, Target
from a2a_agent.domain.views import STREAM_EXTENSION_URI, StreamMode

_CONNECT_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One frame of a stream: as it came, and read. The id is the server's, `""` without one."""

    id: str
    result: Any
    frame: Frame


@asynccontextmanager
async def http_client(target: Target) -> AsyncIterator[httpx.AsyncClient]:
    """Connections with the headers and the patience asked for."""
    timeout = httpx.Timeout(target.timeout_seconds, connect=_CONNECT_TIMEOUT_SECONDS)
    async with httpx.AsyncClient(headers=dict(target.headers), timeout=timeout) as client:
        yield client


@asynccontextmanager
async def connect(target: Target) -> AsyncIterator["Client"]:
    """A client of the agent whose card is found at the target."""
    async with http_client(target) as http:
        card = await find_card(http, target.url)
        yield Client(http, card, card.choose(target.version))


class Client:
    """Speaks to one endpoint in its version."""

    def __init__(self, http: httpx.AsyncClient, card: Card, interface: Interface) -> None:
        self._http = http
        self._url = interface.url
        self._tenant = interface.tenant
        self.card = card
        self.dialect: Dialect = interface.dialect

    async def call(self, operation: Operation, params: Mapping[str, Any]) -> Any:
        """The result of an operation that is answered at once."""
        with explained(self._url):
            response = await self._http.post(
                self._url,
                content=self._body(operation, params),
                headers=self._headers("application/json", params),
            )
        return self._result(response)

    async def stream(
        self, operation: Operation, params: Mapping[str, Any], after: str | None = None
    ) -> AsyncGenerator[Event]:
        """The frames of one connection; those after the event id, where one is given."""
        headers = self._headers("text/event-stream", params)
        if after is not None:
            headers["Last-Event-ID"] = after
        body = self._body(operation, params)
        with explained(self._url):
            async with self._http.stream(
                "POST", self._url, content=body, headers=headers
            ) as response:
                if _media_type(response) != "text/event-stream" or response.is_error:
                    await response.aread()
                    yield self._event("", self._result(response))
                    return
                async for sent in EventSource(response).aiter_sse():
                    # A comment ends in an empty line too, and so looks like an empty event.
                    if sent.data:
                        yield self._event(sent.id, _result(_parsed(sent)))

    def _event(self, event_id: str, result: Any) -> Event:
        return Event(id=event_id, result=result, frame=self.dialect.frame(result))

    def _headers(self, accepted: str, params: Mapping[str, Any]) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "Accept": accepted,
            "A2A-Version": self.dialect.version,
        }
        if STREAM_EXTENSION_URI in params.get("metadata", {}):
            own = self._http.headers.get(EXTENSIONS_HEADER)
            headers[EXTENSIONS_HEADER] = ", ".join(filter(None, (own, STREAM_EXTENSION_URI)))
        return headers

    def _body(self, operation: Operation, params: Mapping[str, Any]) -> bytes:
        tenant = {"tenant": self._tenant} if self._tenant else {}
        call = {
            "jsonrpc": "2.0",
            "id": str(uuid4()),
            "method": self.dialect.methods[operation],
            "params": {**params, **tenant},
        }
        return json.dumps(call).encode()

    def _result(self, response: httpx.Response) -> Any:
        try:
            answer = json.loads(response.content)
        except (ValueError, RecursionError):
            answer = None
        if isinstance(answer, dict) and ("error" in answer or "result" in answer):
            return _result(answer)
        if response.is_success:
            kind = _media_type(response) or "something unnamed"
            raise ProtocolError(f"{self._url} answers with {kind} that is no JSON-RPC")
        raise refused(response, f"{self._url} is no A2A endpoint")


def stream_metadata(mode: StreamMode | None) -> dict[str, Any]:
    """The params that choose how much a stream shows."""
    return {"metadata": {STREAM_EXTENSION_URI: {"mode": mode.value}}} if mode else {}


def _media_type(response: httpx.Response) -> str:
    content_type: str = response.headers.get("content-type", "")
    return content_type.partition(";")[0].strip().lower()


def _parsed(sent: ServerSentEvent) -> Any:
    try:
        return json.loads(sent.data)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("the agent sent an event that is no JSON") from error


def _result(answer: Any) -> Any:
    match answer:
        case {"error": {"code": int(code), "message": message}}:
            raise RpcError(code, str(message))
        case {"result": result}:
            return result
        case _:
            raise ProtocolError("the agent sent something that is no JSON-RPC response")
