"""Units of measurement: names as people write them, conversion by pint.

Pint never sees free text: a unit is split here into names and small powers, and pint is asked for
each name. Its registry takes a good part of a second to build, so the first conversion builds it;
call from a thread.
"""

import math
import re
import unicodedata
from collections.abc import Mapping
from functools import cache, reduce
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from a2a_agent.agents.tools import ToolError

if TYPE_CHECKING:
    import pint

MAX_LENGTH = 60

_TEMPERATURES: Mapping[str, str] = MappingProxyType(
    {
        name: unit
        for unit, names in {
            "degC": "c, °c, celsius, celcius, centigrade, degc, degree celsius, degrees celsius,"
            " degree c, degrees c, ° c, degrees centigrade, ° celsius, °celsius, deg c",
            "degF": "f, °f, fahrenheit, farenheit, degf, degree fahrenheit, degrees fahrenheit,"
            " degree f, degrees f, ° f, ° fahrenheit, °fahrenheit, deg f",
            "kelvin": "k, °k, kelvin, kelvins, degrees kelvin, degree kelvin",
        }.items()
        for name in names.split(", ")
    }
)
_EXACT: Mapping[str, str] = MappingProxyType(
    {"Mb": "megabit", "Gb": "gigabit", "PS": "metric_horsepower", "Nm": "newton * meter"}
)
_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        **{"kb": "kilobyte", "mb": "megabyte", "gb": "gigabyte", "tb": "terabyte"},
        **{"kilo": "kilogram", "kilos": "kilogram", "kmh": "kilometer / hour"},
        **{"kcals": "kilocalorie", "gramme": "gram", "grammes": "gram", "sqm": "meter^2"},
        **{"sqft": "foot^2", "sqkm": "kilometer^2", "ozs": "ounce", "cc": "centimeter^3"},
        **{'"': "inch", "″": "inch", "'": "foot", "′": "foot", "%": "percent"},
        **{"metric ton": "metric_ton", "metric tons": "metric_ton"},
        **{"us gallon": "gallon", "us gallons": "gallon", "mins": "minute", "hrs": "hour"},
        **{"imperial gallons": "imperial_gallon", "imperial pints": "imperial_pint"},
    }
)
_CURRENCY_NAMES = (
    "$ € £ ¥ usd eur gbp jpy chf cny inr dollar dollars euro euros pound sterling yen yuan rupee"
    " rupees franc francs"
)
_CURRENCIES = frozenset(_CURRENCY_NAMES.split())
_FACTOR = re.compile(
    r"(?P<name>[^\W\d_](?:[^\W\d]|[ °-](?=[^\W\d]))*|[°\"'″′%$€£¥](?: ?[^\W\d_]+)?)"
    r"(?:(?:\^|\*\*)?(?P<power>-?[1-9]))?"
)
_WORDS = (
    (re.compile(r"\b(?:square|sq\.?) ([^\W\d]+)"), r"\1^2"),
    (re.compile(r"\b(?:cubic|cu\.?) ([^\W\d]+)"), r"\1^3"),
    (re.compile(r"([^\W\d]+) squared\b"), r"\1^2"),
    (re.compile(r"([^\W\d]+) cubed\b"), r"\1^3"),
    (re.compile(r" ?\bper\b ?"), "/"),
)
_lock = Lock()


def convert(value: float, from_unit: str, to_unit: str) -> float:
    """The value in the other unit. Raises ToolError, saying what was wrong."""
    if not math.isfinite(value):
        raise ToolError("I convert finite numbers only.")
    with _lock:
        source, target = _units(from_unit, to_unit)
        result = _converted(value, source, target, from_unit, to_unit)
    if not math.isfinite(result):
        raise ToolError("The result is too large.")
    if to_unit.strip().casefold() in _TEMPERATURES:
        # What is left of the offset's inexactness: 32 °F is 0 °C.
        result = round(result, 9)
    return float(f"{result:.15g}")


def _converted(value: float, source: Any, target: Any, from_unit: str, to_unit: str) -> float:
    registry = _registry()
    try:
        return float(registry.Quantity(value, source).m_as(target))
    except _pint_errors():
        raise ToolError(
            f"{_shown(from_unit)} cannot be converted to {_shown(to_unit)}:"
            " they measure different things."
        ) from None
    except OverflowError:
        raise ToolError("The result is too large.") from None


def _units(from_unit: str, to_unit: str) -> tuple[Any, Any]:
    """Both at once, as `C` and `F` mean degrees where the other one is a temperature."""
    names = [" ".join(unit.split()) for unit in (from_unit, to_unit)]
    degrees = [_TEMPERATURES[n.casefold()] for n in names if n.casefold() in _TEMPERATURES]
    source, target = map(_registry().Unit, degrees) if len(degrees) == 2 else map(_unit, names)
    return source, target


def _unit(text: str) -> Any:
    if len(text) > MAX_LENGTH:
        raise ToolError(f"A unit may have at most {MAX_LENGTH} characters.")
    if text.casefold() in _CURRENCIES:
        raise ToolError("I convert no currencies: their rates change all the time.")
    written = _EXACT.get(text) or _alias(text) or unicodedata.normalize("NFKC", text)
    for words, sign in _WORDS:
        written = words.sub(sign, written)
    numerator, *denominators = (_product(factors, text) for factors in written.split("/"))
    return reduce(lambda unit, divisor: unit / divisor, denominators, numerator)


def _product(factors: str, text: str) -> Any:
    units = [
        _factor(factor.strip(), text) for factor in re.split(r"(?<!\*)\*(?!\*)|·|⋅|×", factors)
    ]
    return reduce(lambda unit, factor: unit * factor, units)


def _factor(factor: str, text: str) -> Any:
    match = _FACTOR.fullmatch(factor)
    if match is None:
        raise _unknown(text)
    return _named(match["name"].strip(), text) ** int(match["power"] or 1)


def _named(name: str, text: str) -> Any:
    if alias := _EXACT.get(name) or _alias(name):
        name = alias
        if "^" in name or "*" in name or "/" in name:
            return _unit(name)
    joined = re.sub(r"[ -]", "_", name)
    degrees = _TEMPERATURES.get(name.casefold()) if len(name) > 1 else None
    for candidate in (degrees, joined, joined.casefold(), joined.casefold().removesuffix("es")):
        if candidate and _is_known(candidate):
            return _registry().Unit(candidate)
    raise _unknown(text)


def _alias(name: str) -> str | None:
    return _ALIASES.get(name.casefold())


def _is_known(name: str) -> bool:
    try:
        _registry().Unit(name)
    except _pint_errors():
        return False
    return True


def _unknown(text: str) -> ToolError:
    return ToolError(f"I do not know the unit {_shown(text)}.")


def _shown(unit: str) -> str:
    return f"“{unit[:MAX_LENGTH]}”"


@cache
def _registry() -> "pint.UnitRegistry[float]":
    # Importing pint takes longer than everything else that an endpoint imports.
    import pint

    return pint.UnitRegistry()


def _pint_errors() -> tuple[type[Exception], ...]:
    import pint

    # It also lets an assertion of its parser through, for letters it does not expect.
    return (pint.PintError, ValueError, TypeError, AssertionError)
