"""What opens for a presentation: fields and one block, and not a word, a minute or a second code."""

import datetime as dt

import pytest
from django.urls import reverse

from apps.audit.refused import Refused
from apps.compliance import measures
from apps.demo import charting
from apps.notes import actions, chart, presentations
from apps.notes.forms import BlockForm, DraftForm
from apps.notes.models import Block, Note

DAY = dt.date(2026, 11, 25)
ROW = {"id", "note", "position", "code", "modifiers", "one_on_one"}
CHOSEN = presentations.get("vestibular", DAY)


@pytest.mark.parametrize("one", presentations.catalogue(), ids=lambda one: one.key)
class TestEveryPresentation:
    def test_opens_one_block_so_that_no_code_is_urged(self, one):
        assert one.blocks == ("97112",)

    def test_names_fields_and_measures_that_there_are(self, one):
        assert set(one.setup) <= set(presentations.SETUP) <= set(BlockForm.base_fields)
        assert one.measures and all(measures.get(key) for key in one.measures)

    def test_says_what_its_choice_rests_on(self, one):
        assert one.because and isinstance(one.verified, bool) and one.applies_from


def test_one_that_has_ended_is_offered_for_its_days_alone():
    from dataclasses import replace

    ended = replace(CHOSEN, applies_until=dt.date(2026, 6, 30))
    assert ended.applies_on(dt.date(2026, 6, 30)) and not ended.applies_on(dt.date(2026, 7, 1))
    assert presentations.get("vestibular", dt.date(2025, 12, 31)) is None


def test_a_note_started_for_one_has_its_block_and_nothing_in_it(clinic, client):
    visit = clinic.visit_today(clinic.tess)
    client.force_login(clinic.tess)
    client.post(reverse("note-start", args=[visit.pk]), {"presentation": "vestibular"})
    note = Note.objects.get(visit=visit)
    block = note.blocks.get()
    assert note.presentation == "vestibular" and (block.code, block.modifiers) == ("97112", "GP")
    empty = Block()
    for field in Block._meta.concrete_fields:
        if field.name not in ROW:
            assert getattr(block, field.attname) == getattr(empty, field.attname), field.name
    assert not note.measures.exists()
    # Starting it again for another leaves it as it is.
    actions.start(visit=visit, by=clinic.tess, presentation="ataxia")
    note.refresh_from_db()
    assert note.presentation == "vestibular" and note.blocks.count() == 1


def test_a_presentation_that_is_none_is_refused(clinic):
    with pytest.raises(Refused, match="one of the presentations"):
        actions.start(visit=clinic.visit_today(clinic.tess), by=clinic.tess, presentation="migraine")


def test_the_editor_opens_by_a_plain_button_and_keeps_what_was_typed(clinic, client):
    note = actions.start(visit=clinic.visit_today(clinic.tess), by=clinic.tess)
    client.force_login(clinic.tess)
    address = reverse("note", args=[note.pk])
    assert 'value="bppv-after"' in client.get(address).content.decode()
    sent = {"revision": note.revision, "subjective": "Typed before", "open_for": "vestibular"}
    client.post(address, sent)
    note = charting.read(note)
    assert (note.presentation, note.subjective) == ("vestibular", "Typed before")
    page = client.get(address).content.decode()
    assert "Opened for: Vestibular" in page and 'value="bppv-after"' not in page
    first = page.index('data-add-measure="dhi"')
    assert first < page.index('data-add-measure="berg"')
    block = note.blocks.get()
    client.post(address, {"revision": note.revision, "blocks": str(block.pk), "open_for": ""})
    note = charting.read(note)
    assert note.presentation == "" and note.blocks.count() == 1


def test_a_line_that_is_folded_opens_when_it_holds_words(clinic):
    note = clinic.draft_by(clinic.tess)
    Note.objects.filter(pk=note.pk).update(presentation="parkinson")

    def first():
        return DraftForm(chart.load(charting.read(note))).blocks[0]

    row = first()
    assert [field.name for field in row.setup_open] == ["environment", "challenge"]
    assert [field.name for field in row.setup_folded] == ["position_used", "surface"]
    assert row.has_folded_words
    note.blocks.update(position_used="", surface="")
    assert not first().has_folded_words


def test_an_unknown_presentation_in_a_save_is_said_beside_the_rest(clinic, client):
    note = clinic.draft_by(clinic.tess)
    client.force_login(clinic.tess)
    sent = {"revision": note.revision, "plan": "Kept", "presentation": "migraine"}
    assert client.post(reverse("note", args=[note.pk]), sent).status_code in (302, 422)
    note = charting.read(note)
    assert (note.presentation, note.plan) == ("", "Kept")
