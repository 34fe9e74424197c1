"""The episodes from which all others are poured: each told by the actions, as a clinic lived it."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from apps.accounts import actions as people
from apps.accounts.models import Clinic, Role, User
from apps.audit import clock
from apps.audit.models import Deployment
from apps.demo import charting
from apps.demo.days import moment
from apps.episodes import actions as episodes
from apps.episodes import record as episode_record
from apps.ledger import amendments as reading
from apps.ledger import followers
from apps.notes import actions, amendments, record_policy
from apps.notes import forms as note_forms
from apps.notes.models import Note
from apps.patients import actions as patients
from apps.patients import diagnosis_table
from apps.patients.models import DiagnosisCode, Patient
from apps.visits import actions as visits

from ..trust import drafts

ZONE = "America/Phoenix"
"""No daylight saving there: a moment so many weeks later is the same hour on the wall."""

STORIES = ("ankle", "brain_injury", "parkinson", "sclerosis", "stroke", "vestibular")
DAYS = ((0, 3), (1, 4), (2,))
"""Weekdays on which an episode's visits are: Monday and Thursday, Tuesday and Friday, Wednesday."""
HOURS = (8, 10, 13, 15)
VISITS = {4: 2, 5: 3, 6: 4, 7: 4, 8: 4, 9: 3}
"""How many visits an episode has, and how often: none so long that a progress report comes due."""
WEEKS = 11
"""Longest that telling takes: nine Wednesdays, and what is cosigned after the last."""
SAVES = 8
"""Saves of the editor until a note stands there. Each leaves a row by which it is not done twice."""
BY_ASSISTANT = 5
"""Of so many visits one is treated by the assistant, and cosigned on the next day."""

PAYERS = {
    "Medicare Part B": ("medicare_b", 45),
    "Mesa Medicare Advantage": ("medicare_advantage", 20),
    "UnitedHealthcare Choice Plus": ("uhc_commercial", 20),
    "Sonoran Mutual PPO": ("commercial_ama", 15),
}


@dataclass
class Staff:
    """Who works with whom: a therapist, the assistant who treats for them, and who cosigns it."""

    therapist: User
    assistant: User
    supervisor: User


@dataclass
class Practice:
    """The clinic before anybody was treated in it."""

    clinic: Clinic
    administrator: User
    desk: User
    staff: list[Staff] = field(default_factory=list)
    payers: list[Any] = field(default_factory=list)


@dataclass
class Episode:
    """One told episode: who was treated, from which week on, by whom, on which days."""

    patient: Patient
    staff: Staff
    days: tuple[int, ...]
    starts_on: dt.date


def open_practice(therapists: int, opens: dt.date) -> Practice:
    """A clinic in a fresh database, with so many therapists."""
    Deployment.objects.update_or_create(id=1, defaults={"is_demo": True})
    if not DiagnosisCode.objects.exists():
        diagnosis_table.load()
    # Nobody makes a PDF of what is poured, and nobody is waiting for those of what is told.
    followers._followers.clear()
    clinic = Clinic.objects.create(
        name="Millbrook Rehabilitation",
        address="12 Canal Road, Mesa, AZ 85201",
        phone="(480) 555-0100",
        npi="0000060000",
        time_zone=ZONE,
    )
    clock.set_to(moment(clinic, opens, dt.time(7)))

    def add(role: str, number: int, by: User | None, **more: Any) -> User:
        name = name_of(number + {"therapist": 0, "assistant": 3000, "supervisor": 6000}.get(role, 9000))
        email = f"{role}{number}@millbrook.example"
        return people.add_person(clinic=clinic, role=role, email=email, name=name, by=by, **more)

    def licensed(role: str, number: int, credential: str) -> User:
        return add(
            role,
            number,
            administrator,
            credential=credential,
            letters=credential,
            discipline="PT",
            licence_number=f"DEMO-{credential}-{role[0].upper()}{number:04}",
            licence_state="AZ",
            licence_expires_on=opens.replace(year=opens.year + 5, day=1),
            npi=f"00{'123'[('therapist', 'assistant', 'supervisor').index(role)]}{number:07}",
        )

    administrator = add(Role.ADMINISTRATOR, 0, None)
    practice = Practice(clinic, administrator, add(Role.RECORDS, 0, administrator))
    assistants: dict[int, User] = {}
    supervisors: dict[int, User] = {}
    for number in range(therapists):
        aide, above = number // 4, number // 20
        if aide not in assistants:
            assistants[aide] = licensed(Role.ASSISTANT, aide, "PTA")
        if above not in supervisors:
            supervisors[above] = licensed(Role.SUPERVISOR, above, "PT")
        therapist = licensed(Role.THERAPIST, number, "PT")
        practice.staff.append(Staff(therapist, assistants[aide], supervisors[above]))
    practice.payers = [
        patients.add_payer(clinic=clinic, name=name, policy=policy, by=administrator)
        for name, (policy, _) in PAYERS.items()
    ]
    record_policy.set_policy(
        clinic=clinic,
        applies_from=opens,
        cosigns_assistants=True,
        late_after_hours=72,
        source="Millbrook policy 1 (made up)",
        by=administrator,
    )
    return practice


def tell(
    practice: Practice, opens: dt.date, dice: random.Random, hours: tuple[int, ...] = HOURS
) -> list[Episode]:
    """An episode for each hour of each pattern of days, all in the weeks from the Monday `opens` on."""
    telling = _Telling(practice, dice)
    for days in DAYS:
        for hour in hours:
            telling.plan_episode(days, hour, opens)
    for when, happens in sorted(telling.happenings, key=lambda one: one[0]):
        clock.set_to(when)
        happens()
    return telling.episodes


class _Telling:
    def __init__(self, practice: Practice, dice: random.Random):
        self.practice, self.dice = practice, dice
        self.happenings: list[tuple[dt.datetime, Callable[[], None]]] = []
        self.episodes: list[Episode] = []

    def at(self, day: dt.date, time: dt.time, happens: Callable[[], None]) -> None:
        self.happenings.append((moment(self.practice.clinic, day, time), happens))

    def plan_episode(self, days: tuple[int, ...], hour: int, opens: dt.date) -> None:
        dice, number = self.dice, len(self.happenings)
        key = dice.choice(STORIES)
        story = charting.content(f"patients/{key}")
        [count] = dice.choices(list(VISITS), weights=list(VISITS.values()))
        dates = [opens + dt.timedelta(weeks=week, days=day) for week in range(WEEKS) for day in days][:count]
        staff = self.practice.staff[0]
        told = {"episode": None}

        def register() -> None:
            # Found again in every text, so they must be no part of any other word.
            given, family = f"Toldgiven{number:03}", f"Toldfamily{number:03}"
            patient = patients.add_patient(
                clinic=self.practice.clinic,
                by=self.practice.desk,
                **{
                    **story["patient"],
                    "mrn": f"TM-{number:06}",
                    "given_name": given,
                    "family_name": family,
                    "born_on": opens - dt.timedelta(days=dice.randrange(9000, 33_000)),
                },
            )
            [payer] = dice.choices(self.practice.payers, weights=[share for _, share in PAYERS.values()])
            patients.add_coverage(
                patient=patient,
                payer=payer,
                member_number=f"DEMO-TM-{number:06}",
                starts_on=opens - dt.timedelta(days=300),
                by=self.practice.desk,
            )
            onset = dates[0] - dt.timedelta(days=20)
            diagnoses = [
                patients.add_diagnosis(
                    patient=patient, code=row["code"], type=row["type"], onset_on=onset, by=staff.therapist
                )
                for row in story["diagnoses"]
            ]
            self.plan_of(patient, story, diagnoses, dates[0], onset)
            told["episode"] = Episode(patient, staff, days, dates[0])
            self.episodes.append(told["episode"])

        self.at(dates[0], dt.time(7, 30), register)
        treated = [
            visit
            for visit in story["visits"]
            if "subjective" in visit
            and not visit.keys() & {"discarded", "attendance", "student", "assistant", "by", "stays_open"}
        ]
        for at, date in enumerate(dates):
            self.plan_visit(
                told, treated[min(at, 1) if at < 2 else 1 + at % (len(treated) - 1)], at, date, hour
            )

    def plan_of(
        self, patient: Patient, story: dict[str, Any], diagnoses: list, on: dt.date, onset: dt.date
    ) -> None:
        by, contents = self.practice.staff[0].therapist, reworded(story["plans"][0], story)
        plan = episodes.add_plan(
            patient=patient,
            discipline="PT",
            diagnoses=diagnoses,
            established_on=on,
            onset_on=onset,
            by=by,
            **{name: contents[name] for name in episodes.CONTENTS if name in contents},
        )
        for goal in contents["goals"]:
            parts = {name: value for name, value in goal.items() if name != "weeks"}
            episodes.add_goal(plan=plan, target_on=on + dt.timedelta(weeks=goal["weeks"]), by=by, **parts)
        version = plan.versions.get()
        preview = episode_record.preview_digest(episode_record.payload_of(version))
        episodes.sign(version=version, by=by, preview=preview)
        episodes.record_paper(
            plan=plan,
            kind="certification",
            signer_name=contents["signer"],
            signer_npi=contents["signer_npi"],
            starts_on=plan.starts_on,
            signed_on=on,
            through_on=min(plan.through_on, on + dt.timedelta(days=89)),
            by=self.practice.desk,
        )

    def plan_visit(self, told: dict, visit: dict[str, Any], at: int, date: dt.date, hour: int) -> None:
        staff, dice = self.practice.staff[0], self.dice
        by = staff.assistant if at and not dice.randrange(BY_ASSISTANT) else staff.therapist
        content = varied(visit, at, hour, by, dice)
        kept: dict[str, Any] = {}

        def book() -> None:
            helps = {"assistant": by} if by is not staff.therapist else {}
            kept["visit"] = visits.book(
                patient=told["episode"].patient,
                clinician=staff.therapist,
                served_on=date,
                expected_at=dt.time(hour),
                by=self.practice.desk,
                **helps,
            )

        def chart() -> None:
            note = charting.write(actions.start(visit=kept["visit"], by=by), content, by=by)
            for _ in range(SAVES - 1):
                actions.save_draft(
                    note=note,
                    by=by,
                    revision=note.revision,
                    operation=str(uuid.uuid4()),
                    values=note_forms.DraftValues(note={"plan": note.plan}, blocks=[], measures=[]),
                )
            kept["note"] = charting.read(note)

        def sign() -> None:
            note = kept["note"]
            allocation = charting.judged(note, signer=by).units.allocation
            if allocation and (tie := allocation.tie):
                actions.choose_units(note=note, by=by, codes=tuple(tie.codes[: tie.units]))
                note = charting.read(note)
            charting.sign(drafts.answered(note, by), {}, by=by)

        def cosign() -> None:
            note = Note.objects.get(pk=kept["note"].pk)
            last = reading.later(reading.entries_of(note.clinic_id, note.pk)).last
            amendments.cosign(document=note, by=staff.supervisor, seen=last.hash if last else "")

        self.at(date, dt.time(7, 40), book)
        self.at(date, dt.time(17, hour), chart)
        self.at(date, dt.time(17, 30 + hour), sign)
        if by is not staff.therapist:
            self.at(date + dt.timedelta(days=1), dt.time(12, hour), cosign)


def varied(visit: dict[str, Any], at: int, hour: int, by: User, dice: random.Random) -> dict[str, Any]:
    """What was charted, with other minutes, sometimes a block less, and words of its own."""
    blocks = [dict(block) for block in visit["blocks"]]
    if len(blocks) > 1 and dice.random() < 0.25:
        blocks.pop()
    for block in blocks:
        block.pop("units_billed", None)
        block["minutes_therapist"] = max(8, block.get("minutes_therapist", 12) + dice.randrange(-4, 9))
    minutes = sum(block["minutes_therapist"] for block in blocks)
    ends = dt.datetime.combine(dt.date.min, dt.time(hour, 0)) + dt.timedelta(minutes=minutes)
    said = f"Visit {at + 1}: {dice.randrange(2, 9)} good days and {dice.randrange(1, 6)} poor ones."
    content = {
        **{name: value for name, value in visit.items() if name not in ("total_minutes", "answers")},
        "blocks": blocks,
        "starts_at": dt.time(hour),
        "ends_at": ends.time(),
        "subjective": f"{visit['subjective']} {said}",
    }
    return charting.by_whom(content, by)


def reworded(plan: dict[str, Any], story: dict[str, Any]) -> dict[str, Any]:
    """The plan without the name of the patient of whom the demo tells."""
    family = story["patient"]["family_name"]
    goals = [
        {
            name: value.replace(family, "M.") if isinstance(value, str) else value
            for name, value in goal.items()
        }
        for goal in plan["goals"]
    ]
    return {**plan, "goals": goals}


NAMES = """
Ada Bela Carl Dora Egon Fay Gus Hedy Ian Judy Kurt Lena Milo Nell Otis Pia Quinn Rosa Saul Tess Ugo Vera
Walt Xena Yuri Zoe Abel Bess Cleo Dirk Enid Fritz Gwen Hugo Iris Jack Kate Liam Mona Nils Olga Paul Ruth
"""
HEADS = "Ash Birch Clay Dun East Fern Glen Hart Iron Kirk Lang Marsh North Oak Pine Rush Stan West"
TAILS = "berg bury by combe croft dale den field ford gate ham hurst land ley mere ridge stone ton"
GIVEN, FAMILY = NAMES.split(), [head + tail for head in HEADS.split() for tail in TAILS.split()]


def given_and_family(number: int) -> tuple[str, str]:
    """One of some fourteen thousand made-up names; after those they come again, as names do."""
    family, given = divmod(number * 7919, len(GIVEN))
    return GIVEN[given], FAMILY[family % len(FAMILY)]


def name_of(number: int) -> str:
    return " ".join(given_and_family(number))
