"""Phrases that ask for a unit conversion: "convert 5 miles to km", "how many grams in 3 ounces"."""

import re
from math import isfinite
from types import MappingProxyType

from a2a_agent.agents.toolbox.expressions import FUNCTIONS
from a2a_agent.agents.toolbox.numerals import NUMBER, read_number, with_digits
from a2a_agent.agents.toolbox.reading import Reading, Request
from a2a_agent.agents.toolbox.steps import Call, Question
from a2a_agent.agents.toolbox.units import MAX_LENGTH

_AMOUNT = r"\b(?:an? half|half an?|half|an?)\b"
_VALUE = rf"(?P<value>[-−]?(?:{NUMBER}[ -])?\d+ ?/ ?\d+|[-−]?{NUMBER}|{_AMOUNT})"
_MIXED = re.compile(
    rf"(?:(?P<whole>{NUMBER})[ -])?(?P<share>\d+) ?/ ?(?P<divisor>\d+)", re.IGNORECASE
)
_WORD = r"(?:[^\W\d]+|[\"'″′%$€£¥])"
_POWER = r"(?:(?:\^|\*\*)?[-⁻]?[\d²³]{1,12})?"
_FACTOR = rf"°? ?{_WORD}{_POWER}"
_UNIT = rf"(?:{_FACTOR}(?:(?: ?[/*·] ?| |-){_FACTOR}){{0,4}}?)"
_TO = (
    r"\s*(?:\b(?:in ?to|to|in|as|equals?|expressed in|converted to)\b|->|→|=>|=)"
    r"\s*(?:\? ?|an? |the )?"
)
_COMMAND = r"(?:convert|change|turn|transform|express|translate)"
_ASK = (
    rf"(?:(?:(?P<command>{_COMMAND})|what(?:'s|’s|s| is| are)|how much (?:is|are)|calculate"
    r"|how (?:long|far|heavy|hot|cold|warm|big|tall|high|fast|deep|wide) (?:is|are)|give me)"
    r" (?:the )?)?"
)
_FLAGS = re.IGNORECASE
_FORWARD = re.compile(rf"{_ASK}{_VALUE} ?(?P<unit>{_UNIT}){_TO}(?P<targets>.+)", _FLAGS)
_BACKWARD = re.compile(
    rf"(?:how (?:many|much) |convert to |number of )?(?P<target>{_UNIT})"
    r"(?: (?:are|is|makes?|do i get))?(?: there)?"
    rf"(?: (?:in|is|are|makes?|per|equals?|from|for|of|to)|:| =)? ?{_VALUE} ?(?P<unit>{_UNIT})"
    r"(?: (?:have|has|make|contain|are|is))?",
    _FLAGS,
)
_COMPOUND = re.compile(
    rf"{_ASK}(?P<major>{NUMBER}) ?(?P<unit>[^\W\d]+|['′]) ?(?:and )?(?P<minor>{NUMBER}) ?"
    rf"(?P<subunit>[^\W\d]+|[\"″]|''){_TO}(?P<targets>.+)",
    _FLAGS,
)
_NO_TARGET = re.compile(
    rf"(?P<command>{_COMMAND} )?{_VALUE} ?(?P<unit>{_UNIT})(?: (?:to|into|in))?", _FLAGS
)
_NO_VALUE = re.compile(
    rf"(?P<command>{_COMMAND} )?(?P<unit>{_UNIT}){_TO}(?P<target>{_UNIT})", _FLAGS
)
_NO_UNIT = re.compile(rf"{_COMMAND} {_VALUE}{_TO}(?P<target>{_UNIT})", _FLAGS)
_NOTHING = re.compile(
    rf"(?:{_COMMAND}|convert (?:something|units?|it|this|measurements?)"
    r"|(?:do a )?(?:unit )?conversions?|unit converter)",
    _FLAGS,
)
_COMMA = re.compile(r",\s+(?:(?:and|in|to|into) )*| (?:and|or) (?:(?:in|to|into) )?", _FLAGS)
_TARGET = re.compile(_UNIT, _FLAGS)
_NO_UNIT_WORDS = (
    "a all an and any are calculate can compute convert count date day's do does for from how i"
    " is it many me much my now please than that the then these this those time to today"
    " tomorrow until was we weekday what when which who why words write yesterday you your"
)
_NO_UNITS = frozenset(_NO_UNIT_WORDS.split()) | FUNCTIONS - {"degrees", "min", "radians"}
_COMMON_WORDS = (
    "m km cm mm meter metre mile yard yd foot feet ft inch in nm league parsec au ly"
    " g kg mg gram gramme kilo pound lb ounce oz stone ton tonne t carat grain"
    " l ml cl dl liter litre gallon gal quart pint cup tablespoon tbsp teaspoon tsp barrel"
    " s sec second min minute h hr hour day week month year yr decade century centuries ms"
    " celsius celcius fahrenheit farenheit kelvin degree c f k °c °f deg rad radian"
    " mph kph kmh knot kn kt acre hectare ha sqm sqft square cubic"
    " j kj joule cal kcal calorie kwh wh ev btu watt w kw mw hp horsepower"
    " pa kpa hpa bar mbar psi atm torr mmhg n newton hz khz mhz ghz hertz v volt a amp ampere ohm"
    " bit byte b kb mb gb tb kib mib gib tib kbit mbit gbit light-year fortnight"
    " $ € £ usd eur gbp dollar euro yen"
)
_COMMON = frozenset(_COMMON_WORDS.split())
_PREFIX = re.compile(
    r"(?:kilo|mega|giga|tera|hecto|deci|centi|milli|micro|nano|kibi|mebi|gibi)(?=\w{3})"
)
_PARTS_OF_ONE = MappingProxyType({"ft": 12, "lb": 16, "h": 60, "min": 60, "st": 14})
_SHORT = MappingProxyType(
    {
        **dict.fromkeys(("ft", "foot", "feet", "'", "′"), "ft"),
        **dict.fromkeys(("in", "inch", "inches", '"', "″", "''"), "in"),
        **dict.fromkeys(("lb", "lbs", "pound", "pounds"), "lb"),
        **dict.fromkeys(("oz", "ounce", "ounces"), "oz"),
        **dict.fromkeys(("st", "stone", "stones"), "st"),
        **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
        **dict.fromkeys(("min", "mins", "minute", "minutes"), "min"),
        **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    }
)
_SUBUNITS = frozenset({("ft", "in"), ("lb", "oz"), ("st", "lb"), ("h", "min"), ("min", "s")})
_UNIT_OF_SUBUNIT = MappingProxyType(
    {"in": "inches", "oz": "ounces", "lb": "pounds", "min": "minutes", "s": "seconds"}
)


def conversions(request: Request) -> Reading | None:
    """Conversions, or what is missing for one."""
    said = with_digits(" ".join(request.plain.split()))
    if reading := _compound(said) or _forward(said) or _backward(said):
        return reading
    question = (
        _about_everything(said)
        or _about_value(said, request.is_part)
        or _about_source(said)
        or _about_target(said, request.is_part)
    )
    return Reading((question,)) if question else None


def _compound(said: str) -> Reading | None:
    match = _COMPOUND.fullmatch(said)
    if match is None:
        return None
    unit, subunit = (_SHORT.get(match[name].casefold()) for name in ("unit", "subunit"))
    if unit is None or (unit, subunit) not in _SUBUNITS:
        return None
    value = read_number(match["major"]) * _PARTS_OF_ONE[unit] + read_number(match["minor"])
    return _conversions(value, _UNIT_OF_SUBUNIT[str(subunit)], _targets(match["targets"]))


def _forward(said: str) -> Reading | None:
    match = _FORWARD.fullmatch(said)
    if match is None or not _is_unit(match["unit"]):
        return None
    targets = _targets(match["targets"])
    if not (match["command"] or _sounds_measured(match["unit"], *targets)):
        return None
    return _conversions(_value(match["value"]), match["unit"], targets)


def _backward(said: str) -> Reading | None:
    match = _BACKWARD.fullmatch(said)
    if match is None or not (_is_unit(match["unit"]) and _is_unit(match["target"])):
        return None
    if not _sounds_measured(match["unit"], match["target"]):
        return None
    return _conversions(_value(match["value"]), match["unit"], (match["target"],))


def _conversions(
    value: int | float | None, from_unit: str, targets: tuple[str, ...]
) -> Reading | None:
    """A call for each target; greedy if there are several, for "km and 2 + 2"."""
    if value is None or not targets or not isfinite(value):
        return None
    # JSON has no larger whole numbers that everyone reads alike.
    value = value if abs(value) <= 2**53 else float(value)
    shared = {"value": value, "from_unit": from_unit.strip()}
    calls = (Call("convert_units", {**shared, "to_unit": target.strip()}) for target in targets)
    return Reading(tuple(calls), is_greedy=len(targets) > 1)


def _about_everything(said: str) -> Question | None:
    if not _NOTHING.fullmatch(said):
        return None
    prompt = "What shall I convert? For example: 5 miles to km"
    return Question(prompt=prompt, missing="request", before="convert ")


def _about_value(said: str, is_part: bool) -> Question | None:
    match = _NO_VALUE.fullmatch(said)
    if match is None or not _is_meant(match, is_part, match["unit"], match["target"]):
        return None
    unit, target = match["unit"], match["target"]
    prompt = f"How many {unit} shall I convert to {target}?"
    return Question(prompt=prompt, missing="value", before="convert ", after=f" {unit} to {target}")


def _about_source(said: str) -> Question | None:
    match = _NO_UNIT.fullmatch(said)
    if match is None or not _is_unit(match["target"]):
        return None
    value, target = match["value"], match["target"]
    prompt = f"{value} of which unit shall I convert to {target}?"
    before = f"convert {value} "
    return Question(prompt=prompt, missing="from_unit", before=before, after=f" to {target}")


def _about_target(said: str, is_part: bool) -> Question | None:
    match = _NO_TARGET.fullmatch(said)
    if match is None or not _is_meant(match, is_part, match["unit"]):
        return None
    if not match["command"] and not match["value"][-1].isdigit():
        return None
    amount = f"{match['value']} {match['unit']}"
    prompt = f"To which unit shall I convert {amount}?"
    return Question(prompt=prompt, missing="to_unit", before=f"convert {amount} to ")


def _is_meant(match: re.Match[str], is_part: bool, *units: str) -> bool:
    """Whether it is an incomplete conversion: by its verb, or by nothing but common units."""
    if not all(map(_is_unit, units)):
        return False
    return bool(match["command"]) or (not is_part and all(map(_sounds_measured, units)))


def _targets(text: str) -> tuple[str, ...]:
    """One unit or several of them; none where there is anything else."""
    targets = [part.strip() for part in _COMMA.split(text)]
    fitting = all(_TARGET.fullmatch(target) and _is_unit(target) for target in targets)
    return tuple(targets) if fitting else ()


def _is_unit(text: str) -> bool:
    words = text.casefold().split()
    if len(words) > 1 and "in" in words:
        return False
    return 0 < len(text) <= MAX_LENGTH and not _NO_UNITS.intersection(words)


def _sounds_measured(*texts: str) -> bool:
    """Whether a common unit is among them, so that "a dog in French" is no conversion."""
    words = re.findall(r"[^\W\d]+|°\w|[$€£]", " ".join(texts).casefold())
    names = (_PREFIX.sub("", word) for word in words)
    return any(name in _COMMON or name.removesuffix("s") in _COMMON for name in names)


def _value(text: str) -> int | float | None:
    words = text.casefold().replace("−", "-")
    if "half" in words:
        return 0.5
    if words in ("a", "an"):
        return 1
    sign, number = (-1, words[1:]) if words.startswith("-") else (1, words)
    if "/" not in number:
        return sign * read_number(number)
    parts = _MIXED.fullmatch(number)
    if parts is None or int(parts["divisor"]) == 0:
        return None
    whole = read_number(parts["whole"]) if parts["whole"] else 0
    return sign * (whole + int(parts["share"]) / int(parts["divisor"]))
