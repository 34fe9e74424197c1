"""Plans of care: drafts, versions, signing, and the pages that show them."""

import datetime as dt
import json

import pytest
from django.urls import reverse

from apps.audit.models import Event
from apps.audit.refused import Refused
from apps.episodes import actions, record
from apps.episodes.models import PlanOfCare, PlanVersion
from apps.ledger import chain
from apps.ledger.models import DocumentType, LedgerEntry
from apps.patients import actions as patients
from tests.accounts.small_clinic import PASSWORD, add_visit
from tests.episodes.small_plans import GOAL, NEW, add_goal, sign
from tests.notes.as_browser import fields_of


def test_a_plan_begins_as_a_draft_whose_dates_follow_from_its_duration(world, signed_in, happened, diagnosis):
    values = {**NEW, "diagnoses": [str(diagnosis.pk)]}
    answer = signed_in(world.tess).post(f"/patients/{world.grace.pk}/plans/add/", values)
    plan = PlanOfCare.objects.get(patient=world.grace)
    assert answer["Location"] == f"/plans/{plan.pk}/"
    assert (plan.starts_on, plan.through_on) == (dt.date(2026, 9, 18), dt.date(2026, 12, 10))
    assert (plan.frequency, plan.certified_on, plan.is_signed) == ("2 × week for 12 weeks", None, False)
    assert plan.established_by == world.tess
    assert happened()[0] == "plan of care added"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("weeks", "", "required"),
        ("weeks", "0", "greater than or equal to 1"),
        ("weeks", "1_5", "whole number"),
        ("weeks", "٣", "whole number"),
        ("weeks", "9" * 1_000_000, "whole number"),
        ("times_a_week", "-3", "whole number"),
        ("times_a_week_most", "1", "fewer than the frequency"),
        ("established_on", "1950-01-01", "before the patient was born"),
        ("established_on", "1850-01-01", "between 1900 and 2100"),
        ("established_on", "2099-01-01", "in the future"),
        ("onset_on", "2099-01-01", "in the future"),
        ("discipline", "SLP", "not one of the available choices"),
        ("prior_level", "x" * 1_000_000, "at most 4000 characters"),
        ("prior_level", "a\x00b", "Null characters"),
        ("diagnoses", "6f1f0b0e-0000-4000-8000-000000000000", "not one of the available choices"),
    ],
)
def test_a_bad_plan_is_named_at_its_field_and_the_rest_is_kept(world, signed_in, field, value, message):
    answer = signed_in(world.tess).post(f"/patients/{world.grace.pk}/plans/add/", {**NEW, field: value})
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert list(errors) == [field] and message in " ".join(errors[field])
    assert "Balance training" in answer.content.decode()
    assert not PlanOfCare.objects.filter(patient=world.grace).exists()


def test_a_draft_saved_in_another_window_is_not_overwritten(world, signed_in, plan):
    client = signed_in(world.tess)
    assert client.post(f"/plans/{plan.pk}/draft/", {**NEW, "weeks": "10", "revision": "1"}).status_code == 302
    answer = client.post(f"/plans/{plan.pk}/draft/", {**NEW, "weeks": "8", "revision": "1"})
    assert answer.status_code == 422 and "another window" in answer.content.decode()
    assert plan.versions.get().weeks == 10
    plan.refresh_from_db()
    assert plan.frequency == "2 × week for 10 weeks"


def test_the_drafts_own_page_can_be_sent_as_it_stands(world, signed_in, plan):
    client = signed_in(world.tess)
    url = f"/plans/{plan.pk}/draft/"
    sent = fields_of(client.get(url), form=None) | {"weeks": "9"}
    assert client.post(url, sent).status_code == 302
    assert plan.versions.get().weeks == 9


def test_a_change_says_which_fields_changed(world, signed_in, plan, diagnosis):
    values = {**NEW, "weeks": "8", "revision": "1", "diagnoses": [str(diagnosis.pk)]}
    signed_in(world.tess).post(f"/plans/{plan.pk}/draft/", values)
    event = Event.objects.first()
    assert (event.verb, event.details) == ("plan of care changed", {"changed": ["weeks"]})


# --- Signing ----------------------------------------------------------------------------------------------


def test_signing_appends_the_plan_and_its_goals_to_the_ledger(world, plan, happened):
    add_goal(plan, world.tess)
    entry = sign(plan, world.tess)
    assert (entry.document_type, entry.document) == (DocumentType.PLAN, plan.versions.get().pk)
    assert chain.is_intact(entry)
    payload = chain.read(entry)
    assert payload["schema"] == "midline/plan-of-care/1"
    assert payload["plan"]["through_on"] == "2026-12-10"
    assert [goal["words"] for goal in payload["goals"]] == [
        "Ms. Okafor will walk outdoors (metres; baseline 20, target 200) by 12/01/2026."
    ]
    assert payload["signature"]["credential"] == "PT"
    assert happened()[0] == "plan of care signed"


@pytest.mark.parametrize("who", ["asa", "stu", "rita"])
def test_only_a_pt_or_ot_establishes_a_plan(world, plan, who):
    add_goal(plan, world.tess)
    with pytest.raises(Refused, match="by a PT or an OT"):
        sign(plan, getattr(world, who))


def test_a_plan_of_the_other_discipline_is_not_theirs_to_sign(world, diagnosis):
    plan = actions.add_plan(
        patient=world.grace,
        discipline="OT",
        diagnoses=[diagnosis],
        established_on=dt.date(2026, 9, 18),
        weeks=4,
        treatment="Dressing",
        by=world.tess,
    )
    add_goal(plan, world.tess)
    with pytest.raises(Refused, match="occupational therapy; your credential is PT"):
        sign(plan, world.tess)


def test_what_a_plan_must_say_stops_the_signature(world, plan, signed_in):
    version = plan.versions.get()
    assert [one.what for one in record.missing(version)] == ["A long-term goal"]
    add_goal(plan, world.tess, baseline="")
    actions.change_draft(
        version=version, revision=1, diagnoses=[], treatment=" ", program="maintenance", by=world.tess
    )
    version.refresh_from_db()
    assert [one.what for one in record.missing(version)] == [
        "A diagnosis",
        "The type of treatment",
        "Goal 1: baseline",
        "Why maintenance needs a therapist's skill",
    ]
    with pytest.raises(Refused, match="4 to complete"):
        sign(plan, world.tess)
    page = signed_in(world.tess).get(f"/plans/{plan.pk}/sign/").content.decode()
    assert "Goal 1: baseline" in page and "Prior level of function" in page


def test_signing_what_one_did_not_see_is_refused(world, plan):
    add_goal(plan, world.tess)
    version = plan.versions.get()
    preview = record.preview_digest(record.payload_of(version))
    add_goal(plan, world.tess, task="climb stairs")
    with pytest.raises(Refused, match="changed after this page was shown"):
        actions.sign(version=version, by=world.tess, preview=preview)


def test_a_role_that_was_taken_away_signs_no_plan(world, plan):
    add_goal(plan, world.tess)
    world.tess.memberships.update(is_active=False)
    with pytest.raises(Refused, match="no role in this clinic any more"):
        sign(plan, world.tess)


def test_signing_asks_for_the_password_and_shows_what_is_signed(world, plan, signed_in):
    add_goal(plan, world.tess)
    client = signed_in(world.tess)
    address = f"/plans/{plan.pk}/sign/"
    page = client.get(address)
    assert "metres; baseline 20, target 200" in page.content.decode() and "DRAFT" in page.content.decode()
    values = {"preview": page.context["preview"]}
    wrong = client.post(address, {**values, "password": "not mine"})
    assert wrong.status_code == 422 and "not your password" in wrong.content.decode()
    assert not LedgerEntry.objects.filter(clinic=world.own.pk).exists()
    answer = client.post(address, {**values, "password": PASSWORD})
    version = plan.versions.get()
    assert answer["Location"] == f"/plan-versions/{version.pk}/"
    assert version.is_signed and version.signed_by == world.tess


def test_a_signed_version_is_shown_from_the_ledger_alone(world, signed_plan, signed_in):
    version = signed_plan.versions.get()
    PlanVersion.objects.filter(pk=version.pk).update(treatment="Something else")
    signed_plan.goals.update(words="Other words")
    for name in ("plan-version", "plan-print"):
        page = signed_in(world.tess).get(reverse(name, args=[version.pk])).content.decode()
        assert "Balance training" in page and "metres; baseline 20, target 200" in page
        assert "Something else" not in page and "Other words" not in page
        assert "Electronically signed by Tess Ortiz, PT" in page


def test_a_signed_version_does_not_change(world, signed_plan):
    version = signed_plan.versions.get()
    with pytest.raises(Refused, match="never change"):
        actions.change_draft(version=version, revision=version.revision, diagnoses=[], weeks=3, by=world.tess)
    with pytest.raises(Refused, match="never change"):
        actions.sign(version=version, by=world.tess, preview="")


def test_a_revision_copies_and_counts_once_it_is_signed(world, signed_plan, signed_in):
    client = signed_in(world.tess)
    assert client.post(f"/plans/{signed_plan.pk}/revise/")["Location"] == f"/plans/{signed_plan.pk}/draft/"
    client.post(f"/plans/{signed_plan.pk}/revise/")
    draft = signed_plan.versions.get(status="draft")
    assert (draft.number, draft.treatment, draft.weeks, draft.reason) == (2, "Balance training", 12, "")
    actions.change_draft(
        version=draft, revision=1, diagnoses=list(draft.diagnoses.all()), weeks=4, by=world.tess
    )
    signed_plan.refresh_from_db()
    assert (signed_plan.frequency, signed_plan.signed_number) == ("2 × week for 12 weeks", 1)
    draft.refresh_from_db()
    assert [one.what for one in record.missing(draft)] == ["Why the plan is revised"]
    actions.change_draft(
        version=draft,
        revision=2,
        diagnoses=list(draft.diagnoses.all()),
        reason="New hip",
        by=world.tess,
    )
    first = LedgerEntry.objects.get(clinic=world.own.pk)
    sign(signed_plan, world.tess)
    signed_plan.refresh_from_db()
    assert (signed_plan.frequency, signed_plan.signed_number) == ("2 × week for 4 weeks", 2)
    assert signed_plan.starts_on == dt.date(2026, 9, 18)
    assert LedgerEntry.objects.get(clinic=world.own.pk, seq=1).payload == first.payload
    assert chain.read(first)["weeks"] == 12


def test_a_revision_can_be_put_aside_and_its_number_is_not_used_again(world, signed_plan):
    actions.discard_draft(version=actions.revise(plan=signed_plan, by=world.tess), by=world.tess)
    signed_plan.refresh_from_db()
    assert signed_plan.signed_number == 1
    assert actions.revise(plan=signed_plan, by=world.tess).number == 3


def test_the_first_draft_is_not_put_aside(world, plan):
    with pytest.raises(Refused, match="End the plan instead"):
        actions.discard_draft(version=plan.versions.get(), by=world.tess)


def test_goals_that_differ_from_the_signed_ones_are_pointed_out(world, signed_plan, signed_in):
    client = signed_in(world.tess)
    assert not client.get(f"/plans/{signed_plan.pk}/").context["changed_since"]
    add_goal(signed_plan, world.tess, task="climb stairs")
    page = client.get(f"/plans/{signed_plan.pk}/")
    assert page.context["changed_since"] and "not those that were signed" in page.content.decode()


def test_an_ended_plan_says_so_and_takes_no_more(world, signed_plan, signed_in):
    client = signed_in(world.tess)
    client.post(f"/plans/{signed_plan.pk}/end/", {"ended_on": "2026-10-01", "reason": "Moved away"})
    signed_plan.refresh_from_db()
    assert signed_plan.ended_on == dt.date(2026, 10, 1)
    with pytest.raises(Refused, match="ended"):
        actions.revise(plan=signed_plan, by=world.tess)
    with pytest.raises(Refused, match="ended"):
        add_goal(signed_plan, world.tess)
    assert "Moved away" in client.get(f"/plans/{signed_plan.pk}/").content.decode()


def test_typed_words_come_out_of_the_payload_as_they_went_in(world, plan):
    words = "Line one\nLine two <b>& “three”</b>"
    version = plan.versions.get()
    actions.change_draft(
        version=version, revision=1, diagnoses=list(version.diagnoses.all()), prior_level=words, by=world.tess
    )
    version.refresh_from_db()
    payload = json.loads(chain.canonical(record.payload_of(version)))
    assert payload["prior_level"] == words


# --- Who gets in ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["una", "ada", "rita", "stu"])
def test_plans_and_goals_are_kept_by_those_who_chart(world, signed_in, signed_plan, who):
    add_visit(world, student=world.stu)
    goal = signed_plan.goals.get()
    actions.revise(plan=signed_plan, by=world.tess)
    client = signed_in(getattr(world, who))
    for url in (
        f"/patients/{world.grace.pk}/plans/add/",
        f"/plans/{signed_plan.pk}/draft/",
        f"/plans/{signed_plan.pk}/sign/",
        f"/plans/{signed_plan.pk}/end/",
        f"/plans/{signed_plan.pk}/goals/add/",
        f"/goals/{goal.pk}/",
        f"/goals/{goal.pk}/status/",
    ):
        assert client.get(url).status_code == 404, url
        assert client.post(url, {**NEW, **GOAL}).status_code == 404, url


def test_records_staff_see_a_plan_once_it_is_signed_and_never_its_drafts(world, signed_in, plan):
    client = signed_in(world.rita)
    version = plan.versions.get()
    for url in (f"/plans/{plan.pk}/", f"/plan-versions/{version.pk}/", f"/plan-versions/{version.pk}/print/"):
        assert client.get(url).status_code == 404, url
    add_goal(plan, world.tess)
    sign(plan, world.tess)
    draft = actions.revise(plan=plan, by=world.tess)
    assert client.get(f"/plans/{plan.pk}/").status_code == 200
    assert client.get(f"/plan-versions/{version.pk}/").status_code == 200
    assert client.get(f"/plan-versions/{draft.pk}/").status_code == 404
    assert "Version 2" not in client.get(f"/plans/{plan.pk}/").content.decode()


def test_a_version_written_in_another_chart_cannot_name_its_diagnoses(world, plan):
    from tests.accounts.small_clinic import add_patient

    other = add_patient(world, mrn="B2", family_name="Nwosu")
    theirs = patients.add_diagnosis(patient=other, code="R26.81", type="treating", by=world.tess)
    with pytest.raises(Refused, match="diagnoses of this patient"):
        actions.change_draft(version=plan.versions.get(), revision=1, diagnoses=[theirs], by=world.tess)
