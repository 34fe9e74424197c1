"""Goals: their sentence, their numbers, and what became of them."""

import datetime as dt

import pytest

from apps.audit.refused import Refused
from apps.episodes import actions, sentences
from apps.episodes.models import Goal
from tests.episodes.small_plans import GOAL, add_goal


def test_a_goal_reads_as_its_typed_words_between_fixed_labels():
    parts = {**GOAL, "target_on": dt.date(2026, 12, 1)}
    assert (
        sentences.goal(parts)
        == "Ms. Okafor will walk outdoors (metres; baseline 20, target 200) by 12/01/2026."
    )
    assert sentences.missing(parts) == ()


@pytest.mark.parametrize("name", list(sentences.PARTS))
def test_what_is_missing_is_named_and_never_filled_in(name):
    parts = {**GOAL, "target_on": dt.date(2026, 12, 1), name: ""}
    assert sentences.missing(parts) == (sentences.PARTS[name],)
    assert f"[{sentences.PARTS[name]}]" in sentences.goal(parts)


@pytest.mark.parametrize(
    ("a_day", "a_week", "most", "weeks", "words"),
    [
        (1, 2, None, 12, "2 × week for 12 weeks"),
        (1, 1, 2, 8, "1 to 2 × week for 8 weeks"),
        (2, 3, None, 1, "2 × day, 3 × week for 1 week"),
        (1, 2, 2, 4, "2 × week for 4 weeks"),
    ],
)
def test_a_frequency_reads_as_a_clinician_writes_it(a_day, a_week, most, weeks, words):
    assert sentences.frequency(a_day, a_week, most, weeks) == words


def test_the_sentence_is_shown_while_one_types_and_nothing_is_saved(world, signed_in, plan):
    client = signed_in(world.tess)
    values = {**GOAL, "baseline": "", "preview": "1"}
    fragment = client.post(f"/plans/{plan.pk}/goals/add/", values, headers={"HX-Request": "true"})
    assert "baseline [baseline], target 200" in fragment.content.decode()
    assert "Missing: baseline" in fragment.content.decode()
    assert "<html" not in fragment.content.decode()
    page = client.post(f"/plans/{plan.pk}/goals/add/", values)
    assert page.status_code == 200 and "baseline [baseline], target 200" in page.content.decode()
    assert 'value="walk outdoors"' in page.content.decode()
    assert not Goal.objects.filter(plan=plan).exists()


def test_typed_markup_stays_text(world, signed_in, plan):
    answer = signed_in(world.tess).post(
        f"/plans/{plan.pk}/goals/add/",
        {**GOAL, "task": "<script>alert(1)</script>", "preview": "1"},
        headers={"HX-Request": "true"},
    )
    assert "<script>" not in answer.content.decode()


def test_goals_are_numbered_and_a_number_is_never_used_again(world, signed_in, plan):
    client = signed_in(world.tess)
    for task in ("stand without holding on", "walk outdoors"):
        answer = client.post(f"/plans/{plan.pk}/goals/add/", {**GOAL, "task": task})
        assert answer.status_code == 302
    second = plan.goals.get(number=2)
    client.post(f"/goals/{second.pk}/status/", {"status": "met", "on": "2026-10-01", "words": ""})
    client.post(f"/plans/{plan.pk}/goals/add/", {**GOAL, "task": "climb stairs"})
    assert [goal.number for goal in plan.goals.all()] == [1, 2, 3]
    second.refresh_from_db()
    assert (second.status, second.ended_on) == ("met", dt.date(2026, 10, 1))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"task": "x" * 1_000_000}, "task"),
        ({"task": "a\x00b"}, "task"),
        ({"target_on": "1_5"}, "target_on"),
        ({"target_on": "1850-01-01"}, "target_on"),
        ({"target_on": "2020-01-01"}, "target_on"),
        ({"term": "middle"}, "term"),
    ],
)
def test_a_bad_goal_is_named_at_its_field(world, signed_in, plan, values, field):
    answer = signed_in(world.tess).post(f"/plans/{plan.pk}/goals/add/", {**GOAL, **values})
    assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]
    assert not Goal.objects.filter(plan=plan).exists()


def test_a_goal_of_a_draft_is_simply_written_anew(world, plan):
    goal = add_goal(plan, world.tess)
    actions.change_goal(goal=goal, target="300", by=world.tess)
    goal.refresh_from_db()
    assert "target 300" in goal.words and goal.status == "open"


def test_a_goal_of_a_signed_plan_is_modified_with_its_earlier_words_and_who(world, signed_plan):
    goal = signed_plan.goals.get()
    with pytest.raises(Refused, match="Say why"):
        actions.change_goal(goal=goal, target="300", by=world.tess)
    actions.change_goal(goal=goal, target="300", why="Got further than thought", by=world.sam)
    line = goal.history.last()
    assert (line.status, line.recorded_by, line.words) == ("modified", world.sam, "Got further than thought")
    assert "target 200" in line.earlier


def test_an_assistant_reports_progress_and_does_not_set_goals(world, signed_plan):
    goal = signed_plan.goals.get()
    with pytest.raises(Refused, match="by a PT or an OT"):
        actions.change_goal(goal=goal, target="300", why="x", by=world.asa)
    with pytest.raises(Refused, match="by a PT or an OT"):
        add_goal(signed_plan, world.asa)
    actions.record_goal(goal=goal, status="progressing", on=dt.date(2026, 10, 1), by=world.asa)
    with pytest.raises(Refused, match="by a PT or an OT"):
        actions.record_goal(
            goal=goal, status="discontinued", on=dt.date(2026, 10, 1), words="x", by=world.asa
        )


def test_a_goal_that_ended_does_not_reopen(world, signed_plan):
    goal = signed_plan.goals.get()
    actions.record_goal(goal=goal, status="met", on=dt.date(2026, 10, 1), by=world.tess)
    for again in (
        lambda: actions.record_goal(goal=goal, status="progressing", on=dt.date(2026, 10, 2), by=world.tess),
        lambda: actions.change_goal(goal=goal, target="1", why="x", by=world.tess),
    ):
        with pytest.raises(Refused, match="has ended"):
            again()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"status": "modified"}, "status"),
        ({"status": ""}, "status"),
        ({"on": "2099-01-01"}, "on"),
        ({"on": "2020-01-01"}, "on"),
        ({"status": "discontinued", "words": ""}, "words"),
    ],
)
def test_a_bad_status_is_named_at_its_field(world, signed_in, signed_plan, values, field):
    goal = signed_plan.goals.get()
    answer = signed_in(world.tess).post(
        f"/goals/{goal.pk}/status/", {"status": "met", "on": "2026-10-01", "words": "x", **values}
    )
    assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]
