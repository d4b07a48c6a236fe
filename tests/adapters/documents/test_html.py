"""What is made of an HTML page."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.documents_read import reading_of, said


def page(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>One <b>bo</b>ld\n  word.</p><p>Two&nbsp;&amp; three.", "One bold word.\n\nTwo & three."),
        ("loose<div>and <span>in</span>side</div>loose", "loose\n\nand inside\n\nloose"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<ul><li>a<li><p>b</p><ol><li>c</ol></ul><ol><li>d<li>e</ol>", "- a\n- b\n  1. c\n\n1. d\n2. e"),
        ("<ruby>東京<rp>(</rp><rt>とうきょう</rt></ruby>", "東京"),
        ("<table><tr><td>laid out<td><table><tr><td>by tables</table></table>", "laid out\n\nby tables"),
    ],
)
def test_blocks_are_set_apart_and_words_are_not(body: str, text: str) -> None:
    assert reading_of(page(body)).text == text


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>X</script>",
        "<style>X</style>",
        "<noscript>X</noscript>",
        "<template><p>X</p></template>",
        "<nav><a>X</a></nav>",
        "<div role=navigation>X</div>",
        "<p hidden>X</p>",
        "<p style='color: red; DISPLAY : none'><b>X</b></p>",
        "<p style='visibility:hidden'>X</p>",
        "<span aria-hidden=true>X</span>",
        "<svg><text>X</text></svg>",
        "<form><button>X</button><select><option>X</select><textarea>X</textarea></form>",
        "<!-- X -->",
    ],
)
def test_what_nobody_is_shown_is_left_out(hidden: str) -> None:
    assert reading_of(page(f"<p>seen</p>{hidden}")).text == "seen"


def test_headings_code_and_the_title_have_their_places() -> None:
    body = "<h1>Top <i>one</i></h1><h3>Below</h3><pre>def f():\n    pass\n</pre>"
    reading = reading_of(page(body, "<title> The\n page </title>"))
    assert reading.title == "The page"
    assert [(h.level, h.title, said(reading, h)) for h in reading.headings] == [
        (1, "Top one", "Top one"),
        (3, "Below", "Below"),
    ]
    assert [said(reading, span) for span in reading.code] == ["def f():\n    pass"]
    assert reading_of(page(body)).title == "Top one"


def test_a_table_of_data_has_rows_a_header_and_a_caption() -> None:
    head = "<caption>Cities</caption><thead><tr><th>City<th colspan=2>Figures</thead>"
    reading = reading_of(page(f"<table>{head}<tr><td>Rome<td>2,873<td>1,285<tr><td>Oslo<br>city<td>709<td></table>"))
    (table,) = reading.tables
    assert said(reading, table) == "City | Figures\nRome | 2,873 | 1,285\nOslo city | 709"
    assert (reading.text[table.start : table.header_end], table.caption) == ("City | Figures\n", "Cities")


def test_how_deep_it_is_nested_does_not_matter() -> None:
    assert reading_of(page("<span>" * 20_000 + "deep")).text == "deep"


SOUP = "<p> <table> <tr> <td> </td> <li> <ul> </ul> <pre> </p> <h1> <br> x < > & &#0; \ud7ff"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(SOUP.split())))
def test_any_soup_is_read(tags: list[str]) -> None:
    assert "seen" in reading_of(page("".join(tags) + "<p>seen</p>")).text
