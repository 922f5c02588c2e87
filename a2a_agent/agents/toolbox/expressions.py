"""Arithmetic as people write it, turned into the notation that `calculator` evaluates.

Knows `×`, `÷`, `^`, `²`, `√`, `5!`, `15%`, `2(3 + 4)` and numbers with thousands separators.
Pure text to text; raises ExpressionError, saying what it could not read.
"""

import re
from itertools import accumulate, pairwise
from types import MappingProxyType

from a2a_agent.agents.toolbox.numerals import NUMBER, read_number

MAX_LENGTH = 300
MAX_DEPTH = 25

CONSTANTS = frozenset({"pi", "e", "tau"})
_FUNCTION_NAMES = (
    "abs acos asin atan cbrt ceil cos degrees exp factorial floor gcd hypot lcm ln log log10 log2"
    " max mean min radians round sin sqrt sum tan"
)
FUNCTIONS = frozenset(_FUNCTION_NAMES.split())
_OF_SEVERAL = frozenset({"gcd", "hypot", "lcm", "log", "max", "mean", "min", "round", "sum"})

_SIGNS = frozenset({"+", "-", "*", "/", "%", "^", "!", "**", "//"})

_SYMBOLS = MappingProxyType(
    {
        **dict.fromkeys("×·⋅∗✕✖", "*"),
        **dict.fromkeys("÷∕⁄", "/"),
        **dict.fromkeys("−–—", "-"),
        **dict.fromkeys("[{", "("),
        **dict.fromkeys("]}", ")"),
        **{digit: f"^{value}" for value, digit in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
        **{"½": "(1/2)", "¼": "(1/4)", "¾": "(3/4)", "⅓": "(1/3)", "⅔": "(2/3)"},
        **{"√": " sqrt ", "∛": " cbrt ", "π": " pi ", "∙": "*"},
    }
)
_TABLE = str.maketrans(dict(_SYMBOLS))
_TOKEN = re.compile(
    rf"\s*(?:(?P<number>{NUMBER})|(?P<name>[a-z]+(?:(?:10|2)(?!\d))?)|(?P<sign>\*\*|//|[-+*/%^!(),]))"
)
_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?|\.\d+")


class ExpressionError(ValueError):
    """The text is no arithmetic; the message says why, for people."""


def is_arithmetic(text: str) -> bool:
    """Whether there is something to compute: known words and signs, and more than a number."""
    try:
        tokens = _tokens(text)
    except ExpressionError:
        return False
    named = any(token in FUNCTIONS or token in CONSTANTS for token in tokens)
    signed = any(token in _SIGNS for token in tokens[1:])
    return (named or signed) and any(token[0].isdigit() or token in CONSTANTS for token in tokens)


def python_expression(text: str) -> str:
    """The same arithmetic in Python's notation, made of known names, numbers and signs only."""
    written: list[str] = []
    tokens = _tokens(text)
    if max(accumulate({"(": 1, ")": -1}.get(token, 0) for token in tokens)) > MAX_DEPTH:
        raise ExpressionError(f"Parentheses may be nested at most {MAX_DEPTH} deep.")
    for token, following in pairwise((*tokens, "")):
        if token == "!":
            start = _operand_start(written)
            written[start:] = ["factorial", "(", *written[start:], ")"]
        elif token == "%" and (following == "of" or not _begins_operand(following)):
            _write_percent(written, following)
        elif token == "of":
            written.append("*")
        elif written and written[-1] in FUNCTIONS and token[0].isalnum():
            written += ["(", token, ")"]
        else:
            if written and _ends_operand(written[-1]) and _multiplies(written[-1], token):
                written.append("*")
            written.append("**" if token == "^" else token)
    return " ".join(written)


def _tokens(text: str) -> list[str]:
    text = text.translate(_TABLE).casefold().strip().rstrip("=? ")
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"An expression may have at most {MAX_LENGTH} characters.")
    tokens: list[str] = []
    groups: list[str] = []
    position = 0
    while position < len(text):
        token, position = _next_token(text, position, groups, tokens[-1:] == ["%"])
        if token == "(":
            groups.append(tokens[-1] if tokens else "")
        elif token == ")" and groups:
            groups.pop()
        elif token == "," and not (groups and groups[-1] in FUNCTIONS):
            raise ExpressionError("I cannot read a list as one calculation.")
        tokens.append(token)
    if not tokens:
        raise ExpressionError("There is nothing to calculate.")
    return tokens


def _next_token(
    text: str, position: int, groups: list[str], is_percentage: bool
) -> tuple[str, int]:
    match = _TOKEN.match(text, position)
    if match is None:
        raise ExpressionError(f"I cannot read “{text[position:].strip()[:20]}” as arithmetic.")
    if match["number"]:
        number = match["number"]
        if groups and groups[-1] in _OF_SEVERAL:
            plain = _PLAIN_NUMBER.match(text, match.start("number"))
            number = plain[0] if plain else number
        return repr(read_number(number)), match.start("number") + len(number)
    name = match["name"]
    if name == "of" and is_percentage:
        return name, match.end()
    if name and name not in FUNCTIONS and name not in CONSTANTS:
        raise ExpressionError(f"I do not know “{name[:20]}” in a calculation.")
    return match[0].strip(), match.end()


def _begins_operand(token: str) -> bool:
    return token == "(" or token[:1].isalnum() or token[:1] == "."


def _ends_operand(token: str) -> bool:
    return token == ")" or token in CONSTANTS or token[0].isdigit()


def _multiplies(before: str, token: str) -> bool:
    """Whether an operand right after another one means a product: `2(3)`, `2 pi`, not `2 3`."""
    if not _begins_operand(token):
        return False
    return not (before[0].isdigit() and token[0].isdigit())


def _operand_start(written: list[str]) -> int:
    if not written or not _ends_operand(written[-1]):
        raise ExpressionError("“!” and “%” go behind a number.")
    if written[-1] != ")":
        return len(written) - 1
    depth, start = 0, len(written)
    while start > 0:
        start -= 1
        depth += {")": 1, "(": -1}.get(written[start], 0)
        if depth == 0:
            break
    return start - 1 if start > 0 and written[start - 1] in FUNCTIONS else start


def _write_percent(written: list[str], following: str) -> None:
    """`15%` is 15/100; `80 + 15%` is 80 and 15 % of it."""
    start = _operand_start(written)
    share = ["(", *written[start:], "/", "100", ")"]
    group = _group_start(written, start)
    is_sum = start - 2 >= group and _ends_operand(written[start - 2])
    sign = written[start - 1] if is_sum else ""
    if sign in ("+", "-") and following in ("", ")", "+", "-", ","):
        written[group:] = ["(", *written[group : start - 1], ")", "*", "(", "1", sign, *share, ")"]
    else:
        written[start:] = share


def _group_start(written: list[str], end: int) -> int:
    depth = 0
    for position in range(end - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(written[position], 0)
        if depth < 0 or (depth == 0 and written[position] == ","):
            return position + 1
    return 0
