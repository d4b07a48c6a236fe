"""The signature is the one of Amazon's own example ("Signature Calculations ... GET Bucket Lifecycle")."""

from datetime import UTC, datetime

from adapters.s3.signing import Credentials, signed_headers

EXAMPLE = "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"


def test_the_signature_is_that_of_the_documentation() -> None:
    credentials = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    headers = signed_headers(
        credentials,
        "GET",
        "https://examplebucket.s3.amazonaws.com/",
        {"lifecycle": ""},
        b"",
        now=datetime(2013, 5, 24, tzinfo=UTC),
    )
    assert headers["authorization"].endswith(f"Signature={EXAMPLE}")
    assert "wJalr" not in repr(credentials)
