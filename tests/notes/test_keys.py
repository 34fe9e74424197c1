"""Every key of the editor stands in its sheet and in the docs, and neither names one that is none."""

import re

from django.conf import settings

SHOWN = {"Equal": "=", "Minus": "−", "ArrowUp": "↑", "ArrowDown": "↓", "Delete": "Delete"}

BETWEEN_FIELDS = {"Enter", "Ctrl"}
"""Of next.js, where they go on to another field."""
PALETTE = {"K"}
"""Of palette.js, on every page, with Ctrl held."""


def text(path):
    return (settings.BASE_DIR / path).read_text(encoding="utf-8")


def pressed():
    table = text("static/js/editor/keys.js").partition("const KEYS = {")[2].partition("\n  };")[0]
    codes = re.findall(r"^    (\w+):", table, re.MULTILINE)
    assert len(codes) > 10
    return {SHOWN.get(code, code.removeprefix("Key")) for code in codes} | {"1", "6", "?"}


def test_the_sheet_shows_each_key():
    assert (
        set(re.findall(r"<kbd>(.+?)</kbd>", text("templates/notes/_keys_table.html")))
        == pressed() | BETWEEN_FIELDS | PALETTE
    )


def test_the_docs_show_each_key():
    table = text("docs/editor.md").partition("| Key | Does |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(.+?)`", table)) | {"?"} == pressed()
