"""The note as plain text: all words of the print view and no others, and who took them is recorded."""

import re

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from apps.audit import verbs
from apps.audit.models import Event
from apps.exports.plain import as_text
from apps.notes.document import document_of

from . import sample

TYPED = "Two near-falls turning in the kitchen since Thursday, both caught on the counter.\nMore confident"


def words_of(text: str) -> list[str]:
    return sorted(re.findall(r"\w+", text))


def printed(document) -> str:
    page = render_to_string("notes/_document.html", {"document": document, "level": 1})
    # What a table's heading says stands before each cell of the text, so it is counted there.
    page = re.sub(r"<thead>.*?</thead>", "", page, flags=re.DOTALL)
    page = re.sub(r"<[^>]+>", " ", page)
    return page.replace("&nbsp;", " ").replace("&#x27;", "'").replace("&amp;", "&")


@pytest.mark.parametrize(
    "payload", [sample.short(), sample.bare(), sample.long()], ids=["short", "bare", "long"]
)
def test_no_word_of_the_print_view_is_lost(payload):
    document = document_of(payload)
    text = as_text(document)
    missing = set(words_of(printed(document))) - set(words_of(text))
    assert not missing


@pytest.mark.parametrize(
    "payload", [sample.short(), sample.bare(), sample.long()], ids=["short", "bare", "long"]
)
def test_no_word_is_added_but_the_headings_of_tables(payload):
    document = document_of(payload)
    page = render_to_string("notes/_document.html", {"document": document, "level": 1})
    headings = re.sub(r"<[^>]+>", " ", " ".join(re.findall(r"<thead>.*?</thead>", page, re.DOTALL)))
    added = set(words_of(as_text(document))) - set(words_of(printed(document))) - set(words_of(headings))
    assert not added


def test_typed_line_breaks_are_kept_and_labels_stand_before_their_words():
    text = as_text(document_of(sample.short()))
    assert TYPED in text
    assert "\nLimits: Cannot turn in the kitchen without a hand on the counter\n" in text
    assert "\nSkilled cue: Manual\n  What was done: Facilitation at pelvis to recover midline\n" in text
    assert "47 timed minutes; 47 total treatment minutes; 3 timed units (CMS total time)" in text
    assert "Electronically signed by Dana Ortiz, PT, DPT" in text and "DRAFT" not in text


def test_a_draft_says_so_before_anything_else_is_read():
    lines = as_text(document_of(sample.bare())).splitlines()
    assert "DRAFT – not signed" in lines[:3]


def test_markup_in_typed_words_comes_out_as_it_was_typed():
    payload = sample.short()
    payload["plan"] = 'Sway < 3 cm & "steady" <b>not bold</b> &amp; 2 > 1'
    assert payload["plan"] in as_text(document_of(payload))


def test_a_script_gets_the_text_alone_and_a_browser_a_page_of_it(clinic, client, told_just_now):
    note = clinic.note_signed_by(clinic.tess)
    client.force_login(clinic.tess)
    address = reverse("note-text", args=[note.pk])
    # Not before it is known who presses; a script then follows its link to the page that asks.
    assert client.get(address, headers={"Accept": "text/plain"}).status_code == 401
    assert client.get(address)["Location"].startswith(reverse("confirm"))
    told_just_now()
    text = client.get(address, headers={"Accept": "text/plain"})
    assert text["Content-Type"] == "text/plain; charset=utf-8"
    page = client.get(address)
    assert "<textarea" in page.content.decode() and page.context["text"] == text.content.decode()
    assert note.visit.patient.family_name not in re.search(r"<title>(.*)</title>", page.content.decode())[1]
    events = Event.objects.filter(verb=verbs.NOTE_COPIED, target=str(note.pk))
    assert [event.details["is_draft"] for event in events] == [False, False]
