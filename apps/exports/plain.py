"""The note as plain text, to be put into another system.

The words are those of the print view: its page is rendered and read back, so no second list of labels
could come to differ. Line breaks of typed words are kept; every other white space is the page's own.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from django.template.loader import render_to_string

from apps.notes.document import NoteDocument

LINES = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "section", "div", "article", "table", "tr", "br"))
"""Elements whose words stand on a line of their own."""

APART = frozenset(("h1", "h2", "h3", "h4", "h5", "section", "article"))
"""Elements that have an empty line before them."""

WHOLE = frozenset(("doc-words", "doc-typed"))
"""Classes of typed words: their line breaks and spaces are the author's."""

VOID = frozenset(("br", "hr", "img", "input", "link", "meta"))


def as_text(document: NoteDocument) -> str:
    """The whole document; a draft says on its first lines that it is one."""
    page = render_to_string("notes/_document.html", {"document": document, "level": 1})
    reading = Reading()
    reading.feed(page)
    reading.close()
    return reading.text


class Reading(HTMLParser):
    """Puts down the words of a page line by line. A cell of a table becomes a line after its heading."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.open: list[tuple[str, frozenset[str]]] = []
        self.headings: list[str] = []
        self.column = 0

    @property
    def text(self) -> str:
        lines = [line.rstrip() for line in "".join(self.pieces).split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"

    def inside(self, tag: str) -> bool:
        return any(tag == open_tag for open_tag, _ in self.open)

    @property
    def is_typed(self) -> bool:
        return any(classes & WHOLE for _, classes in self.open)

    def line(self, *, apart: bool = False) -> None:
        written = "".join(self.pieces[-3:])
        if self.pieces and not written.endswith("\n"):
            self.pieces.append("\n")
        if apart and self.pieces and not written.endswith("\n\n"):
            self.pieces.append("\n")

    def handle_starttag(self, tag, attrs):
        classes = frozenset((dict(attrs).get("class") or "").split())
        if tag == "table":
            self.headings = []
        if tag == "tr":
            self.column = 0
        if tag in ("td", "th"):
            self.start_cell()
        elif tag == "br" and self.inside("td"):
            self.pieces.append("\n  ")
        elif tag in LINES and not self.after_label(tag):
            self.line(apart=tag in APART)
        elif tag == "span" and self.is_listed(classes):
            self.next_of_a_list()
        if tag not in VOID:
            self.open.append((tag, classes))

    def start_cell(self) -> None:
        if self.inside("thead"):
            self.headings.append("")
            return
        self.line()
        heading = self.headings[self.column] if self.column < len(self.headings) else ""
        indent = "  " if self.column else ""
        self.pieces.append(f"{indent}{heading}: " if heading else indent)
        self.column += 1

    def is_listed(self, classes: frozenset[str]) -> bool:
        """One of several short pieces on a line, which the page tells apart by the space between them."""
        parent = self.open[-1][1] if self.open else frozenset()
        return "doc-part" in classes or "doc-sums" in parent

    def next_of_a_list(self) -> None:
        if "".join(self.pieces[-2:]).endswith(" ") and self.pieces[-1] != ": ":
            self.pieces[-1] = self.pieces[-1].rstrip(" ")
            self.pieces.append("; ")

    def after_label(self, tag: str) -> bool:
        """Is this the paragraph beside a label? It stays on the label's line."""
        return tag == "p" and bool(self.pieces) and self.pieces[-1] == ": "

    def handle_endtag(self, tag):
        while self.open:
            last, classes = self.open.pop()
            if last == tag:
                break
        if "doc-label" in classes or "doc-k" in classes:
            self.pieces.append(": ")
        elif tag in LINES:
            self.line()

    def handle_data(self, data):
        if self.inside("thead"):
            if self.inside("th"):
                self.headings[-1] = " ".join(f"{self.headings[-1]} {data}".split())
            return
        if self.is_typed:
            self.pieces.append(data)
            return
        words = re.sub(r"\s+", " ", data)
        if not self.pieces or self.pieces[-1].endswith((" ", "\n")):
            words = words.lstrip(" ")
        if words:
            self.pieces.append(words)
