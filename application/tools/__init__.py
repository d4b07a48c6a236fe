"""The tools that Parley runs itself."""
