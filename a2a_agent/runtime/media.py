"""Media types: what an agent takes and gives, against what a client sends and wants."""

from collections.abc import Sequence

from a2a_agent.domain.assembly import is_plain_text
from a2a_agent.domain.errors import ContentTypeNotSupported
from a2a_agent.domain.model import DataPart, FilePart, Message, Part


class MediaTypes:
    """What an agent takes and gives."""

    def __init__(self, *, takes: Sequence[str], gives: Sequence[str]) -> None:
        self._takes = takes
        self._gives = gives
        self._takes_text = self._is_taken("text/plain")

    def check(self, message: Message, accepted_output: Sequence[str]) -> None:
        """Raises ContentTypeNotSupported for a part not taken, or wishes that cannot be met.

        No wishes at all are met by anything.
        """
        for index, part in enumerate(message.parts):
            if is_plain_text(part) and self._takes_text:
                continue
            if not self._is_taken(media_type_of(part)):
                raise ContentTypeNotSupported(
                    f"message.parts[{index}] is {media_type_of(part)}; "
                    f"this agent takes {', '.join(self._takes)}"
                )
        if accepted_output and not any(
            covers(wanted, given) or covers(given, wanted)
            for wanted in accepted_output
            for given in self._gives
        ):
            raise ContentTypeNotSupported(
                f"acceptedOutputModes has none of what this agent gives: {', '.join(self._gives)}"
            )

    def _is_taken(self, media_type: str) -> bool:
        return any(covers(mode, media_type) for mode in self._takes)


def media_type_of(part: Part) -> str:
    """The part's media type, without parameters; what it must be where none is named."""
    if part.media_type:
        return part.media_type.partition(";")[0].strip().lower()
    if isinstance(part, FilePart):
        return "application/octet-stream"
    return "application/json" if isinstance(part, DataPart) else "text/plain"


def covers(media_range: str, media_type: str) -> bool:
    """Whether the range (`image/*`, `*/*`, or one type) holds the type."""
    wanted, found = media_range.partition(";")[0].strip().lower(), media_type.lower()
    if wanted in ("*/*", "*"):
        return True
    if wanted.endswith("/*"):
        return found.startswith(wanted[:-1])
    return wanted == found.partition(";")[0].strip()
