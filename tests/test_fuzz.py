"""Generated bad requests over every address: a few of those that `make fuzz` sends by the thousand."""

import json
import os
from functools import cache

import pytest
from django.test import Client
from test_access import PEOPLE, ROWS, address_of, allowed, things

from apps.accounts.password import PASSWORD_GIVEN_AT
from apps.audit import clock
from apps.notes.models import Note
from apps.patients.models import Patient
from tests.fuzzing import Forms, Fuzzer, names_in_the_code

__all__ = ["things"]

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "300"))
SEED = int(os.environ.get("FUZZ_SEED", "97112"))
PARTS = max(1, REQUESTS // 10_000)  # each opens every page once before it begins


@pytest.fixture
def fuzzer(clinic, things, monkeypatch, settings, tmp_path):
    # Whether a page is laid out is asked in tests/exports; twenty thousand times would take a day.
    monkeypatch.setattr("apps.exports.pdf.print_page", lambda *args, **kwargs: b"%PDF-1.7")
    monkeypatch.setattr("apps.exports.packets.making._enqueue", lambda made: None)
    checkpoints = tmp_path / "checkpoints.jsonl"
    checkpoints.write_text("")
    settings.LEDGER_CHECKPOINT_FILE = checkpoints

    @cache
    def session_of(person):
        client = Client()
        client.force_login(getattr(clinic, PEOPLE[person]))
        session = client.session
        session[PASSWORD_GIVEN_AT] = int(clock.now().timestamp())
        session.save()
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    notes = Note.objects.select_related("visit").order_by("pk")[:20]
    rows = [row for note in notes for row in (note, note.visit, *note.blocks.all(), *note.measures.all())]
    known = [*rows, *Patient.objects.order_by("pk"), *clinic.people]
    return lambda seed: Fuzzer(
        rows=ROWS,
        path_of=lambda address, of: address_of(address, things.id(address, of)),
        people=PEOPLE,
        allowed=lambda cell: set(PEOPLE) if cell == "anybody" else allowed(cell),
        session_of=session_of,
        cookie=settings.SESSION_COOKIE_NAME,
        ids=[str(row.pk) for row in known],
        seed=seed,
    )


@pytest.mark.parametrize("part", range(PARTS))
def test_no_generated_request_is_answered_with_a_failure_of_ours(part, fuzzer):
    each = REQUESTS // PARTS
    sending = fuzzer(SEED + part)
    sending.run(each + (REQUESTS - each * PARTS if part == 0 else 0))
    if report := os.environ.get("FUZZ_REPORT"):
        told = {"sent": sending.sent, "failures": sending.failures, "statuses": sending.counted}
        with open(report, "a") as file:
            file.write(json.dumps(told) + "\n")
    assert sending.sent == sum(sending.counted.values()) >= each > 0, "Nothing was sent."
    assert not sending.failures, "\n".join(sending.failures[:5])
    # A generator that never gets past the first guard would prove nothing.
    answered = sending.counted[200] + sending.counted[302] + sending.counted[422]
    assert answered > sending.sent / 2, sending.counted
    assert len(sending.forms) > 30 and len(names_in_the_code()) > 100


def test_a_failure_is_counted_and_told_so_that_it_can_be_had_again(fuzzer, monkeypatch):
    def fails(*args, **kwargs):
        raise ValueError("a mistake of ours")

    monkeypatch.setattr("apps.accounts.presence.seconds_left", fails)
    sending = fuzzer(SEED)
    sending.rows = [row for row in ROWS if row[0] == "today"]
    sending.run(5)
    assert sending.sent == 5 and sending.failures and f"seed {SEED}, request 1: 500" in sending.failures[0]


def test_the_forms_of_a_page_are_read_with_where_they_lead():
    select = '<select name="y"><option value="2" selected></select>'
    page = f'<form action="/a/"><input name="x" value="1">{select}</form>'
    assert Forms(page).found == [("/a/", {"x": "1", "y": "2"})]
