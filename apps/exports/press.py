"""HTML in, PDF out: a small program of its own, and the only one that knows WeasyPrint.

apps/exports/presses.py starts it without Django, without a database and with an empty environment, gives it
pages over its standard input, and kills it when it takes too long. It reads our fonts and the draft mark when
it starts; after that its fetcher hands out those and nothing else, whatever asks.

Frames both ways: 8 bytes of length, big-endian, then as many bytes. The first says `READY`. A page is a frame
of JSON (see `Job`), one of HTML and one for each file inside. An answer is a frame of one byte, `OK` or
`FAILED`, a frame of JSON with the CPU seconds used, and a frame with the PDF or the name of the failure.
"""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import math
import os
import resource
import select
import struct
import sys
from pathlib import Path
from typing import IO, Any

READY, OK, FAILED = b"ready", b"1", b"0"

MOST_MEMORY = 1024 * 1024 * 1024
"""Bytes of address space. A note takes 250 MB of it, most of that shared libraries."""

MOST_CPU = 15
"""Seconds of processor for one page or all of a note's. A long note takes two."""

IDLE = 300
"""Seconds without a page after which the program ends by itself and gives its memory back."""

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
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
PICTURE = "data:image/png;base64,"
"""The letterhead's logo, which travels in its page."""

OURS = {url: (path, "font/ttf") for url, (_, _, path) in FONTS.items()} | {
    DRAFT: ("css/draft.svg", "image/svg+xml"),
    VOID: ("css/void.svg", "image/svg+xml"),
}
"""All that a PDF may ask for, by address."""

MISTAKABLE = b"\r\nendstream"
"""A stream's last byte and the line end after it, which a reader may take for one line end."""

PAPERS = {"letter": "@page { size: Letter }", "a4": "@page { size: A4 }"}

SIGNATURE_FIELD = "Certificate"
"""The name of the field that pyHanko fills. It is tagged here: one that pyHanko adds itself would not be."""

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

Job = dict[str, Any]
"""`paper`: a key of PAPERS. `files`: name, description, relationship and moment of each file inside, whose
bytes follow the page. `has_signature_field`: whether the file is going to be signed."""


class Press:
    """Fonts and styles, read once and used for many notes, one after the other."""

    def __init__(self) -> None:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration

        self.fetcher = fetcher()
        self.fonts = FontConfiguration()
        ours = [font_faces(), *((STATIC / name).read_text(encoding="utf-8") for name in STYLES)]
        self.styles = [self._read(weasyprint, css) for css in ours]
        self.papers = {name: self._read(weasyprint, css) for name, css in PAPERS.items()}

    def _read(self, weasyprint: Any, css: str) -> Any:
        return weasyprint.CSS(string=css, url_fetcher=self.fetcher, font_config=self.fonts)

    def print(self, html: str, job: Job | None = None, files: tuple[bytes, ...] = ()) -> bytes:
        # One in a hundred has a table of its objects that ends so; one more object moves it.
        for more in range(4):
            data = self._written(html, job or {}, files, more)
            if MISTAKABLE not in data:
                break
        return data

    def _written(self, html: str, job: Job, files: tuple[bytes, ...], more: int) -> bytes:
        import pydyf
        import weasyprint

        page = weasyprint.HTML(string=html, base_url=None, url_fetcher=self.fetcher)
        attachments = [
            weasyprint.Attachment(
                file_obj=io.BytesIO(data),
                name=said["name"],
                description=said["description"],
                relationship=said["relationship"],
                created=(moment := dt.datetime.fromisoformat(said["moment"].replace("Z", "+00:00"))),
                modified=moment,
            )
            for said, data in zip(job.get("files", []), files, strict=True)
        ]

        def finish(document: Any, pdf: Any) -> None:
            also_accessible(pdf)
            if job.get("has_signature_field"):
                add_signature_field(pdf)
            end_streams_plainly(pdf)
            for _ in range(more):
                pdf.add_object(pydyf.Dictionary())

        return page.write_pdf(
            stylesheets=[*self.styles, self.papers[job.get("paper", "letter")]],
            font_config=self.fonts,
            pdf_variant="pdf/a-3a",
            finisher=finish,
            attachments=attachments or None,
        )


def also_accessible(pdf: Any) -> None:
    """WeasyPrint declares one standard per file; ours keeps PDF/A-3a and PDF/UA-1, so its metadata says both.

    The objects are WeasyPrint's own business: tests/exports validates both standards, and would tell.
    """
    for stream in pdf.objects:
        if getattr(stream, "extra", {}).get("Type") == "/Metadata":
            stream.stream = [part.replace(b"</rdf:RDF>", UA) for part in stream.stream]
            stream.compress = False  # Archives read the metadata without unpacking it.


def end_streams_plainly(pdf: Any) -> None:
    """Leave a stream unpacked whose packed bytes end in a carriage return, as one in 256 does.

    With the line end that follows, a reader may take both for one; then the stated length is wrong by a byte,
    and the file is no archive to it (page-validation calls it PDFA3A-STREAM-LENGTH-001). The last packed
    bytes are a checksum, so packing harder changes nothing.
    """
    for stream in pdf.objects:
        if getattr(stream, "compress", False) and stream.data.endswith(MISTAKABLE):
            stream.compress = False


def add_signature_field(pdf: Any) -> None:
    """An empty, invisible and tagged field for the deployment's signature, on the first page."""
    import pydyf

    def behind(reference: bytes) -> Any:
        return pdf.objects[int(reference.split()[0])]

    root = behind(pdf.catalog["StructTreeRoot"])
    numbers, top = behind(root["ParentTree"])["Nums"], behind(root["K"][0])
    page = next(one for one in pdf.objects if isinstance(one, dict) and one.get("Type") == "/Page")
    # The tree's numbers stand in pairs, and the last pair has the highest.
    number = numbers[-2] + 1
    field = pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": pydyf.String(SIGNATURE_FIELD),
            "TU": pydyf.String("Signature by the certificate of the clinic's server"),
            "F": 132,
            "Rect": pydyf.Array([0, 0, 0, 0]),
            "P": page.reference,
            "StructParent": number,
        }
    )
    pdf.add_object(field)
    place = pydyf.Dictionary({"Type": "/OBJR", "Obj": field.reference, "Pg": page.reference})
    form = pydyf.Dictionary(
        {"Type": "/StructElem", "S": "/Form", "P": top.reference, "Pg": page.reference, "K": place}
    )
    pdf.add_object(form)
    top["K"].append(form.reference)
    numbers.extend([number, form.reference])
    page.setdefault("Annots", pydyf.Array()).append(field.reference)
    pdf.catalog["AcroForm"] = pydyf.Dictionary({"Fields": pydyf.Array([field.reference]), "SigFlags": 3})


def font_faces() -> str:
    return "\n".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: url("{url}"); }}'
        for url, (family, weight, _) in FONTS.items()
    )


def fetcher() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    ours = {url: ((STATIC / path).read_bytes(), kind) for url, (path, kind) in OURS.items()}

    class OurFilesOnly(URLFetcher):
        """Answers for OURS from memory, and for a picture that stands in the address itself. All else, of any
        protocol, is refused.
        """

        def fetch(self, url, headers=None):
            if url.startswith(PICTURE):
                data = base64.b64decode(url.removeprefix(PICTURE), validate=True)
                return URLFetcherResponse("", data, {"Content-Type": "image/png"})
            if url not in ours:
                # Without the address: it may be a patient's words.
                raise ValueError("refused: not one of our files")
            data, kind = ours[url]
            return URLFetcherResponse(url, data, {"Content-Type": kind})

    return OurFilesOnly(allowed_protocols=(), allow_redirects=False)


# --- The program ----------------------------------------------------------------------------------------


def write_frame(to: IO[bytes], data: bytes) -> None:
    to.write(struct.pack(">Q", len(data)))
    to.write(data)


def read_frame(source: IO[bytes]) -> bytes:
    """The next frame. Raises EOFError at the end, and in the middle of one."""
    head = source.read(8)
    if len(head) < 8:
        raise EOFError
    (length,) = struct.unpack(">Q", head)
    data = source.read(length)
    if len(data) < length:
        raise EOFError
    return data


def limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_cpu() -> None:
    """So much processor from now on. The kernel ends the program when it is used up."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime) + MOST_CPU, hard))


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    os.nice(5)  # Whoever charts comes first.
    limit_memory()
    source, answer = sys.stdin.buffer, sys.stdout.buffer
    # What a library says could quote the note, and would garble the answers.
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - for as long as the program runs
    limit_cpu()
    press = Press()
    write_frame(answer, READY)
    answer.flush()
    while select.select([source], [], [], IDLE)[0]:
        try:
            job = json.loads(read_frame(source))
            html = read_frame(source).decode("utf-8", "surrogatepass")
            files = tuple(read_frame(source) for _ in job.get("files", []))
        except EOFError:
            return
        limit_cpu()
        before = cpu()
        try:
            status, data = OK, press.print(html, job, files)
        except Exception as error:  # Whatever it was: its words may be the note's, so only its name goes out.
            status, data = FAILED, type(error).__name__.encode()
        for frame in (status, json.dumps({"cpu": cpu() - before}).encode(), data):
            write_frame(answer, frame)
        answer.flush()


if __name__ == "__main__":
    main()
