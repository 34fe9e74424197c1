"""Words about patients stay where they belong: not in addresses, logs, titles, errors or the audit."""

import copy
import io
import json
import logging
import re
import uuid

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import get_resolver, reverse
from django.urls.converters import UUIDConverter

from apps.audit import verbs
from apps.audit.models import Event
from apps.demo.world import PASSPHRASE
from apps.notes.models import Note
from apps.patients.models import Patient
from apps.visits.models import Visit

OURS = [model for model in apps.get_models() if model.__module__.startswith("apps.")]


# --- Models -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", OURS, ids=[model._meta.label for model in OURS])
def test_every_model_says_which_of_its_fields_identify_a_patient(model):
    assert "PATIENT_IDENTIFYING_FIELDS" in vars(model), "Decide, and write it down on the model itself."
    fields = {field.name for field in model._meta.get_fields()}
    assert set(model.PATIENT_IDENTIFYING_FIELDS) <= fields


def test_every_model_that_belongs_to_a_patient_has_decided_for_more_than_nothing():
    undecided = [
        model._meta.label
        for model in OURS
        if any(field.is_relation and field.related_model is Patient for field in model._meta.concrete_fields)
        and not model.PATIENT_IDENTIFYING_FIELDS
    ]
    assert not undecided


@pytest.mark.parametrize("model", OURS, ids=[model._meta.label for model in OURS])
def test_the_text_of_a_row_about_a_patient_holds_none_of_its_identifying_words(model, clinic):
    # str() reaches logs and exceptions.
    rows = [model.objects.first()] if model.PATIENT_IDENTIFYING_FIELDS else []
    for row in filter(None, rows):
        for name in model.PATIENT_IDENTIFYING_FIELDS:
            value = getattr(row, name)
            if isinstance(value, str) and len(value) > 3:
                assert value not in str(row) + repr(row), name


# --- Addresses --------------------------------------------------------------------------------------------


def patterns(of):
    for pattern in of:
        if hasattr(pattern, "url_patterns"):
            yield from patterns(pattern.url_patterns)
        else:
            yield pattern


def test_addresses_hold_random_ids_and_codes_of_rules_and_nothing_else():
    for pattern in patterns(get_resolver().url_patterns):
        for converter in pattern.pattern.converters.values():
            # The others are named by us: a rule by its code, a page of the help.
            is_ours = pattern.name in ("rule", "help-page")
            assert isinstance(converter, UUIDConverter) or is_ours, pattern.name


def test_a_search_is_never_an_address(clinic, client):
    client.force_login(clinic.tess)
    assert client.get(reverse("patient-search"), {"q": "Abernathy"}).status_code == 405
    assert client.get(reverse("diagnosis-search"), {"q": "ataxia"}).status_code == 405
    page = client.get(reverse("patients")).content.decode()
    for form in re.findall(r"<form\b[^>]*>", page):
        assert 'method="post"' in form
    # Nothing writes what was searched into the browser's history.
    assert "hx-push-url" not in page


def test_ids_that_stand_in_addresses_cannot_be_counted_through():
    keyed = [
        model for model in OURS if model.__name__ in ("Patient", "Visit", "Note", "User", "Coverage", "Goal")
    ]
    assert len(keyed) == 6
    for model in keyed:
        assert model._meta.pk.default is uuid.uuid4


# --- A whole day driven with canaries ---------------------------------------------------------------------

CANARY = {
    "family_name": "Zzyzxian",
    "given_name": "Quetzalina",
    "mrn": "CANARYMRN77",
    "precautions": "Canaryprecaution",
    "phone": "CANARYPHONE",
}
TYPED = "Canarytext said the patient"
WORDS = [*CANARY.values(), "Canarytext", "1941-02-03", "02/03/1941", PASSPHRASE]


@pytest.fixture
def log():
    """What production would write to the console, from every logger."""
    from config.logs import WithoutValues

    class Console(logging.StreamHandler):
        def format(self, record):
            # In production it is the only handler; here pytest's own has left its text in the record.
            record = copy.copy(record)
            record.exc_text = None
            return super().format(record)

    stream = io.StringIO()
    handler = Console(stream)
    handler.setFormatter(WithoutValues("{levelname} {name} {message}", style="{"))
    names = ["", *settings.LOGGING["loggers"], "apps"]
    loggers = [logging.getLogger(name) for name in names]
    for logger in loggers:
        logger.addHandler(handler)
    yield stream.getvalue
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.fixture
def canary(clinic):
    patient = clinic.patients["stroke"]
    Patient.objects.filter(pk=patient.pk).update(born_on="1941-02-03", **CANARY)
    note = Note.objects.get(visit__patient=patient, status="draft")
    Note.objects.filter(pk=note.pk).update(subjective=TYPED)
    return note


def canaries_in(text):
    return [word for word in WORDS if word in text]


def drive(client, clinic, note):
    """What a day does: sign in, look, search, chart, fail, sign, print. Answers by address."""
    patient, answers = note.visit.patient_id, {}

    def get(name, *args, **query):
        answers[f"GET {name}"] = client.get(reverse(name, args=args), query)

    def post(name, *args, htmx=False, **data):
        headers = {"HX-Request": "true"} if htmx else {}
        answers[f"POST {name} {len(answers)}"] = client.post(reverse(name, args=args), data, headers=headers)

    post("sign-in", username="dana@riverside.example", password="CANARYMRN77")
    post("sign-in", username="dana@riverside.example", password=PASSPHRASE)
    for name in ("today", "patients", "notes", "attendance-log", "rules"):
        get(name)
    for words in ("Zzyzxian", "Quetz", "CANARYMRN77", "02/03/1941"):
        post("patient-search", q=words, htmx=True)
        post("patient-search", q=words)
    post("diagnosis-search", q="Zzyzxian")
    get("patient", patient)
    get("patient-edit", patient)
    post("patient-edit", patient, **{**CANARY, "born_on": "1850-01-01", "sex": "F"})
    post("patient-add", **{**CANARY, "born_on": "1941-02-03", "sex": "F"})  # the MRN is taken
    post("coverage-add", patient, member_number="CANARYMRN77")
    post("plan-add", patient, discipline="PT")
    post("visit-add", patient, served_on="1850-01-01")
    post("visit-attendance", note.visit_id, attendance="cut_short", reason=TYPED)
    get("note", note.pk)
    post("note", note.pk, revision="1", plan=TYPED, htmx=True)
    post("note", note.pk, revision=str(note.revision), plan=TYPED, total_minutes="x", htmx=True)
    post("note-answer", note.pk, key="x", value=TYPED)
    get("note-sign", note.pk)
    post("note-sign", note.pk, preview="", sign="1", password="CANARYMRN77")
    get("note-print", note.pk)
    post("note-discard", note.pk, reason=TYPED)
    return answers


def test_a_day_leaves_no_words_about_a_patient_in_the_log(clinic, canary, client, log):
    answers = drive(client, clinic, canary)
    assert {answer.status_code for answer in answers.values()} <= {200, 302, 404, 409, 422}
    assert any(canaries_in(answer.content.decode(errors="replace")) for answer in answers.values())
    assert canaries_in(log()) == []


def test_a_day_leaves_no_words_about_a_patient_in_the_audit(clinic, canary, client):
    before = Event.objects.order_by("-id").values_list("id", flat=True).first()
    drive(client, clinic, canary)
    events = list(Event.objects.filter(id__gt=before).values())
    assert len(events) > 8
    assert canaries_in(json.dumps(events, default=str)) == []


def test_every_event_of_the_clinic_holds_ids_and_counts_and_no_patients_words(clinic):
    words = [*Patient.objects.values_list("family_name", flat=True)]
    words += Patient.objects.values_list("mrn", flat=True)
    words += [text[:30] for text in Note.objects.values_list("subjective", flat=True) if text]
    text = json.dumps(
        list(Event.objects.values("verb", "target_type", "target", "outcome", "details")), default=str
    )
    assert [word for word in words if word in text] == []


def test_a_day_leaves_no_words_about_a_patient_in_an_address_or_a_header(clinic, canary, client):
    for name, answer in drive(client, clinic, canary).items():
        told = json.dumps(dict(answer.headers))
        assert canaries_in(told) == [], name


def test_no_title_names_a_patient(clinic, canary, client):
    # A title stands in the browser's history, in the list of windows, and on a shared screen.
    for name, answer in drive(client, clinic, canary).items():
        for title in re.findall(r"<title>(.*?)</title>", answer.content.decode(errors="replace"), re.S):
            assert title.strip() and canaries_in(title) == [], name


def test_the_pages_for_failures_show_no_words_and_the_log_only_where_it_happened(
    clinic, canary, client, log, monkeypatch
):
    def fails(*args, **kwargs):
        raise ValueError(f"could not chart {TYPED} of {CANARY['family_name']}")

    client.force_login(clinic.tess)
    client.raise_request_exception = False
    monkeypatch.setattr("apps.notes.chart.load", fails)
    answer = client.get(reverse("note", args=[canary.pk]))
    assert answer.status_code == 500
    assert canaries_in(answer.content.decode()) == []
    assert "ValueError" in log() and canaries_in(log()) == []


def test_a_database_that_quotes_a_row_does_not_get_it_into_the_log(clinic, canary, client, log, monkeypatch):
    from django.db import IntegrityError

    def fails(*args, **kwargs):
        try:
            raise IntegrityError("Key (mrn)=(CANARYMRN77) already exists.")
        except IntegrityError as error:
            raise RuntimeError(TYPED) from error

    client.force_login(clinic.tess)
    client.raise_request_exception = False
    monkeypatch.setattr("apps.notes.chart.load", fails)
    client.get(reverse("note", args=[canary.pk]))
    assert "RuntimeError" in log() and "IntegrityError" in log() and canaries_in(log()) == []


def test_the_pages_for_nothing_here_and_not_allowed_show_nothing_of_the_request(clinic, canary, client):
    from django.test import Client

    client.force_login(clinic.una)
    answer = client.get(reverse("note", args=[canary.pk]))
    assert answer.status_code == 404 and canaries_in(answer.content.decode()) == []
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(clinic.tess)
    answer = strict.post(reverse("note", args=[canary.pk]), {"plan": TYPED})
    assert answer.status_code == 403 and canaries_in(answer.content.decode()) == []
    assert Note.objects.get(pk=canary.pk).plan != TYPED


# --- What was seen is recorded ----------------------------------------------------------------------------

OPENS = {
    "patient": (verbs.CHART_OPENED, lambda note: note.visit.patient_id),
    "note": (verbs.NOTE_OPENED, lambda note: note.pk),
    "note-print": (verbs.NOTE_PRINTED, lambda note: note.pk),
    "note-text": (verbs.NOTE_COPIED, lambda note: note.pk),
}


@pytest.mark.parametrize("name", OPENS)
@pytest.mark.parametrize("who", ["tess", "sam"])
def test_opening_is_recorded_with_one_event(name, who, clinic, canary, client, told_just_now):
    verb, key = OPENS[name]
    client.force_login(getattr(clinic, who))
    told_just_now()
    before = Event.objects.count()
    assert client.get(reverse(name, args=[key(canary)])).status_code == 200
    assert Event.objects.count() == before + 1
    event = Event.objects.first()
    assert (event.verb, event.actor) == (verb, str(getattr(clinic, who).pk))
    assert (event.patient, event.target) == (str(canary.visit.patient_id), str(key(canary)))


@pytest.mark.parametrize("name", OPENS)
def test_what_was_not_shown_is_not_recorded_as_opened(name, clinic, canary, client):
    client.force_login(clinic.una)
    before = Event.objects.count()
    assert client.get(reverse(name, args=[OPENS[name][1](canary)])).status_code == 404
    assert Event.objects.count() == before + 1
    assert Event.objects.first().verb == verbs.ACCESS_DENIED


def test_a_search_is_recorded_by_its_number_of_results_alone(clinic, canary, client):
    client.force_login(clinic.tess)
    client.post(reverse("patient-search"), {"q": "Zzyzxian"})
    event = Event.objects.first()
    assert (event.verb, event.details) == (verbs.PATIENTS_SEARCHED, {"found": 1})


def test_a_visit_has_nothing_in_its_text_but_its_id(clinic):
    visit = Visit.objects.first()
    assert str(visit) == f"visit {visit.pk}"
