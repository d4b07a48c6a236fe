"""Arithmetic on exact fractions, by a small parser of its own: nothing that is written in an expression is run.

Every number is a Fraction, so 0.1 + 0.2 is 0.3 and 1 / 3 * 3 is 1; what is irrational has the digits of a float.
Lengths, nesting and sizes are bounded, so the longest calculation takes some milliseconds.
"""

import re
from collections.abc import Callable, Iterator
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact
from fractions import Fraction

from adapters.tools.functions import CONSTANTS, FUNCTIONS, CannotCalculate, bounded, power

LONGEST_EXPRESSION = 1000
DEEPEST = 50
EXACT_DIGITS, ROUNDED_DIGITS = 50, 20
NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
TOKEN = re.compile(rf"\s*(?:({NUMBER})|([a-zA-Z][a-zA-Z0-9]*)|(\*\*|//|[-+*/%^(),]))")
SAME = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-"})
SUMS, POWERS = ("+", "-"), ("^", "**")


def evaluate(expression: str) -> Fraction:
    """Raise CannotCalculate with the reason."""
    if len(expression) > LONGEST_EXPRESSION:
        raise CannotCalculate(f"it is longer than {LONGEST_EXPRESSION} characters")
    return _Reader(expression.translate(SAME)).whole()


def written(number: Fraction) -> str:
    """As digits: exactly where 50 of them are enough, whole numbers always, else rounded to 20."""
    if number.denominator == 1:
        return str(number.numerator)
    context = Context(prec=EXACT_DIGITS, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[])
    digits = context.divide(Decimal(number.numerator), Decimal(number.denominator))
    if context.flags[Inexact]:
        context.prec = ROUNDED_DIGITS
        digits = context.divide(Decimal(number.numerator), Decimal(number.denominator))
    plain = digits.normalize(context)
    return f"{plain:f}" if -7 <= plain.adjusted() <= EXACT_DIGITS else f"{plain:e}"


PRODUCTS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: Fraction(a // b),
    "%": lambda a, b: a % b,
}


class _Reader:
    """Recursive descent: a sum of products of signed powers. Powers bind to the right, before a sign on their left."""

    def __init__(self, expression: str) -> None:
        self._tokens: Iterator[str] = _tokens(expression)
        self._depth = 0
        self._now = ""
        self._step()

    def whole(self) -> Fraction:
        value = self._sum()
        if self._now:
            raise CannotCalculate(f"{self._now!r} was not expected there")
        return value

    def _step(self) -> str:
        passed, self._now = self._now, next(self._tokens, "")
        return passed

    def _sum(self) -> Fraction:
        self._depth += 1
        if self._depth > DEEPEST:
            raise CannotCalculate("its brackets are nested too deeply")
        value = self._product()
        while self._now in SUMS:
            value = bounded(value + self._product() if self._step() == "+" else value - self._product())
        self._depth -= 1
        return value

    def _product(self) -> Fraction:
        value = self._signed()
        while self._now in PRODUCTS:
            sign, other = self._step(), self._signed()
            if sign != "*" and not other:
                raise CannotCalculate("division by zero")
            value = bounded(PRODUCTS[sign](value, other))
        return value

    def _signed(self) -> Fraction:
        negative = False
        while self._now in SUMS:
            negative ^= self._step() == "-"
        value = self._power()
        return -value if negative else value

    def _power(self) -> Fraction:
        bases = [self._atom()]
        while self._now in POWERS:
            self._step()
            negative = False
            while self._now in SUMS:
                negative ^= self._step() == "-"
            bases.append(-self._atom() if negative else self._atom())
        value = bases.pop()
        while bases:
            value = power(bases.pop(), value)
        return value

    def _atom(self) -> Fraction:
        if self._now == "(":
            self._step()
            value = self._sum()
            self._expect(")")
            return value
        token = self._step()
        if token[:1].isdigit() or token[:1] == ".":
            return bounded(Fraction(token))
        if token.lower() in CONSTANTS:
            return CONSTANTS[token.lower()]
        if token.lower() in FUNCTIONS:
            return FUNCTIONS[token.lower()](*self._arguments())
        raise CannotCalculate(f"{token!r} is not known here" if token else "something is missing at its end")

    def _arguments(self) -> list[Fraction]:
        self._expect("(")
        values = [self._sum()]
        while self._now == ",":
            self._step()
            values.append(self._sum())
        self._expect(")")
        return values

    def _expect(self, token: str) -> None:
        if self._step() != token:
            raise CannotCalculate(f"a {token!r} is missing")


def _tokens(expression: str) -> Iterator[str]:
    place, end = 0, len(expression.rstrip())
    while place < end:
        found = TOKEN.match(expression, place)
        if found is None:
            raise CannotCalculate(f"{expression[place:].strip()[:1]!r} is not known here")
        yield found[1] or found[2] or found[3]
        place = found.end()
