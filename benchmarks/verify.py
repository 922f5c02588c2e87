"""Reads one reply and one stream of a server as JSON: nothing is measured that is not right."""

import json
from typing import Any

import httpx

from benchmarks.client import HOST, WrongReplyError
from benchmarks.commands import CHUNK, HELLO
from benchmarks.dialect import Dialect
from benchmarks.process import Server

CHUNKS = 5
TIMEOUT_SECONDS = 10.0


def verify(server: Server, dialect: Dialect) -> None:
    """Raises WrongReplyError unless the server answers a send and a stream as it should."""
    reply = _post(server, dialect, dialect.send, "send")
    task = dialect.task(_result(reply.text))
    if not dialect.completed.decode().strip('"') == task["status"]["state"]:
        raise WrongReplyError(f"{server.kind.name}: not completed: {reply.text}")
    if [_text(part) for a in task["artifacts"] for part in a["parts"]] != [HELLO]:
        raise WrongReplyError(f"{server.kind.name}: not one artifact {HELLO!r}: {reply.text}")
    stream = _post(server, dialect, dialect.stream, f"stream {CHUNKS}")
    frames = [line[5:] for line in stream.text.splitlines() if line.startswith("data:")]
    results = [_result(frame) for frame in frames]
    updates = [r.get("artifactUpdate", r) for r in results]
    texts = [_text(p) for u in updates for p in u.get("artifact", {}).get("parts", ())]
    if "".join(texts) != CHUNK * CHUNKS:
        raise WrongReplyError(f"{server.kind.name}: not {CHUNKS} chunks: {stream.text}")
    if dialect.completed.decode() not in frames[-1]:
        raise WrongReplyError(f"{server.kind.name}: does not end completed: {stream.text}")


def _post(server: Server, dialect: Dialect, method: str, text: str) -> httpx.Response:
    head, _, body = dialect.template(method, text).request().partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    url = f"http://{HOST}:{server.port}/"
    reply = httpx.post(url, content=body, headers=headers, timeout=TIMEOUT_SECONDS)
    if reply.status_code != httpx.codes.OK:
        raise WrongReplyError(f"{server.kind.name}: HTTP {reply.status_code} {reply.text[:600]}")
    return reply


def _result(text: str) -> dict[str, Any]:
    reply = json.loads(text)
    if "result" not in reply:
        raise WrongReplyError(f"no result: {text[:600]}")
    result: dict[str, Any] = reply["result"]
    return result


def _text(part: dict[str, Any]) -> str:
    text: str = part.get("text", "")
    return text
