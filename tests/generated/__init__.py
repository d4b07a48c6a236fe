"""Requests that nobody thought of, made from /openapi.json by Schemathesis: good ones, bad ones, and chains of them.

    python -m tests.generated --max-examples 300 --seed 7

The real application answers each with what its documentation says, or this is a bug of one of the two.
"""
