"""`manage.py demo`: what bin/demo runs, the first time and every time after."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.audit import clock
from apps.audit.models import Deployment
from apps.demo import world
from apps.visits.models import Visit


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO = True


def said():
    out = StringIO()
    call_command("demo", stdout=out)
    return out.getvalue()


def test_run_again_it_changes_nothing_and_shows_the_sign_ins(clinic):
    before = Visit.objects.count()
    words = said()
    assert "is there, with visits for today, 11/20/2026" in words
    assert said() == words
    assert Visit.objects.count() == before
    assert all(person.email in words and person.name in words for person in clinic.people)
    assert world.PASSPHRASE in words


def test_what_it_prints_opens_the_door(clinic, client):
    assert client.login(username=clinic.tess.email, password=world.PASSPHRASE)


def test_on_a_later_day_it_books_that_day(clinic):
    clock.set_to(clock.now() + dt.timedelta(days=3))
    assert "visits were booked" in said()
    assert Visit.objects.filter(clinician=clinic.tess, served_on=dt.date(2026, 11, 23)).count() >= 5
    assert "is there, with visits" in said()


def test_it_keeps_away_from_a_clinics_database(clinic):
    Deployment.objects.update(is_demo=False)
    with pytest.raises(CommandError, match="database of its own"):
        said()


def test_it_runs_only_where_the_demo_is_meant(clinic, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="MIDLINE_DEMO"):
        said()
