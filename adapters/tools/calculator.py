"""A pocket calculator."""

from typing import Annotated

from adapters.tools.arithmetic import evaluate, written
from adapters.tools.function_tool import FunctionTool
from adapters.tools.functions import CannotCalculate
from adapters.tools.options import ToolOptions
from application.ports.tools import ToolFailed
from domain.tool import ApprovalRule

OPTIONS = ToolOptions(approval=ApprovalRule.NEVER, is_idempotent=True, timeout_seconds=5)
Expression = Annotated[str, "for example (2 + 3) * 4.5, 2^100, sqrt(2), round(10 / 3, 2); angles in radians"]


def calculator_tool() -> FunctionTool:
    async def calculator(expression: Expression) -> str:
        """Calculate exactly: + - * / // % ^ and brackets, pi and e, and the functions sqrt, abs, round, floor, ceil,
        min, max, factorial, exp, ln, log10, log2, sin, cos, tan, asin, acos, atan."""
        try:
            return written(evaluate(expression))
        except CannotCalculate as error:
            raise ToolFailed(f"Cannot calculate that: {error}") from error

    return FunctionTool.of(calculator, OPTIONS)
