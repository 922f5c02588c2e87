"""The reference with one thing wrong with whom it serves, a class for each."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from a2a_agent.agents.scenarios import ScenarioAgent
from conformance.dialects import V0_3, V1_0, Operation
from conformance.expect import INVALID_REQUEST, METHOD_NOT_FOUND
from tests.conformance.reference.endpoint import ALICE, BOB, Asked, Desk, Reference, result_of


class ServesStrangers(Reference):
    """Whoever has no credentials is taken for somebody."""

    def caller(self, request: Request) -> Desk | None:
        if "authorization" not in request.headers:
            return self.desks[ALICE]
        return super().caller(request)


class BelievesAll(Reference):
    """Whatever the credentials are, they are right."""

    def caller(self, request: Request) -> Desk | None:
        is_told = "authorization" in request.headers
        return super().caller(request) or (self.desks[ALICE] if is_told else None)


class StreamsToStrangers(Reference):
    """Credentials are asked for, except for streams."""

    def caller(self, request: Request) -> Desk | None:
        is_stream = request.headers.get("accept") == "text/event-stream"
        return super().caller(request) or (self.desks[ALICE] if is_stream else None)


class _Lets(Reference):
    """Credentials are asked for, except for bodies that `is_let_in` is true of."""

    def is_let_in(self, said: Any) -> bool:
        raise NotImplementedError

    async def rpc(self, request: Request) -> Response:
        is_let_in = "authorization" not in request.headers and self.is_let_in(await request.json())
        request.state.is_let_in = is_let_in
        return await super().rpc(request)

    def caller(self, request: Request) -> Desk | None:
        return self.desks[ALICE] if request.state.is_let_in else super().caller(request)


def _calls(said: Any, *operations: Operation) -> bool:
    """Whether a request is for one of the operations, in either version."""
    names = {one.methods[operation] for one in (V0_3, V1_0) for operation in operations}
    return isinstance(said, dict) and said.get("method") in names


class ListsForStrangers(_Lets):
    """Credentials are asked for, except for lists of tasks."""

    def is_let_in(self, said: Any) -> bool:
        return _calls(said, Operation.LIST)


class RegistersForStrangers(_Lets):
    """Credentials are asked for, except to register a webhook."""

    def is_let_in(self, said: Any) -> bool:
        return _calls(said, Operation.PUSH_CREATE)


class ShowsWebhooksToStrangers(_Lets):
    """Credentials are asked for, except to see webhooks."""

    def is_let_in(self, said: Any) -> bool:
        return _calls(said, Operation.PUSH_GET, Operation.PUSH_LIST)


class DeletesForStrangers(_Lets):
    """Credentials are asked for, except to delete a webhook."""

    def is_let_in(self, said: Any) -> bool:
        return _calls(said, Operation.PUSH_DELETE)


class AnswersBatchesOfStrangers(_Lets):
    """Credentials are asked for, except by batches."""

    def is_let_in(self, said: Any) -> bool:
        return isinstance(said, list)


class CarriesOutNotificationsOfStrangers(_Lets):
    """Credentials are asked for, except by notifications."""

    def is_let_in(self, said: Any) -> bool:
        return isinstance(said, dict) and "id" not in said


class LooksAtRequestsFirst(Reference):
    """No fault: what is no request here, or for no method, is refused whoever asks."""

    async def rpc(self, request: Request) -> Response:
        said = await request.json()
        is_call = isinstance(said, dict) and "id" in said
        if is_call and not _calls(said, Operation.LIST):
            return await super().rpc(request)
        error = {"code": METHOD_NOT_FOUND if is_call else INVALID_REQUEST, "message": "no"}
        id = said["id"] if is_call else None
        return JSONResponse({"jsonrpc": "2.0", "id": id, "error": error})


class ServesAnybody(ServesStrangers):
    """No fault: the card says that credentials are not required."""

    def card(self, request: Request) -> dict[str, Any]:
        said = super().card(request)
        open_to_all = [{"schemes": {}}, *said["securityRequirements"]]
        return {**said, "security": [*said["security"], {}], "securityRequirements": open_to_all}


class Forbids(Reference):
    """Whoever is not known is answered as if they were, and may not."""

    async def refusal(self, request: Request) -> Response:
        return JSONResponse({"error": "no"}, 403)


class DoesNotSayHow(Reference):
    """The refusal does not say how to authenticate."""

    async def refusal(self, request: Request) -> Response:
        return JSONResponse({"error": "who are you?"}, 401)


class RepeatsCredentials(Reference):
    """The refusal tells the credentials that it refuses."""

    async def refusal(self, request: Request) -> Response:
        said = request.headers.get("authorization", "")
        answer = {"error": f"{said} is not known"}
        return JSONResponse(answer, 401, headers={"WWW-Authenticate": "Bearer"})


class ShowsTheExtendedCard(Reference):
    """The extended card is for everybody."""

    async def refusal(self, request: Request) -> Response:
        said = await request.json()
        if _calls(said, Operation.EXTENDED_CARD):
            return result_of(said, self.extended_card(request))
        return await super().refusal(request)


class ExtendsByNothing(Reference):
    """The extended card is no card."""

    def extended_card(self, request: Request) -> dict[str, Any]:
        return {"name": super().extended_card(request)["name"]}


class IsBroughtDown(Reference):
    """What is too large is told as a fault of the server."""

    def too_large(self) -> Response:
        return JSONResponse({"error": "internal"}, 500)


class IsBusy(Reference):
    """Lists are too much, and nobody is told when to come back."""

    async def answer(self, asked: Asked) -> Response:
        if asked.operation is Operation.PUSH_LIST:
            error = {"code": -32000, "message": "busy"}
            return JSONResponse({"jsonrpc": "2.0", "id": asked.said["id"], "error": error}, 429)
        return await super().answer(asked)


# Callers


class KnowsOneCaller(Reference):
    """All callers are one."""

    def caller(self, request: Request) -> Desk | None:
        return self.desks[ALICE] if super().caller(request) is not None else None


class _Served(Reference):
    """Bob is served as Alice, where `is_mixed_up` says so."""

    def is_mixed_up(self, operation: Operation, params: dict[str, Any]) -> bool:
        raise NotImplementedError

    async def answer(self, asked: Asked) -> Response:
        if asked.desk is self.desks[BOB] and self.is_mixed_up(asked.operation, asked.params):
            asked = replace(asked, desk=self.desks[ALICE])
        return await super().answer(asked)


class ListsForAll(_Served):
    """Lists have the tasks of all callers."""

    def is_mixed_up(self, operation: Operation, params: dict[str, Any]) -> bool:
        return operation is Operation.LIST and "contextId" not in params


class ListsContextsForAll(_Served):
    """Lists have the tasks of all callers, where their context is named."""

    def is_mixed_up(self, operation: Operation, params: dict[str, Any]) -> bool:
        return operation is Operation.LIST and "contextId" in params


class GetsForAll(_Served):
    """Whoever knows the id of a task is given it."""

    def is_mixed_up(self, operation: Operation, params: dict[str, Any]) -> bool:
        return operation is Operation.GET


class CancelsForAll(_Served):
    """Whoever knows the id of a task may cancel it."""

    def is_mixed_up(self, operation: Operation, params: dict[str, Any]) -> bool:
        return operation is Operation.CANCEL


class SubscribesForAll(_Served):
    """Whoever knows the id of a task may follow it."""

    def is_mixed_up(self, operation: Operation, params: dict[str, Any]) -> bool:
        return operation is Operation.SUBSCRIBE


class SendsForAll(_Served):
    """Whoever knows the id of a task may go on with it."""

    def is_mixed_up(self, operation: Operation, params: dict[str, Any]) -> bool:
        message = params.get("message")
        return operation is Operation.SEND and isinstance(message, dict) and "taskId" in message


class StreamsForAll(_Served):
    """Whoever knows the id of a task may go on with it, if they stream."""

    def is_mixed_up(self, operation: Operation, params: dict[str, Any]) -> bool:
        message = params.get("message")
        return operation is Operation.STREAM and isinstance(message, dict) and "taskId" in message


class RemembersMessagesOfAll(Reference):
    """A message that comes again is answered as the first one, whoever sent that."""

    OPERATIONS: Sequence[Operation] = (Operation.SEND, Operation.STREAM)

    def __init__(self, agent: ScenarioAgent) -> None:
        super().__init__(agent)
        self.first: dict[str, Desk] = {}

    async def answer(self, asked: Asked) -> Response:
        message = asked.params.get("message")
        if asked.operation in self.OPERATIONS and isinstance(message, dict):
            message_id = str(message.get("messageId"))
            asked = replace(asked, desk=self.first.setdefault(message_id, asked.desk))
        return await super().answer(asked)


class RemembersStreamsOfAll(RemembersMessagesOfAll):
    """A message that is streamed again is answered as the first one, whoever sent that."""

    OPERATIONS = (Operation.STREAM,)


class ShowsWebhooksToAll(_Served):
    """Whoever knows the id of a task is shown its webhooks."""

    def is_mixed_up(self, operation: Operation, params: dict[str, Any]) -> bool:
        return operation in (Operation.PUSH_GET, Operation.PUSH_LIST)


class GoesOnInAnyContext(Reference):
    """A message that names a context goes on with the task that is open there, whoever's it is."""

    async def answer(self, asked: Asked) -> Response:
        message = asked.params.get("message")
        if isinstance(message, dict) and "contextId" in message:
            alice, context = self.desks[ALICE], {"contextId": message["contextId"]}
            listed = await alice.inner.call(V0_3, Operation.LIST, context)
            message["taskId"] = listed["result"]["tasks"][0]["id"]
            asked = replace(asked, desk=alice)
        return await super().answer(asked)


class SaysForbidden(Reference):
    """Whose tasks are another caller's is told, by HTTP 403."""

    async def answer(self, asked: Asked) -> Response:
        if asked.desk is self.desks[BOB] and asked.operation is Operation.GET:
            reply = await self.desks[ALICE].inner.call(V0_3, Operation.GET, asked.params)
            if "result" in reply:
                return JSONResponse({"error": "forbidden"}, 403)
        return await super().answer(asked)
