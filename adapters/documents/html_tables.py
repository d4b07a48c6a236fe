"""Tables of an HTML page: those that hold data, as rows."""

from selectolax.lexbor import LexborNode

from adapters.documents.draft import Row
from adapters.documents.html_tree import children, is_shown, shown_text

_ROW_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_LAID_OUT = "table, h1, h2, h3, h4, h5, h6, pre, form"
_WIDEST_SPAN = 100


def is_of_data(table: LexborNode) -> bool:
    """Whether its cells are data: two columns or more, and nothing in them that a page is laid out with."""
    if any(found.mem_id != table.mem_id for found in table.css(_LAID_OUT)):
        return False
    rows = _rows(table)
    return len(rows) > 1 and max(len(_cells(row)) for row in rows) > 1


def table_rows(table: LexborNode) -> tuple[list[Row], list[Row], str]:
    """The rows that name the columns, the others, and the caption."""
    rows = _rows(table)
    header = 0
    while header < len(rows) and _names_columns(rows[header]):
        header += 1
    header = header or 1  # most tables without any <th> name their columns all the same
    caption = next((shown_text(child) for child in children(table) if child.tag == "caption"), "")
    texts = [_texts(row) for row in rows]
    return texts[:header], texts[header:], caption


def _rows(table: LexborNode) -> list[LexborNode]:
    found: list[LexborNode] = []
    for child in children(table):
        groups = children(child) if child.tag in _ROW_GROUPS else [child]
        found += [row for row in groups if row.tag == "tr" and is_shown(row)]
    return found


def _cells(row: LexborNode) -> list[LexborNode]:
    return [cell for cell in children(row) if cell.tag in ("td", "th") and is_shown(cell)]


def _names_columns(row: LexborNode) -> bool:
    parent = row.parent
    return (parent is not None and parent.tag == "thead") or all(cell.tag == "th" for cell in _cells(row))


def _texts(row: LexborNode) -> Row:
    """A cell over several columns is followed by empty ones, so that those after it stand where they belong."""
    texts: list[str] = []
    for cell in _cells(row):
        texts.append(shown_text(cell))
        span = (cell.attributes.get("colspan") or "1").strip()
        texts += [""] * (min(int(span), _WIDEST_SPAN) - 1 if span.isdecimal() and len(span) < 6 else 0)
    return texts
