"""A list of patients comes in: looked at first, asked about, added once, and undone while nobody used it."""

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.audit import verbs
from apps.audit.models import Event
from apps.audit.refused import Refused
from apps.intake import actions, used
from apps.intake.models import ImportRow, PatientImport
from apps.patients import actions as charts
from apps.patients.models import Patient
from apps.visits import actions as visits

from .test_reading import BUNDLE

HEADING = "Last name,First name,DOB,Sex,MRN,Insurance,Member ID,Effective date,Dx\n"


@pytest.fixture
def at_once(django_capture_on_commit_callbacks):
    """`at_once(call)`: what it hands to the worker is done when it comes back."""

    def run(call, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            return call(*args, **kwargs)

    return run


@pytest.fixture
def bring(clinic, at_once):
    """`bring(text)`: a list that was read, mapped by its headings and checked."""

    def begin(text, by=clinic.rae):
        file = io.BytesIO(text if isinstance(text, bytes) else text.encode())
        made = at_once(actions.begin, clinic=clinic.riverside, file=file, by=by)
        if made.status == "columns":
            at_once(actions.choose_columns, made=made, chosen=made.columns, by=by)
        made.refresh_from_db()
        return made

    return begin


def states(made):
    return dict(made.rows.values_list("line", "state"))


def carried_out(made, at_once, by):
    at_once(actions.carry_out, made=made, by=by)
    made.refresh_from_db()
    return made


def test_a_list_is_looked_at_before_anybody_is_added_and_then_each_is_added_as_by_hand(
    clinic, bring, at_once
):
    payer = clinic.riverside.payers.filter(is_active=True).first().name
    before = Patient.objects.count()
    made = bring(
        HEADING
        + f"Ames,Ann,03/14/1955,F,IN-1,{payer},M1,2026-01-01,G20.A1 R26.9\n"
        + "Bolt,Ben,,M,IN-2,,,,\n"
        + "Cole,Cy,1960-02-03,,IN-3,,,,\n"
    )
    assert (made.status, made.counts) == ("ready", {"fresh": 2, "wrong": 1})
    assert Patient.objects.count() == before
    carried_out(made, at_once, clinic.rae)
    assert (made.status, made.counts) == ("done", {"added": 2, "wrong": 1})
    ann = Patient.objects.get(mrn="IN-1")
    assert ann.coverages.get().payer.name == payer
    assert set(ann.diagnoses.values_list("code", flat=True)) == {"G20.A1", "R26.9"}
    assert Event.objects.filter(patient=str(ann.pk), verb=verbs.PATIENT_ADDED).count() == 1
    # What is in a chart is in no row any more; what stayed out is kept, to be mended.
    assert [row.cells[:1] for row in made.rows.all()] == [[], ["Bolt"], []]
    with pytest.raises(Refused, match="carried out"):
        actions.carry_out(made=made, by=clinic.rae)


def test_who_may_be_here_is_asked_about_and_nothing_is_added_before_the_answers(clinic, bring, at_once):
    stroke, other = clinic.patients["stroke"], clinic.patients["parkinson"]
    born = f"{stroke.born_on:%m/%d/%Y}"
    made = bring(
        HEADING
        + f"{stroke.family_name},{stroke.given_name},{born},F,IN-1,,,,\n"
        + f"Else,Who,{born},F,{other.mrn},,,,Z74.1\n"
        + f"{stroke.family_name}x,{stroke.given_name},{born},F,IN-3,,,,\n"
        + "Twice,Tom,01/02/1950,M,IN-4,,,,\n"
        + "Twice,Tom,01/02/1950,M,IN-5,,,,R26.9\n"
    )
    assert made.counts == {"asked": 4, "fresh": 1}
    assert made.rows.get(line=6).alike_line == 5
    with pytest.raises(Refused, match="4 rows wait for an answer"):
        actions.carry_out(made=made, by=clinic.rae)
    said = {2: "skip", 3: "new", 4: "new", 6: "same", 10**6: "new"}
    # An MRN that somebody has cannot be given twice.
    assert actions.answer(made=made, answers=said, by=clinic.rae) == 1
    assert actions.answer(made=made, answers={}, for_the_others="same", by=clinic.rae) == 0
    before = other.diagnoses.count()
    carried_out(made, at_once, clinic.rae)
    assert states(made) == {2: "skipped", 3: "same", 4: "added", 5: "added", 6: "same"}
    assert other.diagnoses.count() == before + 1
    assert Patient.objects.get(mrn="IN-4").diagnoses.get().code == "R26.9"
    assert not Patient.objects.filter(mrn__in=["IN-1", "IN-5"]).exists()
    # Undone as a whole, what it added to a chart that was here goes too, and the chart stays.
    at_once(actions.undo, made=made, by=clinic.rae)
    made.refresh_from_db()
    assert (made.status, other.diagnoses.count(), made.rows.count()) == ("undone", before, 0)
    assert not Patient.objects.filter(mrn__startswith="IN-").exists()


def test_an_import_that_somebody_used_is_not_undone_and_it_says_what_stops_it(clinic, bring, at_once):
    made = carried_out(bring(HEADING + "Ames,Ann,03/14/1955,F,IN-1,,,,\n"), at_once, clinic.rae)
    ann = Patient.objects.get(mrn="IN-1")
    assert used.what_stops(made) == {}
    visits.book(patient=ann, clinician=clinic.tess, served_on=clinic.today, by=clinic.tess)
    charts.change_patient(patient=ann, by=clinic.tess, phone="555")
    charts.add_diagnosis(patient=ann, code="R26.9", type="treating", by=clinic.tess)
    with pytest.raises(Refused, match="have 1 change to a chart, 1 diagnosis and 1 visit since"):
        actions.undo(made=made, by=clinic.rae)
    # Somebody who was quicker than the worker stops it as well, and says so on its page.
    PatientImport.objects.filter(pk=made.pk).update(status="undoing", undone_by=clinic.rae)
    from apps.intake.work import work

    assert work.func(str(made.pk)) == "done"
    made.refresh_from_db()
    assert "It was not undone" in made.says
    assert Patient.objects.filter(pk=ann.pk).exists()


def test_every_table_that_points_at_a_patient_stops_the_undoing(clinic):
    # Asked of the models, so that a table which comes later is not forgotten.
    counted = {relation.related_model.__name__ for relation in Patient._meta.related_objects}
    assert {"Visit", "PlanOfCare", "Document", "EmergencyAccess", "Disclosure", "Packet"} <= counted
    patient = clinic.patients["stroke"]
    made = PatientImport.objects.create(
        clinic=clinic.riverside, format="csv", status="done", encoding="", begun_by=clinic.rae,
        begun_at="2026-11-20T12:00Z",
    )  # fmt: skip
    ImportRow.objects.create(of=made, line=2, state="added", patient=patient.pk)
    assert {"visit", "plan of care", "coverage", "diagnosis"} <= set(used.what_stops(made))


def test_work_that_was_stopped_goes_on_and_adds_nobody_twice(clinic, bring, at_once, monkeypatch):
    from apps.intake import work

    rows = "".join(f"Fam{n},Giv{n},01/{n + 1:02}/19{n + 30},F,IN-{n},,,,\n" for n in range(5))
    made = bring(HEADING + rows)
    monkeypatch.setattr(work, "ADDED_AT_ONCE", 2)
    PatientImport.objects.filter(pk=made.pk).update(status="adding", carried_out_by=clinic.rae)
    told = work._tell

    def stopped(made, says, done):
        if done == 4:
            raise MemoryError
        told(made, says, done)

    monkeypatch.setattr(work, "_tell", stopped)
    with pytest.raises(Exception, match="MemoryError"):
        work.work.func(str(made.pk))
    assert Patient.objects.filter(mrn__startswith="IN-").count() == 4
    monkeypatch.setattr(work, "_tell", told)
    work.work.func(str(made.pk))
    assert Patient.objects.filter(mrn__startswith="IN-").count() == 5
    assert made.rows.filter(state="added").count() == 5


def test_the_rows_to_mend_come_out_as_a_file_that_can_be_brought_in_again(clinic, bring, client):
    row = "=1+1,First,,F,+IN-1,,,,\n"
    made = bring(HEADING + row + "Cole,Cy,1960-02-03,,IN-3,,,,\n")
    client.force_login(clinic.rae)
    answer = client.get(reverse("import-left", args=[made.pk]))
    assert answer.content.startswith(b"\xef\xbb\xbf")
    (heading, only) = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    # A spreadsheet takes none of it for a formula; read back, it is what it was.
    assert (only[0], heading[-1], only[-1]) == (
        "'=1+1",
        "What to mend in Midline",
        "Date of birth: This is missing.",
    )
    again = bring(answer.content)
    assert again.rows.get().cells[:5] == ["=1+1", "First", "", "F", "+IN-1"]
    assert Event.objects.filter(verb=verbs.IMPORT_ROWS_TAKEN).exists()


def test_a_bundle_comes_in_through_the_same_preview_and_undo(clinic, bring, at_once):
    made = bring(json.dumps(BUNDLE))
    assert (made.format, made.status) == ("fhir", "ready")
    payer = clinic.riverside.payers.filter(is_active=True).first()
    text = json.dumps(BUNDLE).replace("Medicare Part B", payer.name)
    made = carried_out(bring(text), at_once, clinic.rae)
    jo = Patient.objects.get(mrn="R-9")
    assert (jo.name, jo.coverages.get().member_number) == ("Ek, Jo B", "1EG4")
    at_once(actions.undo, made=made, by=clinic.rae)
    assert not Patient.objects.filter(mrn="R-9").exists()


def test_the_pages_lead_from_the_file_to_the_patients(clinic, client, django_capture_on_commit_callbacks):
    def go(method, name, *args, **data):
        with django_capture_on_commit_callbacks(execute=True):
            answer = getattr(client, method)(reverse(name, args=args), data)
        return client.get(answer.url) if answer.status_code == 302 else answer

    client.force_login(clinic.sam)
    stroke = clinic.patients["stroke"]
    text = (
        "Nachname,Vorname,Geburt,Akte\nAmes,Ann,03/14/1955,IN-1\nBolt,Ben,x,IN-2\n"
        f"{stroke.family_name},{stroke.given_name},{stroke.born_on},IN-3\n"
    )
    page = go("post", "imports", file=SimpleUploadedFile("a.csv", text.encode()))
    assert "Nachname" in page.content.decode()
    made = PatientImport.objects.latest("begun_at")
    page = go("post", "import-columns", made.pk, family_name=0, given_name="1_5", mrn="9" * 30)
    assert (page.status_code, "Choose one of the columns." in page.content.decode()) == (422, True)
    page = go("post", "import-columns", made.pk, family_name=0, given_name=1)
    assert "Choose the column of: Date of birth, MRN." in page.content.decode()
    page = go("post", "import-columns", made.pk, family_name=0, given_name=1, born_on=2, mrn=3)
    words = page.content.decode()
    assert "The same name and date of birth" in words
    assert "Write the date as MM/DD/YYYY" in words
    assert "1 row waits for an answer" in go("post", "import-carry-out", made.pk).content.decode()
    page = go("post", "import-answer", made.pk, **{"line-4": "new", "line-٣": "new", "others": "\x00"})
    assert "Every row has its answer." in page.content.decode()
    page = go("post", "import-carry-out", made.pk)
    assert "2 added" in page.content.decode()
    assert Event.objects.filter(verb=verbs.LIST_OPENED, details__page="import").exists()
    page = go("post", "import-undo", made.pk)
    assert "Nobody of this list is left" in page.content.decode()
    assert "undone by" in go("get", "imports").content.decode()
    bar = client.get(reverse("import", args=[made.pk]), headers={"HX-Request": "true"})
    assert bar["HX-Refresh"] == "true"


def test_an_administrator_brings_lists_in_and_sees_only_their_own(clinic, bring, client, at_once):
    own, other = (bring(HEADING + "Ames,Ann,03/14/1955,F,IN-1,,,,\n", by) for by in (clinic.alex, clinic.rae))
    client.force_login(clinic.alex)
    assert client.get(reverse("import", args=[own.pk])).status_code == 200
    assert client.get(reverse("import", args=[other.pk])).status_code == 404
    carried_out(own, at_once, clinic.alex)
    assert Patient.objects.filter(mrn="IN-1").exists()
    # Whom they added they do not see; the number is taken all the same.
    assert bring(HEADING + "Ames,Ann,03/14/1955,F,in-1,,,,\n", clinic.alex).counts == {"wrong": 1}
    # What was checked before somebody else took the number is refused when it is added.
    assert carried_out(other, at_once, clinic.rae).counts == {"wrong": 1}


def test_nothing_that_a_broken_file_holds_is_a_500(clinic, client):
    client.force_login(clinic.rae)
    half_a_sign = json.dumps(BUNDLE).replace("Ek", "\\ud800").encode()
    for data in (b"", b"\x00", b"a,b\n\x00,1", b"{", half_a_sign, b"\xff\xfe\x00\xd8"):
        answer = client.post(reverse("imports"), {"file": SimpleUploadedFile("a.csv", data)})
        assert answer.status_code == 422, data
    sample = client.get(reverse("import-sample")).content.decode("utf-8-sig")
    assert sample.startswith("Family name,Given name,Date of birth,Sex,MRN")
    assert client.get(reverse("imports"), {"page": 10**30}).status_code == 200
