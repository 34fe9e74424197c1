"""A patient with a diagnosis, a plan, and a plan that is signed: made through the actions."""

import datetime as dt

import pytest

from apps.episodes import actions, record
from apps.patients import actions as patients

NEW = {
    "discipline": "PT",
    "program": "rehabilitative",
    "established_on": "2026-09-18",
    "times_a_day": "1",
    "times_a_week": "2",
    "weeks": "12",
    "treatment": "Balance training",
}
GOAL = {
    "term": "long",
    "who": "Ms. Okafor",
    "task": "walk outdoors",
    "measure": "metres",
    "baseline": "20",
    "target": "200",
    "target_on": "2026-12-01",
}


@pytest.fixture
def diagnosis(world):
    return patients.add_diagnosis(patient=world.grace, code="R26.81", type="treating", by=world.tess)


@pytest.fixture
def plan(world, diagnosis):
    return actions.add_plan(
        patient=world.grace,
        discipline="PT",
        diagnoses=[diagnosis],
        established_on=dt.date(2026, 9, 18),
        times_a_week=2,
        weeks=12,
        treatment="Balance training",
        by=world.tess,
    )


def add_goal(plan, by, **values):
    values = {**GOAL, "target_on": dt.date(2026, 12, 1), **values}
    return actions.add_goal(plan=plan, by=by, **values)


def sign(plan, by):
    version = plan.versions.get(status="draft")
    preview = record.preview_digest(record.payload_of(version))
    return actions.sign(version=version, by=by, preview=preview)


@pytest.fixture
def signed_plan(world, plan):
    add_goal(plan, world.tess)
    sign(plan, world.tess)
    plan.refresh_from_db()
    return plan
