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


def name_to_say(asked: str, answered_by: str | None) -> str:
    """The model that answered, by the name that it was asked by; another's by its full name."""
    if answered_by is None or asked in (answered_by, answered_by.partition(":")[2]):
        return asked
    return answered_by
