"""PostgreSQL keeps clinics apart by itself; and every table has decided whether it is one that does."""

import datetime as dt
import uuid

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, connections, transaction
from django.urls import reverse

from apps.accounts import row_security
from apps.audit import clock
from apps.ledger import seals
from apps.ledger.models import Verification
from apps.notes.models import Note
from apps.patients.models import Patient


def test_every_table_of_ours_is_kept_apart_or_says_why_it_is_open():
    assert row_security.undecided() == [], "Give it a clinic or a parent that has one, or a reason in OPEN."
    assert not set(row_security.OPEN) & set(row_security.tables())
    assert set(row_security.OPEN) <= {model._meta.db_table for model in apps.get_models()}


@pytest.mark.sqlite
def test_sqlite_says_that_it_does_not_keep_clinics_apart(db):
    words = [str(info) for info in row_security.check(None, ["default"])]
    assert len(words) == 1 and "access is decided by the app alone" in words[0]


# --- On PostgreSQL, as the role that serves ---------------------------------------------------------------


@pytest.fixture
def as_app(clinic):
    """The rest of the test runs as a role like midline_app: no owner, no superuser, no clinic told yet."""
    role = "midline_rls_test"
    with connection.cursor() as cursor:
        cursor.execute(
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        )
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        cursor.execute(f"SET LOCAL ROLE {role}")
    row_security.show([])
    yield role
    if not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
    row_security._tell(connection, row_security.ALL)


def count(table):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return cursor.fetchone()[0]


@pytest.mark.postgres
@pytest.mark.parametrize("table", sorted(row_security.tables()))
def test_a_connection_without_a_clinic_sees_no_row(as_app, table):
    seen = count(table)
    if table == "audit_event":  # a sign-in belongs to no clinic
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM audit_event WHERE clinic <> ''")
            seen = cursor.fetchone()[0]
    assert seen == 0


@pytest.mark.postgres
def test_a_connection_sees_the_rows_of_its_clinics_and_of_no_other(as_app, clinic):
    row_security.show([clinic.riverside.pk])
    own = Patient.objects.count()
    assert own and set(Patient.objects.values_list("clinic", flat=True)) == {clinic.riverside.pk}
    row_security.show([clinic.lakeside.pk])
    assert set(Patient.objects.values_list("clinic", flat=True)) == {clinic.lakeside.pk}
    assert set(Note.objects.values_list("clinic", flat=True)) == {clinic.lakeside.pk}
    row_security.show([clinic.lakeside.pk, clinic.riverside.pk])
    assert Patient.objects.count() > own


@pytest.mark.postgres
def test_a_row_of_another_clinic_cannot_be_written_moved_or_removed(as_app, clinic):
    foreign = clinic.patients["harbor"]
    row_security.show([clinic.riverside.pk])
    assert Patient.objects.filter(pk=foreign.pk).update(family_name="Canary") == 0
    assert Patient.objects.filter(pk=foreign.pk)._raw_delete("default") == 0
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Patient.objects.filter(pk=clinic.patients["stroke"].pk).update(clinic=clinic.lakeside)
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Patient.objects.create(
            clinic=clinic.lakeside, mrn="X1", family_name="X", given_name="X", born_on="1950-01-01", sex="F"
        )


@pytest.mark.postgres
def test_nonsense_in_the_setting_shows_nothing(as_app):
    for words in ("", str(uuid.uuid4())):
        row_security._tell(connection, words)
        assert count("patients_patient") == 0


@pytest.mark.postgres
@pytest.mark.parametrize("who", ["tess", "sam", "rae", "alex", "jo", "una"])
def test_a_day_works_under_the_policies_and_leaves_the_connection_empty(
    as_app, clinic, client, who, monkeypatch
):
    monkeypatch.setattr(row_security, "is_serving", True)
    person = getattr(clinic, who)
    client.force_login(person)
    for name in ("today", "patients", "notes", "worklist", "people", "rules", "security", "attendance-log"):
        assert client.get(reverse(name)).status_code in (200, 302, 404), name
    assert count("patients_patient") == 0, "The request gave its clinics back."


@pytest.mark.postgres
def test_a_note_is_charted_and_opened_under_the_policies(as_app, clinic, client, monkeypatch):
    row_security.show([clinic.riverside.pk])
    note = Note.objects.get(visit__patient=clinic.patients["stroke"], status="draft")
    row_security.show([])
    monkeypatch.setattr(row_security, "is_serving", True)
    client.force_login(clinic.tess)
    assert client.get(reverse("note", args=[note.pk])).status_code == 200
    answer = client.post(
        reverse("note", args=[note.pk]),
        {"revision": note.revision, "subjective": "Walked to the shop."},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    assert client.get(reverse("note-sign", args=[note.pk])).status_code == 200
    client.force_login(clinic.una)
    assert client.get(reverse("note", args=[note.pk])).status_code == 404


@pytest.mark.postgres
def test_a_query_that_forgot_the_clinic_still_shows_nothing_of_another(as_app, clinic, client, monkeypatch):
    """What the policies are for: access.py broken on purpose."""
    monkeypatch.setattr(row_security, "is_serving", True)
    monkeypatch.setattr("apps.visits.views.patients_visible_to", lambda user: Patient.objects.all())
    client.force_login(clinic.una)
    foreign = clinic.patients["stroke"]
    assert client.get(reverse("patient", args=[foreign.pk])).status_code == 404
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    answer = client.get(reverse("patient", args=[foreign.pk]))
    assert answer.status_code == 200, "Without the policies the broken query does show it."


@pytest.mark.postgres
def test_verifying_on_demand_leaves_seals_over_all_clinics_to_the_schedule_and_cries_no_wolf(
    clinic, client, monkeypatch, request
):
    clock.set_to(clock.now() + dt.timedelta(hours=1))
    assert seals.seal()
    request.getfixturevalue("as_app")
    monkeypatch.setattr(row_security, "is_serving", True)
    row_security.show([clinic.riverside.pk])
    assert not row_security.sees_all()
    assert list(seals.problems()), "Seen by one clinic alone, the others' events are missing."
    client.force_login(clinic.sam)
    assert client.post(reverse("verify-now")).status_code == 302
    row_security.show([clinic.riverside.pk])
    kept = Verification.objects.get()
    assert "audit seals" not in kept.levels and "hashes" in kept.levels
    assert not [found for found in kept.findings if found["verdict"] == "tampered"]
    row_security.show([])
    assert "the schedule verifies them" in client.get(reverse("verification")).content.decode()


@pytest.mark.postgres
def test_the_checks_say_when_the_role_that_serves_passes_the_policies(as_app, clinic):
    assert list(row_security.gaps("default")) == []
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        assert any("passes every policy" in words for words in row_security.gaps("default"))
        cursor.execute("ALTER TABLE patients_patient NO FORCE ROW LEVEL SECURITY")
        assert any("patients_patient" in words for words in row_security.gaps("default"))


@pytest.mark.postgres
def test_a_pool_that_hands_connections_on_between_two_statements_is_refused(db, monkeypatch):
    assert not [stop for stop in row_security.check(None, ["default"]) if stop.id == "midline.E012"]
    # Behind such a pool two connections of ours are one of the database's.
    ours = connections["default"]
    shared = ours.copy()
    shared.connection = ours.connection
    monkeypatch.setattr(shared, "close", lambda: None)
    monkeypatch.setattr(type(ours), "copy", lambda self, alias=None: shared)
    (stop,) = [stop for stop in row_security.check(None, ["default"]) if stop.id == "midline.E012"]
    assert stop.is_serious() and "pool_mode = session" in stop.hint
