"""Media types: what an agent takes and gives, against what a client sends and wants."""

from collections.abc import Sequence

from a2a_agent.domain.errors import ContentTypeNotSupported
from a2a_agent.domain.model import DataPart, FilePart, Message, Part


def check_media_types(
    message: Message, accepted_output: Sequence[str], *, takes: Sequence[str], gives: Sequence[str]
) -> None:
    """Raises ContentTypeNotSupported for a part the agent does not take, or wishes it cannot meet.

    No wishes at all are met by anything.
    """
    for index, part in enumerate(message.parts):
        media_type = media_type_of(part)
        if not any(covers(mode, media_type) for mode in takes):
            raise ContentTypeNotSupported(
                f"message.parts[{index}] is {media_type}; this agent takes {', '.join(takes)}"
            )
    if accepted_output and not any(
        covers(wanted, given) or covers(given, wanted)
        for wanted in accepted_output
        for given in gives
    ):
        raise ContentTypeNotSupported(
            f"acceptedOutputModes has none of what this agent gives: {', '.join(gives)}"
        )


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
