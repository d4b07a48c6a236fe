"""What the name of a model says: whose it is, and what it is called there."""

from collections.abc import Container


def resolved(name: str | None, providers: Container[str], default_model: str) -> tuple[str, str]:
    """The provider and its own name for the model.

    `provider:model` is that provider's; any other name, colons and all, the default model's provider's; no name is the
    default model.
    """
    provider, colon, rest = (name or default_model).partition(":")
    if colon and provider in providers:
        return provider, rest
    return default_model.partition(":")[0], name or default_model
