"""Neutral answers in OpenAI's shapes: pure folds, the same events give the same bytes."""
