"""Puts an endpoint together: the only place where its parts are made and joined."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from a2a_agent.http.card import CardEndpoint, served_extensions
from a2a_agent.http.page import Page
from a2a_agent.http.rpc import RpcEndpoint
from a2a_agent.runtime.agent import Agent, AgentDescription, describe, opened, run_function
from a2a_agent.runtime.limits import Limits
from a2a_agent.runtime.service import Service
from a2a_agent.runtime.store import MemoryTaskStore, TaskStore
from a2a_agent.settings import CARD_PATHS, Settings

_EXPOSED = ("A2A-Extensions", "ETag", "Retry-After")


def create_app(
    agent: Agent,
    *,
    description: AgentDescription | None = None,
    settings: Settings | None = None,
) -> Starlette:
    """An A2A endpoint for the agent, as an ASGI application.

    Without a `description` the agent's own is used, or its name and docstring. Raises TypeError
    for what is no agent. The store is opened when the application starts, and the agent, if it is
    an asynchronous context manager, before it.
    """
    run_function(agent)
    settings = settings or Settings()
    description = description or describe(agent)
    endpoint = _Endpoint()
    card = CardEndpoint(description, settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with opened(agent), _store(settings) as store:
            service = Service(agent, description, store, limits(settings))
            async with service:
                endpoint.rpc = RpcEndpoint(service, settings, served_extensions(settings))
                app.state.closing = asyncio.Event()
                closing = asyncio.create_task(_close_early(app.state.closing, service))
                _tune_collector()
                try:
                    yield
                finally:
                    closing.cancel()
                    await asyncio.gather(closing, return_exceptions=True)

    return Starlette(
        routes=_routes(endpoint, card, Page(description, card), settings),
        middleware=[Middleware(_Browsers, settings=settings)],
        lifespan=lifespan,
    )


def _tune_collector() -> None:
    """Keeps the garbage collector from stopping the server for long, or often.

    What is there by now stays, so it need not be looked at ever again. What a request makes is
    freed by its reference counts; looking for cycles after every 700 objects is too often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


async def _close_early(closing: asyncio.Event, service: Service) -> None:
    """Ends the runs, and with them their streams, before the server waits for connections.

    Waits for as long as the application runs: whoever runs it may set the event, or not.
    """
    await closing.wait()
    await service.close()


class _Endpoint:
    """The place of the RPC endpoint, which is there once the application has started."""

    rpc: RpcEndpoint | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.rpc is None:
            response = JSONResponse({"error": "the application has not been started"}, 503)
            await response(scope, receive, send)
            return
        await self.rpc(scope, receive, send)


def _routes(
    endpoint: _Endpoint, card: CardEndpoint, page: Page, settings: Settings
) -> list[BaseRoute]:
    path = settings.rpc_path.rstrip("/")
    return [
        *(Route(p, endpoint, methods=["POST"]) for p in dict.fromkeys((path or "/", f"{path}/"))),
        *(Route(p, _function(card), methods=["GET"]) for p in CARD_PATHS),
        Route("/health", _health, methods=["GET"]),
        Route("/", _function(page), methods=["GET"]),
    ]


def _function(endpoint: CardEndpoint | Page) -> Callable[[Request], object]:
    """The endpoint as what Starlette knows a request-response endpoint by: a bound method."""
    return endpoint.__call__


async def _health(request: Request) -> Response:
    closing: asyncio.Event | None = getattr(request.app.state, "closing", None)
    if closing is None:
        return JSONResponse({"status": "not started"}, 503)
    if closing.is_set():
        return JSONResponse({"status": "stopping"}, 503)
    return JSONResponse({"status": "ok"})


class _Browsers:
    """Lets pages of the allowed origins in. Whoever is no browser sends no Origin: passed on."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._cors = CORSMiddleware(
            app,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "HEAD", "POST"],
            allow_headers=["*"],
            expose_headers=_EXPOSED,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for name, _ in scope.get("headers", ()):
            if name == b"origin":
                return await self._cors(scope, receive, send)
        return await self._app(scope, receive, send)


def _store(settings: Settings) -> AbstractAsyncContextManager[TaskStore]:
    if settings.store == "memory:":
        return nullcontext(MemoryTaskStore())
    from a2a_agent.backends.sql.store import open_store

    return open_store(settings.store, synchronous=settings.store_synchronous)


def limits(settings: Settings) -> Limits:
    """The runtime's limits, as they are set."""
    return Limits(
        concurrent_runs=settings.max_concurrent_runs,
        streams_per_caller=settings.max_streams_per_caller,
        events_per_task=settings.max_events_per_task,
        events_ahead=settings.max_events_ahead,
        history_length=settings.max_history_length,
        context_messages=settings.max_context_messages,
        parts=settings.max_parts,
        page_size=settings.max_page_size,
        default_page_size=settings.default_page_size,
        run_seconds=settings.run_timeout_seconds,
        idle_seconds=settings.idle_timeout_seconds,
        answer_seconds=settings.answer_timeout_seconds,
        cancel_seconds=settings.cancel_timeout_seconds,
        shutdown_seconds=settings.shutdown_timeout_seconds,
        reply_wait_seconds=settings.reply_wait_seconds,
        keep_alive_seconds=settings.keep_alive_seconds,
        tool_progress_seconds=settings.tool_progress_interval_seconds,
        retention_seconds=settings.retention_seconds,
        retention_interval_seconds=settings.retention_interval_seconds,
    )
