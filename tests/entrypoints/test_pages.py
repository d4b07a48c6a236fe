"""The chat page as it is served: to browsers alone, from what was built, and what is said where nothing was."""

from pathlib import Path

import pytest

from entrypoints.http import page_files, pages
from tests.support.app import Parley

BROWSER = {"accept": "text/html,application/xhtml+xml", "accept-encoding": "gzip, deflate, br"}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the build leaves it, with a file beside it that is none of the page's."""
    (tmp_path / "secret.txt").write_text("secret")
    assets = tmp_path / "dist" / "assets"
    assets.mkdir(parents=True)
    for file in (tmp_path / "dist" / "index.html", assets / "index-abc.js"):
        file.write_text(f"the {file.suffix} file")
        for suffix in (".gz", ".br"):
            file.with_name(file.name + suffix).write_text(f"the {file.suffix} file in {suffix}")
    (assets / "icon-abc.svg").write_text("<svg/>")
    monkeypatch.setattr(page_files, "BUILT", tmp_path / "dist")
    return tmp_path / "dist"


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    "path",
    ["/", "/c/7", "/library", "/library/7", "/flows", "/flows/blog", "/flows/runs/7", "/settings", "/admin", "/login"],
)
async def test_a_browser_gets_the_page_at_each_of_its_addresses(app: Parley, path: str) -> None:
    async with app.http.stream("GET", path, headers=BROWSER) as page:
        raw = b"".join([piece async for piece in page.aiter_raw()])
    assert (page.status_code, raw) == (200, b"the .html file in .br")
    assert page.headers["content-encoding"] == "br"
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["cache-control"] == "no-cache"
    assert page.headers["content-security-policy"] == pages.CSP
    assert "unsafe" not in pages.CSP
    assert page.headers["x-content-type-options"] == "nosniff"


@pytest.mark.usefixtures("built")
async def test_an_api_client_gets_json_and_the_encoding_is_what_it_takes(app: Parley) -> None:
    assert (await app.http.get("/")).json()["service"] == "parley"
    for accepted, body in (("identity", "the .html file"), ("br;q=0", "the .html file")):
        assert (await app.http.get("/", headers={**BROWSER, "accept-encoding": accepted})).text == body


@pytest.mark.usefixtures("built")
async def test_an_asset_is_kept_for_ever_and_nothing_else_is_one(app: Parley) -> None:
    script = await app.http.get("/assets/index-abc.js", headers={"accept-encoding": "identity"})
    assert (script.text, script.headers["content-type"]) == ("the .js file", "text/javascript; charset=utf-8")
    assert "immutable" in script.headers["cache-control"]
    icon = await app.http.get("/assets/icon-abc.svg")
    assert (icon.headers["content-type"], icon.text) == ("image/svg+xml", "<svg/>")
    for name in (
        "index-abc.js.gz",
        "other.js",
        "..%2Findex.html",
        "..%2f..%2fsecret.txt",
        "%2e%2e/%2e%2e/secret.txt",
        "",
    ):
        assert (await app.http.get(f"/assets/{name}")).status_code == 404, name


async def test_another_build_is_served_without_a_restart(app: Parley, built: Path) -> None:
    assert (await app.http.get("/assets/new-abc.js")).status_code == 404
    (built / "assets" / "new-abc.js").write_text("new")
    (built / "index.html").write_text("rebuilt")
    assert (await app.http.get("/assets/new-abc.js")).text == "new"


async def test_without_a_build_a_browser_is_told_how_to_get_the_page(
    app: Parley, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_files, "BUILT", tmp_path)
    page = await app.http.get("/", headers=BROWSER)
    assert page.status_code == 200
    assert "Node 20" in page.text
    assert "./run" in page.text
    assert 'href="/docs"' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert (await app.http.get("/assets/index-abc.js")).status_code == 404
