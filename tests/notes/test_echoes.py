"""Words that stand in other notes too: how they are counted, what is compared, and what is shown."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.demo import charting
from apps.notes import chart, echoes, facts, similarity
from apps.notes.models import Note
from apps.visits.models import Visit

from .test_editor import HTMX, save

CLONED = (
    "Steps start earlier than last week and tapping is still needed to keep the hip level when the foot "
    "comes over the line on the floor"
)
OWN = "Asked for a rest twice, then turned right four times alone before the left knee gave way on the mat"


# --- Counting, without a database -------------------------------------------------------------------------


def share(one, other, repeats=()):
    said = similarity.words(one)
    numbers = similarity.compared(said, [similarity.words(text) for text in repeats])
    match = similarity.Texts([("", other)]).closest(said, numbers)
    return match.percent if match else 0


@pytest.mark.parametrize(
    ("one", "other", "percent"),
    [
        ("a b c d e f g h", "a b c d e f g h", 100),
        ("A, b; c. D e f g h", "a b c d e f g h", 100),  # signs and capitals do not count
        ("a b c d x e f g", "a b c d y e f g", 0),  # four words are no run
        ("a b c d e x y z v w", "a b c d e and others", 50),
        ("hip level in 17 of 24 tries", "hip level in 18 of 24 tries", 0),  # a figure ends a run
        ("x a b c d e", "a b c d e y a b c d e", 83),  # said twice there, counted once here
        ("", "a b c d e", 0),
        ("a b c d e", "", 0),
    ],
)
def test_a_share_is_the_words_in_runs_of_five(one, other, percent):
    assert share(one, other) == percent


def test_what_is_rightly_repeated_is_left_out_of_the_count():
    one = (
        "Balance disorder. Turn in the kitchen without holding on went well before lunch on most of the tries"
    )
    other = "Balance disorder. Turn in the kitchen without holding on was refused"
    assert share(one, other) > 40
    assert share(one, other, ["Balance disorder", "Turn in the kitchen without holding on"]) == 0


def test_the_parts_are_the_text_letter_for_letter():
    text = "  Well,\nthe left (hip) was level — 5 of 6!  "
    said, other = similarity.words(text), similarity.words("Today the left hip was level - 5 of 6 times")
    parts = similarity.parts(said, similarity.shared(said, other))
    assert "".join(words for words, _ in parts) == text
    assert [words for words, same in parts if same] == ["the left (hip) was level — 5 of 6"]


def test_the_closest_of_many_is_found():
    texts = similarity.Texts(
        [(n, f"a b c d e {n} f g h i j {n}") for n in range(50)] + [(50, "a b c d e f g h")]
    )
    said = similarity.words("a b c d e f g h")
    assert texts.closest(said, frozenset(range(8))).source == 50


def test_a_text_that_is_added_is_found_like_those_before_it():
    texts = similarity.Texts([(1, "a b c d e"), (2, "a b c d e f")])
    said = similarity.words("A, b; c d e f g")
    assert (texts.closest(said, frozenset(range(7))).source, len(texts)) == (2, 2)
    texts.add([(3, "a b c d e f g"), (4, "nothing of it"), (5, "")])
    assert (texts.closest(said, frozenset(range(7))).source, len(texts)) == (3, 5)
    assert texts.closest(said, frozenset(range(7)), lambda source: source == 1).source == 1
    assert texts.closest(similarity.words("g f e d c"), frozenset(range(5))) is None


# --- In a note --------------------------------------------------------------------------------------------


@pytest.fixture
def dana(clinic, client):
    client.force_login(clinic.tess)
    return client


@pytest.fixture
def of_another(clinic):
    """A signed note of Dana's about another patient, which ends in CLONED."""
    draft = clinic.draft_by(clinic.tess, "parkinson")
    note = charting.write(draft, {"assessment": CLONED}, by=clinic.tess)
    return charting.sign(note, {}, by=clinic.tess)


@pytest.fixture
def draft(clinic, of_another):
    return clinic.draft_by(clinic.tess, "vestibular")


def echoed(note):
    return {echo.path: echo for echo in echoes.found(chart.load(Note.objects.get(pk=note.pk)))}


def asked(answer):
    return [f for f in answer.context["review"].questions if f.code == "NOT522"]


def test_the_authors_words_about_another_patient_are_known_again(draft, dana):
    assert "assessment" not in {f.path for f in asked(save(dana, draft, assessment=OWN))}
    answer = save(dana, draft, assessment=CLONED)
    (question,) = [f for f in asked(answer) if f.path == "assessment"]
    assert question.message.startswith("100 % of these words stand in your note about another patient of ")
    assert question.is_open
    page = answer.content.decode()
    assert f"<mark>{CLONED}</mark>" in page
    assert "What else that note says is not shown here." in page
    assert "Parkinson" not in page, "nothing about the other patient"


def test_it_is_asked_when_the_field_is_left_and_not_while_it_is_written_in(draft, dana):
    assert "assessment" not in {
        f.path for f in asked(save(dana, draft, assessment=CLONED, writing="assessment"))
    }
    assert "assessment" in {f.path for f in asked(save(dana, draft, assessment=CLONED, writing="plan"))}


def test_an_answer_is_kept_and_asked_again_when_other_words_are_shared(draft, dana):
    (question,) = [f for f in asked(save(dana, draft, assessment=CLONED)) if f.path == "assessment"]
    dana.post(reverse("note-answer", args=[draft.pk]), {"key": question.key, "value": "yes"}, headers=HTMX)
    again = save(dana, draft, assessment=f"{CLONED}, twice")
    assert [f.is_open for f in asked(again) if f.path == "assessment"] == [False]
    draft.refresh_from_db()
    assert draft.answers[question.key]["value"] == "yes"
    other = save(dana, draft, assessment=CLONED.removeprefix("Steps "))
    assert [f.is_open for f in asked(other) if f.path == "assessment"] == [True]


def test_both_texts_are_shown_of_the_patients_own_note_and_only_to_who_may_read_it(clinic, draft, dana):
    week_ago = draft.visit.served_on - dt.timedelta(days=7)
    earlier = clinic.draft_by(clinic.tess, "vestibular", served_on=week_ago)
    earlier = charting.write(earlier, {"plan": f"Last week. {CLONED}"}, by=clinic.tess)
    charting.sign(
        earlier,
        {"answers": {code: {"value": "yes", "reason": "Late."} for code in ("NOT522", "REC802")}},
        by=clinic.tess,
    )
    echoes.forget()
    charting.write(draft, {"plan": CLONED}, by=clinic.tess)
    found = [echo for echo in echoes.found(chart.load(Note.objects.get(pk=draft.pk))) if echo.path == "plan"]
    assert [echo.of_patient for echo in found] == [True]
    beside = echoes.shown(found, clinic.tess)["plan"].earlier
    assert beside == [("Last week. ", False), (CLONED, True)]
    # Jo learns here, was not on that visit, and does not see its note.
    assert echoes.shown(found, clinic.jo)["plan"].earlier == []


def test_only_signed_notes_of_the_same_clinic_and_author_are_compared(clinic, of_another, draft):
    charting.write(draft, {"assessment": CLONED}, by=clinic.tess)
    assert "assessment" in echoed(draft)
    Note.objects.filter(pk=draft.pk).update(author=clinic.sam)
    echoes.forget()
    assert "assessment" not in echoed(draft)


def test_a_goal_that_is_quoted_is_not_compared(clinic, draft):
    goal = chart.load(draft).goals[0]
    quoted = f"Goal 1, {goal.words}, is the aim still; today the left side came first and the eyes stayed up"
    said, numbers = echoes.compared(quoted, (goal.words,))
    assert len(numbers) == len(said.said) - len(similarity.words(goal.words).said)


def test_a_save_that_follows_another_asks_the_database_nothing_about_echoes(draft, dana):
    charted = chart.load(Note.objects.get(pk=draft.pk))
    echoes.found(charted)
    with CaptureQueriesContext(connection) as captured:
        echoes.found(charted)
    assert len(captured) == 0


def test_whoever_writes_at_the_same_time_drops_nobody_from_memory(clinic, draft):
    others = []
    for _ in range(100):
        visit = Visit(patient_id=uuid.uuid4(), served_on=clinic.today)
        others.append(Note(clinic_id=draft.clinic_id, author_id=uuid.uuid4(), visit=visit))
    for note in [draft, *others]:
        echoes.of_author(note)
        echoes.of_patient(note)
    with CaptureQueriesContext(connection) as captured:
        for note in [draft, *others]:
            echoes.of_author(note)
            echoes.of_patient(note)
    assert len(captured) == 0


def test_a_signature_waits_for_the_answer_and_the_record_keeps_it(clinic, draft, dana):
    charting.write(draft, {"assessment": CLONED}, by=clinic.tess)
    page = dana.get(reverse("note-sign", args=[draft.pk]))
    assert "100 % of these words stand in your note about another patient" in page.content.decode()
    stated = facts.of(chart.load(Note.objects.get(pk=draft.pk)))
    assert next(echo for echo in stated.echoes if echo.path == "assessment").runs == (CLONED,)
    entry = charting.sign(
        draft, {"answers": {"NOT522": {"value": "yes", "reason": "As before."}}}, by=clinic.tess
    )
    assert '"NOT522' in entry.payload
    assert "Parkinson" not in entry.payload
