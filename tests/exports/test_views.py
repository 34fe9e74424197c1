"""The two addresses of a note on paper: who gets it, what is read, what is recorded, what is refused."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from apps.accounts.models import Clinic, Discipline, Membership, Role, User
from apps.audit import verbs
from apps.audit.models import Event
from apps.exports import apps as exports_app
from apps.exports import pdf
from apps.ledger import chain
from apps.notes.models import Note, Status
from apps.patients.models import Patient
from apps.visits.models import Visit

from . import sample

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("name", ["note-print", "note-pdf"])


@pytest.fixture
def clinic():
    return Clinic.objects.create(
        name="Riverside Rehabilitation", address="410 Mill St", phone="(217) 555-0142"
    )


def person(clinic, role, name="Dana Ortiz"):
    user = User.objects.create_user(
        email=f"{uuid.uuid4()}@example.org", password=None, name=name, credential="PT", discipline="PT"
    )
    Membership.objects.create(user=user, clinic=clinic, role=role)
    return user


@pytest.fixture
def dana(clinic):
    return person(clinic, Role.THERAPIST)


@pytest.fixture
def draft(clinic, dana):
    patient = Patient.objects.create(
        clinic=clinic,
        mrn="10482",
        family_name="Okafor",
        given_name="Grace",
        born_on=dt.date(1955, 3, 14),
        sex="F",
    )
    visit = Visit.objects.create(
        clinic=clinic, patient=patient, clinician=dana, served_on=dt.date(2026, 11, 20)
    )
    moment = dt.datetime(2026, 11, 20, 20, tzinfo=dt.UTC)
    return Note.objects.create(
        clinic=clinic,
        visit=visit,
        discipline=Discipline.PT,
        author=dana,
        subjective="words of the rows",
        started_at=moment,
        saved_at=moment,
    )


@pytest.fixture
def signed(draft):
    payload = sample.short()
    payload["note"]["id"] = str(draft.pk)
    payload["subjective"] = "words of the entry"
    chain.append(
        clinic=draft.clinic_id, kind="sign", document=draft.pk, document_type="note", payload=payload
    )
    draft.status = Status.SIGNED
    draft.save(update_fields=["status"])
    return draft


def get(client, user, name, note, method="get"):
    client.force_login(user)
    return getattr(client, method)(reverse(name, args=[note.pk]))


def printed_events():
    return list(Event.objects.filter(verb=verbs.NOTE_PRINTED))


def test_the_print_view_of_a_signed_note_reads_the_entry_and_not_the_rows(client, dana, signed):
    page = get(client, dana, "note-print", signed).content.decode()
    assert "words of the entry" in page and "words of the rows" not in page
    assert "Electronically signed by Dana Ortiz, PT, DPT" in page
    assert "DRAFT" not in page


def test_the_print_view_of_a_draft_reads_the_rows_and_says_draft(client, dana, draft):
    page = get(client, dana, "note-print", draft).content.decode()
    assert "words of the rows" in page
    assert "DRAFT – not signed" in page
    assert "Electronically signed" not in page


@pytest.mark.pdf
def test_the_pdf_of_a_signed_note(client, dana, signed):
    answer = get(client, dana, "note-pdf", signed)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="note-{str(signed.pk)[:8]}-1.pdf"'
    assert answer["Cache-Control"] == "no-store"
    assert answer.content.startswith(b"%PDF-")
    assert get(client, dana, "note-pdf", signed).content == answer.content


@pytest.mark.pdf
def test_the_pdf_of_a_draft_is_named_a_draft(client, dana, draft):
    answer = get(client, dana, "note-pdf", draft)
    assert answer["Content-Disposition"] == f'inline; filename="draft-{str(draft.pk)[:8]}.pdf"'


@pytest.mark.pdf
def test_printing_is_recorded_without_a_word_of_the_note(client, dana, signed):
    get(client, dana, "note-print", signed)
    get(client, dana, "note-pdf", signed)
    events = printed_events()
    assert [event.details["how"] for event in reversed(events)] == ["browser", "pdf"]
    for event in events:
        assert event.details == {"how": event.details["how"], "is_draft": False, "entry": 1}
        assert event.target == str(signed.pk) and event.actor == str(dana.pk)


@BOTH
def test_another_clinic_gets_what_a_random_address_gets(client, signed, name):
    other = Clinic.objects.create(name="Lakeside", address="1 Shore Rd", phone="(217) 555-0100")
    una = person(other, Role.SUPERVISOR, "Una")
    answer = get(client, una, name, signed)
    nothing = client.get(reverse(name, args=[uuid.uuid4()]))
    assert answer.status_code == nothing.status_code == 404
    assert b"Okafor" not in answer.content
    assert not printed_events()


@BOTH
@pytest.mark.parametrize(
    ("role", "of_signed", "of_draft"),
    [
        (Role.SUPERVISOR, 200, 200),
        (Role.RECORDS, 200, 404),
        (Role.ADMINISTRATOR, 404, 404),
        (Role.STUDENT, 404, 404),
    ],
)
@pytest.mark.pdf
def test_roles(client, clinic, draft, name, role, of_signed, of_draft, request):
    user = person(clinic, role, "Somebody")
    assert get(client, user, name, draft).status_code == of_draft
    request.getfixturevalue("signed")
    assert get(client, user, name, draft).status_code == of_signed


@BOTH
def test_signed_out_one_is_asked_to_sign_in(client, signed, name):
    answer = client.get(reverse(name, args=[signed.pk]))
    assert answer.status_code == 302 and "sign-in" in answer["Location"]


@BOTH
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_only_reading_is_answered(client, dana, signed, name, method):
    assert get(client, dana, name, signed, method).status_code == 405


@BOTH
def test_a_discarded_note_is_no_document(client, dana, draft, name):
    draft.status = Status.DISCARDED
    draft.save(update_fields=["status"])
    assert get(client, dana, name, draft).status_code == 404


@BOTH
def test_a_signed_note_whose_entry_is_missing_shows_nothing_rather_than_its_rows(client, dana, draft, name):
    draft.status = Status.SIGNED
    draft.save(update_fields=["status"])
    assert get(client, dana, name, draft).status_code == 404


def test_without_pango_a_page_offers_the_print_view_and_the_line_to_type(client, dana, signed, monkeypatch):
    monkeypatch.setattr(pdf, "is_available", lambda: (False, "The system libraries are missing."))
    answer = get(client, dana, "note-pdf", signed)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "The system libraries are missing." in page
    assert "sudo apt-get install -y --no-install-recommends libpango-1.0-0" in page
    assert reverse("note-print", args=[signed.pk]) in page
    assert not printed_events()


def test_when_busy_a_page_says_when_to_try_again(client, dana, signed, monkeypatch):
    def busy(*arguments, **named):
        raise pdf.Busy

    monkeypatch.setattr(pdf, "is_available", lambda: (True, ""))
    monkeypatch.setattr(pdf, "print_page", busy)
    answer = get(client, dana, "note-pdf", signed)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert "Open this page again in a few seconds." in answer.content.decode()


def test_a_note_too_long_for_a_pdf_can_still_be_printed(client, dana, signed, monkeypatch):
    monkeypatch.setattr(pdf, "MOST_BYTES", 1000)
    monkeypatch.setattr(pdf, "is_available", lambda: (True, ""))
    answer = get(client, dana, "note-pdf", signed)
    assert answer.status_code == 422
    assert "too long for a PDF" in answer.content.decode()
    assert reverse("note-print", args=[signed.pk]) in answer.content.decode()
    assert "words of the entry" in get(client, dana, "note-print", signed).content.decode()


def test_hostile_words_are_words_on_the_print_view(client, dana, signed):
    payload = sample.hostile("http://127.0.0.1:9")
    chain.append(
        clinic=signed.clinic_id, kind="sign", document=signed.pk, document_type="note", payload=payload
    )
    page = get(client, dana, "note-print", signed).content.decode().replace('<svg class="doc-spark"', "")
    for tag in (
        "<img",
        "<iframe",
        "<script",
        "<object",
        "<base",
        "<svg",
        "<style",
        'onclick="x',
        '<link rel="attachment',
    ):
        assert tag not in page.replace("&lt;", ""), tag


@pytest.mark.parametrize(
    ("missing", "found"),
    [
        ((), []),
        (("harfbuzz-subset",), ["exports.W002"]),
        (("pango-1.0", "pangoft2-1.0", "harfbuzz-subset"), ["exports.W001"]),
    ],
)
def test_the_system_check_prints_the_line_to_type(monkeypatch, missing, found):
    monkeypatch.setattr(pdf, "missing_libraries", lambda: missing)
    warnings = exports_app.can_make_pdfs(None)
    assert [warning.id for warning in warnings] == found
    assert all(warning.hint == pdf.APT_LINE and warning.level < 40 for warning in warnings)
