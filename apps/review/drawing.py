"""The drawings of the review desk's figures, as SVG. Pure: numbers in, markup out.

As in apps/notes/drawing.py: the title comes first and says everything, colours are attributes that classes
change on a screen, what is shown in colour is shown by its place or dashes too, and a table stands beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.notes.drawing import STEPS

WIDTH, HEIGHT = 420, 150
LEFT, RIGHT, TOP, BOTTOM = 30, 62, 16, 24
SMALL = 11


@dataclass(frozen=True)
class Line:
    """A series by weeks; None where a week has no value."""

    name: str
    values: tuple[float | None, ...]
    dashes: str = ""


def bars(label: str, weeks: Sequence[dt.date], counts: Sequence[int], of: Sequence[int]) -> SafeString:
    """For each week how many notes, in an outline of how many there were in all."""
    said = ", ".join(
        f"week of {week:%m/%d}: {count} of {total}"
        for week, count, total in zip(weeks, counts, of, strict=True)
        if total
    )
    top = float(max([*of, 1]))
    step = (WIDTH - LEFT - RIGHT) / len(weeks)
    parts = list(_grid(top))
    for place, (count, total) in enumerate(zip(counts, of, strict=True)):
        x = LEFT + place * step + step * 0.15
        if total:
            parts.append(_bar(x, step * 0.7, total, top, "figure-all", "none"))
        if count:
            parts.append(_bar(x, step * 0.7, count, top, "figure-bar", "#0b6e69"))
            parts.append(_text(x + step * 0.35, _y(count, top) - 4, str(count), "middle", "figure-value"))
    return _svg(f"{label}, notes with it of those signed: {said or 'none signed'}.", [*parts, *_dates(weeks)])


def lines(label: str, weeks: Sequence[dt.date], series: Sequence[Line], unit: str) -> SafeString:
    """Series over the same weeks, each with its name at its end."""
    top = max([value for line in series for value in line.values if value is not None] or [1.0])
    step = (WIDTH - LEFT - RIGHT) / len(weeks)
    parts = list(_grid(top or 1.0))
    ends: list[float] = []
    told = []
    for line in series:
        places = [
            (LEFT + (place + 0.5) * step, _y(value, top or 1.0), value, week)
            for place, (value, week) in enumerate(zip(line.values, weeks, strict=True))
            if value is not None
        ]
        if not places:
            continue
        parts.append(_line([(x, y) for x, y, *_ in places], line.dashes))
        parts += [_dot(x, y) for x, y, *_ in places]
        y = places[-1][1] + 4
        if any(abs(y - other) < SMALL + 2 for other in ends):
            below = max(ends) + SMALL + 2
            y = below if below <= HEIGHT - BOTTOM else min(ends) - SMALL - 2
        ends.append(y)
        parts.append(_text(places[-1][0] + 9, y, line.name, "start", "figure-name"))
        by_week = ", ".join(f"{value:.1f} in the week of {week:%m/%d}" for _, _, value, week in places)
        told.append(f"{line.name} {by_week}")
    return _svg(f"{label}, in {unit}: {'; '.join(told) or 'none'}.", [*parts, *_dates(weeks)])


def _svg(title: str, parts: Iterable[SafeString]) -> SafeString:
    return format_html(
        '<svg class="trend figure" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {} {}" '
        'width="{}" height="{}" font-family="Inter, sans-serif" font-size="{}" fill="#16202a">'
        "<title>{}</title>{}</svg>",
        WIDTH,
        HEIGHT,
        WIDTH,
        HEIGHT,
        SMALL,
        title,
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)


def _grid(top: float) -> Iterator[SafeString]:
    """The axis, and a few round values above it."""
    step = next((size for size in STEPS if size >= 1 and top / size <= 4), top)
    for number in range(int(top / step) + 1):
        value = number * step
        y = _y(value, top)
        yield format_html(
            '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}" stroke="{}" stroke-width="1"></line>',
            "trend-grid" if number else "trend-axis",
            LEFT,
            WIDTH - RIGHT,
            _at(y),
            _at(y),
            "#d5dbe1" if number else "#56636f",
        )
        yield _text(LEFT - 6, y + 4, f"{value:g}", "end")


def _dates(weeks: Sequence[dt.date]) -> Iterator[SafeString]:
    step = (WIDTH - LEFT - RIGHT) / len(weeks)
    for place in sorted({0, (len(weeks) - 1) // 2, len(weeks) - 1}):
        yield _text(LEFT + (place + 0.5) * step, HEIGHT - 7, f"{weeks[place]:%m/%d}", "middle")


def _bar(x: float, width: float, value: float, top: float, name: str, fill: str) -> SafeString:
    y = _y(value, top)
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="#56636f" '
        'stroke-width="{}"></rect>',
        name,
        _at(x),
        _at(y),
        _at(width),
        _at(HEIGHT - BOTTOM - y),
        fill,
        "1" if fill == "none" else "0",
    )


def _line(places: Sequence[tuple[float, float]], dashes: str) -> SafeString:
    return format_html(
        '<polyline class="trend-line" points="{}" fill="none" stroke="#0b6e69" stroke-width="2"{}>'
        "</polyline>",
        " ".join(f"{_at(x)},{_at(y)}" for x, y in places),
        format_html(' stroke-dasharray="{}"', dashes) if dashes else "",
    )


def _dot(x: float, y: float) -> SafeString:
    return format_html(
        '<circle class="trend-dot" cx="{}" cy="{}" r="3.5" fill="#0b6e69" stroke="#ffffff"></circle>',
        _at(x),
        _at(y),
    )


def _text(x: float, y: float, words: str, anchor: str, name: str = "trend-quiet") -> SafeString:
    return format_html(
        '<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>', name, _at(x), _at(y), anchor, words
    )


def _at(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
