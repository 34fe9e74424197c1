"""Charges and measures as CSV: the ledger's numbers, safe in a spreadsheet, on record."""

import csv
import datetime as dt
import io

import pytest
from django.urls import reverse

from apps.audit import verbs
from apps.audit.models import Event
from apps.exports import tables
from apps.ledger.models import Kind
from apps.patients.models import Disclosure

from . import sample
from .test_fhir import entry, later


def rows(kind, *entries):
    return list(csv.DictReader(io.StringIO(tables.text_of(kind, entries))))


def test_charges_are_the_lines_that_the_note_counted():
    first, second = rows("charges", entry(sample.short()))
    assert (first["code"], first["modifiers"], first["minutes"], first["units"]) == ("97112", "GP", "24", "2")
    assert (second["code"], second["minutes"], second["units"]) == ("97110", "23", "1")
    assert {one["date_of_service"] for one in (first, second)} == {"2026-11-20"}
    assert first["method"] == "CMS total time" and first["standing"] == "signed" and first["entry"] == "2841"


def test_units_that_are_open_are_empty_and_a_void_note_says_so():
    lines = rows("charges", entry(sample.long()), later(Kind.VOID, 2842, reason="Wrong patient"))
    assert [one["units"] for one in lines] == ["", "", "1"]
    assert {one["standing"] for one in lines} == {"void"}


def test_measures_have_value_unit_and_baseline():
    taken = next(one for one in sample.short()["measures"] if one["value"])
    found = next(one for one in rows("measures", entry(sample.short())) if one["value"])
    assert (found["value"], found["unit"], found["baseline"]) == (
        taken["value"],
        taken["unit"],
        taken["baseline"],
    )


@pytest.mark.parametrize("sign", "=+-@\t")
def test_no_cell_is_a_formula(sign):
    payload = sample.short()
    payload["payer"]["name"] = payload["measures"][0]["words"] = f'{sign}HYPERLINK("http://x","y")'
    for kind in tables.Table:
        for row in csv.reader(io.StringIO(tables.text_of(kind, [entry(payload)]))):
            assert not [cell for cell in row if cell.startswith(sign)]


def test_the_file_comes_from_the_page_and_is_on_record(clinic, client, told_just_now):
    client.force_login(clinic.rae)
    told_just_now()
    patient = clinic.patients["stroke"]
    address = reverse("patient-table", args=[patient.pk])
    asked = {"table": "charges", "starts_on": "2026-08-01", "through_on": "2026-11-20"}
    answer = client.post(address, asked)
    assert answer["Content-Disposition"] == 'attachment; filename="charges.csv"'
    found = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(found) > 5 and {one["date_of_service"] for one in found} <= {
        one.served_on.isoformat() for one in patient.visits.all()
    }
    event = Event.objects.filter(verb=verbs.TABLE_EXPORTED).latest("id")
    assert event.details["left"] is False and not Disclosure.objects.exists()

    no_purpose = client.post(address, {**asked, "recipient": "A reviewer"})
    assert no_purpose.status_code == 422 and b"Say what for" in no_purpose.content
    client.post(address, {**asked, "table": "measures", "recipient": "A reviewer", "purpose": "review"})
    line = Disclosure.objects.get()
    assert (line.recipient, line.made_on) == ("A reviewer", dt.date(2026, 11, 20))
    assert "Measures of 08/01/2026 to 11/20/2026" in line.words


def test_dates_in_the_wrong_order_are_said_beside_the_field(clinic, client, told_just_now):
    client.force_login(clinic.rae)
    told_just_now()
    address = reverse("patient-table", args=[clinic.patients["stroke"].pk])
    wrong = {"table": "charges", "starts_on": "2026-11-20", "through_on": "2026-11-01"}
    answer = client.post(address, wrong)
    assert answer.status_code == 422 and b"end before they start" in answer.content
    assert client.post(address, {"table": "\x00", "starts_on": "٣", "through_on": "1_5"}).status_code == 422


def test_a_clinic_chooses_its_paper(clinic, client, monkeypatch):
    from apps.exports import pdf, store

    administrator = next(
        person for person in clinic.people if person.memberships.filter(role="administrator").exists()
    )
    client.force_login(administrator)
    assert client.post(reverse("paper"), {"paper": "foolscap"}).status_code == 422
    assert client.post(reverse("paper"), {"paper": "a4"}).status_code == 302
    asked = []
    monkeypatch.setattr(store, "stored_pdf", lambda pk, **how: asked.append(how["paper"]))
    monkeypatch.setattr(store, "read", lambda stored: b"%PDF-")
    monkeypatch.setattr(pdf, "is_available", lambda: (True, ""))
    note = clinic.note_signed_by(clinic.tess)
    client.force_login(clinic.tess)
    assert client.get(reverse("note-pdf", args=[note.pk])).status_code == 200
    assert asked == ["a4"]
