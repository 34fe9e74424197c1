"""A letter that asks for one patient's records, so that the demo has a packet to look at, with its gaps."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from apps.exports.packets import actions, billed, records

if TYPE_CHECKING:
    from .world import World


def answer(world: World) -> None:
    """Open the packet, with some of the lines as a claim might have them: one has a unit too many."""
    packet = actions.begin(
        patient=world.patients["stroke"],
        reviewer="Meridian Review (made up)",
        kind="mac_prepay",
        letter_on=world.today - dt.timedelta(days=9),
        case_number="DEMO-CASE-41",
        purpose="review before payment",
        contact_name=world.rae.name,
        contact_phone=world.riverside.phone,
        starts_on=world.today - dt.timedelta(days=90),
        through_on=world.today,
        by=world.rae,
    )
    days = sorted({note.on for note in records.of(packet).facts.notes if note.is_signed})[:3]
    lines = [billed.Line(day, "97112", 3 if number == 1 else 1, "GP") for number, day in enumerate(days)]
    actions.add_lines(packet=packet, lines=lines, by=world.rae)
