"""From a charted note to the facts that rules may know. The only place that knows both."""

from __future__ import annotations

import datetime as dt

from apps.accounts.models import User
from apps.audit import clock
from apps.compliance import measures
from apps.compliance.facts import (
    Answer,
    AuthorFacts,
    BlockFacts,
    ContributorFacts,
    CueFacts,
    DayBlock,
    DischargeFacts,
    EchoFacts,
    EvaluationFacts,
    MeasureFacts,
    NoteFacts,
    ProgressFacts,
    ReportFacts,
)
from apps.visits.models import Place

from . import carry, echoes
from .chart import Chart
from .kinds import NoteKind, prompts_of
from .models import Block, MeasureTaken, Note, Said, Supervision


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
        measures=tuple(measure(row, chart.earlier_measures.get(row.series, [])) for row in chart.measures),
        plan_of_care=chart.plan_facts,
        diagnoses=tuple(row.code for row in chart.diagnoses),
        same_day=tuple(day_block(row) for row in chart.others),
        other_discipline=tuple(day_block(row) for row in chart.other_discipline),
        clinician_day=tuple(day_block(row) for row in chart.clinician_day),
        earlier_words=earlier_words(chart),
        echoes=tuple(echo_facts(echo) for echo in echoes.found(chart)),
        unconfirmed=carry.unconfirmed(chart.blocks),
        further_words=further_words(chart),
        contributors=contributors(note, signer or note.author),
        supervisor="" if visit.clinician.is_assistant else visit.clinician.signature_name,
        unit_choice=tuple(note.unit_choice),
        method_choice=note.method_choice,
        kind=note.kind,
        place_of_service=visit.place,
        is_telehealth=visit.place in (Place.TELEHEALTH, Place.TELEHEALTH_HOME),
        progress=progress(chart),
        report=report(chart, signer or note.author) if note.has_report else None,
        evaluation=evaluation(chart),
        discharge=discharge(chart),
        written_on=clock.today(note.clinic.time_zone),
        # A note past the clinic's time is marked by itself; why it is late is asked of the signer (REC802).
        is_late_entry=chart.late is not None,
        late_reason="" if chart.late else None,
        answers={
            key: Answer(value=given.get("value", ""), reason=given.get("reason", ""))
            for key, given in note.answers.items()
        },
    )


def progress(chart: Chart) -> ProgressFacts | None:
    found = chart.progress
    if found is None:
        return None
    return ProgressFacts(
        treatment_day=found.treatment_day,
        last_report_day=found.last_report_day,
        last_report_on=found.last_report_on,
        last_report_by=found.last_report_by,
    )


def report(chart: Chart, by: User) -> ReportFacts:
    """The progress report in the note; see kinds.REPORT."""
    said = chart.note.sections
    numbers = {str(goal.pk): goal.number for goal in chart.goals}
    reported = [numbers[goal] for goal, words in chart.note.goal_reports.items() if goal in numbers and words]
    return ReportFacts(
        begins_on=date_of(said.get("report_begins_on", "")),
        ends_on=date_of(said.get("report_ends_on", "")),
        written_on=clock.today(chart.note.clinic.time_zone),
        by=by.credential,
        goals_reported=tuple(sorted(reported)),
        extent_of_progress=said.get("extent", "").strip(),
        plan=said.get("continuing", "").strip(),
    )


def evaluation(chart: Chart) -> EvaluationFacts | None:
    said, kind = chart.note.sections, chart.note.kind
    if kind not in (NoteKind.EVALUATION, NoteKind.REEVALUATION):
        return None
    is_first = kind == NoteKind.EVALUATION
    return EvaluationFacts(
        prior_level=said.get("prior_level", "").strip() if is_first else None,
        diagnosis=" ".join(row.code for row in chart.diagnoses),
        objective_findings=said.get("findings", "").strip(),
        reevaluation_reason=None if is_first else said.get("reason", "").strip(),
    )


def discharge(chart: Chart) -> DischargeFacts | None:
    said = chart.note.sections
    if chart.note.kind != NoteKind.DISCHARGE:
        return None
    return DischargeFacts(
        since_last_report=said.get("since_report", "").strip(),
        goals_status=" ".join(words.get("status", "") for words in chart.note.goal_reports.values()).strip(),
        reason=said.get("reason", "").strip(),
    )


def date_of(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def measure(row: MeasureTaken, earlier: list[MeasureTaken]) -> MeasureFacts:
    kind = measures.get(row.key)
    return MeasureFacts(
        id=str(row.pk),
        key=row.key,
        value=row.value,
        name=row.name.strip(),
        words=row.words.strip(),
        baseline=earlier[0].value if earlier else None,
        last=earlier[-1].value if earlier else None,
        side=row.side if kind and kind.sides else None,
        condition=row.condition.strip() if kind and kind.conditions else None,
    )


def earlier_words(chart: Chart) -> tuple[str, ...]:
    """The assessment and responses of the note before, by which copied text is known."""
    if chart.before is None:
        return ()
    responses = [row.response.strip() for row in chart.before.blocks.all() if not row.is_removed]
    return tuple(words for words in (chart.before.assessment.strip(), *responses) if words)


def echo_facts(echo: echoes.Echo) -> EchoFacts:
    return EchoFacts(
        path=echo.path,
        block=echo.block,
        percent=echo.percent,
        words=echo.words,
        runs=echo.runs,
        on=echo.place.on,
        of_patient=echo.of_patient,
    )


def further_words(chart: Chart) -> tuple[tuple[str, str], ...]:
    """What is typed under the prompts of the note's kind, and about its goals, by the editor's fields."""
    note = chart.note
    asked = [(prompt.path, note.sections.get(prompt.key, "")) for prompt in prompts_of(note.kind)]
    goals = [(f"goals.{goal}.words", said.get("words", "")) for goal, said in note.goal_reports.items()]
    return tuple((path, words) for path, words in (*asked, *goals) if words)


def contributors(note: Note, by: User) -> tuple[ContributorFacts, ...]:
    """Everybody on the visit besides who signs, and what is said of the professional's presence."""
    visit = note.visit
    was_there = YES_OR_NO.get(note.professional_in_room)
    beside: dict[User | None, dict[str, bool | None]] = {
        visit.student: {
            "professional_in_room": was_there,
            "professional_treats_others": YES_OR_NO.get(note.professional_treats_others),
        },
        visit.assistant: {
            "professional_in_room": note.supervision == Supervision.IN_ROOM if note.supervision else None
        },
    }
    return tuple(
        ContributorFacts(credential=person.credential, name=person.signature_name, **beside.get(person, {}))
        for person in (visit.clinician, visit.assistant, visit.student)
        if person and person.pk != by.pk
    )


YES_OR_NO: dict[str, bool] = {Said.YES: True, Said.NO: False}


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
