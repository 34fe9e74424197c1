"""The pages of what follows a signature, and of the review before it: as a browser uses them."""

import pytest
from django.urls import reverse

from apps.accounts.models import Membership
from apps.audit import verbs
from apps.audit.models import Event
from apps.demo.world import PASSPHRASE
from apps.ledger.models import Kind, LedgerEntry
from apps.notes import amendments, reviewing
from apps.notes.document import signed_document
from apps.notes.models import Status, Thread

from .test_amendments import again, last_hash


@pytest.fixture
def signed(clinic):
    return clinic.note_signed_by(clinic.marcus)


def page(client, name, note):
    return client.get(reverse(name, args=[note.pk]))


def post(client, name, note, **data):
    return client.post(
        reverse(name, args=[note.pk]), {"seen": last_hash(note), "password": PASSPHRASE, **data}
    )


def text_of(response):
    return response.content.decode()


def test_the_cosign_page_shows_the_exact_document_its_hash_and_asks_for_the_password(client, clinic, signed):
    client.force_login(clinic.sam)
    shown = text_of(page(client, "cosign", signed))
    document = signed_document(signed.pk)
    assert document.seal.short_hash in shown and last_hash(signed) in shown
    assert "Your password" in shown and document.subjective[:30] in shown
    assert post(client, "cosign", signed).status_code == 302
    assert "Cosigned by" in text_of(page(client, "note", signed))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cosign", {}),
        ("addend", {"words": "Kept words.", "reason": "Left out."}),
        ("correct", {"path": "plan", "should_say": "Kept words.", "reason": "A slip."}),
        ("void", {"reason": "Kept words."}),
        ("enter-late", {"words": "Kept words.", "reason": "Away.", "knows": "In the room."}),
    ],
)
def test_a_wrong_password_signs_nothing_and_keeps_what_was_typed(client, clinic, signed, name, words):
    by = clinic.marcus if name in ("addend", "correct") else clinic.sam
    client.force_login(by)
    before = LedgerEntry.objects.count()
    answer = post(client, name, signed, **{**words, "password": "wrong"})
    assert answer.status_code == 422 and LedgerEntry.objects.count() == before
    assert "not your password" in text_of(answer)
    if words:
        assert "Kept words." in text_of(answer)
    assert post(client, name, signed, **words).status_code == 302
    assert LedgerEntry.objects.count() == before + 1


def test_an_entry_that_came_meanwhile_is_read_before_it_is_cosigned(client, clinic, signed):
    client.force_login(clinic.sam)
    seen = last_hash(signed)
    amendments.addend(document=again(signed), by=clinic.marcus, words="Later words.", reason="Left out.")
    answer = post(client, "cosign", signed, seen=seen)
    assert answer.status_code == 422
    assert "Read it again" in text_of(answer) and "Later words." in text_of(answer)
    assert not LedgerEntry.objects.filter(document=signed.pk, kind=Kind.COSIGN).exists()


def test_the_signer_comes_from_the_session_and_never_from_the_body(client, clinic, signed):
    client.force_login(clinic.priya)
    forged = {"by": str(clinic.sam.pk), "user": str(clinic.sam.pk), "signer_id": str(clinic.sam.pk)}
    assert post(client, "cosign", signed, **forged).status_code == 422
    assert not LedgerEntry.objects.filter(document=signed.pk, kind=Kind.COSIGN).exists()


def test_a_thread_of_another_note_is_not_reached_through_the_body(client, clinic, signed):
    other = clinic.note_signed_by(clinic.tess)
    thread = reviewing.comment(note=again(other), by=clinic.sam, words="Of the other.")
    client.force_login(clinic.sam)
    client.post(
        reverse("note-review", args=[signed.pk]), {"do": "resolve", "thread": str(thread.pk), "words": ""}
    )
    assert Thread.objects.get(pk=thread.pk).is_open


def test_who_may_not_is_told_why_and_offered_no_form(client, clinic, signed):
    client.force_login(clinic.priya)
    shown = text_of(page(client, "cosign", signed))
    assert "your credential is OT" in shown and "and sign</button>" not in shown


def test_a_note_goes_to_review_and_back_on_one_page_without_scripts(client, clinic):
    note = clinic.draft_by(clinic.marcus)
    address = reverse("note-review", args=[note.pk])
    client.force_login(clinic.marcus)
    client.post(address, {"do": "send", "words": "Please look."})
    assert again(note).status == Status.IN_REVIEW
    assert "Sent for review" in text_of(page(client, "note", note))
    client.force_login(clinic.tess)
    client.post(address, {"do": "comment", "place": "plan", "words": "Say when."})
    client.post(address, {"do": "return", "words": ""})
    assert again(note).status == Status.DRAFT
    client.force_login(clinic.marcus)
    shown = text_of(client.get(address))
    assert "Say when." in shown and "Returned" in shown
    assert "Returned" in text_of(client.get(reverse("notes")))
    client.post(address, {"do": "resolve", "thread": str(Thread.objects.get().pk)})
    assert not Thread.objects.get().is_open


@pytest.mark.parametrize("words", ["\x00", "\ud800", "x" * 2001, ""])
def test_a_comment_that_cannot_be_kept_is_said_so(client, clinic, signed, words):
    client.force_login(clinic.sam)
    address = reverse("note-review", args=[signed.pk])
    body = f"do=comment&words={'%00' if words == chr(0) else '%ED%A0%80' if words == chr(0xD800) else words}"
    answer = client.generic("POST", address, body.encode(), "application/x-www-form-urlencoded", follow=True)
    assert answer.status_code in (200, 302, 400)
    if words != chr(0xD800):
        assert not Thread.objects.exists()


def test_an_administrator_sets_the_policy_with_its_source_and_it_is_told(client, clinic):
    client.force_login(clinic.alex)
    address = reverse("record-policy")
    values = {"applies_from": "11/20/2026", "late_after_hours": "48", "cosigns_assistants": "on"}
    assert client.post(address, {**values, "source": ""}).status_code == 422
    assert (
        client.post(address, {**values, "source": "State rule", "late_after_hours": "4_8"}).status_code == 422
    )
    assert client.post(address, {**values, "source": "State rule"}).status_code == 302
    assert "State rule" in text_of(client.get(address))
    event = Event.objects.get(verb=verbs.RECORD_POLICY_SET)
    assert event.details["late_after_hours"] == 48
    assert again(clinic.note_signed_by(clinic.marcus)).awaits_cosignature


def test_the_draft_of_somebody_who_left_is_listed_with_who_can_still_sign_it(client, clinic):
    with_dana = clinic.draft_by(clinic.marcus)
    alone = clinic.draft_by(clinic.priya, "sclerosis")
    Membership.objects.filter(user__in=[clinic.marcus, clinic.priya]).update(is_active=False)
    client.force_login(clinic.sam)
    shown = text_of(client.get(reverse("notes-left")))
    assert reverse("note", args=[with_dana.pk]) in shown and reverse("note", args=[alone.pk]) in shown
    assert f"Can be signed by {clinic.tess}" in shown
    assert "Nobody is left who can sign it" in shown
