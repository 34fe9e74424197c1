"""The drawing of a measure over time, as SVG. Pure: numbers and dates in, markup out.

One function for the page and the PDF. What it shows in colour it also shows in words, dashes and places, so
that it can be read in black and white; a table with the same values always stands beside it.

Three things that PDF makers insist on: `<title>` is the first child (the PDF takes its alternative text from
there), the font is an attribute (a page's styles do not reach into a drawing), and so is every colour. On
a screen the classes let static/css/measures.css change the colours for a dark page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.compliance.measures import ChangeValue, CutOff, Measure

WIDTH, HEIGHT = 400, 230
LEFT, RIGHT, TOP, BOTTOM = 36, 96, 18, 32
TEXT, SMALL = 12, 11
NEAR = 34
"""Between two dates or values, so that both can be read."""


@dataclass(frozen=True)
class Point:
    """A value on its day."""

    on: dt.date
    value: Decimal


@dataclass(frozen=True)
class Scale:
    """From values and days to places in the drawing."""

    low: float
    high: float
    first: dt.date
    last: dt.date

    def y(self, value: Decimal | float) -> float:
        share = (float(value) - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - min(max(share, 0.0), 1.0) * (HEIGHT - TOP - BOTTOM)

    def x(self, day: dt.date) -> float:
        days = (self.last - self.first).days
        inner = WIDTH - LEFT - RIGHT - 2 * 18
        return LEFT + 18 + (inner * (day - self.first).days / days if days else inner / 2)


def trend(measure: Measure, points: tuple[Point, ...], place: str = "") -> SafeString:
    """The values of one series, oldest first, with the published cut-offs and what change counts."""
    scale = _scale(measure, points)
    parts = [*_risk(measure, scale), *_change(measure, points, scale), *_axes(measure, points, scale)]
    parts += [_line(points, scale), *_dots(points, scale), *_words(measure, points, scale)]
    return format_html(
        '<svg class="trend" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {} {}" width="{}" '
        'height="{}" font-family="Inter, sans-serif" font-size="{}" fill="#16202a">'
        "<title>{}</title>{}</svg>",
        WIDTH,
        HEIGHT,
        WIDTH,
        HEIGHT,
        TEXT,
        title_of(measure, points, place),
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def title_of(measure: Measure, points: tuple[Point, ...], place: str = "") -> str:
    """What the drawing says, for those who cannot see it."""
    said = ", ".join(f"{plain(point.value)} on {point.on:%m/%d/%Y}" for point in points)
    unit = f" in {measure.unit}" if measure.unit else ""
    return f"{measure.label}{f', {place}' if place else ''}{unit}: {said}."


def plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def widest_change(measure: Measure) -> ChangeValue | None:
    """The largest published change: the patient's population is not known here, so the most careful one."""
    return max(measure.changes, key=lambda known: known.value, default=None)


def _scale(measure: Measure, points: tuple[Point, ...]) -> Scale:
    """The whole scale where it has ends, else from its low end to a little above what is shown."""
    shown = [float(point.value) for point in points] + [float(one.value) for one in measure.cut_offs]
    if (change := widest_change(measure)) and points:
        shown.append(float(points[0].value + change.value))
    low = float(measure.low) if measure.low is not None else min(0.0, *shown)
    top = max(shown, default=low + 1)
    high = float(measure.high) if measure.high is not None else 0.0
    if not high or (high - low) > 2 * (top - low):
        high = low + (top - low) * 1.15
        if measure.high is not None:
            high = min(high, float(measure.high))
    days = [point.on for point in points] or [dt.date.min]
    return Scale(low, high if high > low else low + 1, days[0], days[-1])


def _risk(measure: Measure, scale: Scale) -> Iterator[SafeString]:
    """Each cut-off as a dashed line; what the first warning one warns of is tinted."""
    warning = next((one for one in measure.cut_offs if one.says == "risk"), None)
    if warning:
        y = scale.y(warning.value)
        is_below = warning.side in ("below", "at_or_below")
        yield _box(y if is_below else TOP, HEIGHT - BOTTOM if is_below else y, "trend-risk", "#fbe6d4")
    for one in measure.cut_offs:
        yield _rule(scale.y(one.value), "trend-cut", "#8a3b00", "6 4")


def _change(measure: Measure, points: tuple[Point, ...], scale: Scale) -> Iterator[SafeString]:
    """The band around the first value inside which a difference may be no change."""
    change = widest_change(measure)
    if change is None or len(points) < 2:
        return
    first = points[0].value
    top, bottom = scale.y(first + change.value), scale.y(first - change.value)
    yield _box(top, bottom, "trend-band", "#dbe7f3")
    for y in (top, bottom):
        yield _rule(y, "trend-edge", "#3d5a80", "1.5 3")


SIDES = {"below": "below", "above": "above", "at_or_above": "from", "at_or_below": "up to"}


def _words(measure: Measure, points: tuple[Point, ...], scale: Scale) -> Iterator[SafeString]:
    """What the lines and the band are, beside the drawing at their height, and never one over the other."""
    wanted = [(scale.y(one.value), "trend-cut-words", "#8a3b00", _cut_words(one)) for one in measure.cut_offs]
    if (change := widest_change(measure)) and len(points) > 1:
        words = f"{change.kind} ±{plain(change.value)}"
        wanted.append((scale.y(points[0].value), "trend-band-words", "#2c4667", words))
    line = SMALL + 2.5
    places: list[float] = []
    for y, *_ in sorted(wanted):
        places.append(max(y, places[-1] + line) if places else y)
    over = places[-1] - (HEIGHT - BOTTOM) if places else 0
    for place, (_, name, fill, words) in zip(places, sorted(wanted), strict=True):
        yield format_html(
            '<text class="{}" x="{}" y="{}" font-size="{}" fill="{}">{}</text>',
            name,
            WIDTH - RIGHT + 6,
            _at(place + 4 - max(over, 0)),
            SMALL,
            fill,
            words,
        )


def _cut_words(one: CutOff) -> str:
    """What fits beside the drawing; the whole of it stands in the list below."""
    where = f"{SIDES[one.side]} {plain(one.value)}"
    return f"{one.says} {where}" if len(one.says) + len(where) < 17 else where


def _box(top: float, bottom: float, name: str, fill: str) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" fill="{}"></rect>',
        name,
        LEFT,
        _at(top),
        WIDTH - LEFT - RIGHT,
        _at(max(bottom - top, 0)),
        fill,
    )


def _rule(y: float, name: str, stroke: str, dashes: str = "") -> SafeString:
    return format_html(
        '<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}" stroke="{}" stroke-width="1"{}></line>',
        name,
        LEFT,
        WIDTH - RIGHT,
        _at(y),
        _at(y),
        stroke,
        format_html(' stroke-dasharray="{}"', dashes) if dashes else "",
    )


def _axes(measure: Measure, points: tuple[Point, ...], scale: Scale) -> Iterator[SafeString]:
    for value in _marks(scale):
        y = scale.y(value)
        yield _rule(y, "trend-grid", "#d5dbe1") if value != scale.low else _rule(y, "trend-axis", "#56636f")
        yield format_html(
            '<text class="trend-quiet" x="{}" y="{}" text-anchor="end" fill="#465462">{}</text>',
            LEFT - 7,
            _at(y + 4),
            f"{value:g}",
        )
    shown: list[float] = []
    ends = [points[0], points[-1]] if points else []
    for point in dict.fromkeys([*ends, *points]):
        x = scale.x(point.on)
        if any(abs(x - other) < NEAR + 8 for other in shown):
            continue
        shown.append(x)
        yield format_html(
            '<text class="trend-quiet" x="{}" y="{}" text-anchor="middle" fill="#465462">{}</text>',
            _at(x),
            HEIGHT - BOTTOM + 18,
            f"{point.on:%m/%d}",
        )


def _marks(scale: Scale) -> list[float]:
    """Four to six round values along the scale, from its low end."""
    span = scale.high - scale.low
    step = next(
        (size for size in STEPS if span / size <= 5.6),
        span / 5,
    )
    count = int(span / step + 1e-9)
    return [round(scale.low + step * number, 4) for number in range(count + 1)]


STEPS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)


def _line(points: tuple[Point, ...], scale: Scale) -> SafeString:
    places = " ".join(f"{_at(scale.x(point.on))},{_at(scale.y(point.value))}" for point in points)
    return format_html(
        '<polyline class="trend-line" points="{}" fill="none" stroke="#0b6e69" stroke-width="2.2" '
        'stroke-linejoin="round"></polyline>',
        places,
    )


def _dots(points: tuple[Point, ...], scale: Scale) -> Iterator[SafeString]:
    last_x = -1000.0
    for number, point in enumerate(points):
        x, y = scale.x(point.on), scale.y(point.value)
        yield format_html(
            '<circle class="trend-dot" cx="{}" cy="{}" r="{}" fill="#0b6e69" stroke="#ffffff" '
            'stroke-width="1.5"></circle>',
            _at(x),
            _at(y),
            5 if number == len(points) - 1 else 4,
        )
        is_last = number == len(points) - 1
        if x - last_x < NEAR and not is_last:
            continue
        last_x = x
        above = y - 10 > TOP + 4
        yield format_html(
            '<text class="trend-value" x="{}" y="{}" text-anchor="middle" font-weight="600">{}</text>',
            _at(x),
            _at(y - 9 if above else y + 20),
            plain(point.value),
        )


def _at(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
