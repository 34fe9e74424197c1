"""Signed statements of where a record ends, in a file outside the database."""

import datetime as dt
import json
import stat
import uuid
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from apps.audit import clock, verbs
from apps.audit.events import record
from apps.audit.models import Event
from apps.ledger import checkpoint, places, seals, signing_key, witness
from apps.ledger.checkpoint import NotWitnessed
from apps.ledger.models import AuditSeal, Checkpoint, LedgerEntry
from apps.ledger.signing_key import KeyProblem

from . import forging

pytestmark = pytest.mark.django_db
CLINIC = str(uuid.UUID(int=0xC11, version=4))


@pytest.fixture
def outside(tmp_path, settings):
    """A key and a place for checkpoints, as a deployment names them."""
    settings.LEDGER_KEY_FILE = tmp_path / "kept" / "key.json"
    settings.LEDGER_CHECKPOINT_FILE = tmp_path / "outside" / "checkpoints.jsonl"
    signing_key.make(settings.LEDGER_KEY_FILE)
    return settings.LEDGER_CHECKPOINT_FILE


def key():
    return signing_key.load(places.key_file())


def test_a_checkpoint_is_in_the_file_and_in_the_table_and_its_signature_is_good(outside):
    last = forging.appended(CLINIC, 5)[-1]
    made = checkpoint.make(CLINIC, key=key(), path=outside)
    assert (made.number, made.seq, made.hash) == (1, 5, last.hash)
    known = witness.read([outside])
    assert not known.problems and not known.passed_over
    assert known.of(CLINIC)[0].signature == made.signature
    assert checkpoint.latest(CLINIC) == Checkpoint.objects.get()
    assert made.short_hash == " ".join(last.hash[i : i + 4] for i in (0, 4, 8, 12))


def test_the_file_is_only_ever_appended_to(outside):
    forging.appended(CLINIC, 2)
    checkpoint.make(CLINIC, key=key(), path=outside)
    first = outside.read_bytes()
    forging.appended(CLINIC, 2, refer=False)
    checkpoint.make(CLINIC, key=key(), path=outside)
    assert outside.read_bytes().startswith(first)
    assert [json.loads(line)["type"] for line in outside.read_text().splitlines()] == [
        "key",
        "checkpoint",
        "checkpoint",
    ]


def test_nothing_new_makes_no_checkpoint(outside):
    forging.appended(CLINIC, 2)
    assert checkpoint.make(CLINIC, key=key(), path=outside)
    assert checkpoint.make(CLINIC, key=key(), path=outside) is None
    assert checkpoint.make(str(uuid.uuid4()), key=key(), path=outside) is None


def test_a_number_that_only_the_file_knows_is_not_used_again(outside):
    forging.appended(CLINIC, 2)
    with forging.undone():
        checkpoint.make(CLINIC, key=key(), path=outside)
    assert not Checkpoint.objects.exists()
    forging.appended(CLINIC, 1, refer=False)
    assert checkpoint.make(CLINIC, key=key(), path=outside).number == 2


def test_a_line_that_power_loss_cut_off_is_passed_over(outside):
    forging.appended(CLINIC, 2)
    checkpoint.make(CLINIC, key=key(), path=outside)
    with outside.open("a") as file:
        file.write('{"type":"checkpoint","alg":"midl')
    forging.appended(CLINIC, 1, refer=False)
    assert checkpoint.make(CLINIC, key=key(), path=outside).number == 2
    known = witness.read([outside])
    assert [each.number for each in known.of(CLINIC)] == [1, 2]
    assert known.passed_over == 1 and not known.problems


def test_no_checkpoint_is_signed_over_a_record_that_contradicts_the_last(outside):
    forging.appended(CLINIC, 6)
    checkpoint.make(CLINIC, key=key(), path=outside)
    forging.without_triggers()
    LedgerEntry.objects.filter(clinic=CLINIC, seq=6).update(payload="{}")
    forging.rehash(CLINIC)
    forging.appended(CLINIC, 1, refer=False)
    with pytest.raises(NotWitnessed, match="rewritten"):
        checkpoint.make(CLINIC, key=key(), path=outside)
    assert len(witness.read([outside]).of(CLINIC)) == 1


def test_no_checkpoint_is_signed_over_an_entry_that_was_changed_since_the_last(outside):
    forging.appended(CLINIC, 3)
    checkpoint.make(CLINIC, key=key(), path=outside)
    forging.appended(CLINIC, 2, refer=False)
    forging.without_triggers()
    LedgerEntry.objects.filter(clinic=CLINIC, seq=4).update(payload="{}")
    with pytest.raises(NotWitnessed, match="words of entry 4"):
        checkpoint.make(CLINIC, key=key(), path=outside)


def test_no_checkpoint_is_signed_over_a_record_that_was_cut_short(outside):
    forging.appended(CLINIC, 6)
    checkpoint.make(CLINIC, key=key(), path=outside)
    forging.without_triggers()
    forging.cut(CLINIC, 4)
    with pytest.raises(NotWitnessed, match="missing"):
        checkpoint.make(CLINIC, key=key(), path=outside)


@pytest.mark.parametrize("model", [Checkpoint, AuditSeal])
@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_what_was_witnessed(outside, model, change):
    forging.appended(CLINIC, 1)
    checkpoint.make(CLINIC, key=key(), path=outside)
    AuditSeal.objects.create(
        number=1, after=0, through=1, count=1, root="r", prev_hash="p", hash="h", sealed_at="", alg=""
    )
    rows = model.objects.all()
    with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
        rows.update(hash="0" * 64) if change == "update" else rows.delete()
    assert model.objects.get().hash != "0" * 64


# --- Keys -----------------------------------------------------------------------------------------------


def test_the_key_is_readable_by_its_owner_alone_and_is_not_in_the_database(outside):
    path = places.key_file()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secret = json.loads(path.read_text())["private"]
    forging.appended(CLINIC, 1)
    made = checkpoint.make(CLINIC, key=key(), path=outside)
    assert secret not in outside.read_text()
    assert secret not in json.dumps(Checkpoint.objects.filter(pk=made.pk).values()[0], default=str)


def test_a_key_that_others_can_read_is_not_used(outside):
    places.key_file().chmod(0o640)
    with pytest.raises(KeyProblem, match="Others can read"):
        key()


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"private": "00", "keys": []}', "nonsense"])
def test_what_is_no_key_is_named_as_such(tmp_path, content):
    path = tmp_path / "key.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(KeyProblem):
        signing_key.load(path)


def test_a_key_is_never_overwritten(outside):
    before = places.key_file().read_bytes()
    with pytest.raises(KeyProblem, match="--rotate-key"):
        signing_key.make(places.key_file())
    assert places.key_file().read_bytes() == before


def test_after_a_rotation_old_and_new_signatures_are_both_good(outside):
    forging.appended(CLINIC, 2)
    checkpoint.make(CLINIC, key=key(), path=outside)
    first = key()
    second = signing_key.rotate(places.key_file())
    third = signing_key.rotate(places.key_file())
    forging.appended(CLINIC, 1, refer=False)
    assert checkpoint.make(CLINIC, key=key(), path=outside).key == third.id
    known = witness.read([outside], first_key=first.id)
    assert not known.problems
    assert [each.key for each in known.of(CLINIC)] == [first.id, third.id]
    assert list(known.keys) == [first.id, second.id, third.id]
    assert first.private.private_bytes_raw().hex() not in places.key_file().read_text()


def test_a_key_for_which_nobody_vouched_is_not_believed(outside, tmp_path):
    forging.appended(CLINIC, 2)
    checkpoint.make(CLINIC, key=key(), path=outside)
    stranger = signing_key.make(tmp_path / "stranger.json")
    forging.appended(CLINIC, 1, refer=False)
    checkpoint.make(CLINIC, key=stranger, path=outside)
    known = witness.read([outside])
    assert len(known.of(CLINIC)) == 1
    assert "vouched" in known.problems[0]


def test_a_key_that_claims_the_word_of_another_without_it_is_not_believed(outside, tmp_path):
    forging.appended(CLINIC, 2)
    checkpoint.make(CLINIC, key=key(), path=outside)
    stranger = signing_key.make(tmp_path / "stranger.json")
    claim = replace(stranger.keys[0], vouched_by=key().id)
    own = stranger.sign(claim.statement)
    line = replace(claim, signature=own, vouched=own).line()
    with outside.open("a") as file:
        file.write(json.dumps(line) + "\n")
    known = witness.read([outside])
    assert stranger.id not in known.keys
    assert f"no key before it vouched for key {stranger.id}" in known.problems[0]


def test_a_file_that_begins_with_another_key_than_the_one_pinned_is_not_believed(outside):
    forging.appended(CLINIC, 2)
    checkpoint.make(CLINIC, key=key(), path=outside)
    known = witness.read([outside], first_key="0123456789abcdef")
    assert not known.of(CLINIC) and known.problems


@pytest.mark.parametrize("name", ["clinic", "number", "seq", "hash", "at", "audit_seal", "signature"])
def test_a_checkpoint_whose_words_were_changed_is_not_believed(outside, name):
    forging.appended(CLINIC, 2)
    checkpoint.make(CLINIC, key=key(), path=outside)
    introduction, line = outside.read_text().splitlines()
    values = json.loads(line)
    values[name] = values[name] + 1 if isinstance(values[name], int) else "ab" + values[name][2:]
    outside.write_text(introduction + "\n" + json.dumps(values) + "\n")
    known = witness.read([outside])
    assert not known.statements
    assert "does not fit" in known.problems[0]


# --- The audit trail ------------------------------------------------------------------------------------


def hour_later(clinic):
    clock.set_to(clock.now() + dt.timedelta(hours=1))


def test_settled_events_are_sealed_and_the_newest_wait(clinic, outside):
    hour_later(clinic)
    record(verbs.CHART_OPENED, by=clinic.tess, clinic=clinic.riverside, details_of="a chart")
    sealed = seals.seal()
    assert sum(seal.count for seal in sealed) == Event.objects.count() - 1
    assert seals.seal() == []
    assert list(seals.problems()) == []


def test_a_checkpoint_names_the_last_seal(clinic, outside):
    hour_later(clinic)
    last = seals.seal()[-1]
    made = checkpoint.make(str(clinic.riverside.pk), key=key(), path=outside)
    assert made.audit_seal == last.hash
    hour_later(clinic)
    record(verbs.CHART_OPENED, by=clinic.tess, clinic=clinic.riverside)
    hour_later(clinic)
    seals.seal()
    assert checkpoint.make(str(clinic.riverside.pk), key=key(), path=outside).number == 2


# --- The command ----------------------------------------------------------------------------------------


def test_the_command_witnesses_every_clinic(clinic, outside, capsys):
    call_command("checkpoint_ledger")
    known = witness.read([outside])
    assert set(known.statements) == {str(pk) for pk in LedgerEntry.objects.values_list("clinic", flat=True)}
    assert "checkpoint 1 at entry" in capsys.readouterr().out


def test_the_command_fails_where_a_record_contradicts_its_checkpoint_and_witnesses_the_others(
    clinic, outside
):
    forging.appended(CLINIC, 3)
    call_command("checkpoint_ledger", verbosity=0)
    forging.without_triggers()
    forging.cut(CLINIC, 1)
    record(verbs.CHART_OPENED, by=clinic.tess, clinic=clinic.riverside)
    hour_later(clinic)
    with pytest.raises(CommandError, match=f"Clinic {CLINIC}: The end of the record is missing"):
        call_command("checkpoint_ledger")
    known = witness.read([outside])
    assert known.last(CLINIC).number == 1
    assert known.last(str(clinic.riverside.pk)).number == 2


def test_the_command_makes_a_key_says_where_and_follows_it_with_another(tmp_path, settings, capsys):
    settings.LEDGER_KEY_FILE = tmp_path / "key.json"
    call_command("checkpoint_ledger", "--make-key")
    first = key()
    assert first.id in capsys.readouterr().out
    call_command("checkpoint_ledger", "--rotate-key")
    call_command("checkpoint_ledger", "--keys")
    assert f"vouched for by {first.id}" in capsys.readouterr().out


@pytest.mark.parametrize("missing", ["LEDGER_KEY_FILE", "LEDGER_CHECKPOINT_FILE"])
def test_the_command_says_what_is_not_set(outside, settings, missing):
    setattr(settings, missing, "")
    with pytest.raises(CommandError, match=missing):
        call_command("checkpoint_ledger")


def test_only_the_demo_makes_itself_a_key(tmp_path, settings, capsys):
    settings.VAR_DIR = tmp_path
    settings.DEMO = True
    forging.appended(CLINIC, 1)
    call_command("checkpoint_ledger")
    assert "The demo made itself a key" in capsys.readouterr().out
    assert (tmp_path / "demo-ledger-key.json").exists() and (tmp_path / "demo-checkpoints.jsonl").exists()
    settings.DEMO = False
    settings.LEDGER_KEY_FILE = tmp_path / "other.json"
    settings.LEDGER_CHECKPOINT_FILE = tmp_path / "other.jsonl"
    with pytest.raises(CommandError, match="Make one"):
        call_command("checkpoint_ledger")
