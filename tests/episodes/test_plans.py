"""Plans of care and their numbered goals."""

import datetime as dt

import pytest

from apps.audit.models import Event
from apps.episodes import actions
from apps.episodes.models import Goal, PlanOfCare
from tests.accounts.small_clinic import add_visit

NEW = {
    "discipline": "PT",
    "starts_on": "2026-09-18",
    "through_on": "2026-12-17",
    "certified_on": "",
    "frequency": "2 × week for 12 weeks",
}


@pytest.fixture
def plan(world):
    return actions.add_plan(
        patient=world.grace,
        discipline="PT",
        starts_on=dt.date(2026, 9, 18),
        through_on=dt.date(2026, 12, 17),
        by=world.tess,
    )


def test_a_plan_is_added_and_leads_on_to_its_goals(world, signed_in, happened):
    answer = signed_in(world.tess).post(f"/patients/{world.grace.pk}/plans/add/", NEW)
    plan = PlanOfCare.objects.get(patient=world.grace)
    assert answer["Location"] == f"/plans/{plan.pk}/"
    assert plan.established_by == world.tess
    assert happened()[0] == "plan of care added"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("through_on", "2026-09-17", "ends before it starts"),
        ("through_on", "", "required"),
        ("starts_on", "1950-01-01", "before the patient was born"),
        ("starts_on", "1850-01-01", "between 1900 and 2100"),
        ("discipline", "SLP", "not one of the available choices"),
        ("frequency", "x" * 1_000_000, "at most 100 characters"),
        ("certified_on", "soon", "MM/DD/YYYY"),
    ],
)
def test_a_bad_plan_is_named_at_its_field_and_the_rest_is_kept(world, signed_in, field, value, message):
    answer = signed_in(world.tess).post(f"/patients/{world.grace.pk}/plans/add/", {**NEW, field: value})
    errors = answer.context["form"].errors
    assert list(errors) == [field] and message in " ".join(errors[field])
    assert field == "frequency" or "2 × week for 12 weeks" in answer.content.decode()


def test_a_change_says_which_fields_changed(world, signed_in, plan):
    answer = signed_in(world.tess).post(f"/plans/{plan.pk}/", {**NEW, "certified_on": "2026-09-25"})
    assert answer.status_code == 302
    event = Event.objects.first()
    assert (event.verb, event.details) == (
        "plan of care changed",
        {"changed": ["certified_on", "frequency"]},
    )


def test_goals_are_numbered_and_a_number_is_never_used_again(world, signed_in, plan):
    client = signed_in(world.tess)
    for words in ("Stands without holding on", "Walks outdoors"):
        assert client.post(f"/plans/{plan.pk}/goals/add/", {"words": words}).status_code == 302
    second = plan.goals.get(number=2)
    client.post(f"/goals/{second.pk}/", {"words": "Walks outdoors", "ended_on": "2026-10-01"})
    client.post(f"/plans/{plan.pk}/goals/add/", {"words": "Climbs stairs"})
    assert [goal.number for goal in plan.goals.all()] == [1, 2, 3]
    second.refresh_from_db()
    assert second.ended_on == dt.date(2026, 10, 1)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"words": ""}, "words"),
        ({"words": "x" * 1_000_000}, "words"),
        ({"words": "a", "target_on": "1_5"}, "target_on"),
    ],
)
def test_a_bad_goal_is_named_at_its_field(world, signed_in, plan, values, field):
    answer = signed_in(world.tess).post(f"/plans/{plan.pk}/goals/add/", values)
    assert answer.status_code == 200 and list(answer.context["form"].errors) == [field]
    assert not Goal.objects.filter(plan=plan).exists()


@pytest.mark.parametrize("who", ["una", "ada", "rita", "stu"])
def test_plans_and_goals_are_kept_by_those_who_chart(world, signed_in, plan, who):
    add_visit(world, student=world.stu)
    goal = actions.add_goal(plan=plan, words="Walks outdoors", by=world.tess)
    client = signed_in(getattr(world, who))
    for url in (
        f"/patients/{world.grace.pk}/plans/add/",
        f"/plans/{plan.pk}/",
        f"/plans/{plan.pk}/goals/add/",
        f"/goals/{goal.pk}/",
    ):
        assert client.get(url).status_code == 404, url
        assert client.post(url, {**NEW, "words": "x"}).status_code == 404, url
