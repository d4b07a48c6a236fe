"""The rules of the house as tests. Each rule is itself shown to bite."""
