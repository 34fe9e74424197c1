"""The chain: its byte format, its order, and what the database refuses."""

import datetime as dt
import hashlib
import itertools
import json
import uuid

import pytest
import rfc8785
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models.signals import post_migrate

from apps.accounts.models import Clinic, User
from apps.audit import append_only, verbs
from apps.audit.events import record
from apps.audit.models import Event
from apps.audit.refused import Refused
from apps.ledger import chain, verifications
from apps.ledger.models import ChainHead, LedgerEntry, Verification
from apps.ledger.verify import Chain, Report
from apps.patients import disclosures
from apps.patients.models import Disclosure, Patient


def append(clinic, words="words", **more):
    return chain.append(
        **{
            "clinic": clinic,
            "kind": "sign",
            "document": uuid.uuid4(),
            "document_type": "note",
            "payload": {"words": words},
            **more,
        }
    )


# --- The format, worked out again without chain.py ----------------------------------------------------------


def behind_its_length(text):
    data = text.encode("utf-8")
    return len(data).to_bytes(8, "big") + data


def hashes_of(row):
    """Both hashes of an entry, from the words of the format alone."""
    of_payload = hashlib.sha256(bytes.fromhex(row["salt"]) + row["payload"].encode("utf-8")).hexdigest()
    fields = [
        row["alg"],
        str(row["clinic"]),
        str(row["seq"]),
        row["kind"],
        str(row["document"]),
        row["document_type"],
        row["ref_hash"],
        row["recorded_at"],
        row["prev_hash"],
        of_payload,
    ]
    return of_payload, hashlib.sha256(b"".join(map(behind_its_length, fields))).hexdigest()


def test_every_entry_of_the_clinic_has_the_hashes_that_the_format_gives(clinic):
    rows = list(LedgerEntry.objects.values())
    assert len(rows) > 20
    for row in rows:
        assert (row["payload_hash"], row["hash"]) == hashes_of(row)
        assert (row["alg"], len(row["salt"])) == ("midline-ledger-v1", 32)


def test_no_two_entries_share_a_salt(clinic):
    salts = list(LedgerEntry.objects.values_list("salt", flat=True))
    assert len(set(salts)) == len(salts)


def test_a_payload_is_stored_as_its_canonical_text(db):
    entry = append(uuid.uuid4(), payload={"b": 'é\n"', "a": [1, None, True], "A": "日本"})
    kept = LedgerEntry.objects.get(pk=entry.pk)
    assert kept.payload == '{"A":"日本","a":[1,null,true],"b":"é\\n\\"","last_checkpoint":null}'
    assert chain.read(kept) == json.loads(kept.payload)


@pytest.mark.parametrize("payload", [{"number": float("nan")}, {1: "a key that is no text"}, {"big": 2**60}])
def test_what_canonical_json_cannot_say_is_not_appended(payload, db):
    clinic = uuid.uuid4()
    with pytest.raises(rfc8785.CanonicalizationError), transaction.atomic():
        append(clinic, payload=payload)
    assert not LedgerEntry.objects.filter(clinic=clinic).exists()


# --- The order ----------------------------------------------------------------------------------------------


def test_a_chain_starts_from_zeros_and_has_no_gap(db):
    clinic = uuid.uuid4()
    entries = [append(clinic, f"entry {number}") for number in range(5)]
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.prev_hash for entry in entries] == ["0" * 64, *(entry.hash for entry in entries[:-1])]
    head = ChainHead.objects.get(clinic=clinic)
    assert (head.seq, head.hash, head.recorded_at) == (5, entries[-1].hash, entries[-1].recorded_at)


def test_two_clinics_have_two_chains(db):
    one, other = uuid.uuid4(), uuid.uuid4()
    first, second, third = append(one), append(other), append(one)
    assert (first.seq, second.seq, third.seq) == (1, 1, 2)
    assert second.prev_hash == "0" * 64 and third.prev_hash == first.hash


def copy_of(entry, **changes):
    row = LedgerEntry(
        **{field.attname: getattr(entry, field.attname) for field in entry._meta.concrete_fields}
    )
    row.pk = None
    for name, value in {"hash": uuid.uuid4().hex * 2, **changes}.items():
        setattr(row, name, value)
    return row


def refuses(save):
    with pytest.raises(IntegrityError), transaction.atomic():
        save()


def test_a_number_is_never_given_twice(db):
    entry = append(uuid.uuid4())
    refuses(copy_of(entry, prev_hash="f" * 64).save)


def test_a_chain_never_forks(db):
    entry = append(uuid.uuid4())
    refuses(copy_of(entry, seq=2).save)


def test_a_hash_stands_once_in_the_whole_ledger(db):
    entry = append(uuid.uuid4())
    refuses(copy_of(entry, clinic=uuid.uuid4(), hash=entry.hash).save)


def test_a_clock_that_went_back_appends_nothing(db):
    clinic = uuid.uuid4()
    append(clinic)
    ChainHead.objects.filter(clinic=clinic).update(recorded_at="2999-01-01T00:00:00Z")
    with pytest.raises(Refused, match="clock"):
        append(clinic)
    assert LedgerEntry.objects.filter(clinic=clinic).count() == 1
    assert ChainHead.objects.get(clinic=clinic).seq == 1


def test_a_failed_append_moves_no_head(db):
    clinic = uuid.uuid4()
    append(clinic)
    with pytest.raises(RuntimeError), transaction.atomic():
        append(clinic)
        raise RuntimeError("the rest of the transaction failed")
    assert ChainHead.objects.get(clinic=clinic).seq == 1
    assert append(clinic).seq == 2


# --- What the database refuses ------------------------------------------------------------------------------


def disclosed():
    clinic = Clinic.objects.create(name="Own")
    by = User.objects.create_user("records@own.example", name="Rae")
    patient = Patient.objects.create(
        clinic=clinic, mrn="1", family_name="Made", given_name="Up", born_on=dt.date(1950, 1, 1), sex="F"
    )
    return disclosures.record(
        patient=patient,
        made_on=dt.date(2020, 1, 1),
        recipient="A payer",
        words="A note",
        purpose="Asked",
        by=by,
    )


def verified():
    report = Report("2026-11-20T21:00:00Z", (1,), [Chain(clinic=str(uuid.uuid4()))])
    return verifications.keep(report, milliseconds=1)[0]


ROWS = {
    "ledger": lambda: append(uuid.uuid4()),
    "audit": lambda: record(verbs.SIGNED_IN, outcome="done"),
    "disclosure": disclosed,
    "verification": verified,
}
COLUMNS = {LedgerEntry: "payload", Event: "outcome", Disclosure: "words", Verification: "verdict"}


@pytest.fixture(params=ROWS)
def row(request, db):
    """A row that is to stay as it is."""
    return ROWS[request.param]()


def table_of(row):
    return row._meta.db_table


def column_of(row):
    return COLUMNS[type(row)]


def id_of(row):
    """The row's id as the database keeps it: SQLite has no UUIDs."""
    return row.pk.hex if isinstance(row.pk, uuid.UUID) and connection.vendor == "sqlite" else row.pk


def raw(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def orm_save(row):
    setattr(row, column_of(row), "changed")
    row.save()


def replace(row):
    columns = [field.column for field in row._meta.concrete_fields]
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{table_of(row)}" WHERE id = %s', [id_of(row)])
        values = dict(zip(columns, cursor.fetchone(), strict=True))
        values[column_of(row)] = "changed"
        cursor.execute(
            f'INSERT OR REPLACE INTO "{table_of(row)}" ({names}) VALUES ({", ".join(["%s"] * len(columns))})',
            list(values.values()),
        )


ATTACKS = {
    "save": orm_save,
    "delete": lambda row: row.delete(),
    "queryset.update": lambda row: type(row).objects.filter(pk=row.pk).update(**{column_of(row): "changed"}),
    "queryset.delete": lambda row: type(row).objects.filter(pk=row.pk).delete(),
    "bulk_update": lambda row: (
        setattr(row, column_of(row), "changed"),
        type(row).objects.bulk_update([row], [column_of(row)]),
    ),
    "raw update": lambda row: raw(
        f'UPDATE "{table_of(row)}" SET {column_of(row)} = %s WHERE id = %s', "changed", id_of(row)
    ),
    "raw delete": lambda row: raw(f'DELETE FROM "{table_of(row)}" WHERE id = %s', id_of(row)),
    "raw delete of all": lambda row: raw(f'DELETE FROM "{table_of(row)}"'),
}
ON_SQLITE = {
    "insert or replace": replace,
    "update or replace": lambda row: raw(
        f'UPDATE OR REPLACE "{table_of(row)}" SET {column_of(row)} = %s WHERE id = %s', "changed", id_of(row)
    ),
}
ON_POSTGRES = {
    "truncate": lambda row: (
        raw("SET CONSTRAINTS ALL IMMEDIATE"),  # what is still to be checked would refuse it first
        raw(f'TRUNCATE "{table_of(row)}" CASCADE'),
    ),
    "update in replica mode": lambda row: (
        raw("SET LOCAL session_replication_role = 'replica'"),
        raw(f'UPDATE "{table_of(row)}" SET {column_of(row)} = %s', "changed"),
    ),
    "upsert": lambda row: raw(
        f'INSERT INTO "{table_of(row)}" SELECT * FROM "{table_of(row)}" WHERE id = %s '
        f"ON CONFLICT (id) DO UPDATE SET {column_of(row)} = 'changed'",
        id_of(row),
    ),
}
ALL = [
    *ATTACKS,
    *(pytest.param(name, marks=pytest.mark.sqlite) for name in ON_SQLITE),
    *(pytest.param(name, marks=pytest.mark.postgres) for name in ON_POSTGRES),
]


@pytest.mark.parametrize("attack", ALL)
def test_the_database_refuses_to_change_or_remove_a_row(attack, row):
    kept = type(row).objects.filter(pk=row.pk).values().get()
    count = type(row).objects.count()
    with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
        {**ATTACKS, **ON_SQLITE, **ON_POSTGRES}[attack](row)
    assert type(row).objects.filter(pk=row.pk).values().get() == kept
    assert type(row).objects.count() == count


@pytest.mark.sqlite
def test_replacing_a_row_is_refused_by_two_defences_each_alone(row):
    """Trigger and setting: a connection of another program would not have the setting."""
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA recursive_triggers").fetchone() == (1,)
        try:
            raw("PRAGMA recursive_triggers=OFF")
            assert cursor.execute("PRAGMA recursive_triggers").fetchone() == (0,)
            with pytest.raises(IntegrityError, match="never changed or removed"), transaction.atomic():
                replace(row)
        finally:
            raw("PRAGMA recursive_triggers=ON")
    drop(table_of(row), f"{table_of(row)}_refuses_replace")
    with pytest.raises(IntegrityError, match="never changed or removed"), transaction.atomic():
        replace(row)


# --- The triggers themselves --------------------------------------------------------------------------------

TABLES = append_only.guarded()
ENTRIES = LedgerEntry._meta.db_table


def drop(table, trigger):
    on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
    raw(f'DROP TRIGGER "{trigger}"{on}')


def warnings_of(table):
    return [warning.msg for warning in append_only.check(table, ["default"])]


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_trigger_is_reported_by_name(table, db):
    assert warnings_of(table) == []
    for trigger in append_only.trigger_names(table, connection.vendor):
        drop(table, trigger)
        assert [trigger in words for words in warnings_of(table)] == [True]
        append_only.protect(table, "default")
        assert warnings_of(table) == []


def test_the_check_that_runs_before_serving_fails_for_a_missing_trigger(db, settings):
    from django.core.management.base import SystemCheckError

    from apps.audit.models import Deployment

    settings.DEMO = Deployment.is_demo_database()  # else the check has another thing to say first

    call_command("check", databases=["default"], fail_level="WARNING")
    drop(ENTRIES, append_only.trigger_names(ENTRIES, connection.vendor)[0])
    with pytest.raises(SystemCheckError, match="has lost its trigger"):
        call_command("check", databases=["default"], fail_level="WARNING")


@pytest.mark.postgres
def test_a_trigger_that_is_only_switched_off_is_reported_as_missing(db):
    trigger = append_only.trigger_names(ENTRIES, "postgresql")[0]
    for state in ("DISABLE TRIGGER", "ENABLE TRIGGER", "ENABLE REPLICA TRIGGER"):
        raw(f'ALTER TABLE "{ENTRIES}" {state} "{trigger}"')
        assert trigger in warnings_of(ENTRIES)[0], state


@pytest.mark.parametrize("table", TABLES)
def test_migrating_installs_the_triggers_again(table, db):
    for trigger in append_only.trigger_names(table, connection.vendor):
        drop(table, trigger)
    app = apps.get_app_config(table.split("_")[0])
    # What migrate sends when it is done; a real one cannot run inside the test's transaction.
    post_migrate.send(sender=app, using="default", app_config=app, verbosity=0, interactive=False)
    assert warnings_of(table) == []


def test_the_record_its_witnesses_and_what_was_given_out_only_grow():
    assert set(TABLES) == {
        *("ledger_ledgerentry", "ledger_checkpoint", "ledger_auditseal", "ledger_verification"),
        *("audit_event", "patients_disclosure", "patients_legalhold", "patients_holdlifted"),
        "retention_retentionrule",
    }


def test_the_grants_for_postgresql_name_every_guarded_table():
    grants = (settings.BASE_DIR / "docker" / "grants.sql").read_text()
    revoked = grants.split("TRIGGER ON", 1)[1].split("FROM midline_app", 1)[0]
    assert {name.strip() for name in revoked.split(",")} == set(TABLES)


@pytest.mark.sqlite
def test_a_remade_table_has_its_triggers_after_the_next_migrate(tmp_path):
    """Django remakes a SQLite table to alter it, and drops its triggers without a word."""
    import os
    import subprocess
    import sys

    script = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection, models
from apps.audit import append_only
from apps.ledger.models import LedgerEntry
call_command("migrate", verbosity=0)
table = LedgerEntry._meta.db_table
assert append_only.missing(table, "default") == []
old, new = LedgerEntry._meta.get_field("alg"), models.CharField(max_length=25)
new.set_attributes_from_name("alg")
with connection.schema_editor() as editor:
    editor.alter_field(LedgerEntry, old, new)
assert len(append_only.missing(table, "default")) == 3, append_only.missing(table, "default")
call_command("migrate", verbosity=0)
assert append_only.missing(table, "default") == []
"""
    environment = {
        **os.environ,
        "DEBUG": "on",
        "DATABASE_URL": f"sqlite:///{tmp_path}/remade.sqlite3",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# --- Finding a change ---------------------------------------------------------------------------------------

HASHED = (
    "clinic", "seq", "kind", "document", "document_type", "ref_hash", "recorded_at", "payload", "salt",
    "payload_hash", "prev_hash", "hash", "alg",
)  # fmt: skip


def flipped(value, name):
    if isinstance(value, uuid.UUID):
        return uuid.UUID(int=value.int ^ 1)
    if isinstance(value, int):
        return value ^ 1
    if value == "":
        return "0"
    at = len(value) // 2
    if name in ("salt", "payload_hash", "prev_hash", "hash"):
        return value[:at] + ("0" if value[at] != "0" else "1") + value[at + 1 :]
    return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]


def test_every_column_but_the_rows_number_is_hashed():
    assert {field.name for field in LedgerEntry._meta.concrete_fields} - {"id"} == set(HASHED)


def test_one_flipped_character_is_found_in_any_column(clinic):
    for trigger in append_only.trigger_names(ENTRIES, connection.vendor):
        drop(ENTRIES, trigger)  # back with the end of the test's transaction
    for name, entry in itertools.product(HASHED, LedgerEntry.objects.order_by("seq")[:3]):
        assert chain.is_intact(entry)
        changed = flipped(getattr(entry, name), name)
        if name == "seq":
            changed = entry.seq + 1000
        LedgerEntry.objects.filter(pk=entry.pk).update(**{name: changed})
        kept = LedgerEntry.objects.get(pk=entry.pk)
        assert getattr(kept, name) != getattr(entry, name)
        assert not chain.is_intact(kept)
        LedgerEntry.objects.filter(pk=entry.pk).update(**{name: getattr(entry, name)})
        assert chain.is_intact(LedgerEntry.objects.get(pk=entry.pk))


def test_every_entry_of_the_clinic_is_intact(clinic):
    assert all(chain.is_intact(entry) for entry in LedgerEntry.objects.all())
