"""The supervisors' page about the record: what verifying came to, when, and the means to do it without us."""

import contextlib
import json
import subprocess
import sys

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.urls import reverse

from apps.audit import verbs
from apps.audit.models import Event
from apps.ledger import checkpoint, signing_key, verifications
from apps.ledger.models import LedgerEntry, Verification
from tests.ledger import forging


@pytest.fixture
def outside(clinic, tmp_path, settings):
    settings.LEDGER_KEY_FILE = tmp_path / "key.json"
    settings.LEDGER_CHECKPOINT_FILE = tmp_path / "checkpoints.jsonl"
    signing_key.make(settings.LEDGER_KEY_FILE)
    key = signing_key.load(settings.LEDGER_KEY_FILE)
    for one in (clinic.riverside, clinic.lakeside):
        checkpoint.make(str(one.pk), key=key, path=settings.LEDGER_CHECKPOINT_FILE)
    return settings.LEDGER_CHECKPOINT_FILE


def verify_now(client):
    return client.post(reverse("verify-now"), follow=True).content.decode()


def test_before_the_first_time_the_page_says_so(clinic, client):
    client.force_login(clinic.sam)
    assert "Not verified yet" in client.get(reverse("verification")).content.decode()


def test_verifying_now_is_kept_in_plain_words_with_who_and_when(clinic, outside, client):
    client.force_login(clinic.sam)
    page = verify_now(client)
    kept = Verification.objects.get()
    assert kept.clinic == clinic.riverside.pk and kept.by == "Sam Whitfield"
    assert kept.entries == LedgerEntry.objects.filter(clinic=clinic.riverside.pk).count() > 20
    assert verifications.in_words(kept.verdict) in page
    assert f"{kept.entries} verified" in page and "Sam Whitfield" in page
    assert [found for found in kept.findings if found["verdict"] in ("tampered", "truncated")] == []
    event = Event.objects.filter(verb=verbs.RECORD_VERIFIED).get()
    assert (event.clinic, event.details) == (str(clinic.riverside.pk), {"verdict": kept.verdict})


def test_a_changed_word_is_told_as_tampering_and_no_word_of_it_is_shown(clinic, outside, client):
    entry = LedgerEntry.objects.filter(clinic=clinic.riverside.pk).order_by("seq")[5]
    forging.without_triggers()
    LedgerEntry.objects.filter(pk=entry.pk).update(payload=entry.payload.replace("e", "a", 1))
    client.force_login(clinic.sam)
    page = verify_now(client)
    assert "The record is not what was signed." in page and f"{entry.seq}" in page
    patient = json.loads(entry.payload)["patient"]
    assert patient["mrn"] not in page and patient["family_name"] not in page


def test_the_schedule_keeps_its_result_for_each_clinic(clinic, outside, capsys):
    with contextlib.suppress(SystemExit):
        call_command("verify_ledger", "--keep", "--json")
    kept = {str(row.clinic): row for row in Verification.objects.all()}
    assert {str(clinic.riverside.pk), str(clinic.lakeside.pk)} <= set(kept)
    assert {row.by for row in kept.values()} == {""}
    call = json.loads(capsys.readouterr().out)
    assert {one["clinic"]: one["entries"] for one in call["clinics"]} == {
        id: row.entries for id, row in kept.items()
    }


def test_without_keep_nothing_is_stored(clinic, outside):
    with contextlib.suppress(SystemExit):
        call_command("verify_ledger", "--json")
    assert not Verification.objects.exists()


def test_a_record_too_long_to_wait_for_is_left_to_the_schedule(clinic, client, monkeypatch):
    monkeypatch.setattr(verifications, "MOST_ENTRIES", 3)
    client.force_login(clinic.sam)
    assert "too long for a page to wait" in verify_now(client)
    assert not Verification.objects.exists()
    assert "Verify now" not in client.get(reverse("verification")).content.decode()


def test_a_result_of_yesterday_says_that_it_is_old(clinic, outside, client):
    import datetime as dt

    from apps.audit import clock

    client.force_login(clinic.sam)
    verify_now(client)
    clock.set_to(clock.now() + dt.timedelta(hours=27))
    client.force_login(clinic.sam)
    assert "more than a day ago" in client.get(reverse("verification")).content.decode()


def test_another_clinics_result_is_not_shown(clinic, outside, client):
    client.force_login(clinic.ines)
    verify_now(client)
    client.force_login(clinic.sam)
    assert "Not verified yet" in client.get(reverse("verification")).content.decode()


def test_the_downloads_verify_without_us_and_hold_no_words(clinic, outside, client, told_just_now, tmp_path):
    client.force_login(clinic.alex)
    told_just_now()
    files = {}
    for name in ("chain-bundle", "verifier", "checkpoints"):
        answer = client.get(reverse(name))
        assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
        files[name] = tmp_path / name
        files[name].write_bytes(b"".join(answer.streaming_content))
    text = files["chain-bundle"].read_text()
    for patient in clinic.patients.values():
        assert patient.mrn not in text and patient.family_name not in text
    assert json.loads(text.splitlines()[-1])["withheld"] == json.loads(text.splitlines()[-1])["entries"]
    done = subprocess.run(
        [sys.executable, files["verifier"], files["chain-bundle"], "--checkpoints", files["checkpoints"]],
        capture_output=True,
        text=True,
        cwd=project.BASE_DIR,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert Event.objects.filter(verb=verbs.RECORD_EXPORTED).first().actor == str(clinic.alex.pk)
