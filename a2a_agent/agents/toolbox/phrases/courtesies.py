"""Phrases that ask for nothing but a friendly word: "Hello!", "What can you do?", "Thanks"."""

import re

from a2a_agent.agents.toolbox.reading import Reading, Request
from a2a_agent.agents.toolbox.steps import Note

EXAMPLES = (
    "What is 15 * 7 + 23?",
    "Convert 5 miles to km",
    "What time is it in Tokyo when it is 9:00 in Berlin?",
    "How many days until 24 December?",
    "Count the words in “the quick brown fox”",
)
ABILITIES = (
    "I can calculate, convert units, tell the time around the world, count days and count words."
    " For example:\n" + "\n".join(f"- {example}" for example in EXAMPLES)
)
OVERVIEW = f"Hello! {ABILITIES}"

_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|hiya|howdy|greetings|yo|good (?:morning|afternoon|evening|day))"
    r"(?: there| toolbox| everyone| all)?|how are you(?: doing)?(?: today)?|test|ping)",
    re.IGNORECASE,
)
_HELP = re.compile(
    r"(?:help(?: me)?(?: out)?|usage|examples?|\?|commands|menu|what (?:else )?can you do"
    r"(?: for me)?|what do you do|who are you|what are you|what is this|introduce yourself"
    r"|how (?:do|can) (?:i|we) use (?:you|this)|how does this work|what are your skills|skills"
    r"|what can i (?:ask|do)(?: you)?(?: here)?|help me with something|i need help)",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:thank(?:s| you)(?: (?:a lot|so much|very much|again))?|thx|cheers|great|cool|nice"
    r"|perfect|awesome|(?:good)?bye|see you|ok(?:ay)?)",
    re.IGNORECASE,
)

NEVER_MIND = re.compile(
    r"(?:(?:oh|no|ok|please|just)[, ]+)*(?:never ?mind|cancel(?: (?:it|that|this))?"
    r"|forget(?: about)? (?:it|that|this)|stop|abort|quit|exit|skip(?: (?:it|that|this))?"
    r"|no(?: thanks?(?: you)?)?|nothing|leave it)(?:[, ]+(?:please|thanks?(?: you)?))*",
    re.IGNORECASE,
)


def courtesies(request: Request) -> Reading | None:
    """A word back."""
    said = " ".join(request.plain.split())
    if _GREETING.fullmatch(said) or _HELP.fullmatch(said):
        return Reading((Note(OVERVIEW),))
    if _THANKS.fullmatch(said):
        return Reading((Note("You are welcome."),))
    if NEVER_MIND.fullmatch(said):
        return Reading((Note("All right."),))
    return None
