"""A small peer review: two therapists read what an assistant signed, each without the other."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from apps.review import peer, peer_form

if TYPE_CHECKING:
    from .world import Happening, World

DAYS = 45
SIZE = 3


def review(world: World) -> None:
    """Begin a sample, draw it, and answer: both agree but for one question about the first note."""
    sample = peer.begin(
        clinic=world.riverside,
        discipline="PT",
        starts_on=world.today - dt.timedelta(days=DAYS),
        ends_on=world.today - dt.timedelta(days=1),
        size=SIZE,
        first=world.tess,
        second=world.sam,
        by=world.sam,
    )
    questions = [key for key, _ in peer_form.on(world.today).questions]
    for row in peer.draw(sample=sample, by=world.sam):
        answers = dict.fromkeys(questions, "yes")
        peer.answer(peer_note=row, by=world.tess, answers=answers)
        if row.position == 1:
            answers["stands_alone"] = "no"
        peer.answer(peer_note=row, by=world.sam, answers=answers)


EXAMPLES: tuple[Happening, ...] = ((1, dt.time(18, 10), review),)
