"""Orders, transmissions, certifications and authorizations: recorded, and what they make due."""

import datetime as dt

import pytest

from apps.audit.refused import Refused
from apps.compliance.authorization import Left
from apps.compliance.standing import State
from apps.episodes import actions, due, facts, worklist
from apps.episodes.models import Authorization, Paper
from apps.ledger import chain
from apps.ledger.models import DocumentType, Kind
from apps.patients import actions as patients
from tests.accounts.small_clinic import add_note, add_visit
from tests.episodes.small_plans import add_goal, sign


@pytest.fixture
def coverage(world):
    return patients.add_coverage(
        patient=world.grace,
        payer=world.payer,
        member_number="M1",
        starts_on=dt.date(2020, 1, 1),
        by=world.tess,
    )


@pytest.fixture
def fresh(world, coverage, diagnosis):
    """A plan of 40 days ago."""
    return actions.add_plan(
        patient=world.grace,
        discipline="PT",
        diagnoses=[diagnosis],
        established_on=ago(world, 40),
        weeks=12,
        treatment="Balance training",
        by=world.tess,
    )


def ago(world, days):
    return world.today - dt.timedelta(days=days)


def paper(plan, kind, by, **values):
    return actions.record_paper(plan=plan, kind=kind, signer_name="A. Physician, MD", by=by, **values)


def state(world):
    return due.of(world.grace, "PT", world.today).standing.state


def test_each_paper_changes_what_is_due(world, fresh):
    assert state(world) is State.OVERDUE
    order = paper(fresh, "order", world.rita, dated_on=ago(world, 42), signed_on=ago(world, 42))
    assert state(world) is State.EXCEPTION_FAILED
    sent = paper(fresh, "sent", world.rita, dated_on=ago(world, 9), method="fax")
    assert state(world) is State.EXCEPTION_FAILED
    actions.change_paper(paper=sent, dated_on=ago(world, 30), by=world.rita)
    assert state(world) is State.EXCUSED
    actions.change_paper(paper=order, mistake="Another patient's", by=world.rita)
    assert state(world) is State.EXCEPTION_FAILED
    paper(fresh, "certification", world.rita, signed_on=ago(world, 5), reason="Physician was away")
    assert state(world) is State.CERTIFIED_LATE
    fresh.refresh_from_db()
    assert fresh.certified_on == ago(world, 5)


def test_the_first_treatment_counts_and_an_evaluation_shortly_before_the_plan(world, fresh):
    assert due.of(world.grace, "PT", world.today).episode.begins_on == ago(world, 40)
    note = add_note(add_visit(world, days_ago=38), world.tess)
    assert due.of(world.grace, "PT", world.today).episode.begins_on == ago(world, 38)
    evaluation = add_note(add_visit(world, days_ago=44), world.tess, status="signed")
    evaluation.blocks.create(code="97161")
    assert due.of(world.grace, "PT", world.today).episode.begins_on == ago(world, 44)
    evaluation.status = note.status = "discarded"
    evaluation.save()
    note.save()
    assert due.of(world.grace, "PT", world.today).episode.first_treatment_on is None


def test_disciplines_and_patients_do_not_mix(world, fresh, diagnosis):
    actions.add_plan(
        patient=world.grace,
        discipline="OT",
        diagnoses=[diagnosis],
        established_on=ago(world, 3),
        weeks=8,
        by=world.tess,
    )
    found = {one.discipline: one.standing.state for one in due.of_patient(world.grace, world.today)}
    assert found == {"PT": State.OVERDUE, "OT": State.DUE}


def test_the_number_of_questions_does_not_depend_on_the_number_of_patients(
    world, fresh, django_assert_num_queries
):
    with django_assert_num_queries(5):
        due.of(world.grace, "PT", world.today)
    with django_assert_num_queries(5):
        due.of_many([world.grace, world.grace], world.today)


def test_without_a_payer_it_is_not_known_whether_anybody_asks(world, plan):
    found = due.of(world.grace, "PT", world.today)
    assert found.standing.is_needed is None and found.standing.tone in ("tip", "")


def test_somebody_without_a_plan_has_nothing_due(world):
    found = due.of(world.grace, "PT", world.today)
    assert (found.plan, found.items, found.tone) == (None, (), "")
    assert facts.plan_on(world.grace.pk, "PT", world.today) is None


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("order", {"dated_on": ""}, "dated_on"),
        ("order", {"dated_on": "2099-01-01"}, "dated_on"),
        ("order", {"dated_on": "2026-09-18", "signer_name": ""}, "signer_name"),
        ("order", {"dated_on": "2026-09-18", "signer_npi": "12345"}, "signer_npi"),
        ("order", {"dated_on": "2026-09-18", "signer_npi": "١٢٣٤٥٦٧٨٩٠"}, "signer_npi"),
        ("sent", {"dated_on": "2026-09-18", "method": ""}, "method"),
        ("sent", {"dated_on": "2020-09-18", "method": "fax"}, "dated_on"),
        ("certification", {}, "signed_on"),
        ("certification", {"signed_on": "2020-01-01", "starts_on": "2026-09-18"}, "signed_on"),
        (
            "certification",
            {"signed_on": "2026-09-19", "starts_on": "2026-09-18", "through_on": "2026-09-01"},
            "through_on",
        ),
        ("recertification", {"signed_on": "1_5", "starts_on": "2026-09-18"}, "signed_on"),
        ("order", {"dated_on": "2026-09-18", "document": "x" * 2000}, "document"),
    ],
)
def test_a_bad_paper_is_named_at_its_field(world, signed_in, plan, kind, values, field):
    answer = signed_in(world.rita)  # records staff do not see an unsigned plan
    add_goal(plan, world.tess)
    sign(plan, world.tess)
    posted = {"kind": kind, "signer_name": "A. Physician, MD", **values}
    answer = answer.post(f"/plans/{plan.pk}/papers/add/", posted)
    assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]
    assert not Paper.objects.filter(plan=plan).exists()


def test_the_desk_records_a_certification_and_nobody_signs_as_the_physician(world, signed_in, plan):
    add_goal(plan, world.tess)
    sign(plan, world.tess)
    client = signed_in(world.rita)
    address = f"/plans/{plan.pk}/papers/add/"
    page = client.get(f"{address}?kind=certification").content.decode()
    assert "Nobody in the clinic signs for the physician" in page
    answer = client.post(
        address,
        {
            "kind": "certification",
            "signed_on": "2026-10-01",
            "starts_on": "2026-09-18",
            "signer_name": "A. Physician, MD",
            "signer_npi": "0000012345",
        },
    )
    assert answer.status_code == 302
    found = Paper.objects.get(plan=plan)
    assert found.version.number == 1 and found.recorded_by == world.rita
    assert client.get(f"/papers/{found.pk}/").status_code == 200


def test_a_paper_cannot_name_another_patients_document_or_plan(world, fresh, plan):
    other = plan.versions.get()
    with pytest.raises(Refused, match="version of this plan"):
        paper(fresh, "sent", world.tess, dated_on=world.today, method="fax", version=other)


def test_an_order_by_telephone_waits_for_its_signature(world, fresh):
    order = paper(fresh, "order", world.tess, dated_on=ago(world, 15))
    items = {item.kind: item for item in due.of(world.grace, "PT", world.today).items}
    assert items["order"].tone == "stop" and "given by telephone" in items["order"].words
    actions.change_paper(paper=order, signed_on=world.today, by=world.tess)
    assert "order" not in {item.kind for item in due.of(world.grace, "PT", world.today).items}


# --- Authorizations ---------------------------------------------------------------------------------------


def authorize(world, coverage, **values):
    values = {
        "number": "AUTH-1",
        "allowed": 4,
        "starts_on": ago(world, 40),
        "through_on": world.today + dt.timedelta(days=60),
        "discipline": "PT",
        "codes": [],
        "counts": "visits",
        "warn_left": 1,
        **values,
    }
    return actions.add_authorization(patient=world.grace, coverage=coverage, by=world.tess, **values)


def signed_visit(world, days_ago, code="97112"):
    note = add_note(add_visit(world, days_ago=days_ago), world.tess, status="signed")
    note.blocks.create(code=code)
    return note


def test_visits_with_signed_notes_use_an_authorization_up(world, fresh, coverage):
    authorize(world, coverage, codes=["97112"])
    add_note(add_visit(world, days_ago=1), world.tess).blocks.create(code="97112")  # a draft
    signed_visit(world, 60)  # before it began
    signed_visit(world, 5, code="97110")  # another code
    states = []
    for days in (10, 9, 8, 7):
        signed_visit(world, days)
        use = due.of(world.grace, "PT", world.today).uses[0]
        states.append((use.allowance.used, use.state))
    assert states == [(1, Left.ENOUGH), (2, Left.ENOUGH), (3, Left.FEW), (4, Left.USED_UP)]
    item = next(i for i in due.of(world.grace, "PT", world.today).items if i.kind == "authorization")
    assert (item.tone, item.short) == ("stop", "used up")


def test_units_are_counted_as_they_were_signed(world, fresh, coverage):
    authorize(world, coverage, counts="units", codes=["97112"])
    note = signed_visit(world, 5)
    units = {"lines": [{"code": "97112", "units": 2}, {"code": "97110", "units": 1}], "untimed": []}
    chain.append(
        clinic=world.own.pk,
        kind=Kind.SIGN,
        document=note.pk,
        document_type=DocumentType.NOTE,
        payload={"units": units},
    )
    assert due.of(world.grace, "PT", world.today).uses[0].allowance.used == 2


def test_a_second_authorization_that_has_enough_silences_the_first(world, fresh, coverage):
    authorize(world, coverage, allowed=1)
    signed_visit(world, 5)
    kinds = {item.kind for item in due.of(world.grace, "PT", world.today).items}
    assert "authorization" in kinds
    authorize(world, coverage, number="AUTH-2", allowed=20)
    kinds = {item.kind for item in due.of(world.grace, "PT", world.today).items}
    assert "authorization" not in kinds


def test_an_authorization_is_added_and_changed_on_its_page(world, signed_in, coverage, happened):
    values = {
        "coverage": str(coverage.pk),
        "number": "AUTH-9",
        "codes": "97112, 97110 97112",
        "allowed": "12",
        "counts": "visits",
        "starts_on": "2026-09-01",
        "through_on": "2026-12-31",
        "warn_left": "3",
    }
    client = signed_in(world.rita)
    assert client.post(f"/patients/{world.grace.pk}/authorizations/add/", values).status_code == 302
    found = Authorization.objects.get(patient=world.grace)
    assert found.codes == ["97112", "97110"]
    answer = client.post(f"/authorizations/{found.pk}/", {**values, "codes": "99999, 97112"})
    assert answer.status_code == 422 and list(answer.context["form"].errors) == ["codes"]
    assert "99999" in answer.content.decode()
    client.post(f"/authorizations/{found.pk}/", {**values, "codes": "", "allowed": "20"})
    found.refresh_from_db()
    assert (found.codes, found.allowed) == ([], 20)
    assert happened()[0] == "authorization changed"


@pytest.mark.parametrize(
    ("field", "value"), [("allowed", "0"), ("allowed", "٣"), ("through_on", "2026-08-01"), ("number", "")]
)
def test_a_bad_authorization_is_named_at_its_field(world, signed_in, coverage, field, value):
    values = {
        "coverage": str(coverage.pk),
        "number": "AUTH-9",
        "allowed": "12",
        "counts": "visits",
        "starts_on": "2026-09-01",
        "through_on": "2026-12-31",
        "warn_left": "3",
        field: value,
    }
    answer = signed_in(world.tess).post(f"/patients/{world.grace.pk}/authorizations/add/", values)
    assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]


# --- As facts, and on the worklist ------------------------------------------------------------------------


def test_the_rules_get_the_plan_as_it_stood_on_the_day(world, fresh, coverage):
    add_goal(fresh, world.tess, target_on=world.today)
    sign(fresh, world.tess)
    paper(fresh, "order", world.tess, dated_on=ago(world, 42), signed_on=ago(world, 42))
    paper(fresh, "sent", world.tess, dated_on=ago(world, 20), method="fax")
    paper(fresh, "certification", world.tess, signed_on=ago(world, 5))
    before = facts.facts_of(facts.plan_on(world.grace.pk, "PT", ago(world, 10)), ago(world, 10))
    assert before.certification.transmitted_on == ago(world, 20)
    assert (before.certified_on, before.certification.certified_on) == (None, None)
    now = facts.facts_of(facts.plan_on(world.grace.pk, "PT", world.today), world.today)
    assert now.certification.certified_on == ago(world, 5)
    assert now.contents.kind == "Balance training" and now.contents.duration == "12 weeks"
    assert now.contents.established_by_credential == "PT"
    goal = now.contents.goals[0]
    assert (goal.person, goal.measure, goal.target, goal.is_long_term) == (
        "Ms. Okafor",
        "metres, 20",
        "200",
        True,
    )
    authorize(world, coverage)
    asked = due.of(world.grace, "PT", world.today)
    assert facts.authorization_facts(asked, this_visit_counts=True).visits_used == 1


def test_the_worklist_shows_what_is_due_and_what_is_to_sign(world, fresh, signed_in):
    add_note(add_visit(world, days_ago=2), world.tess)
    add_note(add_visit(world, days_ago=1, student=world.stu), world.stu)
    add_note(add_visit(world), world.tess)  # of today: not late
    page = signed_in(world.tess).get("/worklist/")
    found = page.context["worklist"]
    assert len(found.late_drafts) == 1 and len(found.student_drafts) == 1
    assert [version.plan for version in found.plan_drafts] == [fresh]
    assert {line.item.kind for line in found.lines} == {"plan", "certification"}
    # The plan stands among the drafts that need a therapist, and not a second time.
    assert {line.item.kind for line in found.for_anybody} == {"certification"}
    assert (found.therapists, found.total) == (2, 4)
    words = page.content.decode()
    assert words.index("Needs a therapist") < words.index("Students’ drafts") < words.index("Certifications,")
    assert "Okafor, Grace" in words


@pytest.mark.parametrize("who", ["sam", "asa"])
def test_what_is_not_ones_own_is_not_on_ones_worklist(world, fresh, signed_in, who):
    add_note(add_visit(world, days_ago=2), world.tess)
    client = signed_in(getattr(world, who))
    assert "Nothing is due" in client.get("/worklist/").content.decode()
    everybody = client.get("/worklist/?whose=all").content.decode()
    assert ("Okafor" in everybody) == (who == "sam")


def test_records_staff_see_what_is_due_and_no_drafts(world, fresh, signed_in):
    add_note(add_visit(world, days_ago=2), world.tess)
    found = signed_in(world.rita).get("/worklist/").context["worklist"]
    assert found.lines and not found.late_drafts and not found.plan_drafts


@pytest.mark.parametrize("who", ["ada", "stu", "olga"])
def test_whoever_has_no_patients_of_their_own_has_no_worklist(world, signed_in, who):
    assert signed_in(getattr(world, who)).get("/worklist/").status_code == 404


def test_nothing_of_another_clinic_is_on_it(world, fresh):
    found = worklist.of(world.una, world.other, "therapist", world.today, everybody=True)
    assert found.total == 0


def test_the_chart_shows_what_is_due(world, fresh, signed_in):
    page = signed_in(world.tess).get(f"/patients/{world.grace.pk}/").content.decode()
    assert "No signature, order or transmission is in the chart." in page
