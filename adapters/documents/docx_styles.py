"""What the styles of a Word file say: which are headings, and of which level; which are items of lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from adapters.documents.docx_parts import Attributes, Parts

_HEADING = re.compile(r"heading ([1-9])\Z", re.I)
_LONGEST_CHAIN = 20


@dataclass(slots=True)
class Styles:
    """By the id that paragraphs use; names are Word's own, the same in every language."""

    names: dict[str, str] = field(default_factory=dict)
    based_on: dict[str, str] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)
    numbered: set[str] = field(default_factory=set)
    _current: str = ""

    @classmethod
    def of(cls, parts: Parts) -> "Styles":
        styles = cls()
        parts.parse("word/styles.xml", styles._start, lambda name: None, lambda text: None)
        return styles

    def name(self, style: str) -> str:
        return self.names.get(style, "").lower()

    def level(self, style: str) -> int | None:
        """From 1; None when it is not a heading, nor based on one."""
        return next((self.levels[each] for each in self._chain(style) if each in self.levels), None)

    def is_item(self, style: str) -> bool:
        return any(each in self.numbered for each in self._chain(style))

    def _chain(self, style: str) -> Iterator[str]:
        for _ in range(_LONGEST_CHAIN):
            yield style
            if style not in self.based_on:
                return
            style = self.based_on[style]

    def _start(self, name: str, attributes: Attributes) -> None:
        value = attributes.get("val", "")
        if name == "style":
            self._current = attributes.get("styleId", "")
        elif name == "name":
            self.names[self._current] = value
            if heading := _HEADING.match(value):
                self.levels[self._current] = int(heading[1])
        elif name == "basedOn":
            self.based_on[self._current] = value
        elif name == "numId" and value != "0":
            self.numbered.add(self._current)
        elif name == "outlineLvl" and value.isdecimal() and int(value[:3]) < 9:
            self.levels.setdefault(self._current, int(value) + 1)
