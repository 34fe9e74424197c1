"""No page of a day reads a table that grows from end to end: every query of it is asked for its plan.

The queries are those that the pages really send, on SQLite. `make bench` asks PostgreSQL in a grown clinic.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from notes.as_browser import fields_of

from apps.exports.packets import actions as packets
from apps.notes.models import Note, Status
from apps.patients import search
from benchmarks.plans import read_whole

pytestmark = pytest.mark.sqlite


def test_no_page_of_a_day_reads_a_table_that_grows_from_end_to_end(clinic, client):
    draft = clinic.draft_by(clinic.tess)
    signed = Note.objects.filter(signed_by=clinic.tess, status=Status.SIGNED).latest("signed_at")
    visit = signed.visit
    packet = packets.begin(
        patient=visit.patient,
        by=clinic.rae,
        payer=visit.coverage.payer,
        reviewer="A reviewer",
        kind="mac_postpay",
        letter_on=visit.served_on,
        due_on=visit.served_on,
        starts_on=visit.served_on,
        through_on=visit.served_on,
        contact_name="Rae",
        contact_phone="555",
    )
    pages = [
        (clinic.tess, "today", [], None),
        (clinic.tess, "patients", [], None),
        (clinic.tess, "patient-search", [], {"q": "oko 4"}),
        (clinic.tess, "find", [], {"q": "oko 4"}),
        (clinic.tess, "find", [], {"q": "okof"}),
        (clinic.tess, "note", [draft.pk], None),
        (clinic.tess, "note", [draft.pk], "save"),
        (clinic.tess, "note-sign", [draft.pk], None),
        (clinic.tess, "note", [signed.pk], None),
        (clinic.sam, "review", [], None),
        (clinic.sam, "review-note", [signed.pk], None),
        (clinic.rae, "packet", [packet.pk], None),
        (clinic.sam, "trail", [], None),
        (clinic.sam, "patient-trail", [visit.patient_id], None),
        (clinic.rae, "disclosure-log", [], None),
        (clinic.rae, "disclosures", [visit.patient_id], None),
        (clinic.rae, "attendance-log", [], None),
        (clinic.tess, "worklist", [], None),
        (clinic.tess, "inbox", [], None),
        (clinic.tess, "notes", [], None),
        (clinic.sam, "notes", [], None),
        (clinic.sam, "notes-left", [], None),
        (clinic.sam, "today", [], None),
        (clinic.sam, "inbox", [], None),
        (clinic.sam, "review-figures", [], None),
        (clinic.rae, "worklist", [], None),
        (clinic.rae, "home", [], None),
        (clinic.rae, "inbox", [], None),
    ]
    search.names_of(clinic.riverside)  # once a minute, and not with every letter
    asked, found = 0, {}
    for person, name, ids, sent in pages:
        client.force_login(person)
        address = reverse(name, args=ids)
        if sent == "save":
            sent = fields_of(client.get(address)) | {"plan": ["As said, and once more."]}
        with CaptureQueriesContext(connection) as captured:
            answer = (
                client.get(address)
                if sent is None
                else client.post(address, sent, headers={"HX-Request": "true"})
            )
        assert answer.status_code == 200, name
        for query in captured:
            if query["sql"].startswith(("SELECT", "UPDATE", "DELETE")):
                asked += 1
                if tables := read_whole(query["sql"]):
                    found[f"{name}: {query['sql'][:300]}"] = tables
    assert asked > 100
    assert found == {}


def test_a_query_without_an_index_is_found(clinic):
    for condition in ("served_on IS NULL", "expected_at IS NULL", "clinic_id = 'x'"):
        found = read_whole(f"SELECT COUNT(place) FROM visits_visit WHERE {condition}")
        assert found == {"visits_visit"}, condition
