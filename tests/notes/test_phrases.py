"""The phrases that Midline brings: frames with blanks, and nothing that could be taken for a finding."""

import re

import pytest
from django.urls import reverse

from apps.compliance import hints
from apps.demo import charting
from apps.notes import chart, facts, phrases
from apps.notes.models import Note

FOUND_OR_BETTER = re.compile(
    r"improv|better|worse|good|fair|poor|normal|steady|independent|toler|well|able|safe|\d", re.IGNORECASE
)


@pytest.mark.parametrize("phrase", phrases.shipped(), ids=lambda phrase: phrase.id)
class TestEveryPhrase:
    def test_leaves_a_blank(self, phrase):
        assert "___" in phrase.words

    def test_states_nothing_that_was_found(self, phrase):
        assert not FOUND_OR_BETTER.search(phrase.words), phrase.words
        assert not hints.generic_phrase(phrase.words)

    def test_has_fewer_words_than_a_sentence(self, phrase):
        fixed = [word for word in re.findall(r"\w+", phrase.words) if not word.startswith("_")]
        assert len(fixed) <= 7


def test_every_kind_has_some_and_none_stands_twice():
    assert {phrase.kind for phrase in phrases.shipped()} == set(phrases.KINDS)
    words = [(phrase.kind, phrase.words) for phrase in phrases.shipped()]
    assert len(words) == len(set(words))


def test_a_field_is_offered_the_phrases_of_its_kind():
    assert phrases.kind_of("blocks.x.deficit") == "deficit"
    assert phrases.kind_of("blocks.x.cues.0.seen") == "cue"
    assert phrases.kind_of("assessment") == ""


def test_the_page_holds_them_and_their_list(clinic, client):
    client.force_login(clinic.tess)
    note = clinic.draft_by(clinic.tess, complete=False)
    page = client.get(reverse("note", args=[note.pk])).content.decode()
    assert page.count('role="option"') == len(phrases.shipped())


def test_a_blank_that_is_left_stops_the_signature_wherever_it_stands(clinic):
    note = clinic.draft_by(clinic.tess)
    goal = chart.load(note).goals[0]
    Note.objects.filter(pk=note.pk).update(
        sections={"extent": "From ___ to ___"},
        goal_reports={str(goal.pk): {"status": "", "words": "Now ___"}},
        plan="Then ___",
    )
    note = charting.read(note)
    assert facts.of(chart.load(note)).further_words == (
        ("sections.extent", "From ___ to ___"),
        (f"goals.{goal.pk}.words", "Now ___"),
    )
    stops = {f.path for f in charting.judged(note).open_blockers if f.code == "NOT521"}
    assert stops == {"plan", "sections.extent", f"goals.{goal.pk}.words"}
