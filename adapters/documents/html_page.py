"""HTML as a browser would show it, without what is there to steer, to style or to hide."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

from adapters.documents.draft import Draft
from adapters.documents.html_tables import is_of_data, table_rows
from adapters.documents.html_tree import children, is_shown, shown_text
from domain.reading import MediaType, Reading

_INLINE_TAGS = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark math meter output progress q "
    "ruby s samp small span strike strong sub sup time tt u var wbr"
)
_INLINE = frozenset(_INLINE_TAGS.split())
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_BREAK = "\v"  # the line ends here; other blanks only part words


def html_reading(text: str, max_characters: int) -> Reading:
    parser = LexborHTMLParser(text)
    page = _Page(Draft(MediaType.HTML, max_characters))
    if parser.body is not None:
        page.read(parser.body)
    title = parser.css_first("head > title")
    page.draft.title = (shown_text(title) if title is not None else "") or page.first_heading
    return page.draft.finished()


class _Page:
    """The state of one walk over the tree: the line that is being written, and what it stands in."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.first_heading = ""
        self._line: list[str] = []
        self._mark = ""  # of the list item that begins with this line
        self._follows_item = False
        self._counts: list[int | None] = []  # of the lists around: numbered ones count

    def read(self, root: LexborNode) -> None:
        """Depth first and without recursion, however deep it is nested."""
        waiting = [(root, True)]
        while waiting:
            node, entering = waiting.pop()
            if not entering:
                self._leave(node)
            elif self._enter(node):
                waiting.append((node, False))
                waiting += [(child, True) for child in reversed(children(node))]
        self._flush()

    def _enter(self, node: LexborNode) -> bool:
        """Whether what is inside is to be read in turn."""
        tag = node.tag or ""
        if node.is_text_node:
            self._line.append(node.text_content or "")
            return False
        if not node.is_element_node or not is_shown(node):
            return False
        if tag == "br":
            self._line.append(_BREAK)
            return False
        if tag not in _INLINE:
            self._flush()
        if tag in _HEADINGS or tag == "pre" or (tag == "table" and is_of_data(node)):
            self._whole(node, tag)
            return False
        self._begin_list(node, tag)
        return True

    def _whole(self, node: LexborNode, tag: str) -> None:
        self._follows_item = False
        if tag == "table":
            header, body, caption = table_rows(node)
            self.draft.table(header, body, caption)
        elif tag == "pre":
            code = shown_text(node, verbatim=True).strip("\n")
            if code.strip():
                self.draft.code(code)
        else:
            title = shown_text(node)
            self.first_heading = self.first_heading or title
            self.draft.heading(title, _HEADINGS[tag])

    def _begin_list(self, node: LexborNode, tag: str) -> None:
        if tag in ("ul", "ol"):
            self._follows_item = self._follows_item and bool(self._counts)
            self._counts.append(0 if tag == "ol" else None)
        elif tag == "li":
            count = self._counts[-1] if self._counts else None
            if count is not None:
                self._counts[-1] = count + 1
            indent = "  " * min(len(self._counts) - 1, 8)
            self._mark = f"{indent}{'- ' if count is None else f'{count + 1}. '}"

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag not in _INLINE:
            self._flush()
        if tag in ("ul", "ol"):
            self._counts.pop()

    def _flush(self) -> None:
        """End the line. The items of a list are lines of one block."""
        lines = [" ".join(line.split()) for line in "".join(self._line).split(_BREAK)]
        self._line.clear()
        text = "\n".join(lines).strip("\n")
        if not text:
            return
        if self._mark and self._follows_item:
            self.draft.add("\n" + self._mark + text)
        else:
            self.draft.block(self._mark + text)
        self._follows_item = bool(self._mark)
        self._mark = ""
