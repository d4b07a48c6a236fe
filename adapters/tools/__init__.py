"""Tools that are Python functions: the built-in ones, and those of an operator's own file, which imports from here."""

from adapters.tools.options import tool
from application.ports.tools import ToolFailed

__all__ = ["ToolFailed", "tool"]
