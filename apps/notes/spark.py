"""A measure's few values of one note as a drawing the height of a line: baseline, last, today. Pure.

Like drawing.py, whose rules it keeps: the title comes first, since it is the alternative text of the PDF, and
colours are attributes. The numbers stand beside it in the table; it shows which way they go.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT, EDGE = 64, 18, 4
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def spark(taken: Iterable[tuple[str, str]]) -> SafeString | str:
    """The drawing of values by ISO date, oldest first; "" for fewer than two numbers on different days."""
    found = {day: value for day, value in taken if day and NUMBER.fullmatch(value)}
    if len(found) < 2:
        return ""
    days = [dt.date.fromisoformat(day) for day in found]
    values = [float(value) for value in found.values()]
    span, low, rise = (days[-1] - days[0]).days, min(values), max(values) - min(values)
    if span <= 0:
        return ""
    places = [
        (
            EDGE + (WIDTH - 2 * EDGE) * (day - days[0]).days / span,
            HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * ((value - low) / rise if rise else 0.5),
        )
        for day, value in zip(days, values, strict=True)
    ]
    said = ", ".join(f"{value} on {day:%m/%d/%Y}" for day, value in zip(days, found.values(), strict=True))
    return format_html(
        '<svg class="doc-spark" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {} {}" width="{}" '
        'height="{}"><title>{}</title><polyline points="{}" fill="none" stroke="#0b6e69" stroke-width="1.4">'
        "</polyline>{}</svg>",
        WIDTH,
        HEIGHT,
        WIDTH,
        HEIGHT,
        said,
        " ".join(f"{x:.1f},{y:.1f}" for x, y in places),
        format_html_join(
            "",
            '<circle cx="{}" cy="{}" r="{}" fill="#0b6e69"></circle>',
            (
                (f"{x:.1f}", f"{y:.1f}", 2.6 if at == len(places) - 1 else 1.7)
                for at, (x, y) in enumerate(places)
            ),
        ),
    )
