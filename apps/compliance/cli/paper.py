"""What is printed: plain text of at most 80 columns, or JSON."""

from __future__ import annotations

import json
import textwrap
from typing import Any, TextIO

WIDTH = 80

# A note's words are printed, so they must not be able to steer the terminal.
_CONTROLS = {number: "�" for number in (*range(32), *range(127, 160)) if chr(number) not in "\n\t"}


class Paper:
    def __init__(self, out: TextIO, err: TextIO) -> None:
        self.out, self.err = out, err
        for stream in (out, err):
            # A lone half of a character can stand in JSON, and a terminal may not know UTF-8.
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure:
                reconfigure(errors="backslashreplace")

    def line(self, text: str = "") -> None:
        """As it is: for tables."""
        self.out.write(text.translate(_CONTROLS).rstrip() + "\n")

    def text(self, text: str, first: str = "", rest: str | None = None) -> None:
        """A paragraph, wrapped; `first` stands before its first line, `rest` before the others."""
        self.line(_wrapped(text, first, rest))

    def data(self, value: Any, indent: int | None = None) -> None:
        self.out.write(json.dumps(value, ensure_ascii=False, indent=indent) + "\n")

    def complain(self, text: str) -> None:
        """One line, however long: editors and other programs look for the place in it."""
        self.err.write(text.translate(_CONTROLS) + "\n")


def _wrapped(text: str, first: str, rest: str | None) -> str:
    rest = " " * len(first) if rest is None else rest
    wrapped = textwrap.fill(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
        break_long_words=False,
    )
    return wrapped or first
