"""Letters that ask for records, so that the demo has packets to look at, with each kind of gap."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from apps.exports.packets import actions, billed, records
from apps.exports.packets.models import Packet

if TYPE_CHECKING:
    from .world import World


def begin(world: World, patient: str, days_ago: int, **letter: Any) -> tuple[Packet, list[dt.date]]:
    """The packet of a letter of so many days ago, and the days of the patient's signed notes."""
    packet = actions.begin(
        patient=world.patients[patient],
        letter_on=world.today - dt.timedelta(days=days_ago),
        contact_name=world.rae.name,
        contact_phone=world.riverside.phone,
        starts_on=world.today - dt.timedelta(days=90),
        through_on=world.today,
        by=world.rae,
        **letter,
    )
    return packet, sorted({note.on for note in records.of(packet).facts.notes if note.is_signed})


def answer(world: World) -> None:
    """Open the packet, with some of the lines as a claim might have them: one has a unit too many."""
    packet, days = begin(
        world,
        "stroke",
        9,
        reviewer="Meridian Review (made up)",
        kind="mac_prepay",
        case_number="DEMO-CASE-41",
        purpose="review before payment",
    )
    lines = [billed.Line(day, "97112", 3 if number == 1 else 1, "GP") for number, day in enumerate(days[:3])]
    actions.add_lines(packet=packet, lines=lines, by=world.rae)


def answer_another(world: World) -> None:
    """A note that was never signed, and a billed code that was not charted."""
    packet, days = begin(
        world,
        "brain_injury",
        3,
        reviewer="Harbor Plan, records desk (made up)",
        kind="payer",
        case_number="DEMO-CASE-57",
        purpose="review after payment",
    )
    actions.add_lines(packet=packet, lines=[billed.Line(days[1], "97140", 1, "GP")], by=world.rae)
