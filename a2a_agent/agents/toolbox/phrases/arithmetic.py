"""Phrases that ask for a calculation: "What is 15 * 7 + 23?", "the square root of 2"."""

import re
from types import MappingProxyType

from a2a_agent.agents.toolbox.dates import read_date
from a2a_agent.agents.toolbox.expressions import FUNCTIONS, is_arithmetic
from a2a_agent.agents.toolbox.numerals import NUMBER, with_digits
from a2a_agent.agents.toolbox.reading import Reading, Request
from a2a_agent.agents.toolbox.steps import Call, Question

_LEAD = re.compile(
    r"(?:(?:what(?:'s|’s|s| is| are| does)?|how much (?:is|are|does|makes?)|calc(?:ulate)?|compute"
    r"|evaluate|solve|work out|figure out|find|determine|give me|get me|do the math|the answer to"
    r"|(?:the )?(?:result|value) of)(?![\w'%])[\s:,]*|=\s*)+"
)
_TAIL = re.compile(r"\s*(?:=+|\bequals?(?: to)?|\bmakes?|\bis|\bcome to|\bin total|\baltogether)$")
_N = rf"-?{NUMBER}%?"
_COMMA = r"(?:\s*,?\s+and\s+|\s*,\s+)"
_LIST = rf"{_N}(?:{_COMMA}{_N})+"
_ANGULAR = frozenset({"sin", "cos", "tan"})
_OF_ONE = "|".join(sorted(FUNCTIONS - {"max", "min", "sum", "mean"}, key=len, reverse=True))
_SIGN_OF_LIST = MappingProxyType(
    {"sum": " + ", "product": " * ", "difference": " - ", "quotient": " / "}
)
_FUNCTION_OF_LIST = MappingProxyType(
    {
        **{"average": "mean", "mean": "mean", "gcd": "gcd", "lcm": "lcm"},
        **{"maximum": "max", "max": "max", "largest": "max", "biggest": "max", "highest": "max"},
        **{"minimum": "min", "min": "min", "smallest": "min", "lowest": "min"},
        **{"greatest common divisor": "gcd", "least common multiple": "lcm"},
    }
)
_LISTED = "|".join((*_SIGN_OF_LIST, *_FUNCTION_OF_LIST))
_PARTS = MappingProxyType(
    {"half": 2, "halve": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "tenth": 10}
)


def _of_list(match: re.Match[str]) -> str:
    numbers = re.split(_COMMA, match[2])
    if sign := _SIGN_OF_LIST.get(match[1]):
        return f"({sign.join(numbers)})"
    return f"{_FUNCTION_OF_LIST[match[1]]}({', '.join(n.replace(',', '') for n in numbers)})"


def _applied(match: re.Match[str]) -> str:
    function, number, degrees = match.groups()
    if degrees is None:
        return f"{function}({number})"
    return f"{function}(radians({number}))" if function in _ANGULAR else match[0]


def _share(match: re.Match[str]) -> str:
    return f"{match[1] or 1}/{_PARTS[match[2]]} * "


_REWRITES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (rf"^percent(?:age)? of ({_N}) is ({_N})$", r"\2 / \1 * 100"),
        (rf"^percent(?:age)? is ({_N}) (?:out )?of ({_N})$", r"\1 / \2 * 100"),
        (rf"^({_N}) is what percent(?:age)? of ({_N})$", r"\1 / \2 * 100"),
        (r"\s*\b(?:percent|per cent|pct)\b", "%"),
        (rf"({NUMBER} ?%) (?:off|less than)(?: of)? ({NUMBER})", r"\2 - \1"),
        (rf"({NUMBER} ?%) more than ({NUMBER})", r"\2 + \1"),
        (rf"\bincrease ({_N}) by ({_N})", r"\1 + \2"),
        (rf"\b(?:decrease|reduce) ({_N}) by ({_N})", r"\1 - \2"),
        (rf"\b(?:the )?({_LISTED}) (?:of|between) ({_LIST})", _of_list),
        (
            rf"\b(?:add|add up|sum up) ({_LIST})",
            lambda m: f"({' + '.join(re.split(_COMMA, m[1]))})",
        ),
        (rf"\badd ({_N}) to ({_N})", r"(\2 + \1)"),
        (rf"\bsubtract ({_N}) from ({_N})", r"(\2 - \1)"),
        (rf"\bmultiply ({_N}) (?:by|with|and|times) ({_N})", r"(\1 * \2)"),
        (rf"\bdivide ({_N}) by ({_N})", r"(\1 / \2)"),
        (rf"\b(?:the )?remainder (?:of|when) ({_N}) (?:is )?divided by ({_N})", r"\1 % \2"),
        (r"\b(?:the )?cube(?:d)? root of\b", "cbrt"),
        (r"\b(?:the )?(?:square )?root of\b", "sqrt"),
        (rf"\b(?:the )?square of ({NUMBER})", r"\1^2"),
        (rf"\b(?:the )?cube of ({NUMBER})", r"\1^3"),
        (rf"\b(?:the )?factorial of ({NUMBER})", r"\1!"),
        (rf"({NUMBER}) factorial\b", r"\1!"),
        (rf"\blog(?:arithm)? base (\d+) of ({NUMBER})", r"log(\2, \1)"),
        (r"\b(?:the )?absolute value of\b", "abs"),
        (r"\b(?:the )?natural log(?:arithm)?(?: of)?\b", "ln"),
        (r"\b(?:the )?logarithm(?: of)?\b", "log"),
        (r"\b(?:the )?(sin|cos)(?:e|ine) of\b", r"\1"),
        (r"\b(?:the )?(tan)gent of\b", r"\1"),
        (rf"\bround ({_N}) to (\d+) (?:decimals?|decimal places|places|digits)", r"round(\1, \2)"),
        (rf"\b({_OF_ONE})\s+(?:of )?({_N})(?:\s*(degrees?|deg|°))?(?!\w)", _applied),
        (rf"\b(sin|cos|tan)\(({_N})\s*(degrees?|deg|°)\)", _applied),
        (r"\b(?:an? |1 |the )?()(half|halve)(?: of)? ", _share),
        (r"\b(?:an? |(\d+) )(third|quarter|fourth|fifth|tenth)s? of ", _share),
        (r"\b(?:double|twice) (?:of )?", "2 * "),
        (r"\btriple (?:of )?", "3 * "),
        (r"\s*\b(?:raised )?to the (\d+)(?:st|nd|rd|th)(?: power)?", r" ^ \1"),
        (r"\s*\b(?:raised )?to the power (?:of )?|\s*\braised to\b", " ^ "),
        (r"\s*\bsquared\b", "^2"),
        (r"\s*\bcubed\b", "^3"),
        (r"\b(?:plus|added to)\b", "+"),
        (r"\b(?:minus|negative|less|take away)\b", "-"),
        (r"\b(?:times|multiplied (?:by|with))\b", "*"),
        (r"\b(?:divided by|over)\b", "/"),
        (r"\b(?:mod|modulo|modulus)\b", "%"),
        (r"(?<=[\d)])\s*x\s*(?=[\d(.])", " * "),
        (r"^the\b", ""),
        (r"^\(([^()]*)\)$", r"\1"),
    )
)
_BEGUN = re.compile(
    r"(?:the )?(?P<operation>square root|cube root|factorial|logarithm|square|cube"
    r"|half|\d+(?:\.\d+)?\s?(?:%|percent))(?: of)?"
)
_COMMANDS = re.compile(
    r"(?:calculate|compute|evaluate|solve|do (?:the|some) maths?|calculator)"
    r"(?: (?:something|this|that|it))?"
)


def arithmetic(request: Request) -> Reading | None:
    """A calculation, or what is missing for one."""
    said = " ".join(with_digits(request.plain.casefold()).split())
    if _COMMANDS.fullmatch(said):
        prompt = "What shall I calculate? For example: 15 * 7 + 23"
        return Reading((Question(prompt=prompt, missing="expression", before="calculate "),))
    lead = _LEAD.match(said)
    words = said[lead.end() :] if lead else said
    if begun := _BEGUN.fullmatch(words):
        operation = f"{begun['operation']} of"
        prompt = f"The {operation} which number?" if "%" not in words else f"{operation} what?"
        before = f"{operation} "
        return Reading((Question(prompt=prompt, missing="number", before=before),))
    expression = expression_of(words)
    if not is_arithmetic(expression) or read_date(words, request.today):
        return None
    return Reading((Call("calculate", {"expression": expression}),))


def expression_of(words: str) -> str:
    """The words with signs for what they say; unknown ones stay."""
    words = _TAIL.sub("", words)
    for pattern, replacement in _REWRITES:
        words = pattern.sub(replacement, words)
    return " ".join(words.split())
