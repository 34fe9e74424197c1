"""Thirty things somebody may type, which are words and nothing else: in pages, fragments, PDFs and CSVs."""

import csv
import io
import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from notes.as_browser import fields_of
from test_access import TOKEN as TOKEN_BYTES

from apps.audit import clock
from apps.notes.models import Note
from apps.patients.models import Disclosure, Patient

TOKEN = re.compile(TOKEN_BYTES.pattern.decode())

PAYLOADS = [
    "<script>pwn()</script>",
    "</script><script>pwn()</script>",
    "<img src=x onerror=pwn()>",
    "<svg onload=pwn()>",
    "<svg/onload=pwn()//",
    "<body onload=pwn()>",
    "<iframe src=javascript:pwn()></iframe>",
    "<a href='javascript:pwn()'>x</a>",
    "<details open ontoggle=pwn()>",
    "<math><mtext></p><img src=x onerror=pwn()>",
    "<style>@import '//pwn.example/x'</style>",
    "<link rel=stylesheet href=//pwn.example/x>",
    "<meta http-equiv=refresh content='0;url=//pwn.example'>",
    "<base href=//pwn.example/>",
    "<form action=//pwn.example><input name=q>",
    "<textarea></textarea><script>pwn()</script>",
    "</textarea><img src=x onerror=pwn()>",
    "</title><script>pwn()</script>",
    "<!--><script>pwn()</script>-->",
    "<div hx-get=//pwn.example hx-trigger=load>",
    "<div hx-on::load=pwn()>",
    '" onmouseover="pwn()" x="',
    "' onfocus='pwn()' autofocus='",
    "` onclick=`pwn()`",
    "javascript:pwn()//",
    "{{ pwn }}{% load pwn %}",
    "${pwn()} #{pwn} <%= pwn %>",
    "=HYPERLINK(\"http://pwn.example\",\"x\")",
    "+cmd|' /C pwn'!A0",
    "@SUM(pwn)\t-2+3",
]  # fmt: skip


class Markup(HTMLParser):
    """What a browser makes of a page: where the word of the payloads stands, apart from where words stand."""

    WORDS = {"value", "title", "alt", "placeholder", "aria-label"}

    def __init__(self, page):
        super().__init__()
        page = TOKEN.sub("", page)  # made of chance, and once in a while of these letters
        self.wrong, self.text, self.tag = [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tag = tag
        for name, value in attrs:
            is_words = name in self.WORDS or name.startswith("data-")
            if "pwn" in name or ("pwn" in (value or "") and not is_words) or name.startswith("on"):
                self.wrong.append((tag, name, value))
            elif value:
                self.text.append(value)

    def handle_data(self, data):
        if self.tag in ("script", "style") and "pwn" in data:
            self.wrong.append((self.tag, data))
        self.text.append(data)

    def handle_endtag(self, tag):
        self.tag = ""

    def handle_comment(self, data):
        if "pwn" in data:
            self.wrong.append(("comment", data))


def assert_only_words(answer, payloads=PAYLOADS):
    markup = Markup(answer.content.decode())
    assert markup.wrong == []
    text = squeezed("\n".join(markup.text))
    assert [one for one in payloads if squeezed(one) not in text] == []


def squeezed(text):
    return re.sub(r"\s+", "", text)


def test_there_are_thirty_and_the_reader_finds_each_that_is_not_escaped():
    assert len(set(PAYLOADS)) == 30
    as_markup = [one for one in PAYLOADS if "<" in one and not one.startswith(("${",))]
    assert all(Markup(f"<p>{one}</p>").wrong for one in as_markup if "<textarea></textarea>" not in one)
    assert Markup(f'<p title="{PAYLOADS[21]}">').wrong


@pytest.fixture
def note(clinic, client):
    note = clinic.draft_by(clinic.tess)
    client.force_login(clinic.tess)
    path = reverse("note", args=[note.pk])
    sent = fields_of(client.get(path))
    block = note.blocks.get(code="97112")
    words = "\n".join(PAYLOADS)
    sent |= {"subjective": [words], "plan": [words], f"blocks.{block.pk}.response": [words]}
    sent[f"blocks.{block.pk}.dosage"] = [PAYLOADS[2]]
    answer = client.post(path, sent, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return Note.objects.get(pk=note.pk)


@pytest.mark.parametrize("name", ["note", "note-sign", "note-print"])
def test_words_of_a_note_are_words_on_its_pages(name, note, client):
    assert_only_words(client.get(reverse(name, args=[note.pk])))


def test_words_of_a_note_are_words_in_the_fragments_that_answer_its_author(note, client):
    path = reverse("note", args=[note.pk])
    # A conflict shows what both wrote, and a field that cannot be read shows what was typed.
    other = fields_of(client.get(path)) | {"revision": ["1"], "assessment": ["\n".join(PAYLOADS)]}
    answer = client.post(path, other, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert_only_words(answer, [])
    assert "pwn" in answer.content.decode()
    for payload in PAYLOADS:
        sent = fields_of(client.get(path)) | {"total_minutes": [payload]}
        answer = client.post(path, sent, headers={"HX-Request": "true"})
        assert_only_words(answer, [])


def test_names_of_patients_are_words_in_the_list_the_search_and_the_chart(clinic, client):
    first = Patient.objects.filter(clinic=clinic.riverside, is_restricted=False).order_by("pk").first()
    made = Patient.objects.bulk_create(
        Patient(
            clinic=clinic.riverside,
            mrn=f"PWN-{number}",
            family_name=payload,
            given_name=payload,
            precautions=payload,
            born_on="1950-01-01",
            sex="F",
        )
        for number, payload in enumerate(PAYLOADS)
    )
    assert first
    client.force_login(clinic.tess)
    for answer in (
        client.post(reverse("patient-search"), {"q": "PWN-"}, headers={"HX-Request": "true"}),
        client.post(reverse("patient-search"), {"q": "<script>"}),
    ):
        markup = Markup(answer.content.decode())
        assert markup.wrong == [] and "pwn" in "".join(markup.text)
    for patient in made:
        assert_only_words(client.get(reverse("patient", args=[patient.pk])), [patient.family_name])


def test_words_in_a_spreadsheet_are_no_formulas_and_stay_whole(clinic, client, told_just_now):
    patient = clinic.patients["stroke"]
    for payload in PAYLOADS:
        Disclosure.objects.create(
            patient=patient,
            made_on=clock.today(patient.clinic.time_zone),
            recipient=payload,
            words=payload,
            purpose="x",
            recorded_by=clinic.rae,
            recorded_at=clock.now(),
        )
    client.force_login(clinic.rae)
    told_just_now()
    answer = client.get(reverse("disclosures", args=[patient.pk]), {"as": "csv"})
    assert answer["Content-Type"].startswith("text/csv") and answer["X-Content-Type-Options"] == "nosniff"
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    cells = {cell for row in rows for cell in row}
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    # Before what a program would run stands a quote, and a bar has a stroke before it; nothing else differs.
    read = {squeezed(cell).replace("\\|", "|") for cell in cells}
    read |= {cell.removeprefix("'") for cell in read}
    assert read >= {squeezed(one) for one in PAYLOADS}


@pytest.mark.pdf
def test_words_in_a_pdf_are_words(tmp_path):
    import subprocess

    import pikepdf
    from exports import sample

    from apps.exports import pdf
    from apps.notes.document import document_of

    payload = sample.short()
    payload["subjective"] = "\n".join(PAYLOADS)
    file = tmp_path / "words.pdf"
    file.write_bytes(pdf.note_pdf(document_of(payload), payload))
    text = subprocess.run(["pdftotext", "-raw", file, "-"], capture_output=True, check=True).stdout.decode()
    assert [one for one in PAYLOADS if squeezed(one) not in squeezed(text)] == []
    with pikepdf.open(file) as opened:
        inside = [str(one) for one in opened.objects]
    assert not [one for one in inside if re.search(r"/(JavaScript|JS|URI|Launch|SubmitForm)\b", one)]
