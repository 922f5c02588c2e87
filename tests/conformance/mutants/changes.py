"""What is often altered: params, results, objects in them, errors, events of streams."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from conformance.dialects import Operation
from tests.conformance.mutants.altering import (
    Alteration,
    Change,
    Stream,
    asks_of,
    replies,
    responses,
    streams,
)
from tests.conformance.mutants.messages import Asked, Event

_SENDING = (Operation.SEND, Operation.STREAM)


def asks_message(change: Callable[[dict[str, Any]], Any], *operations: Operation) -> Alteration:
    """Changes the message that is sent."""

    def ask(asked: Asked) -> Asked | None:
        message = asked.params.get("message")
        changed = change(message) if isinstance(message, dict) else message
        return asked.with_params(message=changed) if isinstance(changed, dict) else None

    return asks_of(ask, *(operations or _SENDING))


def asks_configuration(
    change: Callable[[dict[str, Any]], Any], *operations: Operation
) -> Alteration:
    """Changes the configuration, {} where there is none."""

    def ask(asked: Asked) -> Asked | None:
        given = asked.params.get("configuration") or {}
        if not isinstance(given, dict):
            return None
        return asked.with_params(configuration=change(given))

    return asks_of(ask, *(operations or _SENDING))


def without(value: Any, *names: str) -> Any:
    """The object without these members."""
    return {name: item for name, item in value.items() if name not in names}


def objects(change: Callable[[dict[str, Any]], Any]) -> Alteration:
    """Changes each object in each result, whatever holds it; the innermost first."""

    def change_result(response: Any, _: Asked) -> Any:
        if isinstance(response, dict) and "result" in response:
            return {**response, "result": walked(response["result"], change)}
        return response

    return responses(change_result)


def walked(value: Any, change: Callable[[dict[str, Any]], Any]) -> Any:
    """The value with each object in it changed."""
    if isinstance(value, list):
        return [walked(item, change) for item in value]
    if isinstance(value, dict):
        return change({name: walked(item, change) for name, item in value.items()})
    return value


def errors(change: Callable[[dict[str, Any]], Any]) -> Alteration:
    """Changes each error object."""

    def change_error(response: Any, _: Asked) -> Any:
        if isinstance(response, dict) and isinstance(response.get("error"), dict):
            return {**response, "error": change(response["error"])}
        return response

    return responses(change_error)


def recoded(code: int, other: int) -> Alteration:
    """Answers with another error than this one."""
    return errors(lambda error: {**error, "code": other} if error["code"] == code else error)


def replies_where(code: int, change: Callable[[Any], Any]) -> Alteration:
    """Changes the replies with this error."""

    def change_reply(reply: Any, _: Asked) -> Any:
        error = reply.get("error") if isinstance(reply, dict) else None
        return change(reply) if isinstance(error, dict) and error.get("code") == code else reply

    return replies(change_reply)


def results(change: Change, *operations: Operation) -> Alteration:
    """Changes the results of these operations, that are no streams."""

    def change_result(response: Any, asked: Asked) -> Any:
        if isinstance(response, dict) and "result" in response:
            return {**response, "result": change(response["result"], asked)}
        return response

    return replies(change_result, *operations)


def tasks(change: Callable[[dict[str, Any]], Any], *operations: Operation) -> Alteration:
    """Changes the tasks that these operations give."""

    def change_result(result: Any, _: Asked) -> Any:
        if not isinstance(result, dict):
            return result
        if "status" in result:
            return change(result)
        return {**result, "task": change(result["task"])} if "task" in result else result

    return results(change_result, *operations)


def event_by_event(change: Callable[[Event, int], Event | list[Event]]) -> Alteration:
    """Changes each event, which is the n-th of its stream, or makes several or none of it."""

    async def stream(events: AsyncIterator[Event], _: Asked) -> AsyncIterator[Event]:
        number = 0
        async for event in events:
            changed = change(event, number)
            number += event.value is not None
            for one in changed if isinstance(changed, list) else [changed]:
                yield one

    return streams(stream)


def last_event(change: Callable[[Event], list[Event]]) -> Alteration:
    """Makes other events of the last one of each stream, or none."""

    async def stream(events: AsyncIterator[Event], _: Asked) -> AsyncIterator[Event]:
        held: Event | None = None
        async for event in events:
            if held is not None:
                yield held
            held = event
        for one in change(held) if held is not None else ():
            yield one

    return streams(stream)


def recoded_of(code: int, other: int, *operations: Operation) -> Alteration:
    """Answers these operations with another error than this one."""

    def change(response: Any, asked: Asked) -> Any:
        error = response.get("error") if asked.operation in operations else None
        if not isinstance(error, dict) or error.get("code") != code:
            return response
        return {**response, "error": {"code": other, "message": "This is refused."}}

    return responses(change)


def streams_of(stream: Stream, *operations: Operation) -> Alteration:
    """Changes the streams of these operations as a whole."""
    return streams(
        lambda events, asked: stream(events, asked) if asked.operation in operations else events
    )
