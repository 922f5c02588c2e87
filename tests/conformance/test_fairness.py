"""What endpoints may do as well as anything else is held against none."""

import asyncio
import json

from tests.conformance.conftest import Run
from tests.conformance.endpoints import answering, failing, http, listening


def test_id_of_a_wrong_type_may_be_echoed_in_the_refusal(run: Run) -> None:
    with listening(failing(-32600, "no")) as url:
        only = ("--only", "jsonrpc.ids-of-other-types", "--only", "jsonrpc.id-echoed")
        ended = run(url, *only)
    assert ended.code == 0, ended.out


def test_number_in_the_place_of_a_request_may_be_no_json_text(run: Run) -> None:
    with listening(failing(-32700, "no")) as url:
        ended = run(url, "--only", "jsonrpc.not-an-object")
    assert ended.code == 0, ended.out


def test_endpoint_that_refuses_streams_as_it_refuses_else_is_right(run: Run) -> None:
    with listening(failing(-32602, "no")) as url:
        ended = run(url, "--only", "stream.refusal-is-")
    assert ended.code == 0, ended.out


def test_endpoint_that_takes_giant_bodies_is_left_with_no_giant_task(run: Run) -> None:
    giants = []

    async def answer(head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
        if len(body) > 1_000_000:
            giants.append(json.loads(body)["method"])
        writer.write(http(b'{"jsonrpc": "2.0", "id": 1, "error": {"code": -32602}}'))

    with listening(answering(answer)) as url:
        run(url, "--only", "security.too-large")
    assert giants == ["tasks/get", "GetTask"]
