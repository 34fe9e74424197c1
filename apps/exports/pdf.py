"""A NoteDocument as PDF. The only module that imports WeasyPrint, and only when a PDF is asked for.

Note text reaches neither files nor the network: templates escape it, and the
fetcher below hands out our own fonts and the draft mark, nothing else, whatever asks.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import ctypes.util
import functools
import importlib
import json
import queue
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from apps.ledger import chain
from apps.ledger.models import LedgerEntry
from apps.notes.document import NoteDocument, signed_document

APT_LINE = (
    "sudo apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)

MOST_BYTES = 120_000
"""Of a payload. Layout takes time in proportion; what is longer would hold everybody else up."""

TEMPLATE = "2"
"""The version of what makes a page: templates, styles, fonts. A stored PDF names the one that made it."""

AT_ONCE = 2
"""Renders at the same time in one process."""

PATIENCE = 3.0
"""Seconds to wait for one of them to end."""

STATIC = Path(settings.BASE_DIR) / "static"
STYLES = ("css/document.css", "css/print.css")

# `invalid` never resolves, and the fetcher has no network anyway: the address is only a key.
ORIGIN = "https://midline.invalid/"
FONTS = {
    ORIGIN + "Inter-Regular.ttf": ("Inter", 400, "vendor/inter/Inter-Regular.ttf"),
    ORIGIN + "Inter-Medium.ttf": ("Inter", 500, "vendor/inter/Inter-Medium.ttf"),
    ORIGIN + "Inter-SemiBold.ttf": ("Inter", 600, "vendor/inter/Inter-SemiBold.ttf"),
    ORIGIN + "Inter-Bold.ttf": ("Inter", 700, "vendor/inter/Inter-Bold.ttf"),
    ORIGIN + "JetBrainsMono-Regular.ttf": (
        "JetBrains Mono",
        400,
        "vendor/jetbrains-mono/JetBrainsMono-Regular.ttf",
    ),
}


DRAFT = ORIGIN + "draft.svg"
VOID = ORIGIN + "void.svg"
OURS = {url: (path, "font/ttf") for url, (_, _, path) in FONTS.items()} | {
    DRAFT: ("css/draft.svg", "image/svg+xml"),
    VOID: ("css/void.svg", "image/svg+xml"),
}
"""All that a PDF may ask for, by address."""


class Unavailable(Exception):
    """This machine cannot make PDFs."""


class Busy(Exception):
    """As many PDFs as allowed are being made; try again soon."""


class TooLong(Exception):
    """The note holds more than a PDF is made of."""


@functools.cache
def is_available() -> tuple[bool, str]:
    """Whether PDFs can be made here, and if not, why. Asked once per process: the answer needs a restart."""
    try:
        importlib.import_module("weasyprint")
    except ImportError as error:
        return False, f"WeasyPrint is not installed ({error.name})."
    except OSError:
        return False, "The system libraries of WeasyPrint (Pango) are missing."
    return True, ""


def missing_libraries() -> tuple[str, ...]:
    """Which of the three packages of APT_LINE the system lacks, told without WeasyPrint's slow import."""
    wanted = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
    return tuple(name for name in wanted if not _is_installed(name))


def _is_installed(library: str) -> bool:
    try:
        ctypes.CDLL(f"lib{library}.so.0")
    except OSError:
        return ctypes.util.find_library(library) is not None
    return True


def note_pdf(document: NoteDocument, payload: dict[str, Any]) -> bytes:
    """The PDF of a note. The same document gives the same bytes.

    Raises Unavailable, Busy or TooLong.
    """
    works, why = is_available()
    if not works:
        raise Unavailable(why)
    if len(json.dumps(payload, ensure_ascii=False).encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise TooLong
    html = _breakable(render_to_string("exports/note.html", {"document": document}))
    with _press() as press:
        return press.print(html)


def signed_pdf(entries: list[LedgerEntry], *, paper: str = "letter") -> bytes:
    """The PDF of a signed document: of its ledger entries and nothing else.

    Raises Unavailable, Busy or TooLong.
    """
    last = entries[-1]
    document = signed_document(last.document, upto=last.hash)
    return note_pdf(document, {"entries": [chain.read(entry) for entry in entries if entry.payload]})


def page_pdf(html: str, styles: str) -> bytes:
    """A page that is not a note's, with `styles` of its own over the note's. Raises Unavailable or Busy."""
    works, why = is_available()
    if not works:
        raise Unavailable(why)
    html = _breakable(html.replace("</head>", f"<style>{styles}</style></head>", 1))
    with _press() as press:
        return press.print(html)


LETTERS = re.compile(r"(?:&#?\w+;|[^\s<>&]){100}")


def _breakable(html: str) -> str:
    """The page with a place to break after each 100 characters without a space.

    WeasyPrint's time grows with the square of a word: a pasted 27,000 letters took minutes. `<wbr>` prints
    nothing and is not in the PDF's text. The head is left alone, and no attribute of ours is that long.
    """
    head, body, page = html.partition("<body")
    return head + body + LETTERS.sub(r"\g<0><wbr>", page)


class Press:
    """Fonts and styles, read once and used for many notes, by one thread at a time."""

    def __init__(self) -> None:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration

        self.fetcher = _fetcher()
        self.fonts = FontConfiguration()
        self.styles = [
            weasyprint.CSS(string=css, url_fetcher=self.fetcher, font_config=self.fonts)
            for css in (_font_faces(), *((STATIC / name).read_text(encoding="utf-8") for name in STYLES))
        ]

    def print(self, html: str) -> bytes:
        import weasyprint

        page = weasyprint.HTML(string=html, base_url=None, url_fetcher=self.fetcher)
        return page.write_pdf(
            stylesheets=self.styles, font_config=self.fonts, pdf_variant="pdf/a-3a", finisher=_also_accessible
        )


UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part>
</rdf:Description><rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description></rdf:RDF>"""


def _also_accessible(document, pdf) -> None:
    """WeasyPrint declares one standard per file; ours keeps PDF/A-3a and PDF/UA-1, so its metadata says both.

    The objects are WeasyPrint's own business: tests/exports validates both standards, and would tell.
    """
    for stream in pdf.objects:
        if getattr(stream, "extra", {}).get("Type") == "/Metadata":
            stream.stream = [part.replace(b"</rdf:RDF>", UA) for part in stream.stream]
            stream.compress = False  # Archives read the metadata without unpacking it.


def _font_faces() -> str:
    return "\n".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: url("{url}"); }}'
        for url, (family, weight, _) in FONTS.items()
    )


def _fetcher():
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OurFilesOnly(URLFetcher):
        """Answers for OURS from memory. Everything else, of any protocol, is refused."""

        def fetch(self, url, headers=None):
            if url not in OURS:
                # Without the address: it may be a patient's words.
                raise ValueError("refused: not one of our files")
            return URLFetcherResponse(url, _bytes(url), {"Content-Type": OURS[url][1]})

    return OurFilesOnly(allowed_protocols=(), allow_redirects=False)


@functools.cache
def _bytes(url: str) -> bytes:
    return (STATIC / OURS[url][0]).read_bytes()


_places: queue.LifoQueue[Press | None] = queue.LifoQueue()
for _ in range(AT_ONCE):
    _places.put(None)  # A press is made when it is first needed.


@atexit.register
def _put_away() -> None:
    """Let the presses remove their temporary font files while Python can still do so."""
    with contextlib.suppress(queue.Empty):
        while True:
            _places.get_nowait()


@contextlib.contextmanager
def _press():
    try:
        press = _places.get(timeout=PATIENCE)
    except queue.Empty:
        raise Busy from None
    try:
        press = press or Press()
        yield press
    finally:
        _places.put(press)
