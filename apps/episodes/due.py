"""What is due or late for a patient: plan, certification, order, authorization, report. Only reading.

`of` is for one patient and discipline (the editor's banner, the chart), `of_many` for lists (the day, the
worklist). Both ask the database three times, whatever the number of patients: plans, their papers,
authorizations; and once more where there are authorizations, to count what is used of them (and once again
where one counts units, which only the signed notes know). What only notes know (progress reports) comes from
a source that they register here, and is two questions more.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.compliance import codes, payers
from apps.compliance import standing as standings
from apps.compliance.authorization import TONES, Allowance, Left, counted
from apps.ledger import chain
from apps.ledger.models import Kind, LedgerEntry
from apps.patients.merging import records_of
from apps.patients.models import Coverage, Patient

from .models import Authorization, Paper, PlanOfCare, PlanVersion

EVALUATED_BEFORE = dt.timedelta(days=14)
"""An evaluation may come a little before the plan is written down, and counts as first treatment."""

# Episodes do not know visits and notes (imports run one way), so the relations are asked for by their names.
Visit = Patient._meta.get_field("visits").related_model


@dataclass(frozen=True)
class Item:
    """One thing that is due or late. `tone` is stop, warn or tip."""

    kind: str  # plan, certification, order, authorization, report, therapist
    label: str
    short: str  # for a banner: "due 12/01/2026"
    words: str  # a sentence
    tone: str
    due_on: dt.date | None = None
    plan: PlanOfCare | None = None
    authorization: Authorization | None = None


@dataclass(frozen=True)
class Use:
    """An authorization and what is used of it."""

    authorization: Authorization
    allowance: Allowance
    state: Left
    words: str

    @property
    def tone(self) -> str:
        return TONES[self.state]


@dataclass(frozen=True)
class Due:
    """How one discipline's episode of a patient stands on a day."""

    patient_id: Any
    discipline: str
    day: dt.date
    plan: PlanOfCare | None = None
    episode: standings.Episode | None = None
    standing: standings.Standing | None = None
    uses: tuple[Use, ...] = ()
    items: tuple[Item, ...] = field(default=())

    @property
    def tone(self) -> str:
        """The loudest of the items, or ""."""
        tones = [item.tone for item in self.items]
        return next((tone for tone in ("stop", "warn", "tip") if tone in tones), "")


Source = Callable[[list[PlanOfCare], dt.date], Mapping[Any, list[Item]]]
SOURCES: list[Source] = []


def register(source: Source) -> None:
    """Ask `source` too: plans (from `plans_on`) and a day in, items by plan id out."""
    if source not in SOURCES:
        SOURCES.append(source)


DAYS: list[Callable[[PlanOfCare, dt.date], Any]] = []
"""Who can tell the treatment days of a plan: one, which knows the notes."""


def treatment_days(plan: PlanOfCare, day: dt.date) -> Any:
    """The counter of a plan (from `plans_on`) with the days that it counts and those that it leaves out."""
    return DAYS[0](plan, day) if DAYS else None


def of(patient: Patient, discipline: str, day: dt.date) -> Due:
    """What is due of this patient and discipline on `day`."""
    found = of_many([patient], day, discipline=discipline)
    return found.get((patient.pk, discipline)) or Due(patient.pk, discipline, day)


def of_patient(patient: Patient, day: dt.date) -> list[Due]:
    """The same for every discipline of the patient."""
    of_all = of_many(records_of(patient.pk), day)
    return [found for _, found in sorted(of_all.items(), key=lambda pair: pair[0][1])]


def of_many(patients: Iterable[Patient], day: dt.date, *, discipline: str = "") -> dict[tuple[Any, str], Due]:
    """By patient id and discipline, where there is a plan or an authorization of that discipline."""
    return of_ids([patient.pk for patient in patients], day, discipline=discipline)


def of_ids(patients: Iterable[Any], day: dt.date, *, discipline: str = "") -> dict[tuple[Any, str], Due]:
    """The same of patients of whom only the id is at hand."""
    ids = list(patients)
    plans = current(plans_on(day).filter(patient__in=ids), day, discipline=discipline)
    return of_plans(plans.values(), ids, day)


def of_plan(plan: PlanOfCare, day: dt.date) -> Due:
    """The same for a plan (from `plans_on`) that the caller has already."""
    return of_plans([plan], [plan.patient_id], day)[plan.patient_id, plan.discipline]


def of_plans(plans: Iterable[PlanOfCare], ids: list[Any], day: dt.date) -> dict[tuple[Any, str], Due]:
    plans = list(plans)
    papers = papers_of([plan.pk for plan in plans])
    authorizations = list(Authorization.objects.filter(patient__in=ids).select_related("coverage__payer"))
    used = used_of(authorizations)
    more: dict[Any, list[Item]] = defaultdict(list)
    for source in SOURCES if plans else ():
        for plan_id, found_there in source(plans, day).items():
            more[plan_id] += found_there
    uses: dict[Any, list[Use]] = defaultdict(list)
    for authorization in authorizations:
        uses[authorization.patient_id].append(use_of(authorization, used.get(authorization.pk, 0), day))
    found = {}
    for plan in plans:
        episode = episode_of(plan, papers.get(plan.pk, []), day)
        mine = tuple(
            use for use in uses[plan.patient_id] if use.authorization.discipline in ("", plan.discipline)
        )
        found[plan.patient_id, plan.discipline] = assess(plan, episode, mine, day, more[plan.pk])
    return found


# --- The plan ---------------------------------------------------------------------------------------------


def plans_on(day: dt.date) -> QuerySet[PlanOfCare]:
    """Plans begun by `day`, each with its first treatment, its first duration and the `policy` that pays."""
    treated = (
        Visit._default_manager.filter(
            patient=OuterRef("patient"),
            notes__discipline=OuterRef("discipline"),
            notes__status__in=["draft", "in_review", "signed"],
        )
        .order_by()
        .values("patient")
    )
    since = treated.filter(served_on__gte=OuterRef("starts_on")).annotate(on=Min("served_on")).values("on")
    evaluated = treated.filter(
        served_on__lt=OuterRef("starts_on"),
        notes__blocks__code__in=codes.EVALUATIONS,
        notes__blocks__is_removed=False,
    )
    evaluated = evaluated.annotate(on=Max("served_on")).values("on")
    covering = Coverage.objects.filter(patient=OuterRef("patient"), starts_on__lte=day).filter(
        Q(ends_on=None) | Q(ends_on__gte=day)
    )
    first_version = PlanVersion.objects.filter(plan=OuterRef("pk"), number=1)
    return PlanOfCare.objects.filter(starts_on__lte=day).annotate(
        # Whom the plan is of, where a person has two records: the one that stays.
        person=Coalesce("patient__merged_into", "patient"),
        treated_since=Subquery(since[:1]),
        evaluated_on=Subquery(evaluated[:1]),
        first_weeks=Subquery(first_version.values("weeks")[:1]),
        policy=Subquery(covering.order_by("rank", "-starts_on").values("payer__policy")[:1]),
    )


def first_treated_on(plan: PlanOfCare) -> dt.date | None:
    """The first treatment under a plan (from `plans_on`); an evaluation shortly before it counts."""
    evaluated = plan.evaluated_on
    if evaluated and plan.starts_on - evaluated <= EVALUATED_BEFORE:
        return evaluated
    return plan.treated_since


def current(
    plans: QuerySet[PlanOfCare], day: dt.date, *, discipline: str = ""
) -> dict[tuple[Any, str], PlanOfCare]:
    """Of each patient and discipline the plan that covers the day, else the latest; none that was ended."""
    if discipline:
        plans = plans.filter(discipline=discipline)
    plans = plans.exclude(ended_on__lte=day)
    best: dict[tuple[Any, str], PlanOfCare] = {}
    for plan in plans.order_by("starts_on", "pk"):
        key = (plan.patient_id, plan.discipline)
        if key not in best or plan.through_on >= day or best[key].through_on < day:
            best[key] = plan
    return best


def papers_of(plans: list[Any]) -> dict[Any, list[Paper]]:
    found: dict[Any, list[Paper]] = defaultdict(list)
    rows = Paper.objects.filter(plan__in=plans, mistake="").select_related("version")
    for paper in rows.order_by("recorded_at", "pk"):
        found[paper.plan_id].append(paper)
    return found


def episode_of(plan: PlanOfCare, papers: Iterable[Paper], day: dt.date) -> standings.Episode:
    """A plan (from `plans_on`) and its papers, as the pure logic wants them."""
    papers = list(papers)
    policy = payers.get(plan.policy or "")
    weeks = plan.first_weeks
    return standings.Episode(
        established_on=plan.starts_on,
        through_on=plan.through_on,
        first_treatment_on=first_treated_on(plan),
        first_through_on=plan.starts_on + dt.timedelta(weeks=weeks, days=-1) if weeks else None,
        orders=tuple(
            standings.Order(paper.dated_on, paper.signed_on, paper.signer_name)
            for paper in papers
            if paper.kind == Paper.Kind.ORDER and paper.dated_on
        ),
        sent_on=tuple(paper.dated_on for paper in papers if paper.kind == Paper.Kind.SENT and paper.dated_on),
        certifications=tuple(
            standings.Certification(
                starts_on=starts_of(plan, paper),
                is_initial=paper.kind == Paper.Kind.CERTIFICATION,
                signed_on=paper.signed_on,
                verbal_on=paper.verbal_on,
                through_on=paper.through_on,
                plan_through_on=paper.version.through_on if paper.version else None,
                by=paper.signer_name,
                reason=paper.reason,
            )
            for paper in papers
            if paper.is_certification
        ),
        ended_on=plan.ended_on,
        is_needed=standings.NEEDED_BY_FAMILY.get(policy.family) if policy else None,
    )


def starts_of(plan: PlanOfCare, paper: Paper) -> dt.date:
    """A first certification holds from the first treatment on, whatever the paper says."""
    said = paper.starts_on or plan.starts_on
    if paper.kind == Paper.Kind.CERTIFICATION:
        return min(first_treated_on(plan) or said, said)
    return said


# --- Authorizations ---------------------------------------------------------------------------------------


def use_of(authorization: Authorization, used: int, day: dt.date) -> Use:
    allowance = Allowance(
        allowed=authorization.allowed,
        used=used,
        starts_on=authorization.starts_on,
        through_on=authorization.through_on,
        counts=authorization.counts,
        warn_left=authorization.warn_left,
    )
    return Use(authorization, allowance, allowance.state_on(day), allowance.words_on(day))


def used_of(authorizations: list[Authorization]) -> dict[Any, int]:
    """By authorization, the visits or units of signed notes that it covers."""
    if not authorizations:
        return {}
    visits = Visit._default_manager.filter(
        coverage__in={one.coverage_id for one in authorizations},
        served_on__gte=min(one.starts_on for one in authorizations),
        served_on__lte=max(one.through_on for one in authorizations),
        notes__status="signed",
        notes__blocks__is_removed=False,
    )
    rows = list(
        visits.order_by().values_list(
            "pk", "coverage", "served_on", "notes__discipline", "notes__pk", "notes__blocks__code"
        )
    )
    units: dict[tuple[Any, str], int] = {}
    if any(one.counts == Authorization.Counts.UNITS for one in authorizations):
        units = units_in({note for _, _, _, _, note, _ in rows})
    used = {}
    for one in authorizations:
        covered = {
            (visit, note, code)
            for visit, coverage, served_on, discipline, note, code in rows
            if coverage == one.coverage_id
            and one.covers(served_on)
            and one.discipline in ("", discipline)
            and (not one.codes or code in one.codes)
        }
        if one.counts == Authorization.Counts.VISITS:
            used[one.pk] = len({visit for visit, _, _ in covered})
        else:
            used[one.pk] = sum(units.get((note, code), 0) for note, code in {(n, c) for _, n, c in covered})
    return used


def units_in(notes: set[Any]) -> dict[tuple[Any, str], int]:
    """The units of each note and code, as they were signed."""
    # Of any type: an evaluation has units too.
    entries = LedgerEntry.objects.filter(document__in=notes, kind__in=[Kind.SIGN, Kind.VOID])
    found: dict[tuple[Any, str], int] = {}
    voided = set()
    for entry in entries.order_by("seq"):
        if entry.kind == Kind.VOID:
            voided.add(entry.document)
            continue
        units = chain.read(entry)["units"]
        for line in [*units["lines"], *units["untimed"]]:
            found[entry.document, line["code"]] = line["units"]
    return {key: number for key, number in found.items() if key[0] not in voided}


# --- Together ---------------------------------------------------------------------------------------------


def assess(
    plan: PlanOfCare,
    episode: standings.Episode,
    uses: tuple[Use, ...],
    day: dt.date,
    more: Iterable[Item] = (),
) -> Due:
    standing = standings.standing(episode, day)
    items = [*_plan_items(plan), *_certification_items(plan, standing), *_order_items(plan, episode, day)]
    items += [*_authorization_items(plan, uses, day), *more]
    return Due(
        plan.patient_id,
        plan.discipline,
        day,
        plan=plan,
        episode=episode,
        standing=standing,
        uses=uses,
        items=tuple(items),
    )


def _plan_items(plan: PlanOfCare) -> Iterable[Item]:
    if not plan.is_signed:
        yield Item(
            "plan",
            "Plan of care",
            "not signed",
            "The plan of care is a draft. A PT or an OT signs it.",
            "warn",
            plan.starts_on,
            plan=plan,
        )


SHORT = {
    standings.State.DUE: "due",
    standings.State.VERBAL: "signature due",
    standings.State.RECERTIFICATION_DUE: "recertify by",
    standings.State.OVERDUE: "overdue since",
    standings.State.EXCEPTION_FAILED: "overdue since",
    standings.State.RECERTIFICATION_OVERDUE: "ended",
}


def _certification_items(plan: PlanOfCare, standing: standings.Standing) -> Iterable[Item]:
    if not standing.is_open:
        return
    short = "late, reason missing"
    if standing.state in SHORT and standing.due_on:
        short = f"{SHORT[standing.state]} {standing.due_on:%m/%d/%Y}"
    yield Item(
        "certification", "Certification", short, standing.words, standing.tone, standing.due_on, plan=plan
    )


def _order_items(plan: PlanOfCare, episode: standings.Episode, day: dt.date) -> Iterable[Item]:
    if any(one.signed_on and one.signed_on <= day for one in episode.orders):
        return
    for order in episode.orders:
        by = standings.verbal_due(order.ordered_on)
        yield Item(
            "order",
            "Order",
            f"signature due {by:%m/%d/%Y}",
            f"The order of {order.ordered_on:%m/%d/%Y} was given by telephone. Its signature is due by "
            f"{by:%m/%d/%Y}.",
            "stop" if by < day else "warn",
            by,
            plan=plan,
        )


def _authorization_items(plan: PlanOfCare, uses: tuple[Use, ...], day: dt.date) -> Iterable[Item]:
    running = [use for use in uses if use.state not in (Left.EXPIRED, Left.LATER)]
    if any(use.state is Left.ENOUGH for use in running):
        return
    policy = payers.get(plan.policy or "")
    is_needed = bool(policy and policy.demand_on("prior_authorization", day))
    worst = max(running, key=lambda use: use.allowance.left, default=None)
    if worst is None and uses:
        worst = max(uses, key=lambda use: use.authorization.through_on)
        if worst.state is Left.LATER and not is_needed:
            return
    if worst is None:
        if is_needed:
            words = "This payer asks for an authorization, and none is in the chart."
            yield Item("authorization", "Authorization", "none in the chart", words, "warn", plan=plan)
        return
    left = max(worst.allowance.left, 0)
    short = {
        Left.EXPIRED: f"ended {worst.authorization.through_on:%m/%d/%Y}",
        Left.USED_UP: "used up",
        Left.LATER: f"from {worst.authorization.starts_on:%m/%d/%Y}",
        Left.ENDING: f"ends {worst.authorization.through_on:%m/%d/%Y}",
    }.get(worst.state, counted(left, worst.authorization.counts) + " left")
    yield Item(
        "authorization",
        "Authorization",
        short,
        f"Authorization {worst.authorization.number}: {worst.words}",
        worst.tone or "warn",
        worst.authorization.through_on,
        plan=plan,
        authorization=worst.authorization,
    )
