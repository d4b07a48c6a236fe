"""The built chat page, as it is sent: known names alone, each in the encodings that the build made."""

import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

BUILT = Path(__file__).parent.parent / "web" / "dist"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class PageFile:
    """`bodies` are by their content encoding; that of `identity` is always there."""

    media_type: str
    bodies: dict[str, bytes]

    def best_for(self, accepted: str) -> tuple[str, bytes]:
        """The encoding to send, and the body in it, for an Accept-Encoding header."""
        wanted = {part.partition(";")[0].strip() for part in accepted.split(",") if not part.strip().endswith("q=0")}
        for encoding, _ in ENCODINGS:
            if encoding in wanted and encoding in self.bodies:
                return encoding, self.bodies[encoding]
        return "identity", self.bodies["identity"]


@dataclass(frozen=True, slots=True)
class PageFiles:
    index: PageFile
    assets: dict[str, PageFile]


def page_files() -> PageFiles | None:
    """What was built last; None where nothing was."""
    try:
        return _read(BUILT, (BUILT / "index.html").stat().st_mtime_ns)
    except FileNotFoundError:
        return None


@lru_cache(maxsize=2)
def _read(folder: Path, built: int) -> PageFiles:
    """`built` is when: another build is read anew."""
    assets = {
        file.name: _page_file(file)
        for file in (folder / "assets").iterdir()
        if file.suffix not in (suffix for _, suffix in ENCODINGS)
    }
    return PageFiles(_page_file(folder / "index.html"), assets)


def _page_file(file: Path) -> PageFile:
    bodies = {"identity": file.read_bytes()}
    for encoding, suffix in ENCODINGS:
        packed = file.with_name(file.name + suffix)
        if packed.exists():
            bodies[encoding] = packed.read_bytes()
    media_type = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return PageFile(media_type, bodies)
