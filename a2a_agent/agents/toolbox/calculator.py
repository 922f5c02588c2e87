"""Arithmetic, evaluated safely: no name but the known ones, no result that takes long.

The evaluation is simpleeval's, with operators and functions that refuse what would be too large.
"""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from statistics import fmean
from types import MappingProxyType
from typing import Any

from simpleeval import InvalidExpression, SimpleEval  # type: ignore[import-untyped]  # has no types

from a2a_agent.agents.toolbox.expressions import ExpressionError, python_expression
from a2a_agent.agents.tools import ToolError

_MAX_BITS = 10_000
_MAX_FACTORIAL = 1000
_TOO_LARGE = "The result is too large."


def evaluate(expression: str) -> int | float:
    """The value; whole numbers are exact. Raises ToolError, saying what was wrong."""
    try:
        value = _evaluator().eval(python_expression(expression))
    except ExpressionError as failure:
        raise ToolError(str(failure)) from None
    except ZeroDivisionError:
        raise ToolError("I cannot divide by zero.") from None
    except OverflowError:
        raise ToolError(_TOO_LARGE) from None
    except ValueError:
        raise ToolError("There is no real number that is the result.") from None
    except (InvalidExpression, SyntaxError, TypeError, RecursionError, MemoryError):
        raise ToolError("I cannot read this as one complete calculation.") from None
    return _tidy(value)


def _evaluator() -> Any:
    evaluator = SimpleEval(
        operators=dict(_OPERATORS), functions=dict(_FUNCTIONS), names=dict(_CONSTANTS)
    )
    evaluator.nodes = {
        node: handler for node, handler in evaluator.nodes.items() if node in _ALLOWED_NODES
    }
    return evaluator


def _tidy(value: object) -> int | float:
    if isinstance(value, complex):
        raise ToolError("There is no real number that is the result.")
    if not isinstance(value, int | float):
        raise ToolError("I cannot read this as one complete calculation.")
    if isinstance(value, int):
        return int(_bounded(value))
    if not math.isfinite(value):
        raise ToolError(_TOO_LARGE)
    # Fifteen digits are what a float surely holds: 0.1 + 0.2 is 0.3 again.
    value = float(f"{value:.15g}")
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _bounded(value: Any) -> Any:
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        raise ToolError(_TOO_LARGE)
    return value


def _power(base: Any, exponent: Any) -> Any:
    are_whole = isinstance(base, int) and isinstance(exponent, int)
    if are_whole and base not in (-1, 0, 1) and base.bit_length() * exponent > _MAX_BITS:
        raise ToolError(_TOO_LARGE)
    return base**exponent


def _factorial(value: Any) -> int:
    if value != int(value) or value < 0:
        raise ToolError("A factorial is of a whole number from 0 on.")
    if value > _MAX_FACTORIAL:
        raise ToolError(f"I compute factorials up to {_MAX_FACTORIAL}!.")
    return math.factorial(int(value))


def _root(value: Any) -> Any:
    if isinstance(value, int) and value >= 0 and math.isqrt(value) ** 2 == value:
        return math.isqrt(value)
    return math.sqrt(value)


def _round(value: Any, places: Any = 0) -> Any:
    if not -100 <= places <= 100:
        raise ToolError("I round to at most 100 places.")
    return round(value, int(places))


def _log(value: Any, base: Any = 10) -> float:
    return math.log10(value) if base == 10 else math.log(value, base)


def _angular(function: Callable[[float], float]) -> Callable[[Any], float]:
    """Rounded where only the inexactness of pi is left: sin(pi) is 0."""
    return lambda angle: round(function(angle), 15)


def _whole(function: Callable[..., int]) -> Callable[..., int]:
    def of_whole_numbers(*values: Any) -> int:
        if any(value != int(value) for value in values):
            raise ToolError(f"{function.__name__} is of whole numbers.")
        return function(*map(int, values))

    return of_whole_numbers


_ALLOWED_NODES = frozenset({ast.Expr, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Name, ast.Call})
_OPERATORS: Mapping[type, Callable[..., Any]] = MappingProxyType(
    {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: lambda left, right: _bounded(left * right),
        ast.Div: operator.truediv,
        ast.FloorDiv: operator.floordiv,
        ast.Mod: operator.mod,
        ast.Pow: _power,
        ast.UAdd: operator.pos,
        ast.USub: operator.neg,
    }
)
_FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        **{f.__name__: f for f in (math.acos, math.asin, math.atan, math.cbrt, math.ceil)},
        **{f.__name__: f for f in (math.degrees, math.exp, math.floor, math.hypot, math.log2)},
        **{f.__name__: f for f in (math.log10, math.radians)},
        "abs": abs,
        "cos": _angular(math.cos),
        "factorial": _factorial,
        "gcd": _whole(math.gcd),
        "lcm": _whole(math.lcm),
        "ln": math.log,
        "log": _log,
        "max": lambda *values: max(values),
        "mean": lambda *values: fmean(values),
        "min": lambda *values: min(values),
        "round": _round,
        "sin": _angular(math.sin),
        "sqrt": _root,
        "sum": lambda *values: sum(values),
        "tan": _angular(math.tan),
    }
)
_CONSTANTS = MappingProxyType({"pi": math.pi, "e": math.e, "tau": math.tau})
