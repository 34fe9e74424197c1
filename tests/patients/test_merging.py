"""Two records of one person become one chart, and can be taken apart; nothing that was signed changes."""

import pytest
from django.urls import reverse

from apps.audit import verbs
from apps.audit.models import Event
from apps.audit.refused import Refused
from apps.episodes import due
from apps.episodes.facts import plan_on
from apps.exports.models import StoredPdf
from apps.ledger import chain
from apps.ledger.models import LedgerEntry
from apps.notes import chart, reports
from apps.notes.access import notes_visible_to
from apps.notes.models import Note
from apps.patients import actions as charts
from apps.patients import merging
from apps.patients.models import Patient, RecordMerge
from apps.visits import actions as visits

WHY = "Same phone and member number, asked by telephone."


@pytest.fixture
def second(clinic):
    """A second record of the patient of `stroke`, opened by mistake under her maiden name."""
    stroke = clinic.patients["stroke"]
    return charts.add_patient(
        clinic=clinic.riverside,
        mrn="TWICE-1",
        family_name="Maidenname",
        given_name=stroke.given_name,
        born_on=stroke.born_on,
        sex=stroke.sex,
        by=clinic.rae,
    )


@pytest.fixture
def one(clinic, second):
    """The record with the history is put to the new one, which stays."""
    return merging.merge(patient=clinic.patients["stroke"], into=second, reason=WHY, by=clinic.rae)


def rows_of(patient):
    """Every row that points at a record, with all that it holds."""
    found = {}
    for relation in Patient._meta.related_objects:
        if relation.related_model not in (Patient, RecordMerge) and not relation.many_to_many:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: patient})
            found[relation.related_model._meta.label] = sorted(map(str, rows.values()))
    return found


def test_the_chart_that_stays_shows_what_both_hold_and_the_other_leads_to_it(clinic, second, one, client):
    stroke = Patient.objects.get(pk=clinic.patients["stroke"].pk)
    client.force_login(clinic.tess)
    answer = client.get(reverse("patient", args=[stroke.pk]))
    assert answer.url == reverse("patient", args=[second.pk])
    page = client.get(answer.url).content.decode()
    assert "This chart also shows what was charted as" in page
    assert stroke.name in page
    plan = stroke.plans.first()
    assert reverse("plan", args=[plan.pk]) in page
    signed = notes_visible_to(clinic.tess).filter(visit__patient=stroke, status="signed").first()
    assert reverse("note", args=[signed.pk]) in page
    # Listed once; found by the old number and name as well.
    listed = client.get(reverse("patients")).content.decode()
    assert reverse("patient", args=[stroke.pk]) not in listed
    found = client.post(reverse("patient-search"), {"q": stroke.mrn}, headers={"HX-Request": "true"})
    assert "one with another record" in found.content.decode()


def test_the_signed_record_is_as_it_was_and_prints_the_name_that_it_was_signed_under(clinic, second, one):
    stroke = clinic.patients["stroke"]
    entry = LedgerEntry.objects.filter(document__in=Note.objects.filter(visit__patient=stroke).values("pk"))
    payload = chain.read(entry.first())
    assert payload["patient"]["id"] == str(stroke.pk)
    assert stroke.family_name in str(payload["patient"])
    assert not StoredPdf.objects.exists()


def test_what_counts_days_and_looks_back_goes_on_across_both(clinic, second, one):
    stroke = clinic.patients["stroke"]
    plan = plan_on(second.pk, "PT", clinic.today)
    assert plan == plan_on(stroke.pk, "PT", clinic.today)
    before = reports.counters([plan], clinic.today)[plan.pk]
    visit = visits.book(patient=second, clinician=clinic.tess, served_on=clinic.today, by=clinic.tess)
    from apps.notes import actions as notes

    note = notes.start(visit=visit, by=clinic.tess)
    charted = chart.load(note)
    assert charted.plan == plan
    assert charted.before.visit.patient_id == stroke.pk
    assert {row.patient_id for row in charted.diagnoses} == {stroke.pk}
    after = reports.counters([plan], clinic.today)[plan.pk]
    assert {day.on for day in after.days} >= {day.on for day in before.days}
    assert {row.discipline for row in due.of_patient(second, clinic.today)} >= {"PT"}


def test_taken_apart_everything_is_as_it_was(clinic, second):
    stroke = clinic.patients["stroke"]
    before = [rows_of(stroke), rows_of(second), list(Patient.objects.order_by("pk").values())]
    entries = list(LedgerEntry.objects.values())
    one = merging.merge(patient=stroke, into=second, reason=WHY, by=clinic.rae)
    assert [rows_of(stroke), rows_of(second)] == before[:2]
    merging.take_apart(merge=one, by=clinic.sam)
    assert [rows_of(stroke), rows_of(second), list(Patient.objects.order_by("pk").values())] == before
    assert list(LedgerEntry.objects.values()) == entries
    with pytest.raises(Refused, match="taken apart already"):
        merging.take_apart(merge=one, by=clinic.sam)
    for patient in (stroke, second):
        told = Event.objects.filter(patient=str(patient.pk), verb__contains="two records").order_by("pk")
        assert [event.verb for event in told] == [verbs.RECORDS_MERGED, verbs.RECORDS_TAKEN_APART]
    # And they can be put together once more.
    merging.merge(patient=second, into=stroke, reason=WHY, by=clinic.rae)


def test_what_cannot_be_put_together_says_why(clinic, second, one):
    stroke, other = clinic.patients["stroke"], clinic.patients["parkinson"]
    for patient, into, words in (
        (second, second, "the same record"),
        (stroke, other, "one with another already"),
        (other, stroke, "one with another already"),
        (second, other, "the other way round"),
        (other, clinic.patients["restricted"], "restricted"),
        (other, clinic.patients["harbor"], "two clinics"),
    ):
        with pytest.raises(Refused, match=words):
            merging.merge(patient=patient, into=into, reason=WHY, by=clinic.rae)
    with pytest.raises(Refused, match="Say how you know"):
        merging.merge(patient=other, into=second, reason="  yes ", by=clinic.rae)
    stroke.refresh_from_db()
    day = clinic.today
    for call in (
        lambda: charts.change_patient(patient=stroke, phone="1", by=clinic.tess),
        lambda: charts.add_diagnosis(patient=stroke, code="R26.9", type="treating", by=clinic.tess),
        lambda: visits.book(patient=stroke, clinician=clinic.tess, served_on=day, by=clinic.tess),
    ):
        with pytest.raises(Refused, match="Go on in that chart"):
            call()


def test_through_one_record_nobody_sees_a_chart_that_is_not_theirs(clinic, second, client):
    # Both restricted: whoever may see only one of them sees only that one's visits and words.
    stroke = clinic.patients["stroke"]
    for patient in (stroke, second):
        charts.change_patient(patient=patient, is_restricted=True, by=clinic.rae)
    merging.merge(patient=stroke, into=second, reason=WHY, by=clinic.rae)
    of_stroke = {id for ids in stroke.visits.values_list("clinician", "assistant") for id in ids}
    other = next(one for one in (clinic.priya, clinic.sam, clinic.marcus) if one.pk not in of_stroke)
    visits.book(patient=second, clinician=other, served_on=clinic.today, by=clinic.rae)
    client.force_login(other)
    page = client.get(reverse("patient", args=[second.pk])).content.decode()
    assert stroke.family_name not in page
    assert "This chart also shows" not in page
    assert client.get(reverse("patient", args=[stroke.pk])).status_code == 404
    # And who was on visits of the other record alone still opens it.
    client.force_login(clinic.tess)
    assert client.get(reverse("patient", args=[stroke.pk])).status_code == 200
    assert client.get(reverse("patient", args=[second.pk])).status_code == 404


def test_the_page_shows_the_two_side_by_side_before_it_is_done(clinic, second, client):
    stroke = clinic.patients["stroke"]
    client.force_login(clinic.rae)
    address = reverse("merge", args=[stroke.pk])
    for mrn in ("NOBODY", stroke.mrn, "\x00", clinic.patients["harbor"].mrn):
        assert client.post(address, {"mrn": mrn, "reason": WHY}).status_code == 422
    page = client.post(address, {"mrn": "twice-1", "reason": WHY}).content.decode()
    assert "They are: make them one chart" in page
    assert not RecordMerge.objects.exists()
    answer = client.post(address, {"mrn": "twice-1", "reason": WHY, "seen": str(second.pk)})
    assert answer.url == reverse("patient", args=[second.pk])
    client.force_login(clinic.sam)
    client.post(reverse("merge-take-apart", args=[RecordMerge.objects.get().pk]))
    assert Patient.objects.get(pk=stroke.pk).merged_into is None
