"""The measured times as a drawing: a row for each page, a mark for each size and database. Pure.

Like apps/notes/spark.py: the title first, colours as attributes. It stands on a card of its own, so that it
reads the same on a light page and on a dark one.
"""

from __future__ import annotations

import math
from typing import Any
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, TOP, ROW = 860, 150, 40, 106, 48
COLOURS = {"sqlite": "#0b6e69", "postgresql": "#8a4b08"}
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
RADII = {10_000: 4.0, 100_000: 5.5, 1_000_000: 7.0}
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)


def drawn(results: dict[str, dict[str, Any]]) -> str:
    """Medians as dots with a line to the 95th percentile, one client, on a logarithmic scale."""
    marks = [
        (name, line["database"], int(key.split()[1]), page["alone"]["median"], page["alone"]["p95"])
        for key, line in results.items()
        for name, page in line["pages"].items()
    ]
    pages = sorted({mark[0] for mark in marks}, key=lambda name: next(m[3] for m in marks if m[0] == name))
    low = math.log10(min([mark[3] for mark in marks], default=1) * 0.8)
    high = math.log10(max([mark[4] for mark in marks], default=10) * 1.2)
    height = TOP + ROW * len(pages) + 44

    def across(milliseconds: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (math.log10(milliseconds) - low) / (high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" font-family="Inter, system-ui, sans-serif" font-size="13">',
        "<title>Milliseconds of each page by size of the clinic and database: docs/bench.json has the "
        "numbers</title>",
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="10" fill="#ffffff" '
        'stroke="#c9d3d2"/>',
        '<text x="20" y="30" fill="#16302e" font-size="16" font-weight="600">Milliseconds until the answer, '
        "one client: median, and a line to the 95th percentile</text>",
    ]
    for line, (database, colour) in enumerate(COLOURS.items()):
        place, below = 20.0, 54 + 22 * line
        for size in sorted({mark[2] for mark in marks if mark[1] == database}):
            words = f"{NAMES[database]}, {size:,} notes"
            parts.append(
                f'<circle cx="{place + 8:g}" cy="{below}" r="{RADII[size]}" fill="{colour}"/>'
                f'<text x="{place + 22:g}" y="{below + 4.5:g}" fill="#16302e">{words}</text>'
            )
            place += 40 + 7.2 * len(words)
    for tick in TICKS:
        if low <= math.log10(tick) <= high:
            x = across(tick)
            parts.append(
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{height - 34}" stroke="#dde5e4"/>'
                f'<text x="{x:.1f}" y="{height - 14}" fill="#4a5f5d" text-anchor="middle">{tick} ms</text>'
            )
    for row, name in enumerate(pages):
        y = TOP + ROW * row + ROW / 2
        parts.append(
            f'<text x="{LEFT - 12}" y="{y + 4.5:g}" fill="#16302e" text-anchor="end">{escape(name)}</text>'
        )
        own = sorted(mark[1:] for mark in marks if mark[0] == name)
        for at, (database, size, median, p95) in enumerate(own):
            here = y + (at - (len(own) - 1) / 2) * (ROW - 8) / max(len(own), 4)
            parts.append(
                f'<line x1="{across(median):.1f}" x2="{across(p95):.1f}" y1="{here:.1f}" y2="{here:.1f}" '
                f'stroke="{COLOURS[database]}" stroke-width="1.6"/>'
                f'<circle cx="{across(median):.1f}" cy="{here:.1f}" r="{RADII[size]}" '
                f'fill="{COLOURS[database]}"/>'
            )
    return "\n".join([*parts, "</svg>", ""])
