"""Servers that die, that the store fails, that stand still; and what must hold all the same."""
