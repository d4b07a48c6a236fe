"""A model and an embedder that need no key and no network: deterministic, and labelled as what they are."""
