"""Days and moments in requests: texts as RFC 3339 has them, as the schema says; Pydantic alone takes numbers too."""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

FULL_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
DATE_TIME = FULL_DATE + r"[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"


def _written(pattern: str, how: str) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if isinstance(value, int | float) or (isinstance(value, str) and not re.fullmatch(pattern, value)):
            raise PydanticCustomError("rfc_3339", f"must be written as {how}")
        return value

    return check


Day = Annotated[date, BeforeValidator(_written(FULL_DATE, "2026-01-31"))]
Moment = Annotated[AwareDatetime, BeforeValidator(_written(DATE_TIME, "2026-01-31T12:00:00Z"))]
"""Always with an offset from UTC."""
