"""A paper from elsewhere as pages of the packet: a letter page each, upright, with room for the stamp, and
nothing that runs. The file that was uploaded stays as it is and travels beside the packet.
"""

from __future__ import annotations

import io
from pathlib import Path

from pikepdf import Array, Dictionary, Name, Page, PasswordError, Pdf, PdfError, Rectangle, Stream
from PIL import Image, ImageOps, UnidentifiedImageError

from apps.patients import uploads

WIDTH, HEIGHT = 612, 792
FRAME = Rectangle(24, 40, WIDTH - 24, HEIGHT - 44)
"""Where the paper lies on the page: whose it is stands above, its number below."""

DOTS = 200
"""Of an inch: what a fax can show, and a good reading copy."""


class CannotBeRead(Exception):
    """The file is whole and still nobody can draw it."""


def to_pages(data: bytes, media_type: str, out: Path, *, is_black_and_white: bool = False) -> int:
    """Write the pages to `out`; how many they are. Raises CannotBeRead."""
    if media_type == uploads.PDF:
        return _from_pdf(data, out)
    return _from_picture(data, out, is_black_and_white)


def _from_pdf(data: bytes, out: Path) -> int:
    try:
        with Pdf.open(io.BytesIO(data)) as source, Pdf.new() as pdf:
            # What was typed into a form, and signatures as they look, become part of the page.
            source.generate_appearance_streams()
            source.flatten_annotations("all")
            for page in source.pages:
                for name in ("/Annots", "/AA", "/StructParents", "/Metadata", "/PieceInfo"):
                    if name in page.obj:
                        del page.obj[name]
                _lay(pdf, page)
            count = len(pdf.pages)
            pdf.save(out)
            return count
    except (PdfError, PasswordError, ValueError) as error:
        raise CannotBeRead from error


def _lay(pdf: Pdf, page: Page) -> None:
    sheet = pdf.add_blank_page(page_size=(WIDTH, HEIGHT))
    form = pdf.copy_foreign(page.as_form_xobject())
    name = sheet.add_resource(form, Name.XObject)
    placed = sheet.calc_form_xobject_placement(form, name, FRAME, allow_shrink=True, allow_expand=False)
    sheet.contents_add(Stream(pdf, placed))


def _from_picture(data: bytes, out: Path, is_black_and_white: bool) -> int:
    try:
        with Image.open(io.BytesIO(data)) as opened:
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise CannotBeRead from error
    width, height = FRAME.width, FRAME.height
    if picture.width > picture.height:
        picture = picture.rotate(90, expand=True)  # a wide scan lies on its side, to be read at its size
    picture.thumbnail((round(width / 72 * DOTS), round(height / 72 * DOTS)))
    colours = Name.DeviceRGB
    if is_black_and_white:
        picture = ImageOps.autocontrast(picture.convert("L"), cutoff=1)
        colours = Name.DeviceGray
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=85, optimize=True)
    with Pdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(WIDTH, HEIGHT))
        image = Stream(pdf, packed.getvalue())
        image.stream_dict = Dictionary(
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=picture.width,
            Height=picture.height,
            ColorSpace=colours,
            BitsPerComponent=8,
            Filter=Name.DCTDecode,
        )
        name = page.add_resource(image, Name.XObject)
        scale = min(width / picture.width, height / picture.height)
        wide, high = picture.width * scale, picture.height * scale
        x, y = float(FRAME.llx) + (width - wide) / 2, float(FRAME.ury) - high
        page.contents_add(
            Stream(pdf, b"q %.3f 0 0 %.3f %.3f %.3f cm %s Do Q" % (wide, high, x, y, str(name).encode()))
        )
        page.obj.MediaBox = Array([0, 0, WIDTH, HEIGHT])
        pdf.save(out)
    return 1
