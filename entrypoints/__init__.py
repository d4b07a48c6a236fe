"""The edges that people and programs touch: thin, and the composition root."""
