"""What the tools of a server are called here: `server__tool`."""

import hashlib
import re

LONGEST = 64
FOREIGN = re.compile(r"[^a-zA-Z0-9_-]")
DIGEST_CHARACTERS = 8


def public_name(server: str, tool: str) -> str:
    """Of letters, digits, - and _, at most 64; always the same, whatever else the server has.

    A name that cannot stay as it is ends in a digest of what it was, so that two which look alike stay two. No name of
    a server has a double _ in it, so what goes before the first one is the server.
    """
    plain = f"{server}__{FOREIGN.sub('_', tool)}"
    if plain == f"{server}__{tool}" and len(plain) <= LONGEST and tool:
        return plain
    digest = hashlib.sha256(tool.encode(errors="surrogatepass")).hexdigest()[:DIGEST_CHARACTERS]
    return f"{plain[: LONGEST - DIGEST_CHARACTERS - 1]}_{digest}"


def server_of(name: str) -> str:
    return name.partition("__")[0]
