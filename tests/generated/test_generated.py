"""A short run of generated requests; longer ones by hand."""

import pytest

from tests.generated.asking import ask

SEED = "7"
LONG = "^/v1/(chat|responses|conversations|vector_stores/[^/]+/search)"
"""What has so many fields, or filters within filters, that it is not asked about each of them here."""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_field_at_its_bounds_is_answered_as_documented(database_url: str) -> None:
    options = ("--seed", SEED, "--phases", "examples,coverage", "--exclude-path-regex", LONG)
    code, printed = await ask(database_url, options)
    print(printed)
    assert code == 0


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_whatever_is_asked_is_answered_as_documented(database_url: str) -> None:
    code, printed = await ask(database_url, ("--seed", SEED, "--phases", "fuzzing,stateful", "--max-examples", "5"))
    print(printed)
    assert code == 0


async def test_whatever_an_admin_asks_about_accounts_is_answered() -> None:
    accounts = "^/(auth/(session|refresh|methods)|me$|api-keys|admin)"
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    options = ("--seed", SEED, "--phases", "fuzzing", "--max-examples", "3", "--include-path-regex", accounts)
    excluded = ("--checks", checks, "--exclude-method", "DELETE", "--exclude-path-regex", "^/auth/oidc/")
    code, printed = await ask("memory://", (*options, *excluded), as_admin=True)
    print(printed)
    assert code == 0
