"""What a request can be refused for that is all right by its schema."""

from itertools import count
from typing import Any

import schemathesis

schemathesis.serializer.alias("application/jsonl", "text/plain")

REASONS = (
    "must not be empty",  # a text of spaces
    "must be on one line",
    "should be a valid integer",  # 1.0 is one to a schema
    "equal to 9223372036854775807",  # a little more is the same to who counts in doubles
    "equal to -9223372036854775808",
    # what goes with what
    "goes only with",
    "not both",
    "must be given when",
    "or `previous_response_id` is needed",
    "must be stored",
    "needs `name` and `schema`",
    "is not among the tools",
    "must have 1 to 1,000 messages, not 0",  # of what is given nothing is said
    # what it names
    "is ahead of the last event",
    "has ended already, and was not in the background",
    "was not made by this server",
    "which waits for none",
    "Previous response not found",
    "tools: there is no",
    "there is nothing to ask",
    "only a question can be edited",
    # what is not done here
    "must begin with https://, http:// or data:",
    "references are not looked up here",
    "there are no prompt templates here",
    "pictures come from the user only",
    "what comes of a call is text here",
    "is set by the operator",
    "fields that are not known here",
    "responses have none here",
    "no address is opened here",
    "must be base64",
    "files come from the user only",
    "a part of type file needs `file`",
    "must be a list for `in` and `nin`",
    "must be at most 5 deep, of at most 100 conditions",
    "true is no more than false",
    # what is uploaded
    "file: is",
    "the document h",
    "must be there, with a file name",
    "must be one of structure",
    "files are for being read here",
    "must be multipart/form-data",
    # what is moved in
    "is no record of an archive",
    "the last line must be",
    # accounts and keys
    "Input should be 'password'",  # null, which a form can only send as a word
    "confirm: must be",
    "must be a moment in the future",
    "you have 100 keys already",
    # what the demo models do not do
    "cannot give this",
    "is not understood by this model",
    "this model takes",
    "this model knows",
    "dimensions: must be at most",
)
KEYS = count(1)


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
    """A key that came with another request before says nothing about this one."""
    for name, value in case.headers.items():
        if name.lower() == "idempotency-key" and value:
            case.headers[name] = f"{value[:200]}-{next(KEYS)}"


@schemathesis.check
def only_refused_for_a_reason(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code not in (400, 422):
        return
    if case.path.startswith("/workflow"):  # each has a schema of its own
        return
    if not any(reason in response.text for reason in REASONS):
        raise AssertionError(f"a good request was refused: {response.text}")
