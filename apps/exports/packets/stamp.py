"""What is printed over a page that already exists: its Bates number and its original's hash, and over a paper
from elsewhere also whose it is. The font goes into the file once, with the letters that are used.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from django.conf import settings
from fontTools import subset
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Page, Pdf, Stream

FONT = Path(settings.BASE_DIR) / "static/vendor/inter/Inter-Regular.ttf"
LETTERS = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    0x2013,
    0x2014,
    0x2018,
    0x2019,
    0x201C,
    0x201D,
    0x2022,
    0x2026,
]
RESOURCE = "/MidlineStamp"
LAYOUT = ("GDEF", "GPOS", "GSUB")


@cache
def _font() -> tuple[bytes, dict[int, int], dict[int, int], dict[str, int]]:
    """The subset's bytes, glyph by character, width by glyph, and the measures that a PDF asks for."""
    options = subset.Options(hinting=False, notdef_outline=True, glyph_names=False)
    font = TTFont(FONT)
    for table in LAYOUT:  # unused here, and to read them takes longer than all the rest
        del font[table]
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=LETTERS)
    chosen.subset(font)
    out = io.BytesIO()
    font.save(out)
    scale = 1000 / font["head"].unitsPerEm
    glyphs = {code: font.getGlyphID(name) for code, name in font.getBestCmap().items()}
    widths = {
        font.getGlyphID(name): round(width * scale) for name, (width, _) in font["hmtx"].metrics.items()
    }
    head, hhea = font["head"], font["hhea"]
    about = {
        "xMin": round(head.xMin * scale),
        "yMin": round(head.yMin * scale),
        "xMax": round(head.xMax * scale),
        "yMax": round(head.yMax * scale),
        "ascent": round(hhea.ascent * scale),
        "descent": round(hhea.descent * scale),
    }
    return out.getvalue(), glyphs, widths, about


def width_of(text: str, size: float) -> float:
    _, glyphs, widths, _ = _font()
    return sum(widths[glyphs.get(ord(sign), 0)] for sign in text) * size / 1000


class Stamp:
    """Writes on the pages of one file."""

    def __init__(self, pdf: Pdf):
        self.pdf = pdf
        self.font = pdf.make_indirect(_dictionary(pdf))
        self.before = pdf.make_indirect(Stream(pdf, b"q\n"))

    def write(self, page: Page, lines: list[tuple[float, float, float, str]]) -> None:
        """Each line: x, y, size and words. What the page drew is closed off first: nothing of it leaks in."""
        _, glyphs, _, _ = _font()
        said = b"".join(
            b"BT %s %.2f Tf 0 g %.2f %.2f Td <%s> Tj ET\n"
            % (
                RESOURCE.encode(),
                size,
                x,
                y,
                "".join(f"{glyphs.get(ord(sign), 0):04X}" for sign in words).encode(),
            )
            for x, y, size, words in lines
        )
        drawn = page.obj.get("/Contents", [])
        after = self.pdf.make_indirect(Stream(self.pdf, b"\nQ\nq\n" + said + b"Q\n"))
        page.obj.Contents = Array(
            [self.before, *(drawn if isinstance(drawn, Array) else [drawn] if drawn else []), after]
        )
        resources = page.obj.get("/Resources")
        if resources is None:
            resources = page.obj.Resources = Dictionary()
        if "/Font" not in resources:
            resources.Font = Dictionary()
        resources.Font[RESOURCE] = self.font


def _dictionary(pdf: Pdf) -> Dictionary:
    data, glyphs, widths, about = _font()
    file = Stream(pdf, data)
    file.Length1 = len(data)
    name = Name("/MIDLIN+Inter-Regular")
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        Flags=4,
        FontBBox=Array([about["xMin"], about["yMin"], about["xMax"], about["yMax"]]),
        ItalicAngle=0,
        Ascent=about["ascent"],
        Descent=about["descent"],
        CapHeight=about["ascent"],
        StemV=80,
        FontFile2=pdf.make_indirect(file),
    )
    every = [part for glyph in sorted(widths) for part in (glyph, Array([widths[glyph]]))]
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        W=Array(every),
        DW=0,
        CIDToGIDMap=Name.Identity,
    )
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=name,
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(descendant)]),
        ToUnicode=pdf.make_indirect(Stream(pdf, _to_unicode(glyphs))),
    )


def _to_unicode(glyphs: dict[int, int]) -> bytes:
    pairs = sorted((glyph, code) for code, glyph in glyphs.items())
    parts = []
    for start in range(0, len(pairs), 100):
        some = pairs[start : start + 100]
        rows = "\n".join(f"<{glyph:04X}> <{code:04X}>" for glyph, code in some)
        parts.append(f"{len(some)} beginbfchar\n{rows}\nendbfchar")
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        + "\n".join(parts)
        + "\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode()
