"""The peer review: committed before it is drawn, drawn once, answered by two who do not see each other."""

import datetime as dt

import pytest
from django.urls import reverse

from apps.audit import verbs
from apps.audit.models import Event
from apps.audit.refused import Refused
from apps.review import drawing_lots, peer, peer_form
from apps.review.models import PeerSample


def begun(clinic, **said):
    values = {
        "clinic": clinic.riverside,
        "discipline": "PT",
        "starts_on": clinic.today - dt.timedelta(days=60),
        "ends_on": clinic.today,
        "size": 2,
        "first": clinic.tess,
        "second": clinic.sam,
        "by": clinic.sam,
    }
    return peer.begin(**{**values, **said})


@pytest.fixture
def sample(clinic):
    for key in ("parkinson", "vestibular"):
        clinic.note_signed_by(clinic.marcus, key)
    return begun(clinic)


@pytest.fixture
def drawn(clinic, sample):
    peer.draw(sample=sample, by=clinic.sam)
    sample.refresh_from_db()
    return sample


def all_yes(sample):
    return {key: "yes" for key, _ in peer_form.on(sample.begun_at.date()).questions}


def test_the_seed_and_the_list_are_in_the_audit_by_their_hashes_before_anything_is_drawn(clinic, sample):
    event = Event.objects.first()
    assert (event.verb, event.target) == (verbs.PEER_SAMPLE_BEGUN, str(sample.pk))
    assert event.details == {
        "seed_hash": sample.seed_hash,
        "frame_hash": sample.frame_hash,
        "frame": len(sample.frame),
        "size": 2,
    }
    assert sample.seed not in str(event.details) and sample.notes.count() == 0
    assert drawing_lots.commitment(sample.seed) == sample.seed_hash


def test_what_is_drawn_follows_from_the_seed_and_is_drawn_once(clinic, sample):
    late = clinic.note_signed_by(clinic.marcus, "stroke")  # signed after the list was fixed
    peer.draw(sample=sample, by=clinic.sam)
    rows = list(sample.notes.all())
    assert [str(row.note_id) for row in rows] == drawing_lots.drawn(sample.seed, sample.frame, 2)
    assert str(late.pk) not in sample.frame
    assert Event.objects.first().details["seed"] == sample.seed
    with pytest.raises(Refused, match="has been drawn"):
        peer.draw(sample=sample, by=clinic.sam)


@pytest.mark.parametrize("field", ["seed", "frame"])
def test_another_seed_or_list_than_the_committed_one_draws_nothing(field, clinic, sample):
    other = {"seed": "0" * 64, "frame": sample.frame[:1]}
    PeerSample.objects.filter(pk=sample.pk).update(**{field: other[field]})
    with pytest.raises(Refused, match="not the one that was committed"):
        peer.draw(sample=sample, by=clinic.sam)


def test_no_note_of_a_reviewer_and_none_of_a_restricted_chart_is_in_the_list(clinic, sample):
    from apps.notes.models import Note

    listed = Note.objects.filter(pk__in=sample.frame)
    assert not listed.filter(author__in=[clinic.tess, clinic.sam]).exists()
    assert not listed.filter(signed_by__in=[clinic.tess, clinic.sam]).exists()
    patient = listed.first().visit.patient
    type(patient).objects.filter(pk=patient.pk).update(is_restricted=True)
    reviewers = (clinic.tess, clinic.sam)
    fewer = peer.frame_of(clinic.riverside, "PT", sample.starts_on, sample.ends_on, reviewers)
    assert set(fewer) < set(sample.frame)


REFUSALS = [
    ({"by": "tess"}, "A supervisor begins"),
    ({"second": "tess"}, "two people"),
    ({"first": "marcus"}, "professional of physical therapy"),
    ({"first": "priya"}, "professional of physical therapy"),
    ({"first": "una"}, "who charts in this clinic"),
    ({"size": 0}, "between 1 and"),
    ({"size": 101}, "between 1 and"),
    ({"starts_on": dt.date(2030, 1, 1), "ends_on": dt.date(2030, 2, 1)}, "nothing to draw from"),
    ({"starts_on": dt.date(2030, 1, 1)}, "The last day is before"),
]


def test_what_cannot_be_begun_is_refused_in_words(clinic):
    before = PeerSample.objects.count()
    for said, words in REFUSALS:
        people = {key: getattr(clinic, value) for key, value in said.items() if isinstance(value, str)}
        with pytest.raises(Refused, match=words):
            begun(clinic, **{**said, **people})
    assert PeerSample.objects.count() == before


def test_two_answer_independently_and_see_the_agreement_when_both_are_done(client, clinic, drawn):
    one, two = drawn.notes.all()
    page = reverse("peer-sample", args=[drawn.pk])
    client.force_login(clinic.tess)
    assert client.get(page).context["results"] is None
    answers = all_yes(drawn)
    answer = client.post(reverse("peer-note", args=[one.pk]), {**answers, "words": "Clear."})
    assert answer["Location"] == reverse("peer-note", args=[two.pk])
    assert "answered" in client.get(reverse("peer-note", args=[one.pk])).content.decode()
    # Half of hers are left, so she sees nothing of what both said.
    peer.answer(peer_note=one, by=clinic.sam, answers={**answers, "skill": "no"})
    assert client.get(page).context["results"] is None
    client.post(reverse("peer-note", args=[two.pk]), answers)
    peer.answer(peer_note=two, by=clinic.sam, answers=answers)
    found = client.get(page).context["results"]
    skill = next(question for question in found if "needed a therapist" in question.words)
    assert (skill.agreement.number, skill.agreement.same, skill.kappa) == (2, 1, "0.00")
    assert skill.rows[0] == ("Yes", (1, 1, 0))
    other = next(question for question in found if "impairment" in question.words)
    assert (other.same, other.kappa) == ("2 of 2 (100 %)", "")
    text = client.get(page).content.decode()
    assert "not defined" in text and drawn.seed in text
    with pytest.raises(Refused, match="do not change"):
        peer.answer(peer_note=one, by=clinic.sam, answers=answers)


def test_an_answer_that_is_missing_keeps_the_others_and_answers_nothing(client, clinic, drawn):
    row = drawn.notes.first()
    client.force_login(clinic.tess)
    said = {**all_yes(drawn), "skill": "maybe", "words": "Kept words."}
    answer = client.post(reverse("peer-note", args=[row.pk]), said)
    page = answer.content.decode()
    assert answer.status_code == 422 and "Kept words." in page and "Select a valid choice" in page
    assert 'value="yes"' in page and "checked" in page
    assert not row.answers.exists()


def test_only_the_two_reviewers_answer_and_the_note_is_shown_as_it_stood(client, clinic, drawn):
    row = drawn.notes.first()
    for user in (clinic.priya, clinic.marcus, clinic.rae, clinic.una):
        client.force_login(user)
        assert client.get(reverse("peer-note", args=[row.pk])).status_code == 404
    with pytest.raises(Refused, match="two reviewers"):
        peer.answer(peer_note=row, by=clinic.priya, answers=all_yes(drawn))
    client.force_login(clinic.tess)
    assert client.get(reverse("peer-note", args=[row.pk])).context["document"].seal is not None
    event = Event.objects.first()
    assert (event.verb, event.target) == (verbs.NOTE_OPENED, str(row.note_id))


def test_a_supervisor_begins_and_draws_on_the_pages(client, clinic):
    clinic.note_signed_by(clinic.marcus, "parkinson")
    client.force_login(clinic.sam)
    form = {
        "starts_on": "11/01/2026",
        "ends_on": "11/20/2026",
        "discipline": "PT",
        "size": "1",
        "first": str(clinic.tess.pk),
        "second": str(clinic.sam.pk),
    }
    for wrong in ({"size": "1_5"}, {"size": "٣"}, {"first": str(clinic.una.pk)}, {"starts_on": "\x00"}):
        answer = client.post(reverse("peer-samples"), {**form, **wrong})
        assert answer.status_code == 422 and answer.context["form"].errors.keys() == wrong.keys()
    answer = client.post(reverse("peer-samples"), form)
    sample = PeerSample.objects.get(pk=answer["Location"].split("/")[-2])
    assert answer["Location"] == reverse("peer-sample", args=[sample.pk])
    page = client.get(answer["Location"]).content.decode()
    assert sample.seed_hash in page and sample.seed not in page
    client.post(answer["Location"])
    page = client.get(answer["Location"]).content.decode()
    assert sample.seed in page and "0 of 1" in page
    client.force_login(clinic.tess)
    assert client.post(reverse("peer-samples"), form).status_code == 404
    assert client.post(reverse("peer-sample", args=[sample.pk])).status_code == 404
