"""The audit: what an event holds, and what the clock allows."""

import datetime as dt

import pytest

from apps.audit import clock, verbs
from apps.audit.events import record
from apps.audit.models import Deployment, Event


def test_a_verb_that_is_not_listed_cannot_be_recorded(db):
    with pytest.raises(ValueError, match="not a verb"):
        record("note looked at", outcome="done")
    assert not Event.objects.filter(verb="note looked at").exists()


def test_the_list_of_verbs_holds_every_word_of_its_file_and_nothing_else():
    words = {value for name, value in vars(verbs).items() if name.isupper() and name != "ALL"}
    assert words == verbs.ALL
    assert all(isinstance(word, str) and len(word) <= 40 for word in words)


def test_an_event_holds_plain_values_that_outlive_what_it_tells_of(clinic):
    note = clinic.draft_by(clinic.tess, complete=False)
    event = record(
        verbs.NOTE_OPENED,
        by=clinic.tess,
        clinic=clinic.riverside,
        patient=note.visit.patient,
        target=note,
        how="page",
    )
    assert (event.actor, event.actor_name) == (str(clinic.tess.pk), "Dana Ortiz")
    assert (event.patient, event.target_type, event.target) == (
        str(note.visit.patient_id),
        "notes.Note",
        str(note.pk),
    )
    assert (event.at, event.details) == (clock.now(), {"how": "page"})
    assert not [field for field in Event._meta.concrete_fields if field.is_relation]


def test_before_a_sign_in_an_event_names_nobody(db):
    event = record(verbs.SIGN_IN_FAILED, outcome="refused")
    assert (event.actor, event.actor_name, event.outcome) == ("", "", "refused")


def test_the_clock_shows_whole_seconds_in_utc(clinic):
    clock.set_to(dt.datetime(2026, 11, 20, 23, 0, 0, 999999, tzinfo=dt.timezone(dt.timedelta(hours=-6))))
    assert clock.now() == dt.datetime(2026, 11, 21, 5, 0, tzinfo=dt.UTC)


def test_the_clock_never_goes_back(clinic):
    clock.set_to(clock.now() + dt.timedelta(hours=1))
    with pytest.raises(clock.ClockRefused, match="only goes forward"):
        clock.set_to(clock.now() - dt.timedelta(seconds=1))


def test_a_clinics_database_refuses_to_set_the_clock(clinic):
    Deployment.objects.update(is_demo=False)
    before = clock.now()
    with pytest.raises(clock.ClockRefused, match="only in a demo database"):
        clock.set_to(before + dt.timedelta(hours=1))
    assert clock.now() == before


def test_a_database_says_once_what_it_is(clinic):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Deployment.objects.create(id=2, is_demo=True)


def test_a_clinic_has_its_own_date_while_utc_has_another(clinic):
    clock.set_to(dt.datetime(2026, 11, 21, 5, 30, tzinfo=dt.UTC))
    assert clock.today("America/Chicago") == dt.date(2026, 11, 20)
    assert clock.today("America/New_York") == dt.date(2026, 11, 21)
