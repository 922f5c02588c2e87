"""What the agents do, by how a message's id begins; see scenes.json, which the JavaScript ones
read too. Each step is an artifact's chunk, a pause, an end, or a message instead of a task.
"""

import json
from pathlib import Path
from typing import Any

_SCENES: dict[str, list[dict[str, Any]]] = json.loads(
    Path(__file__).with_name("scenes.json").read_text("utf-8")
)


def scene(message_id: str, text: str) -> list[dict[str, Any]]:
    """The steps, by the longest beginning; by default the text is repeated."""
    if "prices" in text:  # a fault, as agents have them: the file is not there
        text = Path(__file__).with_name("prices.csv").read_text("utf-8")
    begins = [prefix for prefix in _SCENES if message_id.startswith(prefix)]
    if begins:
        return _SCENES[max(begins, key=len)]
    return [{"artifact": {"text": text}}, {"end": "completed"}]


EXAMPLES = ["Hello", "Compare the prices"]
