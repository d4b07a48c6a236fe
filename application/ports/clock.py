"""Time is an argument."""

from collections.abc import Callable
from datetime import datetime

Now = Callable[[], datetime]
"""The time, aware and in UTC."""
