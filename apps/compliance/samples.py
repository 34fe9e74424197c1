"""One complete note, from which the rules' examples differ in one thing.

The texts are notes to ourselves about what a field holds. They are not clinical
wording, and nothing on screen shows them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

from .facts import (
    AuthorFacts,
    BlockFacts,
    CertificationFacts,
    CueFacts,
    GoalFacts,
    MeasureFacts,
    NoteFacts,
    PlanContents,
    PlanFacts,
    ReportFacts,
)

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


def timed_block(code: str, start: time, end: time, **changes: Any) -> BlockFacts:
    """A block of any code with clock times; its minutes are the time between them."""
    minutes = (end.hour - start.hour) * 60 + end.minute - start.minute
    make = block if code == "97112" else other_block
    return make(**{"code": code, "starts_at": start, "ends_at": end, "minutes_therapist": minutes, **changes})


def with_blocks(*blocks: BlockFacts, **changes: Any) -> NoteFacts:
    """The complete note with these blocks, and a total that they explain."""
    return note(**{"blocks": blocks, "total_minutes": sum(one.minutes for one in blocks), **changes})


def goal(**changes: Any) -> GoalFacts:
    complete = GoalFacts(
        number=1, words="(who) (task) from 2 to 10 (measure) within 6 weeks", due_on=date(2026, 12, 1)
    )
    return replace(complete, **{"is_long_term": True, **changes})


def plan_contents(**changes: Any) -> PlanContents:
    complete = PlanContents(
        diagnoses=("I69.351",),
        goals=(goal(),),
        kind="(type)",
        amount_per_day=1,
        frequency_per_week=2,
        duration="12 weeks",
        established_on=date(2026, 10, 12),
        established_by="Tess Therapist",
        established_by_credential="PT",
    )
    return replace(complete, **changes)


def certification(**changes: Any) -> CertificationFacts:
    """Certified eight days after the first treatment."""
    complete = CertificationFacts(
        first_treatment_on=date(2026, 10, 12), certified_on=date(2026, 10, 20), certified_by="(physician)"
    )
    return replace(complete, **changes)


def plan(**changes: Any) -> PlanFacts:
    complete = PlanFacts(
        starts_on=date(2026, 10, 12),
        through_on=date(2027, 1, 9),
        goal_numbers=(1, 2),
        discipline="PT",
        contents=plan_contents(),
        certification=certification(),
    )
    return replace(complete, **changes)


def with_plan(**changes: Any) -> NoteFacts:
    """The complete note under a plan that the app charts in full."""
    return note(plan_of_care=plan(**changes))


def with_contents(**changes: Any) -> NoteFacts:
    return with_plan(contents=plan_contents(**changes))


def with_certification(on: date = DAY, **changes: Any) -> NoteFacts:
    return note(date_of_service=on, plan_of_care=plan(certification=certification(**changes)))


def report(**changes: Any) -> NoteFacts:
    """The complete note with a progress report in it."""
    complete = ReportFacts(
        begins_on=date(2026, 10, 12),
        ends_on=DAY,
        written_on=DAY,
        by="PT",
        goals_reported=(1, 2),
        extent_of_progress="(the assessment of progress)",
        plan="(continue or revise)",
    )
    return note(report=replace(complete, **changes))
