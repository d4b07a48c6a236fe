"""A dialect is a pure fold over a run's events: the same events give the same bytes to every reader."""
