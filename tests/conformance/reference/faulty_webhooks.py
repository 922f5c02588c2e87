"""The reference with one thing wrong with its webhooks, a class for each."""

import socket
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx

from conformance.dialects import TERMINAL, V1_0, Dialect
from conformance.expect import INTERNAL_ERROR, INVALID_PARAMS
from tests.conformance.reference.pushing import Refused, Webhook, Webhooks


class ForgetsAll(Webhooks):
    """What is registered is shown, and lost."""

    def keep(
        self, task_id: str, given: Mapping[str, Any], dialect: Dialect, after: int | None
    ) -> Webhook:
        return Webhook(task_id=task_id, given=given, dialect=dialect, after=after)


class KeepsOne(Webhooks):
    """A new webhook takes the place of the one before."""

    def keep(
        self, task_id: str, given: Mapping[str, Any], dialect: Dialect, after: int | None
    ) -> Webhook:
        self.kept.pop(task_id, None)
        return super().keep(task_id, given, dialect, after)


class ForgetsInline(Webhooks):
    """A webhook that comes with a message is not looked at."""

    def begins(self, message_id: str, task_id: str) -> None:
        self.expected.pop(message_id, None)
        super().begins(message_id, task_id)


class ShowsAnotherUrl(Webhooks):
    """What is shown is not what is registered."""

    def shown(self, webhook: Webhook, dialect: Dialect) -> Any:
        given = {**webhook.given, "url": "https://example.com/another"}
        another = Webhook(task_id=webhook.task_id, given=given, dialect=dialect, after=None)
        return super().shown(another, dialect)


class ShowsNoId(Webhooks):
    """Nobody is told the ids."""

    def shown(self, webhook: Webhook, dialect: Dialect) -> Any:
        said = super().shown(webhook, dialect)
        config = said["pushNotificationConfig"] if dialect.is_old else said
        without = {name: value for name, value in config.items() if name != "id"}
        return {**said, "pushNotificationConfig": without} if dialect.is_old else without


class ChoosesIds(Webhooks):
    """The client's id is not taken."""

    async def checked(self, named: Any) -> Mapping[str, Any]:
        return await super().checked({name: named[name] for name in named if name != "id"})


class TakesNoUrl(Webhooks):
    """A configuration need not say where."""

    async def checked(self, named: Any) -> Mapping[str, Any]:
        return await super().checked({"url": "http://127.0.0.1:9/", **named})


class WantsIds(Webhooks):
    """The task alone is not enough to get a configuration."""

    async def get(self, dialect: Dialect, params: Mapping[str, Any]) -> Any:
        if self.ids(dialect, params)[1] is None:
            raise Refused(INVALID_PARAMS, "an id is missing")
        return await super().get(dialect, params)


class ListsOfNoneAreErrors(Webhooks):
    """A list that would be empty is refused."""

    async def list(self, dialect: Dialect, params: Mapping[str, Any]) -> Any:
        found = await super().list(dialect, params)
        if not self.kept.get(str(self.ids(dialect, params)[0])):
            raise Refused(INTERNAL_ERROR, "nothing is registered")
        return found


class KnowsAllConfigurations(Webhooks):
    """Whoever asks for a configuration that there is not is given an empty one."""

    def unknown(self) -> Any:
        return {}


class BlamesTheParams(Webhooks):
    """A configuration that there is not is told as wrong params."""

    def unknown(self) -> Any:
        raise Refused(INVALID_PARAMS, "there is no such configuration")


class KnowsAllTasks(Webhooks):
    """Webhooks of tasks that there are not are served."""

    async def task(self, task_id: Any) -> str:
        return str(task_id)


class DeletesNothing(Webhooks):
    """Deleting is answered, and not done."""

    async def delete(self, dialect: Dialect, params: Mapping[str, Any]) -> Any:
        await self.task(self.ids(dialect, params)[0])
        return None if dialect.is_old else {}


class DeletesOnce(Webhooks):
    """What is deleted already cannot be deleted."""

    async def delete(self, dialect: Dialect, params: Mapping[str, Any]) -> Any:
        task_id, config_id = self.ids(dialect, params)
        if config_id not in self.kept.get(str(task_id), {}):
            return self.unknown()
        return await super().delete(dialect, params)


class DeletesAll(Webhooks):
    """With one webhook all of the task are gone."""

    async def delete(self, dialect: Dialect, params: Mapping[str, Any]) -> Any:
        self.kept.pop(str(self.ids(dialect, params)[0]), None)
        return await super().delete(dialect, params)


class MixesUpResults(Webhooks):
    """Deleting is answered as in the other version."""

    async def delete(self, dialect: Dialect, params: Mapping[str, Any]) -> Any:
        await super().delete(dialect, params)
        return {} if dialect.is_old else None


# Deliveries


class NeverDelivers(Webhooks):
    """Nobody is told anything."""

    async def post(self, webhook: Webhook, body: Any) -> None:
        pass


class DeliversTheEndOnly(Webhooks):
    """A webhook is told when all is over, and nothing before."""

    async def post(self, webhook: Webhook, body: Any) -> None:
        if webhook.dialect.frame(body).state in TERMINAL:
            await super().post(webhook, body)


class HidesCancels(Webhooks):
    """A webhook is told all but that its task was canceled."""

    async def post(self, webhook: Webhook, body: Any) -> None:
        if webhook.dialect.frame(body).state != "canceled":
            await super().post(webhook, body)


class DeliversStatesOnly(Webhooks):
    """A webhook is told of no artifact."""

    async def post(self, webhook: Webhook, body: Any) -> None:
        if webhook.dialect.is_old or "artifactUpdate" not in body:
            await super().post(webhook, body)


class DeliversAfterDelete(Webhooks):
    """Those that are deleted are told, too."""

    def is_kept(self, webhook: Webhook) -> bool:
        return True


class DeliversBackwards(Webhooks):
    """The last comes first."""

    async def tell(self, webhook: Webhook) -> None:
        updates = self.inner.updates(webhook.dialect, webhook.task_id, webhook.after)
        bodies = [await self.body(webhook, update) async for _, update in updates]
        for body in reversed(bodies):
            await self.post(webhook, body)


class DeliversOnce(Webhooks):
    """What is answered with an error is lost."""

    RETRY_SECONDS = (0.0,)


class DeliversTwice(DeliversOnce):
    """Everything is told twice, whatever is answered."""

    async def post(self, webhook: Webhook, body: Any) -> None:
        await super().post(webhook, body)
        await super().post(webhook, body)


class Hurries(Webhooks):
    """What is answered with an error comes again at once."""

    RETRY_SECONDS = (0.0,) * 20


class Puts(Webhooks):
    """Deliveries are PUT requests."""

    METHOD = "PUT"


class FollowsRedirects(Webhooks):
    """A delivery goes wherever it is sent on to."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.http = httpx.AsyncClient(trust_env=False, follow_redirects=True)


class AlwaysOld(Webhooks):
    """All webhooks are told in the form of 0.3."""

    async def body(self, webhook: Webhook, update: Any) -> Any:
        frame = webhook.dialect.frame(update)
        status = {"state": frame.state or "working"}
        ids = {"id": webhook.task_id, "contextId": frame.context_id}
        artifacts = [frame.body["artifact"]] if frame.kind == "artifact" else []
        return {"kind": "task", **ids, "status": status, "artifacts": artifacts}


class AlwaysNew(Webhooks):
    """All webhooks are told in the form of 1.0."""

    async def body(self, webhook: Webhook, update: Any) -> Any:
        frame = webhook.dialect.frame(update)
        status = {"state": V1_0.state(frame.state or "working")}
        ids = {"taskId": webhook.task_id, "contextId": frame.context_id}
        return {"statusUpdate": {**ids, "status": status}}


class LeavesOutTheContext(Webhooks):
    """The body lacks a member that its version requires."""

    async def body(self, webhook: Webhook, update: Any) -> Any:
        body = await super().body(webhook, update)
        old = webhook.dialect.is_old
        for one in (body,) if old else body.values():
            one.pop("contextId")
        return body


class TellsOfAnotherTask(Webhooks):
    """The id of the task is not that of the task."""

    async def body(self, webhook: Webhook, update: Any) -> Any:
        body = await super().body(webhook, update)
        for one in (body,) if webhook.dialect.is_old else body.values():
            one["id" if "id" in one else "taskId"] = "another"
        return body


class SaysText(Webhooks):
    """The content type is none of A2A."""

    def headers(self, webhook: Webhook) -> dict[str, str]:
        return {**super().headers(webhook), "Content-Type": "text/plain"}


class KeepsTheToken(Webhooks):
    """The token is not sent."""

    def headers(self, webhook: Webhook) -> dict[str, str]:
        headers = super().headers(webhook)
        headers.pop("X-A2A-Notification-Token", None)
        return headers


class DoesNotAuthenticate(Webhooks):
    """The credentials are not sent."""

    def headers(self, webhook: Webhook) -> dict[str, str]:
        headers = super().headers(webhook)
        headers.pop("Authorization", None)
        return headers


# Addresses


class TakesAll(Webhooks):
    """A webhook may be anywhere."""

    async def is_forbidden(self, url: str) -> bool:
        return False


class TakesLinkLocal(Webhooks):
    """A webhook may be where clouds tell their secrets."""

    async def is_forbidden(self, url: str) -> bool:
        is_link_local = urlsplit(url).hostname == "169.254.169.254"
        return not is_link_local and await super().is_forbidden(url)


class TakesAllInline(Webhooks):
    """A webhook that comes with a message may be anywhere."""

    async def checked_inline(self, named: Any) -> Mapping[str, Any]:
        return {"id": "inline", **named}


class TakesOtherWritings(Webhooks):
    """Only addresses in the usual writing are looked at, and the names of this machine."""

    async def is_forbidden(self, url: str) -> bool:
        host = urlsplit(url).hostname or ""
        try:
            ip_address(host)
        except ValueError:
            return host == "localhost" or not url.startswith("http")
        return await super().is_forbidden(url)


class TakesPrivateOfOtherWritings(TakesOtherWritings):
    """The same, and link-local addresses are looked at in all writings."""

    async def is_forbidden(self, url: str) -> bool:
        host = (urlsplit(url).hostname or "").rstrip(".")
        try:
            if ip_address(socket.inet_aton(host)).is_link_local:
                return True
        except OSError:
            pass
        return await super().is_forbidden(url)


class TakesNames(Webhooks):
    """Only addresses in the usual writing are looked at, names are not."""

    async def is_forbidden(self, url: str) -> bool:
        try:
            ip_address(urlsplit(url).hostname or "")
        except ValueError:
            return not url.startswith("http")
        return await super().is_forbidden(url)
