"""The table of diagnosis codes, finding one in it, and a patient's diagnoses."""

import gzip
import hashlib

import pytest
from django.core.management import call_command

from apps.patients import actions, diagnosis_codes, diagnosis_table
from apps.patients.models import DiagnosisCode


def codes(words, limit=20):
    return [code.code for code in diagnosis_codes.search(words, limit)]


def test_the_shipped_file_is_the_one_that_its_source_describes():
    about = diagnosis_table.source()
    packed = (diagnosis_table.FOLDER / about["file"]).read_bytes()
    assert hashlib.sha256(packed).hexdigest() == about["sha256"]
    assert packed[4:8] == b"\0\0\0\0", "no time in the file: the same codes give the same bytes"
    assert len(gzip.decompress(packed).splitlines()) == about["codes"] > 70_000


def test_loading_twice_does_nothing_the_second_time(world, capsys):
    call_command("load_diagnosis_codes")
    assert "already" in capsys.readouterr().out
    assert DiagnosisCode.objects.count() == diagnosis_table.source()["codes"]


def test_another_release_is_replaced_and_recorded_diagnoses_are_not(world):
    diagnosis = actions.add_diagnosis(patient=world.grace, code="G20.A1", type="treating", by=world.tess)
    DiagnosisCode.objects.all().delete()
    DiagnosisCode.objects.create(code="G20.A1", words="Other words", release="2020-10")
    assert diagnosis_table.load() > 70_000
    assert diagnosis_codes.release() == "2026-04"
    diagnosis.refresh_from_db()
    assert diagnosis.words.startswith("Parkinson's disease without dyskinesia")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("I69.354", ["I69.354"]),
        ("i69354", ["I69.354"]),
        (" R26.8 ", ["R26.81", "R26.89"]),
        ("unsteadiness feet", ["R26.81"]),
        ("FEET unsteadiness on", ["R26.81"]),
        ("g20", ["G20.A1", "G20.A2", "G20.B1", "G20.B2", "G20.C"]),
    ],
)
def test_a_code_is_found_by_its_start_or_by_its_words(world, words, expected):
    assert codes(words) == expected


def test_whole_words_come_before_beginnings_and_those_before_the_inside_of_words(world):
    ataxia = codes("ataxia")
    assert ataxia.index("R27.0") < 5
    assert codes("parkinson")[0].startswith("G20"), "Parkinson's before parkinsonism"
    assert codes("sclero")[0] == "L94.3", "sclerodactyly before atherosclerosis"


@pytest.mark.parametrize("words", ["", " ", "a", "%", "%%", "__", "a_b", "\x00", "zzzz", "x" * 100_000])
def test_what_matches_nothing_finds_nothing(world, words):
    assert codes(words) == []


def test_a_percent_sign_is_no_wildcard(world):
    assert codes("hemi%left") == codes("hemi left")
    assert not any(code.startswith("G") for code in codes("100%"))


def test_no_more_are_given_than_asked_for(world):
    assert len(codes("left", 7)) == 7


def test_as_one_types_the_codes_answer_with_the_release_nowhere_lost(world, signed_in):
    client = signed_in(world.tess)
    page = client.get(f"/patients/{world.grace.pk}/diagnoses/add/").content.decode()
    assert "release 2026-04" in page
    text = client.post(
        "/diagnosis-codes/", {"q": "unsteadiness"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert 'value="R26.81"' in text and "<html" not in text and "1 code." in text


def test_what_is_chosen_stays_chosen_when_the_search_changes(world, signed_in):
    text = signed_in(world.tess).post("/diagnosis-codes/", {"q": "ataxia", "code": "R26.81"}).content.decode()
    assert 'value="R26.81" id="code-1" checked' in text


def test_without_javascript_one_searches_then_chooses(world, signed_in, happened):
    client = signed_in(world.tess)
    url = f"/patients/{world.grace.pk}/diagnoses/add/"
    answer = client.post(
        url, {"q": "unsteadiness", "search": "1", "type": "medical", "onset_on": "2026-08-01"}
    )
    text = answer.content.decode()
    assert 'value="R26.81"' in text and 'value="medical" id="id_type_1" checked' in text
    assert 'value="2026-08-01"' in text and "Choose a diagnosis" not in text
    answer = client.post(
        url, {"q": "unsteadiness", "code": "R26.81", "type": "medical", "onset_on": "2026-08-01"}
    )
    assert answer.status_code == 302
    diagnosis = world.grace.diagnoses.get()
    assert (diagnosis.code, diagnosis.words, diagnosis.release) == (
        "R26.81",
        "Unsteadiness on feet",
        "2026-04",
    )
    assert happened()[0] == "diagnosis added"


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"code": ""}, "code", "Choose a diagnosis"),
        ({"code": "I69.35"}, "code", "heading, which cannot be billed"),
        ({"code": "Q99.ZZZ"}, "code", "not in the ICD-10-CM release"),
        ({"code": "R\x0026.81"}, "code", "Null characters"),
        ({"code": "x" * 1_000_000}, "code", "at most 20 characters"),
        ({"type": "other"}, "type", "not one of the available choices"),
        ({"onset_on": "2099-01-01"}, "onset_on", "in the future"),
        ({"onset_on": "1950-01-01"}, "onset_on", "before the date of birth"),
        ({"onset_on": "1850-01-01"}, "onset_on", "between 1900 and 2100"),
    ],
)
def test_a_bad_diagnosis_is_named_at_its_field(world, signed_in, change, field, message):
    values = {"q": "unsteadiness", "code": "R26.81", "type": "treating", "onset_on": ""}
    answer = signed_in(world.tess).post(f"/patients/{world.grace.pk}/diagnoses/add/", {**values, **change})
    assert answer.status_code == 200
    errors = answer.context["form"].errors
    assert list(errors) == [field] and message in " ".join(errors[field])
    assert message in answer.content.decode() and 'value="unsteadiness"' in answer.content.decode()


def test_a_diagnosis_stands_once_on_the_list_and_can_come_back_after_it_ended(world, signed_in):
    client = signed_in(world.tess)
    url = f"/patients/{world.grace.pk}/diagnoses/add/"
    values = {"code": "R26.81", "type": "treating"}
    client.post(url, values)
    assert "on the patient&#x27;s list already" in client.post(url, values).content.decode()
    client.post(f"/diagnoses/{world.grace.diagnoses.get().pk}/end/")
    assert client.post(url, values).status_code == 302


def test_ending_a_diagnosis_keeps_it_in_the_chart(world, signed_in, happened):
    diagnosis = actions.add_diagnosis(patient=world.grace, code="G20.A1", type="medical", by=world.tess)
    client = signed_in(world.tess)
    url = f"/diagnoses/{diagnosis.pk}/end/"
    assert client.get(url).status_code == 405
    assert client.post(url).status_code == 302
    assert happened()[0] == "diagnosis ended"
    assert "Ended (1)" in client.get(f"/patients/{world.grace.pk}/").content.decode()
    assert "ended already" in client.post(url, follow=True).content.decode()


@pytest.mark.parametrize("who", ["una", "stu", "ada"])
def test_diagnoses_are_kept_by_those_who_keep_the_chart(world, signed_in, who):
    diagnosis = actions.add_diagnosis(patient=world.grace, code="G20.A1", type="medical", by=world.tess)
    assert signed_in(getattr(world, who)).post(f"/diagnoses/{diagnosis.pk}/end/").status_code == 404


def test_codes_are_searched_by_those_who_add_diagnoses_alone(world, signed_in):
    assert signed_in(world.tess).get("/diagnosis-codes/").status_code == 405
    for who in ("stu", "ada"):
        assert signed_in(getattr(world, who)).post("/diagnosis-codes/", {"q": "gait"}).status_code == 404
