"""Finds out what the endpoint's agent does, from the frames that answer a few messages.

What is known beforehand is sent too: so each kind of task is seen at least once by the rules that
hold always.
"""

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from conformance.dialects import RESTING, Frame, Operation
from conformance.expect import Broken
from conformance.knowledge import Draft
from conformance.session import Session

_MOST_MESSAGES = 6
_LONG_SECONDS = 0.3
"""A task that takes so long can be met while it is at work."""


async def explore(session: Session) -> None:
    """Sends what the card gives as examples, and learns what comes of it."""
    known = [draft for name, draft in session.knowledge.drafts.items() if name != "long"]
    drafts = dict.fromkeys([*known, *(Draft(text=text) for text in _texts(session.card))])
    slowest, most = Draft(), 0.0
    nothing = session.request(Operation.GET, {"id": str(uuid4())}, 1)
    way = (await session.post(nothing)).exchange.seconds
    session.knowledge.way_seconds = way
    has_rested = False
    try:
        for draft in drafts:
            began = time.monotonic()
            try:
                frames = await _frames(session, draft)
            except Broken:
                continue  # a case will meet it too, and say so
            seconds = time.monotonic() - began
            has_rested |= any(one.state in RESTING or one.kind == "message" for one in frames)
            session.knowledge.learn(draft, _shown(frames))
            if seconds > most and frames and frames[0].kind == "task":
                slowest, most = draft, seconds
    finally:
        session.knowledge.is_slow = not has_rested
        # Another exchange compares what was streamed with the task.
        if most - 2 * way >= _LONG_SECONDS:
            session.knowledge.learn(slowest, ["long"])


def _texts(card: Any) -> list[str]:
    texts = ["Hello"]
    for skill in _list(card.get("skills")):
        examples = _list(skill.get("examples")) if isinstance(skill, dict) else []
        texts += [text for text in examples if isinstance(text, str) and text]
    return list(dict.fromkeys(texts))[:_MOST_MESSAGES]


async def _frames(session: Session, draft: Draft) -> list[Frame]:
    params = {"message": session.message(draft)}
    if not session.declares("streaming"):
        reply = await session.call(Operation.SEND, params)
        return [session.dialect.frame(reply.result)]
    async with session.stream(Operation.STREAM, params) as stream:
        return await stream.to_end()


_BY_STATE = {
    "completed": "completes",
    "input-required": "input",
    "auth-required": "auth",
    "failed": "fails",
    "rejected": "rejects",
}


def _shown(frames: list[Frame]) -> Iterator[str]:
    if not frames:
        return
    if frames[0].kind == "message":
        yield "message"
        return
    states = [frame.state for frame in frames if frame.state is not None]
    if states and states[-1] in _BY_STATE:
        yield _BY_STATE[states[-1]]
    chunks = [frame.body.get("artifact") for frame in frames if frame.kind == "artifact"]
    artifacts = [
        one for one in (*chunks, *_list(frames[0].body.get("artifacts"))) if isinstance(one, dict)
    ]
    if artifacts:
        yield "artifact"
    if any(frame.body.get("append") is True for frame in frames):
        yield "chunks"
    parts = [part for one in artifacts for part in _list(one.get("parts"))]
    if any(isinstance(part, dict) and "data" in part for part in parts):
        yield "data"
    if any(isinstance(part, dict) and part.keys() & {"file", "raw", "url"} for part in parts):
        yield "file"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
