"""What a provider says about an error, made safe to show."""

import re

LONGEST_CHARACTERS = 300
KEY_LIKE = re.compile(
    r"\b(?:(?:sk|pk|rk|gsk|xai|pplx|hf|nvapi|csk|tgp)[-_]|AIza)[\w*.-]{6,}"
    r"|\bBearer\s+[\w*.~+/=-]+"
    r"|\b(?=\w*\d)(?=\w*[A-Za-z])\w{32,}\b"
)
URL = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>)\]}]+", re.IGNORECASE)
HOST = re.compile(
    r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"
    r"|\[[0-9a-f]*:[0-9a-f:.]+\](?::\d+)?"
    r"|\blocalhost(?::\d+)?\b"
    r"|\b[\w-]+(?:\.[\w-]+)*:\d{2,5}\b"
    r"|\b(?:[\w-]+\.)+(?:com|net|org|io|ai|dev|cloud|local|internal|lan|svc|corp|cluster)\b",
    re.IGNORECASE,
)


class Redaction:
    """Shortens a vendor's sentence to one line and takes out what is nobody's business: keys, addresses, hosts."""

    def __init__(self, api_key: str, host: str) -> None:
        secrets = sorted(filter(None, {api_key, host}), key=len, reverse=True)
        self._secret = re.compile("|".join(map(re.escape, secrets)) or r"(?!)", re.IGNORECASE)

    def __call__(self, text: str) -> str:
        line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * LONGEST_CHARACTERS]).split())
        line = URL.sub("[address]", line)
        line = self._secret.sub("[removed]", line)
        line = HOST.sub("[host]", KEY_LIKE.sub("[key]", line))
        return line if len(line) <= LONGEST_CHARACTERS else line[: LONGEST_CHARACTERS - 1].rstrip() + "…"
