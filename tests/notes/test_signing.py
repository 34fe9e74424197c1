"""The signature: what it needs, what it refuses, and what it leaves behind."""

import datetime as dt
import re
import unicodedata

import pytest
from django.urls import reverse

from apps.accounts import signature
from apps.accounts.models import User
from apps.accounts.password import RECOGNISED_BY
from apps.audit import clock, verbs
from apps.audit.models import Event
from apps.audit.refused import Refused
from apps.compliance.review import review
from apps.demo import charting
from apps.demo.world import PASSPHRASE
from apps.ledger import chain
from apps.ledger.models import ChainHead, LedgerEntry
from apps.notes import actions, chart, facts, record
from apps.notes.models import Block, MeasureTaken, Note
from apps.patients.models import Patient
from apps.visits import actions as visits
from apps.visits.models import Attendance, Visit

from .as_browser import fields_of


def preview_of(note):
    return record.preview_digest(record.payload_of(charting.read(note)))


def sign(note, by):
    return actions.sign(note=note, by=by, preview=preview_of(note))


def judged(note, by=None):
    return review(facts.of(chart.load(charting.read(note)), signer=by))


def answer_all(note, by):
    """A true answer to everything that asks for one."""
    answers = {
        one.key: {
            "value": one.choices[0] if one.choices else "",
            "reason": "Measured and agreed with the patient.",
        }
        for one in judged(note, by).open
    }
    actions.answer(note=note, by=by, answers=answers)


@pytest.fixture
def draft(clinic):
    return clinic.draft_by(clinic.tess)


# --- The action -------------------------------------------------------------------------------------------


def test_a_signature_appends_one_entry_and_marks_the_note(clinic, draft):
    before = LedgerEntry.objects.count()
    head = ChainHead.objects.get(clinic=clinic.riverside.pk)
    entry = sign(draft, clinic.tess)
    assert LedgerEntry.objects.count() == before + 1
    assert (entry.seq, entry.prev_hash, entry.document) == (head.seq + 1, head.hash, draft.pk)
    assert Note.objects.get(pk=draft.pk).is_signed
    event = Event.objects.get(verb=verbs.NOTE_SIGNED, target=str(draft.pk))
    assert event.details == {"seq": entry.seq}


def test_the_signature_says_who_with_what_licence_when_where_and_what_it_means(clinic, draft):
    signature = chain.read(sign(draft, clinic.tess))["signature"]
    assert signature == {
        "user": str(clinic.tess.pk),
        "name": "Dana Ortiz, PT, DPT, NCS",
        "credential": "PT",
        "licence_number": "DEMO-PT-10422",
        "licence_state": "IL",
        "licence_expires_on": "2027-09-30",
        "npi": "0000010427",
        "meaning": record.MEANING,
        "signed_at": "2026-11-20T21:00:00Z",
        "time_zone": "America/Chicago",
        "authenticated": "password",
    }


CHANGES = {
    "a word": lambda note: Note.objects.filter(pk=note.pk).update(subjective="Other words."),
    "a minute": lambda note: note.blocks.filter(code="97110").update(minutes_therapist=17),
    "a block taken out": lambda note: note.blocks.filter(code="97110").update(is_removed=True),
    "a measure": lambda note: note.measures.update(value=45),
    "the patient's name": lambda note: Patient.objects.filter(pk=note.visit.patient_id).update(
        given_name="Ada"
    ),
    "the reason of a visit cut short": lambda note: Visit.objects.filter(pk=note.visit_id).update(
        attendance="cut_short", attendance_reason="Dizzy."
    ),
    "the choice of the tied unit": lambda note: Note.objects.filter(pk=note.pk).update(unit_choice=["97110"]),
}


@pytest.mark.parametrize("what", CHANGES)
def test_nobody_signs_what_they_did_not_see(what, clinic, draft):
    preview = preview_of(draft)
    CHANGES[what](draft)
    if preview_of(draft) == preview:
        # A choice that changes nothing of what prints needs no second reading.
        assert what == "the choice of the tied unit"
        return
    with pytest.raises(Refused, match="changed after this page was shown"):
        actions.sign(note=draft, by=clinic.tess, preview=preview)
    assert Note.objects.get(pk=draft.pk).is_draft
    assert not LedgerEntry.objects.filter(document=draft.pk).exists()


@pytest.mark.parametrize("preview", ["", "0" * 64, "\x00"])
def test_a_preview_that_is_none_signs_nothing(preview, clinic, draft):
    with pytest.raises(Refused, match="changed after"):
        actions.sign(note=draft, by=clinic.tess, preview=preview)


def test_answering_does_not_count_as_a_change_of_the_words(clinic, draft):
    preview = preview_of(draft)
    actions.answer(note=draft, by=clinic.tess, answers={"x:1": {"value": "yes", "reason": ""}})
    actions.sign(note=draft, by=clinic.tess, preview=preview)


def test_a_blocker_stops_the_signature_whatever_was_answered(clinic):
    draft = clinic.draft_by(clinic.tess, complete=False)
    stops = judged(draft, clinic.tess).open_blockers
    assert stops
    actions.answer(
        note=draft, by=clinic.tess, answers={one.key: {"value": "yes", "reason": "Because."} for one in stops}
    )
    with pytest.raises(Refused, match="to complete before"):
        sign(draft, clinic.tess)
    assert Note.objects.get(pk=draft.pk).is_draft


def test_a_question_or_warning_without_an_answer_stops_the_signature(clinic, draft):
    # Minutes over the clock's: a warning that is signed with a reason.
    Note.objects.filter(pk=draft.pk).update(assessment="", plan="")
    MeasureTaken.objects.filter(note=draft).update(is_removed=True)
    Block.objects.filter(note=draft, code="97112").update(response="Tolerated well.", dosage="")
    open_now = judged(draft, clinic.tess)
    if open_now.open_blockers:
        Note.objects.filter(pk=draft.pk).update(assessment="Better.", plan="Go on.")
        open_now = judged(draft, clinic.tess)
    assert open_now.open and not open_now.open_blockers
    with pytest.raises(Refused, match="to answer before"):
        sign(draft, clinic.tess)
    answer_all(draft, clinic.tess)
    assert sign(draft, clinic.tess)


def test_a_note_is_signed_once(clinic, draft):
    preview = preview_of(draft)
    actions.sign(note=draft, by=clinic.tess, preview=preview)
    with pytest.raises(Refused, match="Signed words never change"):
        actions.sign(note=draft, by=clinic.tess, preview=preview)
    assert LedgerEntry.objects.filter(document=draft.pk).count() == 1


def test_a_student_cannot_sign_and_is_told_who_can(clinic):
    draft = clinic.draft_by(clinic.jo)
    with pytest.raises(Refused, match="licensed professional who was in the room"):
        sign(draft, clinic.jo)
    assert sign(draft, clinic.tess)


def test_an_occupational_therapist_cannot_sign_a_note_of_physical_therapy(clinic):
    draft = clinic.draft_by(clinic.tess, assistant=clinic.priya)
    with pytest.raises(Refused, match="note of physical therapy; your credential is OT"):
        sign(draft, clinic.priya)


def test_a_supervisor_who_was_not_on_the_visit_cannot_sign(clinic, draft):
    with pytest.raises(Refused, match="Only people on this visit"):
        sign(draft, clinic.sam)


def test_an_expired_licence_is_seen_in_the_signature_of_the_one_who_signs(clinic, draft):
    User.objects.filter(pk=clinic.tess.pk).update(licence_expires_on=dt.date(2026, 1, 1))
    clinic.tess.refresh_from_db()
    found = {one.code for one in judged(draft, clinic.tess).open}
    assert any(code.startswith("AUT") for code in found)


def test_a_visit_cut_short_can_always_be_signed(clinic):
    visit = clinic.visit_today(clinic.tess)
    visits.record_attendance(
        visit=visit,
        attendance=Attendance.CUT_SHORT,
        reason="Dizzy after four minutes, sat down.",
        by=clinic.tess,
    )
    note = actions.start(visit=visit, by=clinic.tess)
    content = {
        "subjective": "Says she slept badly.",
        "total_minutes": 4,
        "assessment": "Stopped before any practice could be repeated.",
        "blocks": [
            {
                "code": "97112",
                "minutes_therapist": 4,
                "deficit_domains": ["balance"],
                "deficit": "Sways backward on a firm surface",
                "activity": "Standing weight shifts at the counter",
                "cues": [
                    {
                        "kind": "verbal",
                        "action": "Asked to look ahead",
                        "error": "Eyes on the floor",
                        "effect": "not_tolerated",
                        "seen": "",
                    }
                ],
                "response": "Dizzy after 4 minutes, sat down, settled in 2 minutes.",
            }
        ],
    }
    note = charting.write(note, content, by=clinic.tess)
    assert [one.code for one in judged(note, clinic.tess).open_blockers] == []
    answer_all(note, clinic.tess)
    payload = chain.read(sign(note, clinic.tess))
    assert payload["visit"]["attendance_reason"] == "Dizzy after four minutes, sat down."


def test_a_block_of_three_minutes_is_signed_with_what_is_true_of_it(clinic, draft):
    Block.objects.filter(note=draft, code="97110").update(minutes_therapist=3)
    Note.objects.filter(pk=draft.pk).update(total_minutes=27)
    assert [one.code for one in judged(draft, clinic.tess).open_blockers] == []
    if judged(draft, clinic.tess).open:
        answer_all(draft, clinic.tess)
    blocks = chain.read(sign(draft, clinic.tess))["blocks"]
    assert [block["minutes"] for block in blocks] == [24, 3]


def test_what_holds_billing_is_kept_with_the_signed_note(clinic, draft):
    Block.objects.filter(note=draft).update(modifiers="")
    assert judged(draft, clinic.tess).holds_billing
    assert [one.code for one in judged(draft, clinic.tess).open_blockers] == []
    answer_all(draft, clinic.tess)
    entry = sign(draft, clinic.tess)
    assert Note.objects.get(pk=draft.pk).holds_billing
    assert chain.read(entry)["review"]["holds_billing"] is True


def test_a_note_without_anything_to_hold_is_free_for_billing(clinic, draft):
    assert not judged(draft, clinic.tess).holds_billing
    sign(draft, clinic.tess)
    assert not Note.objects.get(pk=draft.pk).holds_billing


def test_a_server_whose_clock_went_back_signs_nothing(clinic, draft):
    ChainHead.objects.filter(clinic=clinic.riverside.pk).update(recorded_at="2026-11-20T21:00:01Z")
    with pytest.raises(Refused, match="clock stands before the last signature"):
        sign(draft, clinic.tess)
    assert Note.objects.get(pk=draft.pk).is_draft


# --- The page ---------------------------------------------------------------------------------------------


@pytest.fixture
def dana(clinic, client):
    """Signed in an hour ago by session, so the password has to be given again."""
    client.force_login(clinic.tess)
    return client


def give_password_ago(client, seconds):
    session = client.session
    session["password_given_at"] = int(clock.now().timestamp()) - seconds
    session.save()


def page_of(client, note):
    return client.get(reverse("note-sign", args=[note.pk]))


def post(client, note, page=None, **values):
    sent = {name: values_[-1] for name, values_ in fields_of(page or page_of(client, note), None).items()}
    return client.post(reverse("note-sign", args=[note.pk]), {**sent, **values})


def test_what_stops_the_signature_comes_before_questions_and_the_buttons(clinic, dana):
    draft = clinic.draft_by(clinic.tess, complete=False)
    text = page_of(dana, draft).content.decode()
    assert text.index("To complete first") < text.index("Your password") < text.index('name="sign"')
    assert re.search(r'name="sign" value="1" disabled', text)


def test_the_password_is_asked_after_five_minutes_and_not_before(clinic, draft, dana):
    for seconds, is_asked in (
        (0, False),
        (299, False),
        (300, False),
        (301, True),
        (86400, True),
        (-60, True),
    ):
        give_password_ago(dana, seconds)
        assert ("Your password" in page_of(dana, draft).content.decode()) is is_asked, seconds


def test_a_signature_without_the_password_is_refused_after_five_minutes(clinic, draft, dana):
    answer = post(dana, draft)
    assert answer.status_code == 422
    assert Note.objects.get(pk=draft.pk).is_draft


def test_leaving_the_password_field_out_does_not_leave_out_the_question(clinic, draft, dana):
    answer = dana.post(reverse("note-sign", args=[draft.pk]), {"preview": preview_of(draft), "sign": "1"})
    assert answer.status_code == 422
    assert Note.objects.get(pk=draft.pk).is_draft


def test_a_wrong_password_signs_nothing_and_keeps_the_answers(clinic, dana):
    draft = clinic.draft_by(clinic.tess)
    Block.objects.filter(note=draft).update(modifiers="")
    page = page_of(dana, draft)
    reasons = [name for name in fields_of(page, None) if name.startswith("reason-")]
    assert reasons
    answer = post(dana, draft, page, password="not it", **dict.fromkeys(reasons, "The payer wants none."))
    text = answer.content.decode()
    assert answer.status_code == 422 and "This is not your password" in text
    assert text.count("The payer wants none.") >= len(reasons)
    assert "not it" not in text
    kept = Note.objects.get(pk=draft.pk)
    assert kept.is_draft
    assert {given["reason"] for given in kept.answers.values()} == {"The payer wants none."}


def test_the_right_password_signs(clinic, draft, dana):
    answer = post(dana, draft, password=PASSPHRASE, sign="1")
    assert answer.status_code == 302 and answer["Location"] == reverse("note", args=[draft.pk])
    assert Note.objects.get(pk=draft.pk).is_signed


def test_a_signature_says_how_its_signer_was_recognised(clinic, draft, dana):
    give_password_ago(dana, 10)
    session = dana.session
    session[RECOGNISED_BY] = "passkey"
    session.save()
    assert post(dana, draft, sign="1").status_code == 302
    entry = LedgerEntry.objects.get(document=draft.pk)
    assert chain.read(entry)["signature"]["authenticated"] == "passkey"


def test_somebody_elses_password_does_not_sign(clinic, draft, dana):
    clinic.sam.set_password("another long passphrase")
    clinic.sam.save()
    assert post(dana, draft, password="another long passphrase").status_code == 422
    assert Note.objects.get(pk=draft.pk).is_draft


def test_a_password_given_while_signing_counts_for_the_next_five_minutes(clinic, dana):
    first, second = clinic.draft_by(clinic.tess), clinic.draft_by(clinic.tess)
    post(dana, first, password=PASSPHRASE)
    answer_all(second, clinic.tess)
    assert "Your password" not in page_of(dana, second).content.decode()
    assert post(dana, second).status_code == 302
    assert Note.objects.get(pk=second.pk).is_signed


def test_sign_and_next_opens_the_next_draft_of_the_day(clinic, dana):
    give_password_ago(dana, 0)
    first, second = clinic.draft_by(clinic.tess), clinic.draft_by(clinic.tess)
    others = Note.objects.filter(author=clinic.tess, status="draft", visit__served_on=clinic.today).exclude(
        pk__in=[first.pk, second.pk]
    )
    answer = post(dana, first, next="1")
    following = {reverse("note", args=[note.pk]) for note in [second, *others]}
    assert answer["Location"] in following


def test_sign_and_next_goes_to_the_day_when_nothing_is_left(clinic, client):
    client.force_login(clinic.sam)
    give_password_ago(client, 0)
    draft = clinic.draft_by(clinic.sam)
    assert post(client, draft, next="1")["Location"] == reverse("today")


def test_a_reason_that_is_too_long_is_refused_beside_it_and_does_not_erase_the_one_before(clinic, dana):
    give_password_ago(dana, 0)
    draft = clinic.draft_by(clinic.tess)
    Block.objects.filter(note=draft).update(modifiers="")
    page = page_of(dana, draft)
    reasons = [name for name in fields_of(page, None) if name.startswith("reason-")]
    keys = [name.removeprefix("reason-") for name in reasons]
    earlier = {key: {"value": "", "reason": "Said before."} for key in keys}
    actions.answer(note=draft, by=clinic.tess, answers=earlier)
    answer = post(dana, draft, page, **dict.fromkeys(reasons, "x" * 1001))
    assert answer.status_code == 422 and "x" * 1001 in answer.content.decode()
    assert Note.objects.get(pk=draft.pk).answers == earlier


def test_a_post_without_a_single_field_is_answered_and_signs_nothing(clinic, draft, dana):
    answer = dana.post(reverse("note-sign", args=[draft.pk]))
    assert answer.status_code == 422
    assert Note.objects.get(pk=draft.pk).is_draft


def test_the_sign_page_of_a_signed_note_leads_to_the_note(clinic, dana):
    note = clinic.note_signed_by(clinic.tess)
    for answer in (page_of(dana, note), dana.post(reverse("note-sign", args=[note.pk]), {"sign": "1"})):
        assert answer.status_code == 302 and answer["Location"] == reverse("note", args=[note.pk])
    assert LedgerEntry.objects.filter(document=note.pk).count() == 1


def test_a_student_is_told_on_the_page_who_signs(clinic, client):
    client.force_login(clinic.jo)
    give_password_ago(client, 0)
    draft = clinic.draft_by(clinic.jo)
    assert "licensed professional who was in the room" in page_of(client, draft).content.decode()
    answer = post(client, draft, sign="1")
    assert answer.status_code == 422
    assert Note.objects.get(pk=draft.pk).is_draft


# --- The record -------------------------------------------------------------------------------------------

TYPED = ("subjective", "assessment", "plan", "home_program", "caregiver_training", "communication")
TYPED += ("adverse_event", "adverse_event_action")
IN_BLOCK = ("deficit", "limits", "activity", "position_used", "surface", "environment", "challenge", "dosage")
IN_BLOCK += ("response", "progression", "distinct", "purpose", "description")


def test_every_typed_field_of_the_draft_is_in_the_record_as_it_was_typed(clinic, draft):
    words = "“Fünf” steps ≥ 3\n\tthen 日本 🙂 <b>&amp;</b>"
    Note.objects.filter(pk=draft.pk).update(**{name: f"{name}: {words}" for name in TYPED})
    draft.blocks.filter(code="97112").update(
        **{name: f"{name}: {words}" for name in IN_BLOCK},
        minutes_assistant=1,
        minutes_together=2,
        one_on_one=False,
        starts_at=dt.time(14, 5),
        ends_at=dt.time(14, 29),
        modifiers="GP, 59",
        units_billed=2,
        cues=[{"kind": "verbal", "action": words, "error": words, "effect": "worse", "seen": words}],
        assistance_before="min_assist",
        assistance_after="contact_guard",
    )
    payload = chain.read(sign_whatever_it_holds(draft, clinic.tess))
    for name in TYPED:
        assert payload[name] == f"{name}: {words}"
    block = payload["blocks"][0]
    for name in IN_BLOCK:
        assert block[name] == f"{name}: {words}"
    assert (block["minutes_therapist"], block["minutes_assistant"], block["minutes_together"]) == (24, 1, 2)
    assert (block["one_on_one"], block["starts_at"], block["ends_at"]) == (False, "14:05", "14:29")
    assert (block["modifiers"], block["units_billed"]) == (["GP", "59"], 2)
    assert {block["cues"][0][name] for name in ("action", "error", "seen")} == {words}


def sign_whatever_it_holds(note, by):
    """The entry of a note as it stands: here the words are the matter, not whether they suffice."""
    charted = charting.read(note)
    payload = record.payload_of(charted)
    payload["signature"] = signature.of(
        by, meaning=record.MEANING, time_zone=charted.clinic.time_zone, authenticated="password"
    )
    return chain.append(
        clinic=note.clinic_id, kind="sign", document=note.pk, document_type="note", payload=payload
    )


NOT_IN_THE_RECORD = {
    Note: {"clinic", "visit", "author", "status", "revision", "started_at", "saved_at", "discard_reason"}
    # Set by the signature, which stands in the record itself.
    | {"signed_by", "signed_at", "awaits_cosignature"}
    # What was opened, and a stopwatch: the words and minutes that came of them are in the record.
    | {"presentation"},
    Block: {"note", "position", "is_removed", "timer"},
    MeasureTaken: {"id", "note", "position", "is_removed"},
}
BY_ANOTHER_NAME = {
    Note: {"answers": "review", "holds_billing": "review", "unit_choice": "units", "method_choice": "units"}
    | {"kind": "type"}
}


@pytest.mark.parametrize("model", [Note, Block, MeasureTaken])
def test_no_field_of_the_draft_is_forgotten_in_the_record(model, clinic, draft):
    payload = record.payload_of(charting.read(draft))
    part = {Note: payload, Block: payload["blocks"][0], MeasureTaken: payload["measures"][0]}[model]
    keys = set(part) | set(payload["note"]) | set(payload["visit"]) | set(payload["times"])
    keys |= {f"{name}_{when}" for when, values in payload["vitals"].items() for name in values}
    missing = [
        field.name
        for field in model._meta.concrete_fields
        if field.name not in keys | NOT_IN_THE_RECORD[model]
        and BY_ANOTHER_NAME.get(model, {}).get(field.name) not in keys
    ]
    assert not missing, "Put it into record.py, or say here why it is not a part of the record."


def test_the_record_holds_nothing_that_canonical_json_would_change(clinic, draft):
    def walk(value):
        if isinstance(value, dict):
            for key, each in value.items():
                assert isinstance(key, str)
                walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)
        else:
            assert value is None or type(value) in (str, int, bool), (type(value), value)

    walk(record.payload_of(charting.read(draft)))


def test_the_stored_text_is_exactly_the_canonical_one(clinic, draft):
    import json

    entry = sign(draft, clinic.tess)
    # RFC 8785 without floats: sorted keys, no spaces, UTF-8 as it is, the short escapes.
    again = json.dumps(json.loads(entry.payload), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert entry.payload == again
    assert LedgerEntry.objects.get(pk=entry.pk).payload == entry.payload


def test_words_are_stored_composed_and_with_plain_line_ends(clinic, draft, dana):
    typed = "Cafe\u0301\r\nne\u0301uro\rend"
    dana.post(
        reverse("note", args=[draft.pk]),
        {"revision": draft.revision, "subjective": typed, "plan": "x\r\n"},
    )
    kept = Note.objects.get(pk=draft.pk).subjective
    assert kept == "Café\nnéuro\nend" == unicodedata.normalize("NFC", kept)


# --- The signed page reads only the ledger ------------------------------------------------------------------


def test_changing_the_rows_of_a_signed_note_changes_nothing_that_is_shown(clinic, dana):
    note = clinic.note_signed_by(clinic.tess)
    paths = [reverse(name, args=[note.pk]) for name in ("note", "note-print")]

    def main_of(path):
        text = re.sub(r"\b[A-Za-z0-9]{64}\b", "", dana.get(path).content.decode())
        return text[text.index("<main") : text.index("</main>")] if "<main" in text else text

    before = [main_of(path) for path in paths]
    Note.objects.filter(pk=note.pk).update(
        subjective="TAMPERED", plan="TAMPERED", total_minutes=1, starts_at=dt.time(1), holds_billing=True
    )
    note.blocks.update(response="TAMPERED", minutes_therapist=99, code="97530", cues=[])
    note.measures.update(value=1, words="TAMPERED")
    Block.objects.create(note=note, code="97110", description="TAMPERED", minutes_therapist=60)
    Patient.objects.filter(pk=note.visit.patient_id).update(precautions="TAMPERED")
    User.objects.filter(pk=clinic.tess.pk).update(licence_number="TAMPERED", letters="MD")
    for path, shown in zip(paths, before, strict=True):
        after = main_of(path)
        assert "TAMPERED" not in after
        assert after == shown
