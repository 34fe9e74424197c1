"""A document as PDF: its page, the files inside, and what is too long or cannot be made here.

Laying out is done by press.py, in a program of its own with bounds. Note text reaches neither files nor the
network: templates escape it, and that program's fetcher hands out our fonts and the draft mark, nothing else.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
import json
import re
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from apps.episodes import document as plans
from apps.ledger import chain
from apps.ledger.models import DocumentType, LedgerEntry
from apps.notes.document import NoteDocument, signed_document

from . import fhir, letterhead
from .models import Letterhead
from .presses import Busy, Failed, File, Overdue, drawing_up, print_page

__all__ = ["Busy", "Failed", "Overdue"]

APT_LINE = (
    "sudo apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)

FASTER = "harfbuzz-subset"
"""The library without which fonts are cut down in Python, at three times the time."""

MOST_BYTES = 120_000
"""Of a payload. Layout takes time in proportion; what is longer would hold everybody else up."""

TEMPLATE = "10"
"""The version of what makes a page: templates, styles, fonts. A stored PDF names the one that made it."""

TEMPLATE_DIGEST = "86ac2335d4c094d116b960248e0d12a8f3226311c380868f33f0d4e9ae39b787"
"""Of the files of MADE_OF as they are in this version; a test tells when they are not."""

MADE_OF = (
    "templates/exports/note.html",
    "templates/exports/plan.html",
    "templates/exports/_letterhead.html",
    "templates/notes/_document*.html",
    "templates/episodes/_plan_document*.html",
    "templates/_components/document_*.html",
    "static/css/document.css",
    "static/css/print.css",
    "static/css/draft.svg",
    "static/css/void.svg",
    "static/vendor/inter/*.ttf",
    "static/vendor/jetbrains-mono/*.ttf",
)

HASHED = (
    "alg",
    "clinic",
    "seq",
    "kind",
    "document",
    "document_type",
    "ref_hash",
    "recorded_at",
    "salt",
    "prev_hash",
    "payload_hash",
    "hash",
)
"""What stands beside an entry's words: docs/ledger.md says how the hashes follow from it."""


class Unavailable(Exception):
    """This machine cannot make PDFs."""


class TooLong(Exception):
    """The note holds more than a PDF is made of."""


@functools.cache
def is_available() -> tuple[bool, str]:
    """Whether PDFs can be made here, and if not, why. Asked once per process: the answer needs a restart."""
    if find_spec("weasyprint") is None:
        return False, "WeasyPrint is not installed."
    if set(missing_libraries()) - {FASTER}:
        return False, "The system libraries of WeasyPrint (Pango) are missing."
    return True, ""


def missing_libraries() -> tuple[str, ...]:
    """Which of the three packages of APT_LINE the system lacks, told without WeasyPrint's slow import."""
    wanted = ("pango-1.0", "pangoft2-1.0", FASTER)
    return tuple(name for name in wanted if not _is_installed(name))


def _is_installed(library: str) -> bool:
    try:
        ctypes.CDLL(f"lib{library}.so.0")
    except OSError:
        return ctypes.util.find_library(library) is not None
    return True


def note_pdf(
    document: NoteDocument,
    payload: dict[str, Any],
    *,
    edition: Letterhead | None = None,
    paper: str = "letter",
) -> bytes:
    """The PDF of a note as it stands. The same document gives the same bytes.

    Raises Unavailable, TooLong, Busy, Overdue or Failed.
    """
    with drawing_up:
        refuse_what_cannot_be(payload)
        page = page_of(document, edition)
    return print_page(page, paper=paper)


def page_of(document: NoteDocument, edition: Letterhead | None = None) -> str:
    """The page as it is handed to a press."""
    return dressed(breakable(render_to_string("exports/note.html", {"document": document})), edition)


MADE_UP = """<style>@page { @left-top {
  color: #8a5200; content: "DEMO\\A made-up\\A people"; font: 700 7.5pt/1.3 Inter, sans-serif;
  padding: 2mm; vertical-align: top; white-space: pre; } }</style>"""
"""What the demo says in the margin of each page: no such paper may pass for a record of somebody."""

BODY = '<body class="paper press">'


def dressed(html: str, edition: Letterhead | None = None) -> str:
    """The page with its letterhead and, in the demo, with what it is. After `breakable`: a logo is one long
    attribute.
    """
    if settings.DEMO:
        html = html.replace("</head>", MADE_UP + "</head>", 1)
    return html.replace(BODY, BODY + letterhead.drawn(edition), 1)


def refuse_what_cannot_be(*payloads: dict[str, Any]) -> None:
    works, why = is_available()
    if not works:
        raise Unavailable(why)
    size = sum(len(json.dumps(one, ensure_ascii=False).encode("utf-8", "surrogatepass")) for one in payloads)
    if size > MOST_BYTES:
        raise TooLong


def signed_pdf(entries: list[LedgerEntry], *, paper: str = "letter") -> bytes:
    """The PDF of a signed document: of its ledger entries and nothing else, with their exact words inside and
    an empty field for the deployment's signature (certificate.py).

    Raises Unavailable, TooLong, Busy, Overdue or Failed.
    """
    with drawing_up:
        refuse_what_cannot_be(*(chain.read(entry) for entry in entries if entry.payload))
        page, files = signed_page(entries), files_of(entries)
    return print_page(page, paper=paper, files=files, has_signature_field=True)


def signed_page(entries: list[LedgerEntry]) -> str:
    """The page of a signed document with these entries, of a plan with lines for the physician's hand."""
    first, last = entries[0], entries[-1]
    edition = letterhead.before(last.clinic, last.recorded_at)
    if first.document_type != DocumentType.PLAN:
        return page_of(signed_document(last.document, upto=last.hash), edition)
    context = {"document": plans.signed_document(first, upto=last.hash), "with_certification": True}
    return dressed(breakable(render_to_string("exports/plan.html", context)), edition)


def files_of(entries: list[LedgerEntry]) -> list[File]:
    """What a reader without us needs to check the page: the words that were hashed, and what they hash to."""
    moment = entries[-1].recorded_at
    words = [
        File(
            name=f"entry-{entry.seq}.json",
            description=f"The exact words of entry {entry.seq}, in the form that is hashed (RFC 8785)",
            data=entry.payload.encode(),
            moment=entry.recorded_at,
        )
        for entry in entries
    ]
    stated = [{name: str(getattr(entry, name)) for name in HASHED} for entry in entries]
    ledger = File(
        name="ledger.json",
        description="Salt, hashes and place in the record of each entry",
        data=chain.canonical({"entries": stated}),
        moment=moment,
        relationship="Supplement",
    )
    bundle = fhir.file_of(entries)
    if bundle is None:
        return [*words, ledger]
    return [
        *words,
        ledger,
        File(
            name="fhir.json",
            description="The same note as a FHIR R4 document bundle",
            data=bundle,
            moment=moment,
            relationship="Alternative",
        ),
    ]


def page_pdf(html: str, styles: str, edition: Letterhead | None = None) -> bytes:
    """A page that is not a note's, with `styles` of its own over the note's, and perhaps a letterhead.

    Raises Unavailable, Busy, Overdue or Failed.
    """
    works, why = is_available()
    if not works:
        raise Unavailable(why)
    html = breakable(html.replace("</head>", f"<style>{styles}</style></head>", 1))
    return print_page(dressed(html, edition))


LETTERS = re.compile(r"(?:&#?\w+;|[^\s<>&]){100}")


def breakable(html: str) -> str:
    """The page with a place to break after each 100 characters without a space.

    WeasyPrint's time grows with the square of a word: a pasted 27,000 letters took minutes. `<wbr>` prints
    nothing and is not in the PDF's text. The head is left alone, and no attribute of ours is that long.
    """
    head, body, page = html.partition("<body")
    return head + body + LETTERS.sub(r"\g<0><wbr>", page)
