"""Adding and editing patients, and who may."""

import datetime as dt

import pytest
from django.urls import reverse

from apps.audit.models import Event
from apps.patients.models import Patient
from tests.accounts.small_clinic import add_patient, add_visit

NEW = {
    "family_name": "Quill",
    "given_name": "Mabel",
    "born_on": "1948-02-29",
    "sex": "F",
    "mrn": "B77",
    "phone": "312 555 0144",
    "precautions": "Fall risk",
}


def test_a_therapist_adds_a_patient_and_lands_on_the_chart(world, signed_in, happened):
    answer = signed_in(world.tess).post("/patients/add/", NEW)
    patient = Patient.objects.get(mrn="B77", clinic=world.own)
    assert answer["Location"] == f"/patients/{patient.pk}/"
    assert patient.born_on == dt.date(1948, 2, 29) and patient.precautions == "Fall risk"
    assert happened()[0] == "patient added"


def test_names_are_stored_in_one_spelling(world, signed_in):
    signed_in(world.tess).post("/patients/add/", {**NEW, "family_name": "  Nu\u006e\u0303ez   Vera "})
    assert Patient.objects.get(mrn="B77", clinic=world.own).family_name == "Nuñez Vera"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("mrn", "a10482", "Another patient of this clinic has this MRN"),
        ("mrn", "", "required"),
        ("born_on", "1850-01-01", "between 1900 and 2100"),
        ("born_on", "2099-01-01", "in the future"),
        ("born_on", "02/30/1950", "MM/DD/YYYY"),
        ("born_on", "1_5", "MM/DD/YYYY"),
        ("born_on", "١٩٤٨-٠٢-٢٩", "MM/DD/YYYY"),
        ("family_name", "Qu\x00ill", "Null characters"),
        ("family_name", "Qu\x07ill", "cannot be stored"),
        ("given_name", "x" * 1_000_000, "at most 120 characters"),
        ("sex", "Q", "not one of the available choices"),
    ],
)
def test_bad_input_is_named_at_its_field_and_the_rest_is_kept(world, signed_in, field, value, message):
    answer = signed_in(world.tess).post("/patients/add/", {**NEW, field: value})
    assert answer.status_code == 200
    errors = answer.context["form"].errors
    assert list(errors) == [field] and message in " ".join(errors[field])
    assert "312 555 0144" in answer.content.decode()
    assert not Patient.objects.filter(mrn="B77", clinic=world.own).exists()


def test_a_date_typed_the_american_way_is_understood_and_shown_again(world, signed_in):
    client = signed_in(world.tess)
    answer = client.post("/patients/add/", {**NEW, "born_on": "3/14/1955", "mrn": ""})
    assert 'value="1955-03-14"' in answer.content.decode()


def test_the_same_mrn_may_exist_in_another_clinic(world, signed_in):
    signed_in(world.una).post("/patients/add/", {**NEW, "mrn": "A10482"})
    assert Patient.objects.filter(mrn="A10482", clinic__in=[world.own, world.other]).count() == 2


def test_an_edit_says_which_fields_changed_and_no_value(world, signed_in):
    answer = signed_in(world.tess).post(
        f"/patients/{world.grace.pk}/edit/",
        {**NEW, "family_name": "Okafor", "given_name": "Grace", "mrn": "A10482", "born_on": "1955-03-14"},
    )
    assert answer.status_code == 302
    event = Event.objects.first()
    assert event.verb == "patient changed"
    assert event.details == {"changed": ["phone", "precautions"]}


def test_an_edit_keeps_its_own_mrn_and_cannot_take_anothers(world, signed_in):
    add_patient(world, mrn="A2")
    client = signed_in(world.tess)
    url = f"/patients/{world.grace.pk}/edit/"
    assert client.post(url, {**NEW, "mrn": "A10482"}).status_code == 302
    answer = client.post(url, {**NEW, "mrn": "a2"})
    assert "Another patient of this clinic" in answer.content.decode()


@pytest.mark.parametrize("who", ["stu", "ada", "una", "olga"])
def test_whoever_does_not_keep_charts_finds_no_page_to_edit_one(world, signed_in, who):
    client = signed_in(getattr(world, who))
    urls = [
        reverse("patient-edit", args=[world.grace.pk]),
        reverse("coverage-add", args=[world.grace.pk]),
        reverse("diagnosis-add", args=[world.grace.pk]),
        reverse("plan-add", args=[world.grace.pk]),
        reverse("visit-add", args=[world.grace.pk]),
    ]
    if who != "una":  # she adds patients, in her own clinic
        urls.append("/patients/add/")
    for url in urls:
        assert client.get(url).status_code == 404, url
        assert client.post(url, NEW).status_code == 404, url


def test_a_student_on_the_visit_reads_the_chart_but_cannot_edit_it(world, signed_in):
    add_visit(world, student=world.stu)
    client = signed_in(world.stu)
    assert client.get(f"/patients/{world.grace.pk}/").status_code == 200
    assert client.get(f"/patients/{world.grace.pk}/edit/").status_code == 404
    assert client.get(f"/patients/{world.grace.pk}/visits/add/").status_code == 404


def test_records_staff_keep_registration_but_neither_plans_nor_visits(world, signed_in):
    client = signed_in(world.rita)
    assert client.get(f"/patients/{world.grace.pk}/edit/").status_code == 200
    assert client.get(f"/patients/{world.grace.pk}/plans/add/").status_code == 404
    assert client.get(f"/patients/{world.grace.pk}/visits/add/").status_code == 404


def test_a_restricted_chart_does_not_exist_for_those_without_a_visit(world, signed_in):
    mabel = add_patient(world, is_restricted=True)
    assert signed_in(world.sam).get(f"/patients/{mabel.pk}/").status_code == 404
    assert "Quill" not in signed_in(world.sam).get("/patients/").content.decode()
    add_visit(world, patient=mabel, clinician=world.sam)
    assert signed_in(world.sam).get(f"/patients/{mabel.pk}/").status_code == 200


def test_whoever_adds_a_restricted_chart_is_told_why_it_is_out_of_sight(world, signed_in):
    answer = signed_in(world.tess).post("/patients/add/", {**NEW, "is_restricted": "on"}, follow=True)
    assert "you see it once you have a visit" in answer.content.decode()
