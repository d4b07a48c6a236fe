"""How long is waited for a server, in each of the ways in which one can be slow."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """`connect_seconds` are for an attempt to connect, `refresh_seconds` for a listing of tools. While one is under
    way, whoever asks for the tools waits `listing_seconds`, a call `call_seconds`. A process has `grace_seconds` to end
    by itself. Between attempts there is a pause, from `first_pause_seconds`, doubled up to `longest_pause_seconds`."""

    connect_seconds: float = 60.0
    refresh_seconds: float = 30.0
    listing_seconds: float = 2.5
    call_seconds: float = 10.0
    grace_seconds: float = 2.0
    first_pause_seconds: float = 0.5
    longest_pause_seconds: float = 60.0
