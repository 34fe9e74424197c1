"""What follows a signature: who may say it, what it must say, and how it is read ever after."""

import datetime as dt

import pytest

from apps.accounts.models import Membership, User
from apps.audit import clock
from apps.audit.models import Event
from apps.audit.refused import Refused
from apps.demo import charting
from apps.episodes import document as plan_document
from apps.episodes import record as plan_record
from apps.episodes.models import PlanVersion
from apps.ledger import chain, verify
from apps.ledger.models import Kind, LedgerEntry
from apps.notes import actions, amendments, record, record_policy, reviewing
from apps.notes.document import signed_document
from apps.notes.models import Note, Status
from apps.patients import requests


@pytest.fixture
def signed(clinic):
    return clinic.note_signed_by(clinic.tess)


@pytest.fixture
def asks(clinic):
    """The clinic asks that assistants' notes are cosigned."""
    return record_policy.set_policy(
        clinic=clinic.riverside,
        applies_from=clinic.today,
        cosigns_assistants=True,
        late_after_hours=72,
        source="Clinic policy 4.2",
        by=clinic.alex,
    )


@pytest.fixture
def by_assistant(clinic, asks):
    return clinic.note_signed_by(clinic.marcus)


def again(note):
    return charting.read(note)


def last_hash(note):
    return signed_document(note.pk).later.last.hash


def cosign(note, by):
    return amendments.cosign(document=again(note), by=by, seen=last_hash(note))


def addend(note, by, **words):
    return amendments.addend(
        document=again(note), by=by, **{"words": "More.", "reason": "Left out.", **words}
    )


def copies_of(clinic):
    return verify.verify(clinic=str(clinic.riverside.pk), levels=(1, 2, 3)).all_findings


# --- Cosigning --------------------------------------------------------------------------------------------


def test_an_assistants_note_awaits_a_cosignature_where_the_policy_asks(clinic, by_assistant):
    note = again(by_assistant)
    assert note.awaits_cosignature and note.status == Status.SIGNED
    assert signed_document(note.pk).later.awaits == "PT"
    payload = chain.read(LedgerEntry.objects.get(document=note.pk))
    assert payload["cosignature_asked"]["source"] == "Clinic policy 4.2"


def test_without_a_policy_an_assistants_signature_asks_for_nothing(clinic):
    note = clinic.note_signed_by(clinic.marcus)
    assert not again(note).awaits_cosignature
    assert signed_document(note.pk).later.awaits == ""


def test_a_cosignature_refers_to_the_exact_entry_and_ends_the_waiting(clinic, by_assistant):
    seen = last_hash(by_assistant)
    entry = cosign(by_assistant, clinic.sam)
    assert (entry.kind, entry.ref_hash) == (Kind.COSIGN, seen)
    document = signed_document(by_assistant.pk)
    assert document.later.awaits == "" and not again(by_assistant).awaits_cosignature
    assert [one.signature.name for one in document.later.cosignatures] == [clinic.sam.signature_name]
    assert document.later.cosignatures[0].signature.credential == "PT"
    assert not copies_of(clinic)


def test_a_later_addendum_of_the_assistant_asks_for_a_new_one(clinic, by_assistant):
    cosign(by_assistant, clinic.sam)
    addend(by_assistant, clinic.marcus)
    assert again(by_assistant).awaits_cosignature
    assert signed_document(by_assistant.pk).later.awaits == "PT"
    assert not copies_of(clinic)
    cosign(by_assistant, clinic.sam)
    assert not again(by_assistant).awaits_cosignature
    assert not copies_of(clinic)


def test_what_was_added_after_the_page_was_shown_is_not_cosigned_unseen(clinic, by_assistant):
    seen = last_hash(by_assistant)
    addend(by_assistant, clinic.marcus)
    with pytest.raises(Refused, match="Read it again"):
        amendments.cosign(document=again(by_assistant), by=clinic.sam, seen=seen)


def test_the_same_is_not_cosigned_twice_by_one_person(clinic, by_assistant):
    cosign(by_assistant, clinic.sam)
    with pytest.raises(Refused, match="already"):
        cosign(by_assistant, clinic.sam)


def test_a_supervisor_cannot_cosign_their_own_note(clinic):
    note = clinic.note_signed_by(clinic.sam)
    with pytest.raises(Refused, match="your own note"):
        cosign(note, clinic.sam)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"licence_expires_on": dt.date(2026, 11, 19)}, "ended on 11/19/2026"),
        ({"licence_expires_on": None}, "no date"),
        ({"licence_number": ""}, "no licence number"),
    ],
)
def test_a_cosigner_without_a_valid_licence_is_told_what_to_do(clinic, by_assistant, change, words):
    User.objects.filter(pk=clinic.sam.pk).update(**change)
    with pytest.raises(Refused, match=words) as refused:
        cosign(by_assistant, clinic.sam)
    assert "administrator" in str(refused.value)


def test_a_licence_is_valid_on_its_last_day(clinic, by_assistant):
    User.objects.filter(pk=clinic.sam.pk).update(licence_expires_on=clinic.today)
    assert cosign(by_assistant, clinic.sam)


def test_an_authors_expired_licence_is_said_and_holds_billing_but_stops_no_true_record(clinic):
    User.objects.filter(pk=clinic.tess.pk).update(licence_expires_on=dt.date(2026, 11, 19))
    tess = User.objects.get(pk=clinic.tess.pk)
    note = clinic.draft_by(tess)
    with pytest.raises(Refused, match="to answer"):
        charting.sign(note, {}, by=tess)
    found = charting.judged(again(note), signer=tess).open
    assert [one.code for one in found] == ["AUT605"]
    actions.answer(note=note, by=tess, answers={found[0].key: {"value": "", "reason": "Renewal is sent."}})
    charting.sign(again(note), {}, by=tess)
    assert again(note).holds_billing


# --- Adding, correcting, voiding --------------------------------------------------------------------------


def test_an_addendum_stands_under_the_original_with_who_when_and_why(clinic, signed):
    before = signed_document(signed.pk)
    entry = addend(signed, clinic.tess, words="Line one\nline two", reason="Left out.")
    after = signed_document(signed.pk)
    assert after.later.amendments[0].words == "Line one\nline two"
    assert after.later.amendments[0].reason == "Left out."
    assert after.later.amendments[0].refers_to == before.seal.seq
    assert after.later.amendments[0].seal.seq == entry.seq
    assert (after.plan, after.blocks, after.seal) == (before.plan, before.blocks, before.seal)
    assert not copies_of(clinic)


def test_the_document_as_of_an_entry_has_nothing_later(clinic, signed):
    first = addend(signed, clinic.tess, words="First.")
    addend(signed, clinic.tess, words="Second.")
    document = signed_document(signed.pk, upto=first.hash)
    assert [one.words for one in document.later.amendments] == ["First."]
    with pytest.raises(ValueError, match="no such entry"):
        signed_document(signed.pk, upto="0" * 64)


@pytest.mark.parametrize("empty", ["words", "reason"])
def test_an_addendum_says_what_and_why(clinic, signed, empty):
    with pytest.raises(Refused) as refused:
        addend(signed, clinic.tess, **{empty: " \n"})
    assert refused.value.field == empty
    assert LedgerEntry.objects.filter(document=signed.pk).count() == 1


def test_a_correction_names_the_field_and_takes_what_it_said_from_the_record(clinic, signed):
    said = signed_document(signed.pk).plan
    Note.objects.filter(pk=signed.pk).update(plan="Made up in the working copy.")
    for should_say in ("Otherwise.", "Otherwise again."):
        amendments.correct(
            document=again(signed), by=clinic.tess, path="plan", should_say=should_say, reason="A slip."
        )
    one, two = signed_document(signed.pk).later.amendments
    assert (one.corrections[0].said, one.corrections[0].should_say) == (said, "Otherwise.")
    assert (two.corrections[0].said, two.corrections[0].should_say) == ("Otherwise.", "Otherwise again.")
    assert signed_document(signed.pk).plan == said


def test_a_field_that_the_record_does_not_have_is_not_corrected(clinic, signed):
    with pytest.raises(Refused) as refused:
        amendments.correct(
            document=again(signed), by=clinic.tess, path="patient.mrn", should_say="x", reason="y"
        )
    assert refused.value.field == "path"


def test_a_voided_note_stays_readable_and_leaves_room_for_a_new_one(clinic, signed):
    amendments.void(document=again(signed), by=clinic.sam, reason="The wrong patient.")
    document = signed_document(signed.pk)
    assert document.is_void and document.later.void.reason == "The wrong patient."
    assert document.subjective and document.signature
    assert again(signed).status == Status.VOIDED
    new = actions.start(visit=again(signed).visit, by=clinic.tess)
    assert new.pk != signed.pk and new.status == Status.DRAFT
    assert not copies_of(clinic)
    with pytest.raises(Refused, match="voided"):
        addend(signed, clinic.tess)


def test_what_is_written_after_a_records_request_says_so(clinic, signed):
    request = requests.record_request(
        patient=again(signed).visit.patient,
        received_on=clinic.today,
        requester="Medicare contractor",
        case_number="C-1",
        by=clinic.rae,
    )
    addend(signed, clinic.tess)
    requests.packet_left(request=request, left_on=clinic.today, by=clinic.rae)
    addend(signed, clinic.tess)
    one, two = signed_document(signed.pk).later.amendments
    assert one.after_request == "Written after the records request of 11/20/2026"
    assert two.after_request.endswith("and after a packet left on 11/20/2026")


def test_another_clinicians_first_hand_knowledge_is_their_own_late_entry(clinic):
    """Of somebody who left: the draft stays unsigned, and a late entry is not its signature."""
    draft = clinic.draft_by(clinic.tess)
    entry = amendments.enter_late(
        document=again(draft), by=clinic.sam, words="Seen.", reason="She left.", knows="In the room."
    )
    assert (entry.kind, entry.ref_hash) == (Kind.LATE_ENTRY, "")
    assert again(draft).status == Status.DRAFT
    with pytest.raises(Refused, match="on this visit"):
        charting.sign(again(draft), {}, by=clinic.sam)
    assert not copies_of(clinic)


# --- A plan of care on the same footing -------------------------------------------------------------------


def test_a_plan_of_care_is_cosigned_and_added_to_as_a_note_is(clinic):
    version = PlanVersion.objects.filter(
        plan__patient=clinic.patients["stroke"], status="signed", plan__discipline="PT"
    ).first()
    by = clinic.sam if version.signed_by_id != clinic.sam.pk else clinic.tess
    amendments.addend(document=version, by=version.signed_by, words="Added.", reason="Left out.")
    entry = plan_record.signed_entry(version)
    seen = plan_document.signed_document(entry).later.last.hash
    amendments.cosign(document=version, by=by, seen=seen)
    later = plan_document.signed_document(entry).later
    assert [one.words for one in later.amendments] == ["Added."]
    assert later.cosignatures[0].refers_to == later.amendments[0].seal.seq
    with pytest.raises(Refused, match="revised instead"):
        amendments.void(document=version, by=clinic.sam, reason="No.")
    assert not copies_of(clinic)


# --- What public trackers told of other systems (trust.md §1) ---------------------------------------------


def test_nothing_is_saved_into_a_signed_note_openemr_11492(clinic, signed):
    from apps.notes.forms import DraftValues

    with pytest.raises(Refused):
        actions.save_draft(
            note=again(signed),
            by=clinic.tess,
            revision=signed.revision,
            operation="",
            values=DraftValues(note={}, blocks=[{"id": signed.pk, "code": "97110"}]),
        )
    assert again(signed).blocks.count() == signed.blocks.count()


def test_child_rows_edited_behind_the_app_change_no_page_and_are_found(clinic, signed):
    before = signed_document(signed.pk)
    signed.blocks.update(minutes_therapist=55)
    assert signed_document(signed.pk) == before
    assert any("minutes therapist" in found.words for found in copies_of(clinic))


def test_a_signer_forged_in_the_working_copy_amends_nothing(clinic, signed):
    Note.objects.filter(pk=signed.pk).update(signed_by=clinic.sam)
    with pytest.raises(Refused, match="names another signer"):
        amendments.correct(document=again(signed), by=clinic.sam, path="plan", should_say="Mine.", reason="x")
    assert any("signer" in found.words for found in copies_of(clinic))


def test_a_note_marked_void_or_not_awaiting_behind_the_app_is_found(clinic, by_assistant):
    Note.objects.filter(pk=by_assistant.pk).update(awaits_cosignature=False)
    assert any("awaits cosignature" in found.words for found in copies_of(clinic))
    Note.objects.filter(pk=by_assistant.pk).update(awaits_cosignature=True, status=Status.VOIDED)
    assert any("status" in found.words for found in copies_of(clinic))


def test_a_role_that_was_taken_away_signs_nothing_more(clinic):
    note = clinic.draft_by(clinic.tess)
    preview = record.preview_digest(record.payload_of(again(note)))
    Membership.objects.filter(user=clinic.tess).update(is_active=False)
    with pytest.raises(Refused, match="no role in this clinic"):
        actions.sign(note=note, by=clinic.tess, preview=preview)


# --- Review before signing --------------------------------------------------------------------------------


def test_a_students_note_is_sent_returned_and_signed_by_who_was_in_the_room(clinic):
    note = clinic.draft_by(clinic.jo)
    with pytest.raises(Refused, match="licensed professional who was in the room"):
        charting.sign(note, {}, by=clinic.jo)
    reviewing.send(note=note, by=clinic.jo, words="Please look at the cue.")
    with pytest.raises(Refused, match="sent for review"):
        charting.write(again(note), {"plan": "Changed."}, by=clinic.jo)
    reviewing.give_back(note=again(note), by=clinic.tess, words="Say what was seen.")
    assert again(note).status == Status.DRAFT
    reviewing.send(note=again(note), by=clinic.jo)
    charting.sign(again(note), {}, by=clinic.tess)
    document = signed_document(note.pk)
    assert "Jo Lindqvist" in document.drafted_by
    assert any("student" in line for fact in document.facts for line in fact.lines)
    assert [one.outcome for one in again(note).review_requests.all()] == ["signed", "returned"]


def test_a_note_is_not_returned_without_a_word(clinic):
    note = clinic.draft_by(clinic.marcus)
    reviewing.send(note=note, by=clinic.marcus)
    with pytest.raises(Refused, match="Say what to look at"):
        reviewing.give_back(note=again(note), by=clinic.tess)


def test_comments_are_kept_with_the_history_and_stand_in_no_payload(clinic):
    note = clinic.draft_by(clinic.marcus)
    reviewing.send(note=note, by=clinic.marcus)
    thread = reviewing.comment(
        note=note, by=clinic.tess, words="A canary of review.", anchor="field", place="plan", label="Plan"
    )
    reviewing.reply(thread=thread, by=clinic.marcus, words="Done.")
    reviewing.resolve(thread=thread, by=clinic.tess)
    charting.sign(again(note), {}, by=clinic.marcus)
    assert [one.words for one in again(note).threads.get().comments.all()] == ["A canary of review.", "Done."]
    assert not LedgerEntry.objects.filter(document=note.pk, payload__contains="canary").exists()
    assert not Event.objects.filter(details__icontains="canary").exists()


# --- Late -------------------------------------------------------------------------------------------------


def test_a_note_signed_after_the_clinics_hours_is_labelled_late_with_its_reason(clinic):
    note = clinic.draft_by(clinic.tess)
    clock.set_to(clock.now() + dt.timedelta(days=5))
    found = charting.judged(again(note)).open
    assert [one.code for one in found] == ["REC802"]
    actions.answer(
        note=note, by=clinic.tess, answers={found[0].key: {"value": "", "reason": "The network was down."}}
    )
    charting.sign(again(note), {}, by=clinic.tess)
    document = signed_document(note.pk)
    assert document.late == "Late entry: written 5 days after the date of service"
    assert "The network was down." in [check.reason for check in document.checks]


def test_a_policy_names_its_source_and_does_not_reach_back(clinic):
    values = {"cosigns_assistants": True, "late_after_hours": 24, "by": clinic.alex}
    with pytest.raises(Refused) as refused:
        record_policy.set_policy(clinic=clinic.riverside, applies_from=clinic.today, source=" ", **values)
    assert refused.value.field == "source"
    with pytest.raises(Refused) as refused:
        record_policy.set_policy(
            clinic=clinic.riverside,
            applies_from=clinic.today - dt.timedelta(days=1),
            source="Policy",
            **values,
        )
    assert refused.value.field == "applies_from"
