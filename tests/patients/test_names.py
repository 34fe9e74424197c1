"""Names of any script: entered, kept as typed, shown, and found without their accents and capitals."""

import html

import pytest

from apps.exports import scripts
from apps.patients import search
from apps.patients.models import Patient

NEW = {"born_on": "1948-02-29", "sex": "F"}

NAMES = {
    "Vietnamese, in parts": ("Nguye\u0302\u0303n", "Ho\u0302\u0300ng", "nguyen"),
    "Polish": ("Łukasiewicz", "Żaneta", "łukas"),
    "Greek": ("Παπαδοπούλου", "Ελένη", "παπαδοπουλου"),
    "Cyrillic": ("Щербакова", "Алёна", "щербак"),
    "Hebrew": ("כהן", "שרה", "כהן"),
    "Arabic": ("الحسيني", "فاطمة", "الحس"),
    "Chinese": ("王", "小明", "王"),
    "Japanese": ("たなか", "ハナコ", "ハナコ"),
    "Korean": ("김", "민서", "민서"),
    "Devanagari": ("शर्मा", "आशा", "शर्मा"),
    "Thai": ("ใจดี", "สมชาย", "สมชาย"),
    "one letter": ("O", "Ng", "ng"),
}


def test_a_name_of_any_script_is_kept_shown_and_found(world, signed_in):
    client = signed_in(world.tess)
    rows = [
        {**NEW, "mrn": f"N{at}", "family_name": one[0], "given_name": one[1]}
        for at, one in enumerate(NAMES.values())
    ]
    for row in rows:
        client.post("/patients/add/", row)
    search.forget()
    missing = []
    for row, (script, (_, _, typed)) in zip(rows, NAMES.items(), strict=True):
        patient = Patient.objects.get(clinic=world.own, mrn=row["mrn"])
        chart = client.get(f"/patients/{patient.pk}/").content.decode()
        found = client.post("/find/", {"q": typed}, headers={"HX-Request": "true"}).content.decode()
        name = html.escape(patient.name)
        missing += [
            f"{script}: {where}" for where, page in (("chart", chart), ("search", found)) if name not in page
        ]
    assert missing == []
    assert Patient.objects.get(mrn="N0").family_name == "Nguyễn", "in one spelling"


@pytest.mark.sqlite
def test_an_administrator_is_told_which_scripts_a_pdf_cannot_show(world, signed_in, monkeypatch):
    client = signed_in(world.ada)
    monkeypatch.setattr(scripts, "lacking", lambda: ("Chinese", "Thai"))
    page = client.get("/clinic/paper/").content.decode()
    assert "Chinese, Thai" in page and "boxes" in page
    monkeypatch.setattr(scripts, "lacking", tuple)
    assert "boxes" not in client.get("/clinic/paper/").content.decode()
