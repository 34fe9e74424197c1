"""What people and broken programs send: a message at the field, the rest kept, and never a 5xx."""

import contextlib
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from notes.as_browser import fields_of

from apps.accounts.fields import Words
from apps.audit.models import Event
from apps.notes.models import Note
from apps.patients.models import Patient
from apps.visits.models import Visit

HTMX = {"HX-Request": "true"}
MEGABYTE = "x" * 1_000_000


@pytest.fixture
def draft(clinic):
    return clinic.draft_by(clinic.tess)


@pytest.fixture
def dana(clinic, client):
    client.force_login(clinic.tess)
    return client


# --- The editor -------------------------------------------------------------------------------------------

NO_MINUTES = [
    "1_5",
    "٣",
    "-3",
    "999",
    "1e3",
    "3.5",
    "+3",
    "０３",
    "³",
    "1 5",
    "\x001",
    "NaN",
    "9" * 5000,
    "<b>",
]


@contextlib.contextmanager
def undone():
    """What happens inside has not happened afterwards, so that the next request finds the same draft."""
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)


def ways(texts):
    """Each text as htmx sends it, and two of them as a browser without scripts does."""
    return [(text, HTMX) for text in texts] + [(text, {}) for text in texts[:2]]


def test_minutes_that_are_none_are_said_at_their_field_and_the_rest_is_stored(draft, dana):
    page = fields_of(dana.get(reverse("note", args=[draft.pk])))
    guided = draft.blocks.get(code="97112")
    bad = {"total_minutes", f"blocks.{guided.pk}.minutes_therapist"}
    for text, headers in ways(NO_MINUTES):
        sent = page | {name: [text] for name in bad}
        sent |= {"plan": ["Kept"], f"blocks.{guided.pk}.dosage": ["Kept"]}
        with undone():
            answer = dana.post(reverse("note", args=[draft.pk]), sent, headers=headers)
            assert answer.status_code == (200 if headers else 422), text
            words = answer.content.decode()
            assert all(f'<li data-path="{name}">' in words for name in bad), text
            kept = Note.objects.get(pk=draft.pk)
            assert (kept.plan, kept.total_minutes) == ("Kept", 40), text
            block = kept.blocks.get(code="97112")
            assert (block.dosage, block.minutes_therapist) == ("Kept", 24), text


BAD_FIELDS = {
    "NUL in a text": ("subjective", "a\x00b"),
    "a megabyte in a text": ("subjective", MEGABYTE),
    "one character too many": ("subjective", "x" * 8001),
    "a time that is none": ("starts_at", "25:61"),
    "a time in other digits": ("starts_at", "١٢:٣٠"),
    "a NUL in a time": ("ends_at", "12:30\x00"),
    "a pressure of 999": ("systolic_before", "999"),
    "a saturation of 101": ("oxygen_before", "101"),
}


@pytest.mark.parametrize("what", BAD_FIELDS)
def test_what_cannot_be_stored_is_said_at_its_field_and_keeps_its_old_value(what, draft, dana):
    name, text = BAD_FIELDS[what]
    before = getattr(draft, name)
    sent = fields_of(dana.get(reverse("note", args=[draft.pk]))) | {name: [text], "plan": ["Kept"]}
    answer = dana.post(reverse("note", args=[draft.pk]), sent, headers=HTMX)
    assert answer.status_code == 200
    assert f'<li data-path="{name}">' in answer.content.decode()
    kept = Note.objects.get(pk=draft.pk)
    assert (kept.plan, getattr(kept, name)) == ("Kept", before)


@pytest.mark.parametrize("name", ["note", "patient-edit"])
def test_half_a_character_is_refused_with_the_encoding_that_says_it(name, draft, dana):
    """No browser sends it; no form could be shown again with it, because UTF-8 has no word for it."""
    address = reverse(name, args=[draft.pk if name == "note" else draft.visit.patient_id])
    body = b'--b\r\nContent-Disposition: form-data; name="plan"\r\n\r\na\\ud800b\r\n--b--\r\n'
    answer = dana.generic("POST", address, body, "multipart/form-data; boundary=b; charset=unicode_escape")
    assert answer.status_code == 415
    assert (
        dana.generic("POST", address, body, "multipart/form-data; boundary=b; charset=UTF8").status_code < 415
    )
    with pytest.raises(ValidationError):  # from a table or a file, which a person could not have typed
        Words().clean("a\ud800b")


def test_a_row_whose_fields_are_bad_keeps_its_cues_and_chosen_values(draft, dana):
    block = draft.blocks.get(code="97112")
    path = f"blocks.{block.pk}"
    sent = fields_of(dana.get(reverse("note", args=[draft.pk]))) | {
        f"{path}.goal": ["not a goal"],
        f"{path}.deficit_domains": ["made up"],
        f"{path}.cues.0.kind": ["made up"],
        f"{path}.assistance_before": ["made up"],
        f"{path}.removed": ["perhaps"],
        f"{path}.response": ["Kept"],
    }
    answer = dana.post(reverse("note", args=[draft.pk]), sent, headers=HTMX)
    assert answer.status_code == 200
    kept = draft.blocks.get(pk=block.pk)
    assert kept.response == "Kept" and not kept.is_removed
    assert (kept.goal_id, kept.cues, kept.assistance_before) == (
        block.goal_id,
        block.cues,
        block.assistance_before,
    )
    assert kept.deficit_domains == block.deficit_domains


HIDDEN = {
    "revision": ["", "-1", "1_0", "٣", "9" * 40, "1.0", "\x00", "None"],
    "operation": [
        "",
        "x",
        "\x00",
        "9" * 10_000,
        "00000000-0000-0000-0000-00000000000g",
        "{" + str(uuid.uuid4()) + "}",
    ],
    "unacknowledged": [",,,", "x,y", "\x00", ",".join(["z" * 36] * 500)],
    "blocks": ["", "x", "\x00", "../../etc", "9" * 5000, "97112", str(uuid.UUID(int=0)), "NEW"],
    "measures": ["", "x", "\x00", "NEW", str(uuid.UUID(int=0))],
}


@pytest.mark.parametrize("name", HIDDEN)
def test_garbage_in_a_hidden_field_breaks_nothing_and_loses_nothing(name, draft, dana):
    path = reverse("note", args=[draft.pk])
    page = fields_of(dana.get(path)) | {"plan": [f"Words beside {name}"]}
    for text, headers in ways(HIDDEN[name]):
        with undone():
            answer = dana.post(path, page | {name: [text]}, headers=headers)
            assert answer.status_code in ((409,) if name == "revision" else (200, 302)), text
            kept = Note.objects.get(pk=draft.pk)
            assert (kept.plan == f"Words beside {name}") is (name != "revision"), text
            assert kept.blocks.filter(is_removed=False).count() == 2
            assert kept.measures.filter(is_removed=False).count() == 1


def test_a_block_sent_twice_is_one_block(draft, dana):
    path = reverse("note", args=[draft.pk])
    sent = fields_of(dana.get(path))
    sent["blocks"] = sent["blocks"] * 3
    assert dana.post(path, sent, headers=HTMX).status_code == 200
    assert draft.blocks.count() == 2


def test_a_note_holds_no_more_rows_than_a_note_can_have(draft, dana):
    path = reverse("note", args=[draft.pk])
    ids = [str(uuid.uuid4()) for _ in range(200)]
    sent = {"revision": str(draft.revision), "blocks": ids} | {f"blocks.{id}.code": "97112" for id in ids}
    assert dana.post(path, sent, headers=HTMX).status_code == 200
    assert draft.blocks.count() <= 42


def test_a_body_that_is_too_large_is_refused_and_changes_nothing(draft, dana):
    answer = dana.post(reverse("note", args=[draft.pk]), {"revision": "2", "plan": "x" * 3_000_000})
    assert answer.status_code == 413
    assert "Shorten it" in answer.content.decode() and "still there" in answer.content.decode()
    assert Note.objects.get(pk=draft.pk).plan == draft.plan


# --- The other forms --------------------------------------------------------------------------------------

PATIENT = {
    "family_name": "Quill", "given_name": "Mabel", "born_on": "1955-03-14", "sex": "F", "mrn": "NEW-1",
}  # fmt: skip
VISIT = {"served_on": "2026-11-20", "place": "11"}
PLAN = {"discipline": "PT", "established_on": "2026-11-02", "times_a_week": "2", "weeks": "8"}

BAD = [
    ("patient-add", PATIENT, "born_on", "1850-01-01"),
    ("patient-add", PATIENT, "born_on", "2999-01-01"),
    ("patient-add", PATIENT, "born_on", "٣/١٤/١٩٥٥"),
    ("patient-add", PATIENT, "born_on", "02/30/1955"),
    ("patient-add", PATIENT, "family_name", "a\x00b"),
    ("patient-add", PATIENT, "family_name", MEGABYTE),
    ("patient-add", PATIENT, "mrn", "9" * 41),
    ("patient-add", PATIENT, "mrn", "   "),
    ("patient-add", PATIENT, "sex", "Q"),
    ("patient-add", PATIENT, "precautions", "x" * 501),
    ("coverage-add", {"member_number": "1", "starts_on": "2026-01-01", "rank": "1"}, "payer", "x"),
    ("coverage-add", {"member_number": "1", "starts_on": "2026-01-01", "rank": "1"}, "payer", "\x00"),
    ("coverage-add", {"member_number": "1", "starts_on": "2026-01-01"}, "rank", "1_5"),
    ("coverage-add", {"member_number": "1", "starts_on": "2026-01-01"}, "rank", "٣"),
    ("diagnosis-add", {"type": "treating"}, "code", "\x00"),
    ("diagnosis-add", {"type": "treating"}, "code", "9" * 500),
    ("diagnosis-add", {"type": "treating", "code": "R26.81"}, "onset_on", "1850-01-01"),
    ("diagnosis-add", {"code": "R26.81"}, "type", "other"),
    ("plan-add", PLAN, "established_on", "1850-01-01"),
    ("plan-add", PLAN, "times_a_week", "٣"),
    ("plan-add", PLAN, "weeks", "1_5"),
    ("plan-add", PLAN, "discipline", "\x00"),
    ("visit-add", VISIT, "served_on", "1850-01-01"),
    ("visit-add", VISIT, "served_on", "2999-01-01"),
    ("visit-add", VISIT, "expected_at", "٣:٠٠"),
    ("visit-add", VISIT, "expected_at", "25:00"),
    ("visit-add", VISIT, "place", "\x00"),
    ("visit-add", VISIT, "clinician", "1_5"),
]


@pytest.mark.parametrize(
    ("name", "rest", "field", "text"), BAD, ids=[f"{b[0]} {b[2]} {b[3][:9]!r}" for b in BAD]
)
def test_a_bad_value_is_said_at_its_field_and_the_rest_stays_on_the_page(
    name, rest, field, text, clinic, dana
):
    args = [] if name == "patient-add" else [clinic.patients["stroke"].pk]
    before = (Patient.objects.count(), Visit.objects.count(), Event.objects.count())
    answer = dana.post(reverse(name, args=args), {**rest, field: text})
    assert answer.status_code in (200, 422)
    assert field in answer.context["form"].errors
    assert str(answer.context["form"].errors[field][0]) in answer.content.decode().replace("&#x27;", "'")
    assert (Patient.objects.count(), Visit.objects.count(), Event.objects.count()) == before
    shown = fields_of(answer, None)
    for kept in set(rest) - {field, "type", "discipline", "code"}:
        assert shown.get(kept) == [rest[kept]], kept


QUERIES = [
    (
        "today",
        "on",
        ["garbage", "1850-01-01", "9999-99-99", "\x00", "٢٠٢٦-١١-٢٠", "9" * 5000, "2100-12-31", "1900-01-01"],
    ),
    ("today", "whose", ["all", "\x00", "x" * 5000]),
    ("patients", "page", ["10" * 15, str(10**30), "-1", "0", "1_5", "٣", "\x00", "9" * 5000, "x"]),
    ("attendance-log", "page", [str(10**30), "-1", "٣", "\x00"]),
    ("attendance-log", "start", ["garbage", "1850-01-01", "1900-01-01", "\x00", "9" * 5000]),
    ("attendance-log", "end", ["garbage", "1850-01-01", "1900-01-01", "2100-12-31", "\x00"]),
    ("patient", "page", [str(10**30), "-1", "\x00"]),
]


@pytest.mark.parametrize(("name", "key", "texts"), QUERIES, ids=[f"{q[0]} {q[1]}" for q in QUERIES])
def test_garbage_behind_the_question_mark_shows_a_page(name, key, texts, clinic, dana):
    args = [clinic.patients["stroke"].pk] if name == "patient" else []
    for text in texts:
        answer = dana.get(reverse(name, args=args), {key: text})
        assert answer.status_code == 200, text


@pytest.mark.parametrize(
    "path",
    ["/notes/1/", "/notes/x/", "/notes/%00/", "/notes/00000000-0000-0000-0000-00000000000g/",
     "/notes/" + "9" * 3000 + "/", "/rules/%00/", "/rules/" + "x" * 3000 + "/", "/rules/%F0%9F%99%82/",
     "/patients/../notes/", "/notes/%ff%fe/"],
)  # fmt: skip
def test_an_address_that_is_none_is_not_found(path, dana):
    assert dana.get(path).status_code == 404


def test_searching_for_anything_answers_with_a_list(clinic, dana):
    for words in (
        "\x00",
        "%",
        "_",
        "'",
        '"',
        "\\",
        "x" * 100_000,
        "٣",
        "🙂",
        "a\x00b",
        "(((",
        "*" * 300,
        "1850-01-01",
        "G20" * 90,
    ):
        for name in ("patient-search", "diagnosis-search"):
            for headers in (HTMX, {}):
                answer = dana.post(reverse(name), {"q": words, "code": words}, headers=headers)
                assert answer.status_code in (200, 302), (name, words[:20])


def test_signing_in_with_anything_answers_with_the_form(db, client):
    for text in ("", "\x00", "x" * 100_000, "٣", "a@b\x00.c", "'; --"):
        answer = client.post(reverse("sign-in"), {"username": text, "password": text, "next": text})
        assert answer.status_code == 200


def test_signing_in_never_leads_to_another_site(clinic, client):
    from apps.demo.world import PASSPHRASE

    for place in (
        "https://elsewhere.example/",
        "//elsewhere.example",
        "javascript:alert(1)",
        "\\\\elsewhere.example",
    ):
        answer = client.post(
            reverse("sign-in"), {"username": clinic.tess.email, "password": PASSPHRASE, "next": place}
        )
        assert answer.status_code == 302 and answer["Location"] == "/"
