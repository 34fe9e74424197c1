"""Somebody else has this draft open: both are told, nobody is stopped, and asking is nobody's input."""

import datetime as dt
import json

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.presence import INPUT_AT
from apps.audit import clock
from apps.notes.models import DraftOpen

from .test_editor import HTMX, save


@pytest.fixture
def draft(clinic):
    return clinic.draft_by(clinic.tess)


def of(person):
    client = Client()
    client.force_login(person)
    return client


def ask(client, note, **sent):
    return client.post(reverse("note-here", args=[note.pk]), sent, headers=HTMX)


def open_page(client, note):
    return client.get(reverse("note", args=[note.pk])).content.decode()


def company(answer):
    return json.loads(answer.headers["HX-Trigger"])["midline:company"]


def test_both_are_told_by_the_page_the_poll_and_the_save(clinic, draft):
    dana, sam = of(clinic.tess), of(clinic.sam)
    assert "this draft open too" not in open_page(dana, draft)
    assert f"{clinic.tess.signature_name} has this draft open too." in open_page(sam, draft)
    said = f"{clinic.sam.signature_name} has this draft open too."
    assert ask(dana, draft).content.decode() == said
    assert company(save(dana, draft, plan="Typed on, whoever looks")) == said


def test_ones_own_second_tab_is_no_company(clinic, draft):
    dana = of(clinic.tess)
    open_page(dana, draft)
    open_page(dana, draft)
    assert ask(dana, draft).content == b""
    assert company(save(dana, draft, plan="Alone")) == ""


def test_who_goes_away_or_is_not_heard_of_is_not_named_any_more(clinic, draft):
    dana, sam = of(clinic.tess), of(clinic.sam)
    open_page(dana, draft)
    open_page(sam, draft)
    assert ask(sam, draft, gone="1").status_code == 204
    assert ask(dana, draft).content == b""
    ask(sam, draft)
    clock.set_to(clock.now() + dt.timedelta(minutes=2))
    assert ask(dana, draft).content == b""
    assert DraftOpen.objects.filter(note=draft).count() == 2, (
        "one row for each person, however often they ask"
    )


def test_asking_is_no_input_of_a_person(clinic, draft):
    dana = of(clinic.tess)
    before = dana.session[INPUT_AT]
    clock.set_to(clock.now() + dt.timedelta(minutes=10))
    ask(dana, draft)
    assert dana.session[INPUT_AT] == before
    clock.set_to(clock.now() + dt.timedelta(minutes=6))
    assert ask(dana, draft).status_code == 401, "signed out in spite of asking"
