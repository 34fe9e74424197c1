"""Phrases of one's own and of the clinic: who keeps which, what is no frame, and where they are offered."""

import pytest
from django.urls import reverse

from apps.audit import verbs
from apps.audit.models import Event
from apps.audit.refused import Refused
from apps.notes import phrases, saved_phrases
from apps.notes.models import SavedPhrase

FRAME = "___ at the left hip before ___"


def add(clinic, by, *, kind="cue", words=FRAME, shared=False):
    return saved_phrases.add(clinic=clinic.riverside, kind=kind, words=words, shared=shared, by=by)


@pytest.mark.parametrize(
    ("kind", "words", "said"),
    [
        ("response", "Balance improved with cues", "a blank for what was seen"),
        ("deficit", "Impaired dynamic balance", "a blank for what was found"),
        ("cue", "Verbal cues for weight shift", "a blank for what you did"),
        ("task", "Sit to stand", "a blank for what the patient did"),
        ("response", "Balance __ with cues", "three low lines"),
        ("cue", "___ , ___", "the words around the blank"),
        ("cue", "  \n ", "Write the phrase"),
        ("finding", FRAME, "what the phrase is for"),
    ],
)
def test_words_that_are_no_frame_are_refused_with_the_reason(clinic, kind, words, said):
    with pytest.raises(Refused, match=said):
        add(clinic, clinic.tess, kind=kind, words=words)
    assert not SavedPhrase.objects.exists()


def test_ones_own_come_first_then_the_clinics_then_midlines(clinic):
    shared = add(clinic, clinic.sam, words="___ of the clinic", shared=True)
    own = add(clinic, clinic.tess)
    add(clinic, clinic.marcus, words="___ of Marcus")
    offered = saved_phrases.offered(clinic.tess, clinic.riverside.pk)
    assert [(one.words, one.whose) for one in offered[:2]] == [
        (FRAME, "yours"),
        ("___ of the clinic", "clinic"),
    ]
    assert offered[2:] == phrases.shipped()
    saved_phrases.retire(phrase=own, by=clinic.tess)
    saved_phrases.retire(phrase=shared, by=clinic.alex)
    assert saved_phrases.offered(clinic.tess, clinic.riverside.pk) == phrases.shipped()


@pytest.mark.parametrize("who", ["tess", "marcus", "jo"])
def test_the_clinics_are_kept_by_administrators_and_supervisors(clinic, who):
    with pytest.raises(Refused, match="administrators and supervisors"):
        add(clinic, getattr(clinic, who), shared=True)
    shared = add(clinic, clinic.alex, shared=True)
    with pytest.raises(Refused, match="kept by somebody else"):
        saved_phrases.change(phrase=shared, kind="cue", words="___ other", by=getattr(clinic, who))


def test_nobody_changes_the_phrase_of_another(clinic):
    own = add(clinic, clinic.tess)
    for other in (clinic.sam, clinic.alex, clinic.una):
        with pytest.raises(Refused, match="kept by somebody else"):
            saved_phrases.retire(phrase=own, by=other)


def test_each_change_is_recorded_without_its_words(clinic):
    shared = add(clinic, clinic.sam, shared=True)
    saved_phrases.change(phrase=shared, kind="response", words="___ of ___ steps", by=clinic.alex)
    saved_phrases.retire(phrase=shared, by=clinic.sam)
    told = Event.objects.filter(target=str(shared.pk)).order_by("id")
    assert [event.verb for event in told] == [
        verbs.PHRASE_ADDED,
        verbs.PHRASE_CHANGED,
        verbs.PHRASE_RETIRED,
    ]
    assert [event.details for event in told] == [
        {"kind": kind, "whose": "clinic"} for kind in ("cue", "response", "response")
    ]


def test_the_same_phrase_is_not_kept_twice_and_a_list_has_an_end(clinic, monkeypatch):
    add(clinic, clinic.tess)
    with pytest.raises(Refused, match="there already"):
        add(clinic, clinic.tess, words=f"  {FRAME} ")
    other = add(clinic, clinic.tess, words="___ other")
    with pytest.raises(Refused, match="there already"):
        saved_phrases.change(phrase=other, kind="cue", words=FRAME, by=clinic.tess)
    monkeypatch.setattr(saved_phrases, "MOST", 2)
    with pytest.raises(Refused, match="Retire some"):
        add(clinic, clinic.tess, words="___ third")


def test_a_therapist_saves_changes_and_retires_one_by_plain_forms(clinic, client):
    client.force_login(clinic.tess)
    address = reverse("phrases")
    refused = client.post(address, {"kind": "response", "words": "Better balance"})
    assert refused.status_code == 422 and "Leave a blank" in refused.content.decode()
    assert 'value="Better balance"' in refused.content.decode()
    client.post(address, {"kind": "cue", "words": FRAME, "shared": "1"})  # not offered to her: it is her own
    phrase = SavedPhrase.objects.get()
    assert phrase.owner == clinic.tess
    client.post(reverse("phrase", args=[phrase.pk]), {"kind": "cue", "words": "___ by ___"})
    page = client.get(reverse("note", args=[clinic.draft_by(clinic.tess).pk])).content.decode()
    assert 'data-words="___ by ___"' in page and page.count('role="option"') == 1 + len(phrases.shipped())
    client.post(reverse("phrase", args=[phrase.pk]), {"retire": "1"})
    phrase.refresh_from_db()
    assert phrase.retired_at and client.get(reverse("phrase", args=[phrase.pk])).status_code == 404


def test_a_supervisor_chooses_whose_list_and_an_administrator_has_only_the_clinics(clinic, client):
    for person, sent, owner in (
        (clinic.sam, {"shared": ""}, clinic.sam),
        (clinic.sam, {"shared": "1"}, None),
        (clinic.alex, {}, None),
    ):
        client.force_login(person)
        words = f"___ {SavedPhrase.objects.count()}a"
        client.post(reverse("phrases"), {"kind": "task", "words": words, **sent})
        assert SavedPhrase.objects.get(words=words).owner == owner


@pytest.mark.parametrize("words", ["%00___a", "%ED%A0%80___a", "___" + "a" * 300])
def test_a_phrase_that_cannot_be_kept_is_said_so(clinic, client, words):
    client.force_login(clinic.tess)
    body = f"kind=cue&words={words}".encode()
    answer = client.generic("POST", reverse("phrases"), body, "application/x-www-form-urlencoded")
    assert answer.status_code in (302, 400, 422)
    assert all(not {"\x00", "\ud800"} & set(one.words) for one in SavedPhrase.objects.all())
