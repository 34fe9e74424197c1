"""No page of a day reads a table that grows from end to end: every query of it is asked for its plan.

The queries are those that the pages really send. On PostgreSQL reading a whole table is made to look dear, so
that the planner does so only where it has no index to go by; SQLite goes by an index wherever there is one.
"""

import json
import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from notes.as_browser import fields_of

from apps.exports.packets import actions as packets
from apps.notes.models import Note, Status

GROWS = {
    "accounts_failedattempt", "audit_event", "episodes_goal", "episodes_goalrecord", "episodes_paper",
    "episodes_planofcare", "episodes_planversion", "ledger_auditseal", "ledger_checkpoint",
    "ledger_ledgerentry", "notes_block", "notes_draftopen", "notes_draftsave", "notes_measuretaken",
    "notes_note", "notes_reviewrequest", "notes_thread", "patients_coverage", "patients_diagnosis",
    "patients_diagnosiscode", "patients_document", "patients_patient", "visits_attendancerecord",
    "visits_visit",
}  # fmt: skip
"""Tables with a row for each patient, visit, note, save or event."""

ALIAS = re.compile(r'"(\w+)" "?([TUVW]\d+)"?[ )]')
SCANNED = re.compile(r"^SCAN (\S+)")
OF_A_WHOLE_CLINIC = re.compile(r"^SEARCH (\S+) USING (?:COVERING )?INDEX \S+ \(clinic_id=\?\)$")


def read_whole(sql):
    """Tables that grow and that this query would read from end to end."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql.replace('%', '%%')}", [])
            lines = [row[3] for row in cursor.fetchall()]
        names = {alias: table for table, alias in ALIAS.findall(sql)}
        scanned = {
            match[1] for line in lines for of in (SCANNED, OF_A_WHOLE_CLINIC) if (match := of.match(line))
        }
        found = {names.get(name, name) for name in scanned}
        # The first rows in the order of an index are not all rows.
        return found & GROWS if " LIMIT " not in sql else set()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql.replace('%', '%%')}", [])
        plan = cursor.fetchone()[0]
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return {table for table in whole(plan[0]["Plan"], is_limited=False) if table in GROWS}


def whole(node, *, is_limited):
    """Tables that a plan of PostgreSQL reads without a condition on an index."""
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    if node["Node Type"] in ("Index Scan", "Index Only Scan") and "Index Cond" not in node and not is_limited:
        yield node["Relation Name"]
    is_limited = node["Node Type"] == "Limit" or (
        is_limited and node["Node Type"] not in ("Sort", "Aggregate")
    )
    for child in node.get("Plans", ()):
        yield from whole(child, is_limited=is_limited)


@pytest.mark.sqlite
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
        (clinic.tess, "note", [draft.pk], None),
        (clinic.tess, "note", [draft.pk], "save"),
        (clinic.tess, "note-sign", [draft.pk], None),
        (clinic.tess, "note", [signed.pk], None),
        (clinic.sam, "review", [], None),
        (clinic.sam, "review-note", [signed.pk], None),
        (clinic.rae, "packet", [packet.pk], None),
    ]
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


@pytest.mark.sqlite
def test_a_query_without_an_index_is_found(clinic):
    for condition in ("served_on IS NULL", "expected_at IS NULL", "clinic_id = 'x'"):
        found = read_whole(f"SELECT COUNT(place) FROM visits_visit WHERE {condition}")
        assert found == {"visits_visit"}, condition
