"""Finding a patient."""

import datetime as dt

import pytest

from apps.audit.models import Event
from apps.patients import search, views
from apps.patients.models import Patient
from tests.accounts.small_clinic import add_patient, add_visit

HTMX = {"HX-Request": "true"}


def found(client, words, **headers):
    answer = client.post("/patients/search/", {"q": words}, headers=headers or HTMX)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    "words",
    [
        *("oka", "Okafor", "grace", "GRACE okafor", "Okafor, Grace", "a104", "A10482", "kafo", "  grace  "),
        *("03/14/1955", "1955-03-14", "3/14/55", "3-14-1955", "okafor 3/14/55"),
    ],
)
def test_a_patient_is_found_by_name_mrn_or_date_of_birth(world, signed_in, words):
    add_patient(world, born_on=dt.date(1960, 1, 1))
    text = found(signed_in(world.tess), words)
    assert "Okafor, Grace" in text and "Quill" not in text
    assert "1 patient found." in text


@pytest.mark.parametrize(
    "words", ["%", "_", "Okafor Mabel", "10482", "03/15/1955", "\x00\x00x", "x" * 1_000_000]
)
def test_what_does_not_match_finds_nobody(world, signed_in, words):
    add_patient(world)
    assert "Nobody found" in found(signed_in(world.tess), words)


def test_an_empty_search_shows_everybody_again(world, signed_in):
    assert "Okafor, Grace" in found(signed_in(world.tess), "  ")


def test_without_javascript_the_whole_page_answers(world, signed_in):
    client = signed_in(world.tess)
    answer = client.post("/patients/search/", {"q": "oka"})
    text = answer.content.decode()
    assert "<html" in text and "Okafor, Grace" in text and 'value="oka"' in text
    assert client.post("/patients/search/", {"q": ""}).status_code == 302


def test_as_one_types_the_list_alone_answers(world, signed_in):
    text = found(signed_in(world.tess), "oka")
    assert "<html" not in text and 'hx-swap-oob="innerHTML"' in text


def test_a_search_is_recorded_without_its_words(world, signed_in):
    found(signed_in(world.tess), "okafor")
    event = Event.objects.first()
    assert (event.verb, event.details, event.patient) == ("patients searched", {"found": 1}, "")


def test_a_search_is_never_an_address(world, signed_in):
    assert signed_in(world.tess).get("/patients/search/?q=okafor").status_code == 405


def test_accents_make_no_difference_to_the_list(world, signed_in):
    add_patient(world, family_name="Müller-Núñez")
    text = found(signed_in(world.tess), "muller nunez")
    assert "Müller-Núñez" in text and "1 patient found." in text


def test_more_than_anybody_reads_are_not_counted(world, signed_in, monkeypatch):
    monkeypatch.setattr(views, "MOST_COUNTED", 26)
    for number in range(27):
        add_patient(world, mrn=f"M{number}", family_name=f"Sample{number:02}")
    text = found(signed_in(world.tess), "sample")
    assert "The first 25 of more than 26 patients." in text


def test_many_are_counted_and_the_first_shown(world, signed_in):
    for number in range(27):
        add_patient(world, mrn=f"M{number}", family_name=f"Sample{number:02}")
    text = found(signed_in(world.tess), "sample")
    assert "The first 25 of 27 patients." in text
    assert "Sample24" in text and "Sample25" not in text


def test_nobody_is_found_in_another_clinic(world, signed_in):
    assert "Nobody found" in found(signed_in(world.una), "okafor")


def test_a_student_finds_only_patients_of_their_visits(world, signed_in):
    add_patient(world)
    add_visit(world, student=world.stu)
    text = found(signed_in(world.stu), "a")
    assert "Okafor" in text and "Quill" not in text


def test_administrators_have_no_list_of_patients(world, signed_in):
    assert signed_in(world.ada).get("/patients/").status_code == 404
    assert signed_in(world.ada).post("/patients/search/", {"q": "a"}).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "2", str(10**30), "1_5", "٢", "x", "1" * 5000])
def test_any_page_number_gives_a_page(world, signed_in, page):
    assert signed_in(world.tess).get("/patients/", {"page": page}).status_code == 200


def test_the_list_has_pages(world, signed_in):
    for number in range(26):
        add_patient(world, mrn=f"M{number}", family_name=f"Sample{number:02}")
    client = signed_in(world.tess)
    assert "Page 1 of 2" in client.get("/patients/").content.decode()
    assert "Sample25" in client.get("/patients/?page=2").content.decode()


def test_the_list_asks_the_database_the_same_however_many_there_are(
    world, signed_in, django_assert_max_num_queries
):
    for number in range(24):
        add_patient(world, mrn=f"M{number}")
    client = signed_in(world.tess)
    with django_assert_max_num_queries(7):
        client.get("/patients/")


@pytest.mark.parametrize("most", [0, 1, 400])
def test_an_mrn_is_found_by_its_beginning_whatever_stands_in_it(world, monkeypatch, most):
    """However many begin so: few are found by an index, many among the rows."""
    monkeypatch.setattr(search, "TOO_MANY_NAMES", most)
    for mrn in ("Ab-100", "aB-1001", "AB_1", "AB%1", "ABC1", "Äb-1", "B-100"):
        add_patient(world, mrn=mrn)
    patients = Patient.objects.filter(clinic=world.own)

    def found(words):
        return sorted(patient.mrn for patient in search.find(patients, words, clinic=world.own))

    assert found("ab-100") == ["Ab-100", "aB-1001"]
    assert found("AB-1001") == ["aB-1001"]
    assert found("ab_1") == ["AB_1"]
    assert found("ab%1") == ["AB%1"]
    assert found("Äb-1") == ["Äb-1"]
    assert found("-100") == []


def test_who_bears_a_name_comes_from_the_index_in_order_and_is_not_sorted(world):
    patient = add_patient(world, mrn="P-1", family_name="Thistlewood")
    named = search.find(Patient.objects.filter(clinic=world.own), patient.family_name, clinic=world.own)
    plan = named[:25].explain()
    assert "MULTI-INDEX OR" not in plan and "BitmapOr" not in plan
    assert "mrn" not in str(named.query).partition(" WHERE ")[2]
    assert list(named) == [patient]
