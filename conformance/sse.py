"""Server-Sent Events from the bytes of a stream (WHATWG HTML, 9.2.6), with what was odd in them."""

from collections.abc import Iterator
from dataclasses import dataclass

_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event as it was dispatched; `id` is None where it had none of its own."""

    data: str
    id: str | None = None
    name: str = ""
    lines_of_data: int = 1


class Decoder:
    """Bytes in, events out."""

    def __init__(self) -> None:
        self._rest = b""
        self._was_cr = False
        self._is_first_line = True
        self._data: list[str] = []
        self._id: str | None = None
        self._name = ""
        self.comments = 0
        """Lines that a reader skips, such as `: keep-alive`."""

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """The events that are whole now."""
        if not chunk:
            return
        if self._was_cr:  # it has ended a line, and an LF now belongs to it
            chunk = chunk.removeprefix(b"\n")
        self._was_cr = chunk.endswith(b"\r")
        text = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, self._rest = (self._rest + text).split(b"\n")
        for line in lines:
            event = self._line(line.decode("utf-8", "replace"))
            if event is not None:
                yield event

    @property
    def leftover(self) -> bool:
        """Whether something is there that no empty line has ended: readers drop it."""
        return bool(self._rest.strip() or self._data)

    def _line(self, line: str) -> Event | None:
        if self._is_first_line:
            self._is_first_line = False
            line = line.removeprefix(_BYTE_ORDER_MARK)
        if not line:
            return self._dispatched()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "":
                self.comments += 1
            case "data":
                self._data.append(value)
            case "id":
                self._id = value
            case "event":
                self._name = value
        return None

    def _dispatched(self) -> Event | None:
        data, event_id, name = self._data, self._id, self._name
        self._data, self._id, self._name = [], None, ""
        if not data:
            return None
        return Event(data="\n".join(data), id=event_id, name=name, lines_of_data=len(data))
