"""A stream under test, read frame by frame; each is held against the rules of streams."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from conformance.dialects import Frame, Operation
from conformance.expect import Broken, Reply, is_id, read_json, shown_id
from conformance.folding import folded
from conformance.peer import Response
from conformance.replies import see_content, see_reply, see_status
from conformance.sse import Event
from conformance.watch import Watch

if TYPE_CHECKING:
    from conformance.session import Session

TYPE = "stream.content-type"
ONE_LINE = "stream.one-line-of-data"
ENDED = "stream.events-end-with-an-empty-line"
RESPONSE = "stream.event-is-a-response"
SAME_ID = "stream.same-id-in-every-event"
ADDS_UP = "stream.adds-up-to-the-task"
COMMENTS = "stream.silence-has-comments"
NO_DELAY = "stream.closes-without-delay"

RULES = frozenset({TYPE, ONE_LINE, ENDED, RESPONSE, SAME_ID, ADDS_UP, COMMENTS, NO_DELAY})

_DELAY_SECONDS = 2.0
"""From the last event to the closing; until then clients wait for what does not come."""


class LiveStream:
    """A stream of one connection, read frame by frame."""

    def __init__(self, session: "Session", response: Response, id: Any) -> None:
        self._session = session
        self._response = response
        self._id = id
        self.exchange = response.exchange
        self.watch = Watch(session.dialect)
        self.events: list[Event] = []
        self.reply = Reply(exchange=response.exchange)
        """The answer, where it is none but one response: an error as a rule."""
        self._left = self._read()

    @property
    def frames(self) -> list[Frame]:
        """Those that have come."""
        return self.watch.frames

    async def next(self) -> Frame | None:
        """The next frame; None where there are no more."""
        return await anext(self._left, None)

    async def first(self) -> Frame:
        """The first frame. Raises Broken where there is none."""
        frame = await self.next()
        if frame is None:
            raise Broken("a stream of events", self.reply.gist, self.exchange)
        return frame

    async def to_end(self) -> list[Frame]:
        """All frames, those that were read before among them."""
        while await self.next() is not None:
            pass
        await self._compare_with_the_task()
        return self.frames

    async def hang_up(self) -> None:
        """Reads no more."""
        await self._left.aclose()

    async def _read(self) -> AsyncGenerator[Frame, None]:
        """The frames as they come, each held against the rules of streams."""
        session, exchange = self._session, self.exchange
        if not self._response.is_stream:
            await self._response.read()
            self.reply = Reply(exchange=exchange, value=read_json(exchange.response_body))
            see_reply(session, self.reply, self._id, None)
            if exchange.status == 200 and self.reply.error is None:
                expected = "text/event-stream, or an error"
                session.breach(TYPE, expected, exchange.answer, exchange)
            return
        see_status(session, exchange)
        session.keep(TYPE)
        waiting_since = time.monotonic()
        async with aclosing(self._response.events()) as events:
            async for event in events:
                frame = self._frame(event)
                if frame is not None:
                    yield frame
                waiting_since = time.monotonic()
        self._close(time.monotonic() - waiting_since)

    def _frame(self, event: Event) -> Frame | None:
        session, exchange = self._session, self.exchange
        self.events.append(event)
        value = read_json(event.data.encode())
        is_response = _is_response(value)
        lines = event.data.split("\n")
        if len(lines) > 1 and all(_is_response(read_json(line.encode())) for line in lines):
            got = f"{len(lines)} responses in one: {event.data}"
            session.breach(ENDED, "an empty line after each event", got, exchange)
            return None
        session.check(ONE_LINE, event.lines_of_data == 1, "one line of data", event.data, exchange)
        session.check(RESPONSE, is_response, "a JSON-RPC response", event.data, exchange)
        if not is_response:
            return None
        self.reply = Reply(exchange=exchange, value=value)
        is_same = is_id(value, self._id)
        session.check(SAME_ID, is_same, f"the request's id {self._id!r}", shown_id(value), exchange)
        see_content(session, value, session.dialect.results[Operation.STREAM], exchange)
        if "result" not in value:
            return None
        frame = session.dialect.frame(value["result"])
        for breach in self.watch.see(frame):
            session.breach(breach.rule, breach.expected, breach.got, exchange)
        return frame

    def _close(self, seconds: float) -> None:
        """Holds what came against the rules of whole streams; it closed after so many seconds."""
        session, exchange, watch = self._session, self.exchange, self.watch
        whole = not self._response.has_leftover
        session.check(ENDED, whole, "an empty line after each event", "none at the end", exchange)
        if self._response.comments:
            session.keep(COMMENTS)
        in_good_order = self._response.was_closed
        if exchange.was_cut and not watch.has_ended:
            session.excuse_slowness(exchange)
            return  # it may be at work still
        if watch.has_ended:
            expected = f"the end within {_DELAY_SECONDS:g} seconds of the last event"
            got = f"{'closed' if in_good_order else 'left'} after {seconds:.1f} seconds"
            session.check(NO_DELAY, seconds <= _DELAY_SECONDS, expected, got, exchange)
        for breach in watch.close(in_good_order=in_good_order, trouble=exchange.trouble):
            session.breach(breach.rule, breach.expected, breach.got, exchange)
        for rule in watch.exercised:
            session.keep(rule)

    async def _compare_with_the_task(self) -> None:
        """Holds what the frames add up to against the task that the endpoint gives (`GetTask`)."""
        mine = folded(self.frames)
        task = self.frames[0].task_id if self.frames else None
        if mine is None or not self.watch.has_ended or not isinstance(task, str):
            return
        reply = await self._session.call(Operation.GET, {"id": task})
        result = reply.value.get("result") if isinstance(reply.value, dict) else None
        if not isinstance(result, dict):
            return
        state = self._session.dialect.read_state(result)
        theirs = folded([Frame(kind="task", body=result, state=state)])
        self._session.check(ADDS_UP, mine == theirs, f"{theirs}", f"{mine}", self.exchange)


def _is_response(value: Any) -> bool:
    return isinstance(value, dict) and "jsonrpc" in value
