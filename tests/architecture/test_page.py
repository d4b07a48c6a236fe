"""The chat page's packages are pinned without a word of where they come from, and its types are those of our API."""

import json
import re

from tests.architecture.source import ROOT
from tests.support.web_api import WRITTEN, page_document, written_form

WEB = ROOT / "entrypoints" / "web"
FILE_LINES = 200
EXACT = re.compile(r"\d+\.\d+\.\d+")


def test_every_package_of_the_page_is_pinned_by_hash_and_by_no_address() -> None:
    package = json.loads((WEB / "package.json").read_text())
    text = (WEB / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    root = packages.pop("")
    for kind in ("dependencies", "devDependencies"):
        assert root[kind] == package[kind]
        assert [name for name, version in package[kind].items() if not EXACT.fullmatch(version)] == []
    assert [name for name, each in packages.items() if "integrity" not in each or "resolved" in each] == []
    assert "://" not in text, "run scripts/lock"


def test_the_types_of_the_page_are_made_from_the_api_as_it_is() -> None:
    """`python -m tests.support.web_api` writes it anew; the build then says what in the page no longer fits."""
    assert WRITTEN.read_text() == written_form(page_document())


def test_no_file_of_the_page_is_long() -> None:
    files = [file for kind in ("*.ts", "*.tsx") for file in (WEB / "src").rglob(kind) if file.name != "schema.d.ts"]
    long = {file.name: count for file in files if (count := file.read_text().count("\n")) > FILE_LINES}
    assert files
    assert long == {}
