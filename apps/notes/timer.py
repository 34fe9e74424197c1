"""The timer of a block, for those who want one: stretches of time, and what the person does with them.

It writes no minutes by itself. Stopped, it offers its whole minutes, and a press puts them into the block;
what was typed there before is named on the button. It is kept as a short text in a hidden field of the block,
saved like every other field, so a timer that runs survives a reload, another device and a lost network.

    1763671325-1763671900,1763672000-     stretches in seconds since 1970, the last one running
    1763671325-1763671900.                stopped
    1763671325-1763671900=                its minutes were put into the block
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

from django.http import QueryDict

MOST_STRETCHES = 30
LONGEST = 24 * 3600
"""Seconds: a timer that ran through the night is no timer."""

_TEXT = re.compile(r"((?:[0-9]{9,11}-[0-9]{9,11},)*)([0-9]{9,11})-([0-9]{9,11})?([.=]?)", re.ASCII)

NONE, RUNNING, PAUSED, STOPPED, USED = "none", "running", "paused", "stopped", "used"

DOES = ("start", "pause", "stop", "use", "use-clock", "drop")


@dataclass(frozen=True)
class Timer:
    """Stretches of one block; the last has no end while it runs."""

    stretches: tuple[tuple[int, int | None], ...] = ()
    mark: str = ""
    zone: dt.tzinfo = dt.UTC

    @property
    def state(self) -> str:
        if not self.stretches:
            return NONE
        if self.stretches[-1][1] is None:
            return RUNNING
        return {".": STOPPED, "=": USED}.get(self.mark, PAUSED)

    @property
    def minutes(self) -> int:
        """Whole minutes: one that was only begun does not count."""
        return sum(end - start for start, end in self.stretches if end is not None) // 60

    @property
    def starts_at(self) -> str:
        return self._clock(self.stretches[0][0])

    @property
    def ends_at(self) -> str:
        return self._clock(self.stretches[-1][1] or self.stretches[-1][0])

    @property
    def since(self) -> str:
        """When the stretch that runs was begun."""
        return self._clock(self.stretches[-1][0])

    def _clock(self, moment: int) -> str:
        return dt.datetime.fromtimestamp(moment, self.zone).strftime("%H:%M")

    def __str__(self) -> str:
        said = (f"{start}-{'' if end is None else end}" for start, end in self.stretches)
        return ",".join(said) + self.mark

    # --- What a press does -------------------------------------------------------------------------------

    def started(self, now: int) -> Timer:
        if self.state == RUNNING or len(self.stretches) >= MOST_STRETCHES:
            return self
        before = () if self.state == USED else self.stretches
        return replace(self, stretches=(*before, (now, None)), mark="")

    def paused(self, now: int) -> Timer:
        if self.state != RUNNING:
            return self
        start, _ = self.stretches[-1]
        return replace(self, stretches=(*self.stretches[:-1], (start, max(start, now))), mark="")

    def stopped(self, now: int) -> Timer:
        if self.state in (NONE, USED):
            return self
        return replace(self.paused(now), mark=".")


def read(text: str, zone: dt.tzinfo = dt.UTC) -> Timer | None:
    """The timer that a field holds; None for text that is none."""
    if not text:
        return Timer(zone=zone)
    found = _TEXT.fullmatch(text)
    if found is None or (found[3] is None and found[4]):
        return None
    pairs = [pair.split("-") for pair in [*found[1].split(",")[:-1], f"{found[2]}-{found[3] or ''}"]]
    stretches = tuple((int(start), int(end) if end else None) for start, end in pairs)
    moments = [moment for stretch in stretches for moment in stretch if moment is not None]
    if len(stretches) > MOST_STRETCHES or moments != sorted(moments) or moments[-1] - moments[0] > LONGEST:
        return None
    return Timer(stretches, found[4], zone)


def with_buttons(data: QueryDict, *, minutes: str, now: dt.datetime, zone: dt.tzinfo) -> None:
    """Turn the button `timer` ("stop blocks.<id>") into fields of the post, as the page's script does.

    `minutes` is the field into which the author's own minutes go.
    """
    does, _, path = data.get("timer", "").partition(" ")
    moment = int(now.timestamp())
    timer = read(data.get(f"{path}.timer", ""), zone)
    if does not in DOES or timer is None:
        return
    if does == "start":
        pause_others(data, path, moment)
        timer = timer.started(moment)
    elif does == "pause":
        timer = timer.paused(moment)
    elif does == "stop":
        timer = timer.stopped(moment)
    elif does == "drop":
        timer = Timer(zone=zone)
    elif timer.state == STOPPED:
        data[f"{path}.{minutes}"] = str(timer.minutes)
        if does == "use-clock":
            data[f"{path}.starts_at"], data[f"{path}.ends_at"] = timer.starts_at, timer.ends_at
        timer = replace(timer, mark="=")
    data[f"{path}.timer"] = str(timer)


def pause_others(data: QueryDict, path: str, moment: int) -> None:
    """Each minute belongs to one code: a timer that starts pauses the one that runs."""
    for id in data.getlist("blocks"):
        other = f"blocks.{id}"
        timer = read(data.get(f"{other}.timer", ""))
        if other != path and timer is not None and timer.state == RUNNING:
            data[f"{other}.timer"] = str(timer.paused(moment))
