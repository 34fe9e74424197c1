"""What an uploaded file is, judged by its bytes and never by its name.

Only PDF, PNG and JPEG. A PDF may carry programs and other files; one that does, or that hides its inside so
that nobody can tell, is refused. This is not a virus scanner: what is kept is still only ever handed out as a
download that no page of ours opens.
"""

from __future__ import annotations

import re
import zlib

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from apps.audit.refused import Refused

MOST_BYTES = 10 * 1024 * 1024
MOST_WORDS = "10 MB"

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
ENDINGS = {PDF: "pdf", PNG: "png", JPEG: "jpg"}

ACTIVE = {
    b"/JavaScript": "a program (JavaScript)",
    b"/Launch": "a command that starts another program",
    b"/EmbeddedFile": "another file",
    b"/RichMedia": "an embedded player",
    b"/Rendition": "an embedded player",
    b"/XFA": "a form with programs (XFA)",
    b"/SubmitForm": "a form that sends data away",
    b"/ImportData": "a form that reads data from elsewhere",
    b"/GoToE": "a link into another file",
}
"""Names in a PDF that make it do something, and what to call each."""

MOST_UNPACKED = 64 * 1024 * 1024
NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
STREAM = re.compile(rb"stream\r?\n")


def media_type_of(data: bytes) -> str:
    """PDF, PNG or JPEG. Raises Refused for anything else, and for a PDF that does more than show pages."""
    if not data:
        raise Refused("This file is empty.", field="file")
    if len(data) > MOST_BYTES:
        raise Refused(f"This file is larger than {MOST_WORDS}.", field="file")
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        return PNG
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"%PDF-"):
        check_pdf(data)
        return PDF
    raise Refused("This is not a PDF, PNG or JPEG file, whatever its name says.", field="file")


def check_pdf(data: bytes) -> None:
    if b"%%EOF" not in data[-2048:]:
        raise Refused("This PDF is not complete. Save or scan it again.", field="file")
    plain = unescaped(data)
    if b"/Encrypt" in plain:
        raise Refused(
            "This PDF is locked, so what is in it cannot be checked. Save it without a password, or scan it.",
            field="file",
        )
    for part in (data, plain, *object_streams(data)):
        for name, what in ACTIVE.items():
            if name in part:
                raise Refused(
                    f"This PDF holds {what}. Print it to a new PDF, or scan it, and upload that.",
                    field="file",
                )


def unescaped(data: bytes) -> bytes:
    """Names as a reader of PDFs takes them: /J#61vaScript is /JavaScript."""
    return NAME_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), data)


def object_streams(data: bytes) -> list[bytes]:
    """What is packed inside streams of objects, where names would otherwise hide."""
    found, left = [], MOST_UNPACKED
    for start in STREAM.finditer(data):
        about = unescaped(data[max(0, start.start() - 1024) : start.start()])
        about = about[about.rfind(b" obj") + 1 :] if b" obj" in about else about
        if b"/ObjStm" not in about:
            continue
        try:
            if b"/Predictor" in about:
                raise zlib.error
            unpacked = zlib.decompressobj().decompress(data[start.end() :], left)
        except zlib.error:
            if b"/Filter" in about:
                raise Refused(
                    "This PDF is packed in a way that cannot be checked. Print it to a new PDF, or scan it.",
                    field="file",
                ) from None
            continue  # not packed: its names were looked at already
        left -= len(unpacked)
        if left <= 0:
            raise Refused(
                "This PDF unpacks to far more than its size. Print it to a new PDF, or scan it.", field="file"
            )
        found += [unpacked, unescaped(unpacked)]
    return found


class Cap(FileUploadHandler):
    """Stops keeping an upload once it is too large, so that nobody can fill the disk with one."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data, start):
        self.received += len(raw_data)
        if self.received > MOST_BYTES:
            self.request.upload_was_too_large = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size):
        return None  # the next handler has the file
