"""One complete note, from which the rules' examples differ in one thing.

The texts are notes to ourselves about what a field holds. They are not clinical
wording, and nothing on screen shows them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

from .facts import AuthorFacts, BlockFacts, CueFacts, MeasureFacts, NoteFacts, PlanFacts

DAY = date(2026, 11, 16)


def cue(**changes: Any) -> CueFacts:
    complete = CueFacts(
        kind="tactile",
        action="(what was done)",
        error="(the error it addressed)",
        effect="improved",
        seen="(what was seen afterwards)",
    )
    return replace(complete, **changes)


def block(**changes: Any) -> BlockFacts:
    """A complete 97112 block of 24 minutes."""
    complete = BlockFacts(
        id="a",
        code="97112",
        position=0,
        minutes_therapist=24,
        modifiers=("GP",),
        deficit_domains=("balance",),
        deficit="(the deficit as found)",
        limits="(what it limits)",
        goal=1,
        activity="(the task)",
        dosage="(sets and time)",
        cues=(cue(),),
        assistance_before="min_assist",
        assistance_after="contact_guard",
        response="(what the patient did)",
        progression="(the decision)",
        distinct="(its own purpose and minutes)",
    )
    return replace(complete, **changes)


def other_block(**changes: Any) -> BlockFacts:
    """A complete block of another timed code: 97110, 23 minutes."""
    complete = BlockFacts(
        id="b",
        code="97110",
        position=1,
        minutes_therapist=23,
        modifiers=("GP",),
        purpose="(what it is for)",
        description="(what was done, with loads)",
    )
    return replace(complete, **changes)


def author(**changes: Any) -> AuthorFacts:
    complete = AuthorFacts(
        name="Tess Therapist",
        credential="PT",
        discipline="PT",
        licence_number="PT-1",
        licence_state="IL",
        licence_expires_on=date(2027, 9, 30),
        npi="0000000000",
    )
    return replace(complete, **changes)


def measure(**changes: Any) -> MeasureFacts:
    return replace(MeasureFacts(id="m", key="berg", value=Decimal(44)), **changes)


def note(**changes: Any) -> NoteFacts:
    """A complete Medicare note: 97112 for 24 minutes and 97110 for 23."""
    complete = NoteFacts(
        date_of_service=DAY,
        discipline="PT",
        payer="medicare_b",
        payer_name="Medicare Part B",
        author=author(),
        starts_at=time(10, 0),
        ends_at=time(10, 50),
        total_minutes=47,
        subjective="(the patient's report)",
        assessment="(the assessment)",
        plan="(the plan)",
        blocks=(block(), other_block()),
        measures=(measure(),),
        plan_of_care=PlanFacts(
            starts_on=date(2026, 10, 12), through_on=date(2027, 1, 9), goal_numbers=(1, 2)
        ),
        diagnoses=("I69.351",),
    )
    return replace(complete, **changes)


def with_block(**changes: Any) -> NoteFacts:
    """The complete note with something different in its 97112 block."""
    return note(blocks=(block(**changes), other_block()))


def with_cue(**changes: Any) -> NoteFacts:
    """The complete note with something different in its only cue."""
    return with_block(cues=(cue(**changes),))


def with_other_block(**changes: Any) -> NoteFacts:
    """The complete note with something different in its 97110 block."""
    return note(blocks=(block(), other_block(**changes)))


def cut_short(**changes: Any) -> NoteFacts:
    """A visit that ended early, with the reason charted."""
    return note(**{"is_cut_short": True, "cut_short_reason": "(why)", **changes})
