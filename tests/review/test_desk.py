"""The review desk: who has which queue, in which order and why, and what is done beside one note."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit import clock, verbs
from apps.audit.models import Event
from apps.demo import charting
from apps.demo.world import PASSPHRASE, TREATABLE
from apps.episodes import due
from apps.episodes.due import Item
from apps.ledger import amendments as later_words
from apps.ledger.models import Kind, LedgerEntry
from apps.notes import actions, amendments, policy, record_policy, reviewing
from apps.notes.forms import DraftValues
from apps.notes.models import Note, Status, Thread
from apps.review import access, cases, queue


@pytest.fixture
def cosigned(clinic):
    """From today on the clinic asks that assistants are cosigned."""
    record_policy.set_policy(
        clinic=clinic.riverside,
        applies_from=clinic.today,
        cosigns_assistants=True,
        late_after_hours=72,
        source="Policy 4.2",
        by=clinic.alex,
    )


@pytest.fixture
def signed(clinic, cosigned):
    return clinic.note_signed_by(clinic.marcus)


@pytest.fixture
def sent(clinic):
    note = clinic.draft_by(clinic.tess)
    reviewing.send(note=note, by=clinic.tess, words="Is the response enough?")
    return charting.read(note)


def lines(clinic, user):
    return queue.lines_of(queue.of(user, clinic.riverside, clinic.today)[0])


def risk_of(clinic, note):
    return next(line.risk for line in lines(clinic, clinic.sam) if line.note.pk == note.pk)


def waiting(clinic, user):
    return {line.note.pk for line in lines(clinic, user)}


def open_desk(client, user, note=None, **query):
    client.force_login(user)
    path = reverse("review-note", args=[note.pk]) if note else reverse("review")
    return client.get(path, query)


def press(client, note, what, **data):
    return client.post(reverse("review-note", args=[note.pk]), {"do": what, **data})


def last_hash(note):
    return later_words.later(later_words.entries_of(note.clinic_id, note.pk)).last.hash


# --- The queue ----------------------------------------------------------------------------------------------


def test_a_note_waits_for_those_who_may_cosign_or_review_it_and_for_nobody_else(clinic, signed, sent):
    assert waiting(clinic, clinic.sam) == {signed.pk, sent.pk}
    assert waiting(clinic, clinic.tess) == {signed.pk}  # the other is her own
    for user in (clinic.priya, clinic.marcus, clinic.jo, clinic.rae, clinic.alex, clinic.una):
        assert waiting(clinic, user) == set(), user.name


def test_a_note_leaves_the_queue_when_it_is_cosigned_and_comes_back_with_an_assistants_later_word(
    clinic, signed
):
    amendments.cosign(document=signed, by=clinic.sam, seen=last_hash(signed))
    assert waiting(clinic, clinic.sam) == set()
    amendments.addend(
        document=charting.read(signed), by=clinic.marcus, words="Later words.", reason="Left out."
    )
    assert waiting(clinic, clinic.sam) == {signed.pk}


def test_a_chart_that_is_read_in_an_emergency_gives_no_note_to_cosign(clinic, signed):
    patient = signed.visit.patient
    type(patient).objects.filter(pk=patient.pk).update(is_restricted=True)
    assert signed.pk not in waiting(clinic, clinic.priya) | waiting(clinic, clinic.sam)
    assert not access.notes_at_the_desk(clinic.sam).filter(pk=signed.pk).exists()


def test_a_stop_that_the_clinic_made_milder_is_read_first_and_says_so(clinic, cosigned):
    plain = clinic.note_signed_by(clinic.marcus)
    policy.set_severity(
        clinic=clinic.riverside,
        code="NMR104",
        severity="warning",
        reason="We look ourselves.",
        by=clinic.alex,
    )
    note = clinic.draft_by(clinic.marcus)
    block = note.blocks.get(code="97112")
    block.cues = []
    block.save(update_fields=["cues"])
    given = {
        "NMR104": {"value": "", "reason": "No cue was needed at any time today."},
        "NOT522": {"value": "yes", "reason": ""},  # the words of the other complete note
    }
    charting.sign(charting.read(note), {"answers": given}, by=clinic.marcus)
    first, second = lines(clinic, clinic.sam)
    assert (first.note.pk, second.note.pk) == (note.pk, plain.pk)
    assert first.risk.reasons[0].words.startswith("Signed over a stop")
    assert "No cue was needed at any time today." in first.risk.reasons[0].words


def test_the_queue_says_why_in_words_and_is_recorded_as_a_list(client, clinic, signed, sent):
    answer = open_desk(client, clinic.sam)
    page = answer.content.decode()
    assert "2 notes wait for your cosignature or review." in page
    assert "of an assistant who is new in this record" in page
    assert "Asks: " in page and "Is the response enough?" in page
    assert (Event.objects.first().verb, Event.objects.first().details) == (
        verbs.LIST_OPENED,
        {"page": "review"},
    )


def test_the_queue_costs_the_same_queries_whatever_waits(client, clinic, cosigned):
    counts = []
    open_desk(client, clinic.sam)
    for number, key in enumerate((TREATABLE[1], TREATABLE[3], TREATABLE[4])):
        note = clinic.draft_by(clinic.tess, key)
        reviewing.send(note=note, by=clinic.tess)
        if number == 0:
            clinic.note_signed_by(clinic.marcus, "stroke")
        queue.forget()
        with CaptureQueriesContext(connection) as asked:
            assert len(client.get(reverse("review")).context["lines"]) == number + 2
        counts.append(len(asked))
    assert len(set(counts)) == 1 and counts[0] <= 24, counts


def test_words_are_read_again_only_where_something_has_changed_and_the_risk_is_what_it_would_be(
    clinic, signed, sent, monkeypatch
):
    read, real = [], cases.read

    def listening(notes, around):
        read.append({note.pk for note in notes})
        return real(notes, around)

    monkeypatch.setattr(cases, "read", listening)

    def read_now():
        """Whose words were read, having seen that what was kept is what is found without it."""
        clock.set_to(clock.now() + cases.KEPT)
        read.clear()
        kept = {line.note.pk: line.risk for line in lines(clinic, clinic.sam)}
        queue.forget()
        assert kept == {line.note.pk: line.risk for line in lines(clinic, clinic.sam)}
        return read[0]

    assert read_now() == {signed.pk, sent.pk}
    assert read_now() == set()
    # Its author takes it back, writes on and sends it again.
    reviewing.take_back(note=sent, by=clinic.tess)
    sent = charting.read(sent)
    values = DraftValues(note={"answers": {"NMR104": {"value": "", "reason": "ok"}}})
    actions.save_draft(
        note=sent, by=clinic.tess, revision=sent.revision, operation=str(uuid4()), values=values
    )
    sent = charting.read(sent)
    reviewing.send(note=sent, by=clinic.tess)
    assert read_now() == {sent.pk}
    assert any("A very short answer" in reason.words for reason in risk_of(clinic, sent).reasons)
    # The one before it is signed, and void again.
    yesterday = clinic.today - dt.timedelta(days=1)
    before = clinic.note_signed_by(clinic.tess, sent.visit.patient, served_on=yesterday)
    assert read_now() == {sent.pk}
    assert any("words stand in the note of" in reason.words for reason in risk_of(clinic, sent).reasons)
    amendments.void(document=before, by=clinic.tess, reason="Of another patient.")
    assert read_now() == {sent.pk}


def test_a_list_may_be_ordered_by_deadlines_of_some_seconds_ago_and_a_note_is_not(
    client, clinic, sent, monkeypatch
):
    late = Item("report", "Progress report", "late", "A report is late.", "stop")
    stands = due.Due(sent.visit.patient_id, sent.discipline, clinic.today, items=(late,))
    desk = open_desk(client, clinic.sam).content.decode()
    monkeypatch.setattr(
        cases.due, "of_ids", lambda patients, today: {(stands.patient_id, stands.discipline): stands}
    )
    assert "A report is late." not in desk
    assert "A report is late." not in open_desk(client, clinic.sam).content.decode()
    assert "A report is late." in open_desk(client, clinic.sam, sent).content.decode()
    clock.set_to(clock.now() + cases.KEPT)
    assert "A report is late." in open_desk(client, clinic.sam).content.decode()


def test_an_order_is_kept_for_some_seconds_while_the_same_notes_wait_as_they_stood(
    client, clinic, signed, sent, monkeypatch
):
    ranked, asked = queue.ranked, []
    monkeypatch.setattr(queue, "ranked", lambda *args, **kept: asked.append(1) or ranked(*args, **kept))

    def ranked_anew(user):
        asked.clear()
        queue.of(user, clinic.riverside, clinic.today)
        return bool(asked)

    assert ranked_anew(clinic.sam)
    assert not ranked_anew(clinic.sam)
    assert ranked_anew(clinic.priya)  # another person has another queue
    assert not ranked_anew(clinic.sam)
    reviewing.take_back(note=sent, by=clinic.tess)
    assert ranked_anew(clinic.sam)
    assert waiting(clinic, clinic.sam) == {signed.pk}
    clock.set_to(clock.now() + cases.KEPT)
    assert ranked_anew(clinic.sam)


def test_only_the_first_notes_of_who_still_learns_are_counted(clinic, cosigned):
    """Marcus wrote one note before these."""
    drafts = [clinic.draft_by(clinic.marcus, key) for key in TREATABLE[:3]]
    for number, draft in enumerate(drafts):
        Note.objects.filter(pk=draft.pk).update(started_at=draft.started_at + dt.timedelta(minutes=number))
    drafts.append(clinic.draft_by(clinic.tess, TREATABLE[3]))
    rows = Note.objects.filter(pk__in=[draft.pk for draft in drafts]).annotate(waits_since=F("saved_at"))
    found = [cases.Waiting(*row) for row in rows.values_list(*cases.WAITING)]
    first, second, third = (draft.pk for draft in drafts[:3])
    assert cases.written_before(found, 5) == {first: 1, second: 2, third: 3}
    assert cases.written_before(found, 3) == {first: 1, second: 2}
    of_tess = [note for note in found if note.author == clinic.tess.pk]
    assert cases.written_before(of_tess, 5) == {} == cases.written_before([], 5)


def test_an_empty_queue_and_a_page_beyond_its_end_are_said_kindly(client, clinic):
    page = open_desk(client, clinic.sam, page="9" * 40).content.decode()
    assert "Nothing waits" in page
    assert open_desk(client, clinic.sam, page="١").status_code == 200


def test_the_navigation_says_how_many_wait(client, clinic, signed):
    client.force_login(clinic.sam)
    assert 'Review <span class="number">1' in client.get(reverse("today")).content.decode()
    client.force_login(clinic.marcus)
    assert reverse("review") not in client.get(reverse("today")).content.decode()


# --- One note -----------------------------------------------------------------------------------------------


def test_one_screen_holds_the_note_its_reasons_findings_changes_units_and_origins(client, clinic, signed):
    page = open_desk(client, clinic.sam, signed).content.decode()
    for heading in (
        "Why it stands here",
        "Cosign",
        "Findings",
        "What changed",
        "Minutes and units",
        "Taken over from earlier notes",
        "Comments",
    ):
        assert heading in page
    assert last_hash(signed) in page and "Your password" in page
    assert Event.objects.first().verb == verbs.NOTE_OPENED


def test_what_changed_is_read_from_the_two_signed_entries(client, clinic, sent):
    earlier = Note.objects.filter(
        visit__patient=sent.visit.patient, status=Status.SIGNED, kind=sent.kind, discipline="PT"
    ).order_by("-visit__served_on")[0]
    Note.objects.filter(pk=earlier.pk).update(assessment="Changed behind the record's back.")
    answer = open_desk(client, clinic.sam, sent)
    found = answer.context["changes"]
    assert found.changed
    said = "".join(piece.words for change in found.changed for piece in change.pieces)
    assert "behind the record" not in said
    assert "<ins>" in answer.content.decode() and "<del>" in answer.content.decode()


def test_cosigning_refers_to_the_entry_that_was_shown_and_leads_onward(client, clinic, signed, sent):
    open_desk(client, clinic.sam)
    seen = last_hash(signed)
    amendments.addend(
        document=charting.read(signed), by=clinic.marcus, words="Later words.", reason="Left out."
    )
    answer = press(client, signed, "cosign", seen=seen, password=PASSPHRASE)
    assert answer.status_code == 422
    assert "Read it again" in answer.content.decode() and "Later words." in answer.content.decode()
    assert not LedgerEntry.objects.filter(document=signed.pk, kind=Kind.COSIGN).exists()
    answer = press(client, signed, "cosign", seen=last_hash(signed))
    assert answer["Location"] == reverse("review-note", args=[sent.pk])
    entry = LedgerEntry.objects.get(document=signed.pk, kind=Kind.COSIGN)
    assert entry.ref_hash == last_hash(signed)
    assert not charting.read(signed).awaits_cosignature


def test_a_wrong_password_cosigns_nothing(client, clinic, signed):
    client.force_login(clinic.sam)
    answer = press(client, signed, "cosign", seen=last_hash(signed), password="wrong")
    assert answer.status_code == 422 and "not your password" in answer.content.decode()
    assert charting.read(signed).awaits_cosignature


def test_a_note_is_returned_with_a_comment_that_stands_beside_its_field(client, clinic, sent):
    open_desk(client, clinic.sam)
    answer = press(client, sent, "return", place="assessment", words="Say which error is left.")
    assert answer["Location"] == reverse("review")
    thread = Thread.objects.get(note=sent)
    assert (thread.anchor, thread.place, thread.quoted) == ("field", "assessment", sent.assessment)
    assert charting.read(sent).status == Status.DRAFT
    # It is a draft again, and nothing of the desk.
    assert client.get(reverse("review-note", args=[sent.pk])).status_code == 404


def test_a_refusal_keeps_the_words_and_the_place(client, clinic, signed):
    client.force_login(clinic.sam)
    answer = press(client, signed, "return", place="plan", words="See the plan.")
    page = answer.content.decode()
    assert answer.status_code == 422 and "Signed words never change" in page
    assert ">See the plan.</textarea>" in page and '<option value="plan" selected>' in page
    assert not Thread.objects.filter(note=signed).exists(), "the comment went with the return"


def test_words_that_cannot_be_kept_return_nothing(client, clinic, sent):
    client.force_login(clinic.sam)
    for words in ("\x00", "", "  "):
        assert press(client, sent, "return", words=words).status_code == 422
    assert charting.read(sent).status == Status.IN_REVIEW


def test_a_comment_is_added_answered_and_resolved_without_leaving_the_note(client, clinic, signed):
    client.force_login(clinic.sam)
    here = reverse("review-note", args=[signed.pk])
    assert press(client, signed, "comment", words="Please add the side.")["Location"] == here
    thread = Thread.objects.get(note=signed)
    assert press(client, signed, "reply", thread=thread.pk, words="Which?")["Location"] == here
    assert press(client, signed, "resolve", thread=thread.pk)["Location"] == here
    thread.refresh_from_db()
    assert not thread.is_open and thread.comments.count() == 2


def test_next_and_previous_go_through_the_queue_as_it_was_shown(client, clinic, signed, sent):
    order = [line.note.pk for line in open_desk(client, clinic.sam).context["lines"]]
    around = client.get(reverse("review-note", args=[order[0]])).context["around"]
    assert (around["place"], around["of"], around["previous"]) == (1, 2, None)
    assert around["following"] == str(order[1])
    around = client.get(reverse("review-note", args=[order[1]])).context["around"]
    assert (around["place"], around["previous"], around["following"]) == (2, str(order[0]), None)
