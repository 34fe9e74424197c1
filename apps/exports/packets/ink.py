"""Black and white, for a fax: words and lines in black, tints gone. Legible where there is no grey."""

from __future__ import annotations

from typing import Any

from pikepdf import (
    Dictionary,
    Name,
    Operator,
    Page,
    Pdf,
    PdfError,
    Stream,
    parse_content_stream,
    unparse_content_stream,
)

FILL = {"g": 1, "rg": 3, "k": 4}
STROKE = {"G": 1, "RG": 3, "K": 4}
LIGHT = 0.62
"""Brighter than this, a filled area is paper and not ink."""


def blacken(pdf: Pdf, page: Page) -> None:
    """Change a page's colours, and those of the drawings inside it."""
    page.obj.Contents = Stream(pdf, _changed(page))
    _drawings(pdf, page.obj.get("/Resources"), depth=0)


def _drawings(pdf: Pdf, resources, depth: int) -> None:
    if resources is None or depth > 4:
        return
    for drawing in dict(resources.get("/XObject", {})).values():
        if drawing.get("/Subtype") == Name.Form and "/MidlineInk" not in drawing:
            try:
                drawing.write(_changed(drawing))
            except PdfError:
                continue
            drawing.MidlineInk = True
            _drawings(pdf, drawing.get("/Resources"), depth + 1)


def _changed(stream) -> bytes:
    out: list[Any] = []
    for instruction in parse_content_stream(stream):
        operands, operator = instruction.operands, str(instruction.operator)
        if operator in FILL:
            value = 1.0 if _brightness(operands) > LIGHT else 0.0
            out.append(([value], Operator("g")))
        elif operator in STROKE:
            out.append(([0.0], Operator("G")))
        elif operator in ("sc", "scn", "SC", "SCN") and _is_plain(operands):
            dark = _brightness(operands) <= LIGHT or operator.isupper()
            out.append(([0.0 if dark else 1.0], Operator("G" if operator.isupper() else "g")))
        elif operator not in ("cs", "CS"):
            out.append((operands, instruction.operator))
    return unparse_content_stream(out)


def _is_plain(operands) -> bool:
    return len(operands) in (1, 3, 4) and all(not isinstance(one, (Name, Dictionary)) for one in operands)


def _brightness(operands) -> float:
    values = [float(one) for one in operands]
    if len(values) == 4:
        cyan, magenta, yellow, key = values
        values = [(1 - cyan) * (1 - key), (1 - magenta) * (1 - key), (1 - yellow) * (1 - key)]
    if len(values) == 3:
        red, green, blue = values
        return 0.299 * red + 0.587 * green + 0.114 * blue
    return values[0]
