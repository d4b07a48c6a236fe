"""A browser, and the chat page as it is built, for tests that look at it as a person does."""

import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "entrypoints" / "web" / "dist"
BUILD_SECONDS = 400
LAUNCH = [
    "--no-sandbox",  # as root, in a container, there is no other way
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def executable() -> str | None:
    """Debian's Chromium, or any that is on the PATH."""
    return next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )


def missing() -> str | None:
    """Why the page cannot be tested here, if it cannot."""
    if executable() is None:
        return "there is no chromium"
    said = subprocess.run(["node", "--version"], capture_output=True, text=True) if shutil.which("node") else None
    version = re.match(r"v(\d+)", said.stdout) if said else None
    if not version or int(version[1]) < 20 or not shutil.which("npm"):
        return "there is no node 20 or newer with npm"
    return None


def is_required() -> bool:
    return os.environ.get("BROWSER") == "required"


def header() -> str:
    if why := missing():
        return f"chat page: NOT TESTED, {why}; tests/browser needs it (apt install chromium nodejs npm)"
    return f"chat page: {executable()}"


def build() -> None:
    """Have the page as its sources are. Processes that ask at once take turns (flock). Raise RuntimeError."""
    done = subprocess.run([ROOT / "scripts" / "web"], capture_output=True, text=True, timeout=BUILD_SECONDS)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
