"""What the use cases need from the world. A docstring here is a promise that every adapter keeps (tests/contract)."""
