"""The functions and constants of the calculator, each bounded in what it may cost."""

import math
from collections.abc import Callable
from fractions import Fraction

MOST_BITS = 10_000
"""Of a numerator or a denominator: some 3,000 digits."""
PLACES = 15
"""To which a sine is taken, so that sin(pi) is 0."""


class CannotCalculate(Exception):
    """The message says why, and goes after a colon."""


def bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MOST_BITS:
        raise CannotCalculate("the numbers become too large")
    return value


def power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        return sqrt(base) if exponent == Fraction(1, 2) else _inexact(math.pow)(base, exponent)
    if not base and exponent < 0:
        raise CannotCalculate("division by zero")
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if abs(exponent) * (bits - 1) > MOST_BITS and abs(base) != 1:
        raise CannotCalculate("the numbers become too large")
    return bounded(Fraction(base ** int(exponent % 2 if abs(base) == 1 else exponent)))


def sqrt(value: Fraction) -> Fraction:
    if value < 0:
        raise CannotCalculate("the root of a negative number is not real")
    top, bottom = math.isqrt(value.numerator), math.isqrt(value.denominator)
    if top * top == value.numerator and bottom * bottom == value.denominator:
        return Fraction(top, bottom)
    return _inexact(math.sqrt)(value)


def factorial(value: Fraction) -> Fraction:
    if value.denominator != 1 or value < 0:
        raise CannotCalculate("factorial is of whole numbers from 0")
    if value > 1000:
        raise CannotCalculate("factorial is of 1000 at most here")
    return Fraction(math.factorial(int(value)))


def rounded(value: Fraction, places: Fraction = Fraction(0)) -> Fraction:
    """Halves away from zero, as people round."""
    if places.denominator != 1 or abs(places) > 100:
        raise CannotCalculate("the second argument of round must be a whole number from -100 to 100")
    scale = Fraction(10) ** int(places)
    whole = math.floor(abs(value) * scale + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole) / scale


def _inexact(function: Callable[..., float]) -> Callable[..., Fraction]:
    """By floats."""

    def calculate(*values: Fraction) -> Fraction:
        try:
            return Fraction(repr(function(*(float(value) for value in values))))
        except (ValueError, OverflowError, TypeError) as error:
            raise CannotCalculate("a function has no value there that is real and of a size to write down") from error

    return calculate


def _of(least: int, most: int, function: Callable[..., Fraction]) -> Callable[..., Fraction]:
    def checked(*values: Fraction) -> Fraction:
        if not least <= len(values) <= most:
            raise CannotCalculate("a function has too few or too many arguments")
        return bounded(function(*values))

    return checked


CONSTANTS = {"pi": Fraction(repr(math.pi)), "e": Fraction(repr(math.e)), "tau": Fraction(repr(math.tau))}
INEXACT: dict[str, Callable[[float], float]] = {
    "exp": math.exp,
    "ln": math.log,
    "log": math.log10,
    "log10": math.log10,
    "log2": math.log2,
    "sin": lambda angle: round(math.sin(angle), PLACES),
    "cos": lambda angle: round(math.cos(angle), PLACES),
    "tan": lambda angle: round(math.tan(angle), PLACES),
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
}
FUNCTIONS = {
    "sqrt": _of(1, 1, sqrt),
    "factorial": _of(1, 1, factorial),
    "round": _of(1, 2, rounded),
    "abs": _of(1, 1, abs),
    "floor": _of(1, 1, lambda value: Fraction(math.floor(value))),
    "ceil": _of(1, 1, lambda value: Fraction(math.ceil(value))),
    "min": _of(1, 100, min),
    "max": _of(1, 100, max),
    **{name: _of(1, 1, _inexact(function)) for name, function in INEXACT.items()},
}
