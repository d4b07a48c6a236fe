"""The calculator is exact where numbers are, and bounded where expressions are not."""

import time
from contextlib import suppress

import pytest

from adapters.tools.arithmetic import DEEPEST, evaluate, written
from adapters.tools.functions import CannotCalculate

RIGHT = {
    "0.1 + 0.2": "0.3",
    "1/3*3": "1",
    "1/3": "0.33333333333333333333",
    "2^100": "1267650600228229401496703205376",
    "2**-3": "0.125",
    "-2^2": "-4",
    "(-2)^2": "4",
    "2^3^2": "512",
    "2^-1": "0.5",
    "10^20 + 0.5": "100000000000000000000.5",
    "7 // 2 + 7 % 4": "6",
    "-7 % 3": "2",
    "3 × 4 ÷ 2 − 1": "5",
    ".5e1 + 1.": "6",
    "sqrt(16/9)": "1.3333333333333333333",
    "sqrt(2)": "1.4142135623730951",
    "2 ^ 0.5": "1.4142135623730951",
    "sin(pi)": "0",
    "cos(0) + LN(E)": "2",
    "ln(2)": "0.6931471805599453",
    "exp(-50)": "1.9287498479639178e-22",
    "log10(1000)": "3",
    "round(2.675, 2)": "2.68",
    "round(-2.5)": "-3",
    "floor(-1.5) + ceil(1.2)": "0",
    "max(1, 2, abs(-3)) - min(4, 5)": "-1",
    "factorial(20)": "2432902008176640000",
    "0^0": "1",
    "(-1)^99999999999": "-1",
    "1e-30": "1e-30",
    "1-" * 499 + "1": "-498",
}
WRONG = {
    "1 / 0": "division by zero",
    "0 ^ -1": "division by zero",
    "5 % (1 - 1)": "division by zero",
    "9^9^9": "too large",
    "2^99999": "too large",
    "1e999 * 1e999 * 1e999 * 1e999": "too large",
    "factorial(1001)": "1000 at most",
    "factorial(0.5)": "whole numbers",
    "round(1, 101)": "from -100 to 100",
    "sqrt(-1)": "not real",
    "(-8)^(1/3)": "no value there",
    "exp(1000)": "no value there",
    "sin(1e400)": "no value there",
    "sin(1, 2)": "too few or too many",
    "(" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1): "nested too deeply",
    "1+" * 500 + "1": "longer than",
    "__import__('os')": "'_' is not known",
    "x": "'x' is not known",
    "２ + 1": "not known",
    "1 2": "'2' was not expected",
    "max(1, 2": "')' is missing",
    "abs 1": "'(' is missing",
    "1 +": "missing at its end",
    "": "missing at its end",
}


@pytest.mark.parametrize(("expression", "result"), RIGHT.items())
def test_it_calculates(expression: str, result: str) -> None:
    assert written(evaluate(expression)) == result


@pytest.mark.parametrize(("expression", "reason"), WRONG.items())
def test_it_says_why_it_cannot(expression: str, reason: str) -> None:
    with pytest.raises(CannotCalculate, match=reason.replace("(", r"\(").replace(")", r"\)")):
        written(evaluate(expression))


@pytest.mark.parametrize("piece", ["factorial(1000)*", "sqrt(2)^99/", "3^6000/", "-", "(1/7)^3000*", "1e300*"])
def test_the_most_costly_expressions_are_over_soon(piece: str) -> None:
    begin = time.process_time()
    with suppress(CannotCalculate):
        written(evaluate(piece * (999 // len(piece)) + "1"))
    assert time.process_time() - begin < 2
