"""From a charted note to the facts that rules may know. The only place that knows both."""

from __future__ import annotations

from apps.accounts.models import User
from apps.compliance.facts import (
    Answer,
    AuthorFacts,
    BlockFacts,
    CueFacts,
    DayBlock,
    MeasureFacts,
    NoteFacts,
    PlanFacts,
)

from .chart import Chart
from .models import Block


def of(chart: Chart, *, signer: User | None = None) -> NoteFacts:
    """The facts of a note as `signer` (the author, unless told) would sign it now."""
    note, visit, payer = chart.note, chart.visit, chart.payer
    return NoteFacts(
        date_of_service=visit.served_on,
        discipline=note.discipline,
        payer=payer.policy if payer else "",
        payer_name=payer.name if payer else "",
        author=author(signer or note.author),
        starts_at=note.starts_at,
        ends_at=note.ends_at,
        total_minutes=note.total_minutes,
        is_cut_short=visit.is_cut_short,
        cut_short_reason=visit.attendance_reason if visit.is_cut_short else "",
        subjective=note.subjective.strip(),
        assessment=note.assessment.strip(),
        plan=note.plan.strip(),
        home_program=note.home_program.strip(),
        caregiver_training=note.caregiver_training.strip(),
        communication=note.communication.strip(),
        adverse_event=note.adverse_event.strip(),
        adverse_event_action=note.adverse_event_action.strip(),
        blocks=tuple(block(row) for row in chart.blocks),
        measures=tuple(
            MeasureFacts(id=str(row.pk), key=row.key, value=row.value, name=row.name, words=row.words)
            for row in chart.measures
        ),
        plan_of_care=plan_of_care(chart),
        diagnoses=tuple(row.code for row in chart.diagnoses),
        same_day=tuple(day_block(row) for row in chart.others),
        unit_choice=tuple(note.unit_choice),
        method_choice=note.method_choice,
        answers={
            key: Answer(value=given.get("value", ""), reason=given.get("reason", ""))
            for key, given in note.answers.items()
        },
    )


def author(user: User) -> AuthorFacts:
    return AuthorFacts(
        name=user.name,
        credential=user.credential,
        discipline=user.discipline,
        licence_number=user.licence_number,
        licence_state=user.licence_state,
        licence_expires_on=user.licence_expires_on,
        npi=user.npi,
    )


def block(row: Block) -> BlockFacts:
    return BlockFacts(
        id=str(row.pk),
        code=row.code,
        position=row.position,
        minutes_therapist=row.minutes_therapist,
        minutes_assistant=row.minutes_assistant,
        minutes_together=row.minutes_together,
        one_on_one=row.one_on_one,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        modifiers=tuple(row.modifiers.upper().replace(",", " ").split()),
        units_billed=row.units_billed,
        deficit_domains=tuple(row.deficit_domains),
        deficit=row.deficit.strip(),
        limits=row.limits.strip(),
        goal=row.goal.number if row.goal else None,
        activity=row.activity.strip(),
        position_used=row.position_used.strip(),
        surface=row.surface.strip(),
        environment=row.environment.strip(),
        challenge=row.challenge.strip(),
        dosage=row.dosage.strip(),
        cues=tuple(CueFacts(**{name: cue.get(name, "").strip() for name in CUE_FIELDS}) for cue in row.cues),
        assistance_before=row.assistance_before,
        assistance_after=row.assistance_after,
        response=row.response.strip(),
        progression=row.progression.strip(),
        distinct=row.distinct.strip(),
        purpose=row.purpose.strip(),
        description=row.description.strip(),
    )


CUE_FIELDS = ("kind", "action", "error", "effect", "seen")


def day_block(row: Block) -> DayBlock:
    return DayBlock(
        note=str(row.note_id),
        code=row.code,
        minutes_therapist=row.minutes_therapist or 0,
        minutes_assistant=row.minutes_assistant or 0,
        minutes_together=row.minutes_together or 0,
        one_on_one=row.one_on_one,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def plan_of_care(chart: Chart) -> PlanFacts | None:
    if chart.plan is None:
        return None
    return PlanFacts(
        starts_on=chart.plan.starts_on,
        through_on=chart.plan.through_on,
        certified_on=chart.plan.certified_on,
        goal_numbers=tuple(goal.number for goal in chart.goals),
    )
