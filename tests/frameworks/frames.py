"""What a client makes of a stream: the answer, the calls, the end."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from a2a_agent.domain.views import STREAM_EXTENSION_URI
from tests.properties.client import Client
from tests.support.dialects import Dialect, Json
from tests.support.endpoint import Endpoint, Frame


@dataclass(frozen=True, slots=True)
class Seen:
    """A stream, read to its end."""

    dialect: Dialect
    frames: Sequence[Frame]

    @property
    def task(self) -> Json:
        """The task that the frames add up to."""
        first, *others = deepcopy([frame.result for frame in self.frames])
        client = Client(first, (), details_key=STREAM_EXTENSION_URI)
        for frame in others:
            client.see(frame)
        return client.task

    @property
    def state(self) -> str:
        """The state at the end, as 0.3 calls it."""
        return str(self._gists[-1][1])

    @property
    def pieces(self) -> list[str]:
        """The pieces of the answer, from its last beginning on."""
        pieces: list[str] = []
        for gist in self._gists:
            if gist[:2] == ("artifact", "response"):
                pieces = [*([] if gist[3] in ("first", "whole") else pieces), gist[2]]
        return [piece for piece in pieces if piece]

    @property
    def answer(self) -> str:
        """The whole answer."""
        return "".join(self.pieces)

    @property
    def data(self) -> list[Json]:
        """The data of all status messages, in order."""
        return [
            part["data"]
            for frame in self.frames[1:]
            if (status := self._status(frame)) and "message" in status
            for part in status["message"]["parts"]
            if "data" in part
        ]

    @property
    def calls(self) -> list[Json]:
        """What was called."""
        return [data for data in self.data if "arguments" in data and "requestId" not in data]

    @property
    def results(self) -> list[Json]:
        """What came of it."""
        return [data for data in self.data if "output" in data or "error" in data]

    @property
    def question(self) -> Json:
        """What is asked at the end, without its id."""
        assert self.state == "input-required"
        return {name: value for name, value in self.data[-1].items() if name != "requestId"}

    @property
    def text(self) -> str:
        """All that came over the wire."""
        return str([frame.reply for frame in self.frames])

    @property
    def _gists(self) -> list[tuple[Any, ...]]:
        return [self.dialect.gist(frame.result) for frame in self.frames]

    def _status(self, frame: Frame) -> Json | None:
        update = frame.result if self.dialect.is_old else frame.result.get("statusUpdate", {})
        found: Json | None = update.get("status")
        return found


@dataclass(frozen=True, slots=True)
class Talk:
    """One client of an endpoint."""

    endpoint: Endpoint
    dialect: Dialect

    def stream(self, text: str, **more: Any) -> Seen:
        """The whole stream that answers a message."""
        with self.endpoint.sending(self.dialect, self.dialect.message(text, **more)) as frames:
            return Seen(self.dialect, list(frames))

    def answer(self, asked: Seen, text: str, **more: Any) -> Seen:
        """What follows the answer to the question that a stream has ended with."""
        place = {"taskId": asked.task["id"], "contextId": asked.task["contextId"]}
        return self.stream(text, **place, **more)
