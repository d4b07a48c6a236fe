"""Randomness is an argument."""

from collections.abc import Callable

NewSecret = Callable[[], str]
"""A fresh secret of 256 bits that nobody can guess, in letters, digits, `-` and `_`."""
