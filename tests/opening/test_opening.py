"""A clinic is set up once, by whoever has the link; a demo and a clinic never mix."""

import datetime as dt
import io
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from PIL import Image

from apps.accounts import actions as accounts
from apps.accounts.models import Clinic, Role, User
from apps.accounts.npi import possible_npi
from apps.audit import clock, deployment
from apps.audit.models import Deployment, Event
from apps.audit.refused import Refused
from apps.exports import letterhead, pdf, store
from apps.notes.models import RecordPolicy
from apps.opening import link
from apps.opening.models import SetUpLink
from apps.patients import diagnosis_table
from apps.patients.models import Payer

FILLED = {
    "name": "Harbor Neuro",
    "address": "9 Pier Road, Duluth MN 55802",
    "phone": "218 555 0100",
    "npi": "1234567893",
    "time_zone": "America/Chicago",
    "administrator_name": "Ada Park",
    "administrator_email": "Ada@Harbor.example",
    "payers": ["medicare_b", "self_pay"],
    "late_after_hours": "48",
    "cosigns_assistants": "on",
    "source": "Clinic policy of 11/01/2026",
    "organisation": "Harbor Health LLC",
    "words": "Fax 218 555 0101",
}


def logo(kind="PNG", size=(1200, 300)):
    picture = io.BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", size, (10, 90, 80, 0)[: 4 if kind == "PNG" else 3]).save(
        picture, kind
    )
    return SimpleUploadedFile("../../logo.exe", picture.getvalue() + b"<script>hidden</script>")


@pytest.fixture
def empty(db, monkeypatch):
    """As if the demo were not there: the database of the tests holds it, and its rows cannot go. One that is
    really empty is first_note.py’s.
    """
    assert link.holds_somebody()
    there = list(Clinic.objects.values_list("pk", flat=True))
    User.objects.update(is_active=False)
    monkeypatch.setattr(link, "holds_somebody", Clinic.objects.exclude(pk__in=there).exists)
    Deployment.objects.update_or_create(id=1, defaults={"is_demo": False})
    monkeypatch.setattr(diagnosis_table, "load", lambda: 0)


def printed(capsys):
    call_command("set_up_link")
    return capsys.readouterr().out


def address(capsys):
    return re.search(r"https?://[^/]+(/\S+)", printed(capsys))[1]


def words_of(answer):
    """The page without the token of its forms, which is another each time."""
    return answer.status_code, re.sub(r"x-csrftoken[^}]*", "", answer.content.decode())


def opened(client, capsys):
    answer = client.get(address(capsys))
    assert (answer.status_code, answer["Location"]) == (302, "/set-up/"), "the key stays in no address"


def test_a_clinic_is_set_up_and_its_administrator_goes_on_to_the_passphrase(empty, client, capsys):
    nowhere = words_of(client.get("/there-is-nothing-here/"))
    assert words_of(client.get("/set-up/")) == words_of(client.get("/set-up/?key=guessed")) == nowhere
    first = address(capsys)
    opened(client, capsys)
    assert client.get(first).status_code == 404, "a newer link ends the one before"
    page = client.get("/set-up/").content.decode()
    assert not re.search(r"<input[^>]* checked", page), "nothing is chosen beforehand"
    answer = client.post("/set-up/", {**FILLED, "logo": logo()})
    assert (answer.status_code, answer["Location"]) == (302, "/welcome/")
    person = User.objects.get(is_active=True)
    clinic = person.memberships.get().clinic
    assert (clinic.name, clinic.npi, clinic.time_zone) == ("Harbor Neuro", "1234567893", "America/Chicago")
    assert person.email == "ada@harbor.example" and not person.has_usable_password()
    assert person.memberships.get().role == Role.ADMINISTRATOR
    assert set(Payer.objects.filter(clinic=clinic).values_list("policy", flat=True)) == {
        "medicare_b",
        "self_pay",
    }
    policy = RecordPolicy.objects.get(clinic=clinic)
    assert policy.cosigns_assistants and policy.late_after_hours == 48
    edition = letterhead.latest(clinic.pk)
    kept = Image.open(io.BytesIO(bytes(edition.logo)))
    assert (kept.format, kept.mode, kept.size) == ("PNG", "RGB", (900, 225)), "drawn anew, on white"
    assert b"hidden" not in bytes(edition.logo) and kept.getpixel((1, 1)) == (255, 255, 255)
    assert {"clinic added", "person added", "payer added", "letterhead set"} <= set(
        Event.objects.values_list("verb", flat=True)
    )
    # Once, for everybody, and no address tells that there was one.
    nowhere = words_of(client.get("/there-is-nothing-here/"))
    for again in (client.get("/set-up/"), client.get(first), client.post("/set-up/", FILLED)):
        assert words_of(again) == nowhere
    assert SetUpLink.objects.get().used_at
    # Whoever closed the browser here goes on by a link of the next start; with a passphrase there is none.
    assert "/welcome/?key=" in printed(capsys)
    assert "Welcome, Ada Park" in client.get("/welcome/").content.decode()
    person.set_password("slate harbour thimble orchard")
    person.save()
    assert printed(capsys) == ""


def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(empty, client, capsys):
    opened(client, capsys)
    wrong = {
        "npi": ("1234567890", "its last digit does not fit"),
        "time_zone": ("Middle/Earth", "Select a valid choice"),
        "administrator_email": ("nobody", "valid email"),
        "late_after_hours": ("1_5", "Write whole hours"),
        "source": ("", "Name who asks for it"),
        "logo": (SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\n<svg onload=1>"), "not a PNG or JPEG"),
        "name": ("Harbor\x00", "cannot be stored"),
        "payers": (["medicare_b", "unknown"], "Select a valid choice"),
    }
    for field, (value, says) in wrong.items():
        answer = client.post("/set-up/", {**FILLED, field: value})
        page = answer.content.decode()
        assert answer.status_code == 422 and says.lower() in page.lower(), field
        assert "9 Pier Road, Duluth MN 55802" in page and not link.holds_somebody()
    several = client.post("/set-up/", {"time_zone": "x" * 5000, "npi": "١٢٣٤٥٦٧٨٩٠"})
    assert several.status_code == 422 and several.content.count(b"This field is required") >= 5


def test_a_link_ends_and_says_what_to_do(empty, client, capsys, monkeypatch):
    opened(client, capsys)
    later = clock.now() + dt.timedelta(hours=24)
    monkeypatch.setattr(clock, "now", lambda: later)
    answer = client.get("/set-up/")
    assert answer.status_code == 410 and "set_up_link" in answer.content.decode()
    assert client.post("/set-up/", FILLED).status_code == 410 and not link.holds_somebody()


def test_a_demo_and_a_clinic_never_mix(empty, client, capsys, settings):
    opened(client, capsys)
    Deployment.objects.update(is_demo=True)
    assert client.get("/set-up/").status_code == 404 and client.post("/set-up/", FILLED).status_code == 404
    assert printed(capsys) == ""
    names = ("name", "address", "phone", "time_zone", "administrator_name", "administrator_email")
    with pytest.raises(Refused, match="database of the demo"):
        accounts.add_clinic(**{name: FILLED[name] for name in names})
    assert [one.id for one in deployment.check(None, ["default"])] == ["midline.E010"]
    settings.DEMO = True
    assert deployment.check(None, ["default"]) == []
    Deployment.objects.update(is_demo=False)
    assert client.get("/set-up/").status_code == 404, "started as the demo"
    assert [one.id for one in deployment.check(None, ["default"])] == ["midline.E011"]
    assert "DEMO" in pdf.dressed("<head></head>")
    settings.DEMO = False
    assert deployment.check(None, ["default"]) == [] and "DEMO" not in pdf.dressed("<head></head>")


@pytest.mark.sqlite
@pytest.mark.parametrize("number", ["1234567893", "1245319599"])
def test_the_check_digit_of_an_npi(number):
    possible_npi(number)
    for place in range(10):
        other = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        with pytest.raises(ValidationError):
            possible_npi(other)


def test_a_signed_document_keeps_the_letterhead_it_was_signed_under(clinic, client):
    note = clinic.note_signed_by(clinic.tess)
    entries = store.entries_of(note.pk)
    plain = pdf.signed_page(entries)
    assert "doc-letterhead" not in plain
    client.force_login(clinic.alex)
    admin = client
    sent = {"organisation": "Riverside <b>Group</b>", "words": "", "logo": logo("JPEG")}
    assert admin.post("/clinic/letterhead/", sent).status_code == 302
    assert pdf.signed_page(entries) == plain, "what is signed stays what it was, byte for byte"
    assert "data:image/png;base64," in admin.get("/clinic/letterhead/").content.decode()
    # Words and logo go onto today's draft, and the words are words.
    edition = letterhead.latest(clinic.riverside.pk)
    page = letterhead.drawn(edition)
    assert "Riverside &lt;b&gt;Group" in page and "data:image/png;base64,iVBOR" in page
    refused = admin.post(
        "/clinic/letterhead/", {"organisation": "Riverside <b>Group</b>", "keeps_logo": "on"}
    )
    assert refused.status_code == 422 and "so already" in refused.content.decode()
