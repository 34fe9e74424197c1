"""A file into rows, and a row into a patient: encodings, separators, dates, columns. No chart is touched."""

import json

import pytest

from apps.audit.refused import Refused
from apps.intake import alike, bundles, columns, files
from apps.intake.reading import Reader

pytestmark = pytest.mark.sqlite  # what no database changes

TEXT = "Last Name,First Name,DOB,Gender,MRN\nMuñoz,Zoë,03/14/1955,f,R-1\n"


def test_a_file_is_read_in_the_encodings_that_spreadsheets_write():
    for name, data in {
        "UTF-8": TEXT.encode(),
        "UTF-8 ": TEXT.encode("utf-8-sig"),
        "Windows-1252": TEXT.encode("cp1252"),
        "UTF-16": TEXT.encode("utf-16"),
    }.items():
        text, encoding = files.text_of(data)
        heading, rows = files.rows_of(text)
        assert encoding == name.strip()
        assert heading[0] == "Last Name"
        assert rows == [(2, ["Muñoz", "Zoë", "03/14/1955", "f", "R-1"])]


def test_commas_semicolons_tabs_and_bars_separate_and_a_row_knows_its_line():
    for separator in files.SEPARATORS:
        text = f'a{separator}b\r\n"1\r\n2"{separator}x\r\n\r\n3{separator}y\r\n'
        assert files.rows_of(text) == (["a", "b"], [(2, ["1\r\n2", "x"]), (5, ["3", "y"])])


def test_what_cannot_be_read_whole_is_refused_and_never_half_read():
    for data, words in (
        (b"a,b\n1,\x00", "characters that cannot be stored"),
        (b"\xff\xfe\x00\xd8a", "no text that can be read"),
        (b"a\x81,b\n1,2", "no text that can be read"),
        (b'a,b\n"1,2\n3,4\n', "Line 2 cannot be read"),
        (b"a,b\n", "no rows below"),
        (b"", "no rows below"),
        (b"a,b\n" + b"x" * 5000 + b",1", "longer than"),
        (b"a\n" + b"1\n" * 20_001, "more than 20,000 rows"),
    ):
        with pytest.raises(Refused, match=words):
            files.rows_of(files.text_of(data)[0])


def test_columns_are_guessed_by_their_headings_each_once():
    for heading, wanted in (
        ("Patient Last Name|Patient First Name|DOB|Sex|Chart #", "family_name given_name born_on sex mrn"),
        ("MRN|PatientName|Birth_Date|Insurance|MemberID", "mrn whole_name born_on payer member_number"),
        ("dateofbirth|surname|forename|Medical Record Nmber", "born_on family_name given_name mrn"),
        ("Colour|Name of the dog", ""),
    ):
        found = columns.guess(heading.split("|"))
        assert [name for name, _ in sorted(found.items(), key=lambda one: one[1])] == wanted.split(), heading
    assert columns.missing({"whole_name": 0, "born_on": 1, "mrn": 2}) == []
    assert columns.missing({"given_name": 0, "mrn": 2}) == ["Date of birth", "Family name"]


def test_a_row_says_all_that_is_wrong_with_it_in_the_words_of_the_form(clinic):
    heading = ["family_name", "given_name", "born_on", "sex", "mrn", "payer", "diagnoses"]
    reader = Reader(clinic.riverside, {name: at for at, name in enumerate(heading)}, len(heading))
    good = reader.read(["O’Neil", "Ann ", "1955-03-14 00:00:00", "", "R1", "", "g20.a1; G20.A1"])
    assert (good.problems, good.coverage, good.diagnoses) == ([], None, ["G20.A1"])
    assert (good.patient["given_name"], good.patient["sex"]) == ("Ann", "X")
    bad = reader.read(["", "x" * 200, "31/12/1955", "perhaps", "\x07", "Nobody", "G20 Q"])
    assert [label for label, _ in bad.problems] == [
        *("Family name", "Given name", "Date of birth", "MRN", "Sex"),
        *("Payer", "Member number", "Covered from", "Diagnosis codes", "Diagnosis codes"),
    ]
    words = dict(bad.problems)
    assert words["Family name"] == "This is missing."
    assert "MM/DD/YYYY" in words["Date of birth"]
    assert "No payer in use is called so." in words["Payer"]
    for born_on in ("12/01/2099", "1_5", "٠٣/١٤/١٩٥٥", "0000-00-00", "99999999999999", "1899-12-31"):
        problems = reader.read(["A", "B", born_on, "F", "R1"]).problems
        assert [label for label, _ in problems] == ["Date of birth"], born_on
    whole = Reader(clinic.riverside, {"whole_name": 0, "born_on": 1, "mrn": 2}, 3)
    assert whole.read(["de la Cruz, Ana María", "3/14/55", "R1"]).patient["family_name"] == "de la Cruz"
    assert [label for label, _ in whole.read(["Madonna", "3/14/55", "R1", "?"]).problems] == [
        *("Row", "Family name", "Given name"),
    ]


def test_somebody_who_may_be_here_is_found_by_number_name_and_slips_of_the_pen(clinic):
    known = alike.Known(clinic.riverside, clinic.rae)
    patient = clinic.patients["stroke"]
    as_here = {
        "mrn": "NEW-1",
        "family_name": patient.family_name,
        "given_name": patient.given_name,
        "born_on": patient.born_on,
    }
    day = patient.born_on
    for change, why in (
        ({"mrn": patient.mrn.lower()}, "The same MRN"),
        ({"family_name": patient.family_name.upper()}, "The same name and date of birth"),
        ({"given_name": patient.given_name[:-1]}, "The same date of birth, and a name near it"),
        ({"born_on": day.replace(year=day.year + 1)}, "The same name, and a date of birth near it"),
        ({"born_on": day.replace(year=day.year + 31)}, None),
        ({"family_name": "Quite", "given_name": "Another"}, None),
    ):
        found = known.find(as_here | change)
        assert (found and found.why) == why, change
        assert found is None or found.patient == patient.pk
    known.read(7, as_here | {"family_name": "Quite"})
    assert known.find(as_here | {"family_name": "Quite", "mrn": "NEW-2"}).line == 7


def test_who_is_out_of_reach_is_not_told_of_and_their_number_is_taken_all_the_same(clinic):
    hidden = clinic.patients["restricted"]
    values = {
        "mrn": "NEW-1",
        "family_name": hidden.family_name,
        "given_name": hidden.given_name,
        "born_on": hidden.born_on,
    }
    for person in (clinic.alex, clinic.tess):
        known = alike.Known(clinic.riverside, person)
        assert known.find(values) is None
        assert known.is_out_of_reach(hidden.mrn)
    assert alike.Known(clinic.riverside, clinic.rae).find(values).patient == hidden.pk


BUNDLE = {
    "resourceType": "Bundle",
    "entry": [
        {
            "fullUrl": "urn:uuid:a",
            "resource": {
                "resourceType": "Patient",
                "id": "a",
                "identifier": [
                    {"value": "SSN"},
                    {"type": {"coding": [{"code": "MR"}]}, "value": "R-9"},
                ],
                "name": [
                    {"use": "nickname", "family": "X"},
                    {"use": "official", "family": "Ek", "given": ["Jo", "B"]},
                ],
                "birthDate": "1950-01-02",
                "gender": "female",
                "telecom": [{"system": "email", "value": "e"}, {"system": "phone", "value": "555-0100"}],
            },
        },
        {
            "resource": {
                "resourceType": "Coverage",
                "status": "active",
                "beneficiary": {"reference": "Patient/a"},
                "payor": [{"display": "Medicare Part B"}],
                "subscriberId": "1EG4",
                "period": {"start": "2026-01-01"},
            }
        },
        *(
            {
                "resource": {
                    "resourceType": "Condition",
                    "subject": {"reference": "urn:uuid:a"},
                    "clinicalStatus": {"coding": [{"code": status}]},
                    "code": {"coding": [{"system": system, "code": code}]},
                }
            }
            for status, system, code in (
                ("active", bundles.ICD_10_CM, "G20.A1"),
                ("resolved", bundles.ICD_10_CM, "R26.9"),
                ("active", "http://snomed.info/sct", "49049000"),
            )
        ),
    ],
}


def test_a_bundle_gives_the_same_rows_as_a_spreadsheet():
    heading, rows = bundles.rows_of(json.dumps(BUNDLE))
    assert dict(zip(heading, rows[0][1], strict=True)) == {
        "family_name": "Ek",
        "given_name": "Jo B",
        "born_on": "1950-01-02",
        "sex": "F",
        "mrn": "R-9",
        "phone": "555-0100",
        "payer": "Medicare Part B",
        "member_number": "1EG4",
        "covered_from": "2026-01-01",
        "diagnoses": "G20.A1",
    }


def test_what_is_no_bundle_is_refused_and_odd_parts_of_one_are_empty():
    for text in ("{", "[1]", '{"resourceType": "Patient"}', "[" * 100_000, '{"resourceType": "Bundle"}'):
        with pytest.raises(Refused):
            bundles.rows_of(text)
    for sign in ("\\ud800", "\\u0000"):
        odd = json.dumps(BUNDLE).replace("Ek", sign)
        with pytest.raises(Refused, match="cannot be stored"):
            bundles.rows_of(odd)
    entry = {"resource": {"resourceType": "Patient", "name": "x", "identifier": {"a": 1}, "telecom": [1]}}
    text = json.dumps({"resourceType": "Bundle", "entry": [1, {"resource": 2}, entry]})
    assert bundles.rows_of(text)[1] == [(3, [""] * len(bundles.HEADING))]
