"""Markdown stays as it is, with its parts found; CSV becomes a table."""

import pytest

from domain.reading import MediaType
from tests.support.documents_read import reading_of, said

MARKDOWN = """---
title: "On Rivers"
---
# Rivers #

They **bend**.

Why they [bend](https://example.org)
----

```python
# no heading
| a | b |
|---|---|
```

Table 1: Lengths

| river | km |
|:------|---:|
| Rhine | 1,233 |
| x \\| y | 2 |

> ~~~
> # nor this
> ~~~

Setext
======
"""


def test_markdown_stays_as_it_is_and_its_parts_are_found() -> None:
    reading = reading_of(MARKDOWN.encode(), "rivers.md")
    assert (reading.text, reading.title) == (MARKDOWN, "On Rivers")
    assert [(h.level, h.title, said(reading, h)) for h in reading.headings] == [
        (1, "Rivers", "# Rivers #"),
        (2, "Why they bend", "Why they [bend](https://example.org)\n----"),
        (1, "Setext", "Setext\n======"),
    ]
    assert [said(reading, span).splitlines()[0] for span in reading.code] == ["```python", "> ~~~"]
    (table,) = reading.tables
    assert said(reading, table).endswith("| x \\| y | 2 |")
    assert reading.text[table.start : table.header_end] == "| river | km |\n|:------|---:|\n"
    assert table.caption == "Table 1: Lengths"


def test_without_settings_the_first_heading_is_the_title() -> None:
    assert reading_of(b"## Not this\n# This\n", "a.md").title == "This"
    assert reading_of(b"---\nno settings\n", "a.md").title == ""


def test_a_fence_that_is_never_closed_goes_on_to_the_end() -> None:
    reading = reading_of(b"text\n~~~~\n~~~\n# no heading\n", "a.md")
    assert (reading.headings, [said(reading, span) for span in reading.code]) == ((), ["~~~~\n~~~\n# no heading\n"])


@pytest.mark.parametrize(
    "unit", ["# x\n", "|a|b|\n|-|-|\n", "```\n", "> ```x", "[x](", "|-", "-|", "a\n---\n", "*", "#"]
)
def test_no_markdown_makes_reading_slow(unit: str) -> None:
    """With a cost that grew with the square of the length, this would take minutes."""
    assert reading_of(unit.encode() * (200_000 // len(unit)), "a.md").text


@pytest.mark.parametrize(
    ("content", "rows", "header", "caption"),
    [
        ("a,b\n1,2\n", "a | b\n1 | 2", "a | b\n", ""),
        ("Name;Preis\nTee;1,50\nKaffee;2,20\n", "Name | Preis\nTee | 1,50\nKaffee | 2,20", "Name | Preis\n", ""),
        ("a\tb\n1\t\n\n2\t3", "a | b\n1\n2 | 3", "a | b\n", ""),
        ("1,2\n3,4\n", "1 | 2\n3 | 4", "", ""),
        ('a,b\n"one\nline","say ""x"""\n', 'a | b\none line | say "x"', "a | b\n", ""),
        ("Sales 2026\n\na,b\n1,2\n3,4\n", "a | b\n1 | 2\n3 | 4", "a | b\n", "Sales 2026"),
        ("a,b\n" + '"torn,1\n' + "x,1\n" * 30, 'a | b\n"torn | 1\n' + "x | 1\n" * 29 + "x | 1", "a | b\n", ""),
    ],
)
def test_csv_of_any_dialect_is_a_table(content: str, rows: str, header: str, caption: str) -> None:
    reading = reading_of(content.encode(), "a.csv")
    (table,) = reading.tables
    assert (reading.media_type, said(reading, table)) == (MediaType.CSV, rows)
    assert (reading.text[table.start : table.header_end], table.caption) == (header, caption)


def test_every_row_of_a_long_csv_is_there() -> None:
    content = "n,square\n" + "".join(f"{n},{n * n}\n" for n in range(5000))
    assert reading_of(content.encode(), "a.csv").text.count("\n") == 5000
