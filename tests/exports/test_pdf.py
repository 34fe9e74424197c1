"""The PDF: everything typed is in it, nothing reaches out of it, and its pages end where they should."""

import datetime as dt
import hashlib
import http.server
import io
import os
import re
import subprocess
import sys
import threading
import unicodedata
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.exports import pdf, press
from apps.exports.letterhead import read_logo
from apps.exports.models import Letterhead
from apps.ledger import last_checkpoint
from apps.ledger.signatures import clock_time
from apps.notes.document import document_of

from . import sample
from .test_document import entry

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = [pytest.mark.pdf, pytest.mark.sqlite]  # pages are made of words, whatever database kept them

# Not words that anybody typed: keys, ids, choices that print as their labels, and the label of an
# observation, which prints under its own name.
UNPRINTED = re.compile(
    r"^(schema|.*\bid|note\.(type|discipline)|clinic\.time_zone|visit\.(place|attendance)|payer\.policy"
    r"|visit\.people\.0\.role|diagnoses\.\d+\.(type|release)|measures\.\d+\.key|measures\.2\.label"
    r"|sections\.\d+\.(key|part)|progress\.since_report|units\.method|review\.catalogue_version"
    r"|review\.findings\.\d+\.(severity|kind)|signature\.(time_zone|user))$"
)


def make(payload, *, draft=False):
    return pdf.note_pdf(document_of(payload, None if draft else entry()), payload)


def pages_of(data, *, layout=True):
    """The text of each page, as another program reads it."""
    command = ["pdftotext", *(["-layout"] if layout else []), "-", "-"]
    text = subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()
    return text.split("\f")[:-1]


def bodies_of(data):
    """The words between the head and the foot of every page, as one text."""
    area = ["-r", "72", "-x", "0", "-y", "64", "-W", "612", "-H", "678"]
    command = ["pdftotext", "-raw", "-nopgbrk", *area, "-", "-"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()


def squeezed(text):
    """Without white space, which line ends change, and with ligatures and soft hyphens undone."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def values_of(value, path=""):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from values_of(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from values_of(inner, f"{path}.{number}")
    elif value is not None and not isinstance(value, bool) and value != "" and not UNPRINTED.match(path):
        yield path, value


def printed(path, value):
    """How a value stands on the page: dates as the clinic writes them, the rest as it is."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return dt.date.fromisoformat(value).strftime("%m/%d/%Y")
    if isinstance(value, str) and re.fullmatch(r"\d\d:\d\d", value):
        return clock_time(value)
    if path == "signature.signed_at":
        return "20:32:08 UTC"
    if path.endswith(".answer"):
        return value.capitalize()
    return str(value)


@pytest.mark.parametrize("make_payload", [sample.short, sample.long], ids=["short", "long"])
def test_every_value_of_the_payload_is_in_the_pdf(make_payload):
    payload = make_payload()
    data = make(payload)
    everything = squeezed(bodies_of(data)) + squeezed("".join(pages_of(data)))
    absent = [path for path, value in values_of(payload) if squeezed(printed(path, value)) not in everything]
    assert not absent


def test_a_long_note_has_several_pages_and_each_says_who_when_by_whom_and_which_page():
    checkpoint = {
        "schema": last_checkpoint.SCHEMA,
        "number": 12,
        "seq": 2800,
        "hash": "ab12cd34" * 8,
        "at": "2026-11-19T06:00:00Z",
    }
    pages = pages_of(make(sample.long() | {last_checkpoint.KEY: checkpoint}))
    assert len(pages) >= 3
    for number, page in enumerate(pages, start=1):
        words = squeezed(page)
        for expected in (
            "Featherstonehaugh-Villanueva, Maria Concepción Ángela",
            "DOB 03/14/1955",
            "MRN",
            "10482",
            "Date of service 11/20/2026",
            "Dana Ortiz,",
            f"Page {number} of {len(pages)}",
            "Entry 2841 · sha256 9f3c 51d0 88ae 27b4",
            "checkpoint 12 at entry 2800, ab12 cd34 ab12 cd34",
        ):
            assert squeezed(expected) in words, (number, expected)


def test_a_draft_says_so_on_every_page_and_a_signed_note_on_none():
    drafts = pages_of(make(sample.long(signed=False), draft=True))
    assert len(drafts) >= 3
    assert all("DRAFT – not signed" in page for page in drafts)
    assert not any("Electronically signed" in page for page in drafts)
    signed = pages_of(make(sample.long()))
    assert not any("draft" in page.lower() for page in signed)
    assert "Electronically signed by Dana Ortiz, PT, DPT" in signed[-1]


def test_an_empty_draft_prints_and_says_what_is_not_recorded():
    text = "".join(pages_of(make(sample.bare(), draft=True)))
    for words in ("minutes not recorded", "total treatment minutes not recorded", "DRAFT – not signed"):
        assert words in text
    assert text.count("not recorded") >= 9


# --- Where pages end ------------------------------------------------------------------------------------

HEADINGS = re.compile(
    r"^\s*([SOAP]\s+(Subjective|Objective|Assessment|Plan)|\d{5} [A-Z].* · .*|Time and units"
    r"|Checks answered.*|Measure\s+Baseline.*|Skilled cue\s+What was done.*|Goals of the plan of care"
    r"|Electronically signed by.*|Purpose|Deficit|Limits|Task|Response|Progression"
    r"|Distinct from|Home program)$"
)


@pytest.mark.parametrize("objective_opens_with", ["vital signs", "an observation"])
@pytest.mark.parametrize("lines", range(3, 48, 8))
def test_no_heading_is_the_last_line_of_a_page_wherever_the_pages_end(lines, objective_opens_with):
    payload = sample.short()
    payload["blocks"][0]["response"] = "Steps became longer and the trunk stayed over the feet. " * 14
    if objective_opens_with == "an observation":
        payload["vitals"] = sample.bare()["vitals"]
        payload["measures"] = payload["measures"][2:]
    payload["subjective"] = "\n".join(f"line {n}" for n in range(lines + 1))
    payload["blocks"] *= 2
    for page in pages_of(make(payload))[:-1]:
        body = [line for line in page.splitlines() if line.strip()]
        # The page's foot is the last line of its text.
        assert "Page " in body[-1]
        assert not HEADINGS.match(body[-2]), body[-2]
        assert not body[1].strip().startswith("“"), "a signature box was split"


@pytest.mark.parametrize("lines", range(0, 48, 9))
def test_small_boxes_and_table_rows_stay_whole_wherever_the_pages_end(lines):
    payload = sample.short()
    payload["subjective"] = "\n".join(f"line {n}" for n in range(lines + 1))
    payload["blocks"] *= 2
    pages = [squeezed(page) for page in pages_of(make(payload), layout=False)]
    for first, last in (
        ("Time and units", "over 97110 (8)."),
        ("Electronically signed by", "recorded here."),
        ("4.6 s faster", "single-point cane"),
        ("Hip abductor", "left 4.1 s"),
    ):
        firsts = [page.count(squeezed(first)) for page in pages]
        assert sum(firsts)
        assert firsts == [page.count(squeezed(last)) for page in pages], first


# --- What must not happen -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def here():
    """A press in this process, where a test can watch it."""
    return press.Press()


@pytest.fixture
def canary():
    """A server on this machine that writes down every request."""
    heard = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.heard, server.address = heard, f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


def test_the_canary_hears(canary):
    import urllib.request

    urllib.request.urlopen(f"{canary.address}/x").close()
    assert canary.heard == ["/x"]


def test_hostile_words_reach_nothing_and_print_as_words(here, canary, monkeypatch):
    refused = []
    payload = sample.hostile(canary.address)
    fetch = here.fetcher.fetch

    def fetch_and_tell(url, headers=None):
        if url not in press.OURS:
            refused.append(url)
        return fetch(url, headers)

    monkeypatch.setattr(here.fetcher, "fetch", fetch_and_tell)
    data = here.print(pdf.page_of(document_of(payload, entry())))
    assert canary.heard == []
    # The words are escaped, so that nobody even asks; the fetcher is the second lock.
    assert refused == []
    everything = squeezed(bodies_of(data)) + squeezed("".join(pages_of(data)))
    for words in sample.hostile_texts(canary.address):
        assert squeezed(words) in everything, words
    assert "root:" not in everything
    assert b"/JavaScript" not in data and b"/URI" not in data and b"/EmbeddedFile" not in data


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "https://midline.invalid/Inter-Regular.ttf?x",
        "https://midline.invalid/../../etc/passwd",
        "data:text/plain,x",
        "ftp://127.0.0.1/",
        "HTTPS://MIDLINE.INVALID/draft.svg",
        "javascript:1",
        "",
    ],
)
def test_the_fetcher_refuses_everything_that_is_not_ours(address):
    with pytest.raises(ValueError, match="not one of our files"):
        press.fetcher().fetch(address)


def test_even_unescaped_html_reaches_nothing(here, canary):
    """If a template ever forgot to escape, the fetcher would still hand out nothing."""
    texts = "".join(sample.hostile_texts(canary.address))
    data = here.print(f"<!doctype html><html lang=en><title>x</title><body>{texts}</body></html>")
    assert canary.heard == []
    assert "root:" not in "".join(pages_of(data))


@pytest.mark.parametrize(
    "text",
    [
        "x" * 6000,
        "مرحبا بالعالم، خطوة إلى اليسار",
        "\u202eright to left override\u202c and back",
        "naïve façade — “quotes” … ½ ≥ 3 µV Δ → ← ✓",
        "漢字かな交じり文 한국어 Ελληνικά Кириллица",
        "🙂 👩🏽‍⚕️ emoji",
        "\u200b\u200d\ufeff zero width",
        "\n" * 400,
        "a\u0301" * 50,
        "1 " * 3000,
    ],
    ids=[
        "one-word",
        "arabic",
        "override",
        "signs",
        "scripts",
        "emoji",
        "zero-width",
        "newlines",
        "marks",
        "spaces",
    ],
)
def test_unusual_text_prints(text):
    payload = sample.with_text(text)
    assert make(payload).startswith(b"%PDF-")


def test_an_endless_word_prints_whole_and_soon():
    word = "".join(chr(97 + n % 26) for n in range(20_000)) + "<&>" * 200
    payload = sample.short()
    payload["subjective"] = word
    data = make(payload)
    assert squeezed(word) in squeezed(bodies_of(data))
    # Without places to break, one word of this length takes minutes; any machine is faster than this.
    html = pdf.page_of(document_of(payload))
    assert not re.search(r"[a-z]{101}", html)


def test_line_breaks_are_kept():
    pages = pages_of(make(sample.with_text("first line\nsecond line\n\nfourth line")))
    lines = [line.strip() for line in "".join(pages).splitlines()]
    start = lines.index("first line")
    assert [line for line in lines[start : start + 4] if line] == ["first line", "second line", "fourth line"]


def test_a_note_beyond_the_cap_is_refused_before_any_layout(monkeypatch):
    monkeypatch.setattr(pdf, "print_page", lambda *any, **named: pytest.fail("a press was asked"))
    payload = sample.with_text("word " * 8000)
    with pytest.raises(pdf.TooLong):
        make(payload)


# --- What the page is made of ---------------------------------------------------------------------------


def test_a_changed_template_style_or_font_raises_the_version_that_a_stored_pdf_names():
    """Stored files are found by their version, and a lost one is made again with the same bytes."""
    found = hashlib.sha256()
    for path in sorted(path for pattern in pdf.MADE_OF for path in ROOT.glob(pattern)):
        found.update(f"{path.relative_to(ROOT)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    said = f"The page changed: raise pdf.TEMPLATE, and set pdf.TEMPLATE_DIGEST to {found.hexdigest()}"
    assert found.hexdigest() == pdf.TEMPLATE_DIGEST, said


def test_every_template_that_a_stored_pdf_includes_counts_for_its_version():
    counted = {path for pattern in pdf.MADE_OF for path in ROOT.glob(pattern)}
    ahead = [ROOT / "templates/exports/note.html", ROOT / "templates/exports/plan.html"]
    included = set()
    while ahead:
        included.add(path := ahead.pop())
        named = re.findall(r'{% (?:include|extends) "([^"]+)"', path.read_text(encoding="utf-8"))
        ahead += {ROOT / "templates" / name for name in named} - included
    assert len(included) > 8
    assert included <= counted


# --- What the file is -----------------------------------------------------------------------------------


def test_the_same_entry_gives_the_same_bytes_also_in_another_process():
    here = make(sample.short())
    assert make(sample.short()) == here
    make(sample.long())
    assert make(sample.short()) == here
    code = (
        "import sys, django; django.setup();"
        "from tests.exports.test_pdf import make, sample;"
        "sys.stdout.buffer.write(make(sample.short()))"
    )
    there = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "on"},
        capture_output=True,
        check=True,
    )
    assert there.stdout == here


def test_no_stream_ends_so_that_its_length_could_be_read_in_two_ways():
    import pydyf

    made = pydyf.PDF()
    for number in range(2000):
        made.add_object(pydyf.Stream([f"% {number}"], compress=True))
    packed = [one.data for one in made.objects[1:] if isinstance(one, pydyf.Stream)]
    assert any(data.endswith(press.MISTAKABLE) for data in packed)
    press.end_streams_plainly(made)
    left = [one for one in made.objects if isinstance(one, pydyf.Stream)]
    assert not any(one.data.endswith(press.MISTAKABLE) for one in left)
    assert sum(not one.compress for one in left) == sum(data.endswith(press.MISTAKABLE) for data in packed)


def test_a_file_whose_table_of_objects_ends_so_is_written_once_more(here, monkeypatch):
    written = here._written
    asked = []

    def first_is_mistakable(html, job, files, more):
        asked.append(more)
        return press.MISTAKABLE if more == 0 else written(html, job, files, more)

    monkeypatch.setattr(here, "_written", first_is_mistakable)
    data = here.print("<!doctype html><html lang=en><title>x</title><body>y</body></html>")
    assert asked == [0, 1] and data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")


def test_the_metadata_name_the_clinic_and_the_time_of_signing_and_no_patient():
    import io

    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(make(sample.short())))
    assert reader.metadata.title == "Treatment note"
    assert reader.metadata.author == "Riverside Rehabilitation"
    assert reader.metadata.creation_date == dt.datetime(2026, 11, 20, 20, 32, 8, tzinfo=dt.UTC)
    said = f"{dict(reader.metadata)} {reader.xmp_metadata.stream.get_data().decode()} {reader.outline}"
    assert "Okafor" not in said and "10482" not in said
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert [float(side) for side in reader.pages[0].mediabox[2:]] == [612, 792]


@pytest.mark.parametrize("standard", ["3a", "ua1"])
@pytest.mark.parametrize(
    ("make_payload", "draft"),
    [(sample.short, False), (sample.long, False), (sample.bare, True)],
    ids=["short", "long", "draft"],
)
def test_the_file_is_an_archive_and_accessible(tmp_path, standard, make_payload, draft):
    import page

    file = tmp_path / "note.pdf"
    file.write_bytes(make(make_payload(), draft=draft))
    verdict = str(page.validate_pdf(str(file), profile=standard))
    assert ", 0 failed," in verdict, verdict


def test_it_stays_so_under_a_letterhead_with_a_logo_and_with_the_words_of_the_demo(settings, tmp_path):
    import page

    settings.DEMO = True
    drawn = io.BytesIO()
    Image.new("RGBA", (1200, 300), (10, 90, 80, 120)).save(drawn, "PNG")
    logo = read_logo(SimpleUploadedFile("logo.png", drawn.getvalue()))
    edition = Letterhead(organisation="Lakeside Health", words="Made up", logo=logo)
    payload = sample.short()
    data = pdf.note_pdf(document_of(payload, entry()), payload, edition=edition)
    file = tmp_path / "note.pdf"
    file.write_bytes(data)
    assert "Lakeside Health" in pages_of(data)[0] and all("made-up" in text for text in pages_of(data))
    for standard in ("3a", "ua1"):
        verdict = str(page.validate_pdf(str(file), profile=standard))
        assert ", 0 failed," in verdict, verdict


def test_only_our_own_fonts_are_used_and_all_are_inside():
    listed = subprocess.run(["pdffonts", "-"], input=make(sample.long()), capture_output=True, check=True)
    rows = listed.stdout.decode().splitlines()[2:]
    assert rows
    for row in rows:
        assert re.match(r"[A-Z]{6}\+(Inter|JetBrains)", row), row
        assert re.search(r"\byes\s+yes\s+yes\b", row), row
