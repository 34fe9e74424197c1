"""Legal holds: placed, lifted, never changed, and what they stop."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from apps.audit import clock, verbs
from apps.audit.models import Event
from apps.audit.refused import Refused
from apps.intake import used
from apps.intake.models import ImportRow, PatientImport
from apps.patients import actions as patients
from apps.patients import holds, merging
from apps.patients.models import HoldLifted, LegalHold

WHY = "Subpoena of a court, case 26-1182"


@pytest.fixture
def stroke(clinic):
    return clinic.patients["stroke"]


def test_a_hold_is_placed_shown_and_lifted_and_both_stay_on_record(clinic, stroke, client):
    chart, page = reverse("patient", args=[stroke.pk]), reverse("holds", args=[stroke.pk])
    client.force_login(clinic.rae)
    refused = client.post(page, {"reason": "short"})
    assert refused.status_code == 422 and "at least 10 characters" in refused.content.decode()
    assert client.post(page, {"reason": WHY})["Location"] == page
    assert WHY in client.get(chart).content.decode()
    hold = LegalHold.objects.get()
    # Whoever treats is not told.
    client.force_login(clinic.tess)
    assert WHY not in client.get(chart).content.decode()
    # An administrator lifts it without reading anything of the chart.
    client.force_login(clinic.alex)
    shown = client.get(page).content.decode()
    assert stroke.name in shown and stroke.precautions and stroke.precautions not in shown
    client.post(reverse("hold-lift", args=[hold.pk]), {"reason": "Released by the court's letter"})
    shown = client.get(page).content.decode()
    assert WHY in shown and "Released by the court" in shown and not holds.open_of([stroke]).exists()
    with pytest.raises(Refused, match="lifted already"):
        holds.lift(hold=hold, reason="Released a second time", by=clinic.rae)
    told = set(Event.objects.filter(patient=str(stroke.pk)).values_list("verb", flat=True))
    assert {verbs.HOLD_PLACED, verbs.HOLD_LIFTED} <= told
    for row in (hold, HoldLifted.objects.get()):
        for change in (row.delete, row.save):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()


def test_a_hold_by_number_asks_for_both_numbers_and_finds_restricted_charts_too(clinic, client):
    restricted = clinic.patients["restricted"]
    client.force_login(clinic.alex)
    sent = {"mrn": restricted.mrn.lower(), "born_on": "1900-01-01", "reason": WHY}
    answer = client.post(reverse("hold-add"), sent)
    assert answer.status_code == 422 and holds.NO_SUCH_CHART in answer.content.decode()
    elsewhere = clinic.patients["harbor"]
    sent |= {"mrn": elsewhere.mrn, "born_on": elsewhere.born_on.isoformat()}
    assert client.post(reverse("hold-add"), sent).status_code == 422
    sent |= {"mrn": restricted.mrn, "born_on": restricted.born_on.isoformat()}
    assert client.post(reverse("hold-add"), sent).status_code == 302
    assert holds.open_of([restricted]).count() == 1


def test_a_hold_counts_for_both_records_of_a_person_and_stays_on_both_when_they_are_taken_apart(
    clinic, stroke, client
):
    second = patients.add_patient(
        clinic=clinic.riverside,
        mrn="TWICE-1",
        family_name=stroke.family_name,
        given_name=stroke.given_name,
        born_on=stroke.born_on,
        sex=stroke.sex,
        by=clinic.rae,
    )
    before = holds.place(patient=stroke, reason="Placed before they were one", by=clinic.rae)
    clock.set_to(clock.now() + dt.timedelta(minutes=1))
    merge = merging.merge(patient=stroke, into=second, reason="The same passport was shown", by=clinic.rae)
    client.force_login(clinic.rae)
    assert before.reason in client.get(reverse("patient", args=[second.pk])).content.decode()
    holds.place(patient=second, reason=WHY, by=clinic.rae)
    merging.take_apart(merge=merge, by=clinic.rae)
    assert [hold.reason for hold in holds.open_of([second])] == [WHY]
    carried, kept = holds.open_of([stroke])
    assert carried.reason.startswith(f"{WHY} (Placed ") and kept == before


def test_what_an_import_added_to_a_held_chart_is_not_undone(clinic, stroke):
    coverage = stroke.coverages.first()
    made = PatientImport.objects.create(
        clinic=clinic.riverside, format="csv", status="done", encoding="", begun_by=clinic.rae,
        begun_at="2026-11-20T12:00Z",
    )  # fmt: skip
    ImportRow.objects.create(
        of=made, line=2, state="same", patient=stroke.pk, made=[["coverage", str(coverage.pk)]]
    )
    assert "legal hold" not in used.what_stops(made)
    hold = holds.place(patient=stroke, reason=WHY, by=clinic.rae)
    assert used.what_stops(made)["legal hold"] == 1
    holds.lift(hold=hold, reason="Released by letter", by=clinic.rae)
    assert "legal hold" not in used.what_stops(made)


def test_nobody_holds_a_practice_patient_whose_practice_could_then_never_be_removed(clinic):
    from apps.help import practice

    note = practice.begin(clinic=clinic.riverside, by=clinic.sam)
    with pytest.raises(Refused, match="practice"):
        holds.place(patient=note.visit.patient, reason=WHY, by=clinic.sam)
