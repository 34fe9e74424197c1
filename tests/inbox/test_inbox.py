"""One's own inbox: what waits is there while it waits, for whom it waits, and may be read and unread."""

import datetime as dt
import os
import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from apps.accounts import actions as people
from apps.accounts import addresses
from apps.accounts.models import Role
from apps.audit import clock, verbs
from apps.audit.models import Event
from apps.exports.packets import attestations, making
from apps.exports.packets.models import Build, ChartCopy, Packet
from apps.home import waiting
from apps.inbox import choices, count, mail, marks, matters
from apps.inbox.kinds import APPEARS, COUNTED, OF_ROLE, Kind
from apps.inbox.models import MailChoice, Mark
from apps.intake.models import PatientImport
from apps.notes import reviewing
from apps.notes.models import Thread
from apps.patients.models import CareTeamPlace
from apps.visits.models import Visit

When = MailChoice.When
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def of(clinic):
    def waits(person, *kinds):
        membership = person.memberships.select_related("clinic").get(
            clinic__in=[clinic.riverside, clinic.lakeside]
        )
        return [one for one in matters.of(person, membership, kinds or None) if not one.is_done]

    return waits


@pytest.fixture
def came_back(clinic):
    """A note of Dana's that Sam returned with a comment."""
    note = clinic.draft_by(clinic.tess)
    reviewing.send(note=note, by=clinic.tess, words="Enough?")
    reviewing.comment(note=note, by=clinic.sam, words="Say what was seen.")
    reviewing.give_back(note=note, by=clinic.sam)
    return note


def membership_of(person):
    return person.memberships.select_related("clinic", "user").get(clinic__is_practice=False)


def test_every_role_and_kind_has_its_words():
    assert set(OF_ROLE) == set(Role) and set(APPEARS) == set(COUNTED) == set(Kind)
    assert {kind for kinds in OF_ROLE.values() for kind in kinds} == set(Kind)


def test_a_note_that_came_back_waits_until_it_is_sent_again_and_a_comment_until_it_is_answered(
    clinic, of, came_back
):
    returned, comment = of(clinic.tess, Kind.RETURNED)[0], of(clinic.tess, Kind.COMMENT)[0]
    assert returned.about == comment.about == came_back.visit.patient.name
    assert "Sam" in returned.more and "Sam" in comment.words
    assert not of(clinic.sam, Kind.COMMENT), "one's own words wait for nobody"
    thread = Thread.objects.get(note=came_back)
    reviewing.reply(thread=thread, by=clinic.tess, words="Done.")
    assert not of(clinic.tess, Kind.COMMENT)
    assert [one.address for one in of(clinic.sam, Kind.COMMENT)] == [f"/notes/{came_back.pk}/review/"]
    reviewing.resolve(thread=thread, by=clinic.sam)
    assert not of(clinic.sam, Kind.COMMENT)
    before = len(of(clinic.sam, Kind.REVIEW))
    reviewing.send(note=came_back, by=clinic.tess, reviewer=clinic.sam)
    assert not of(clinic.tess, Kind.RETURNED)
    review = of(clinic.sam, Kind.REVIEW)
    assert (before, len(review)) == (0, 1) and review[0].more == "1 to you by name"
    done = matters.of(clinic.tess, membership_of(clinic.tess), [Kind.RETURNED])
    assert [one.is_done for one in done] == [True], "what is done is still shown for a while"


def test_the_inbox_is_ones_own_and_of_charts_within_reach(clinic, of, came_back, client):
    for person in (clinic.priya, clinic.marcus, clinic.jo, clinic.una, clinic.rae, clinic.alex):
        assert not of(person, Kind.RETURNED, Kind.COMMENT)
    # The visit is given to somebody else: the note is no longer hers to write.
    Visit.objects.filter(pk=came_back.visit_id).update(clinician=clinic.sam, assistant=None)
    assert not of(clinic.tess, Kind.RETURNED)
    Visit.objects.filter(pk=came_back.visit_id).update(clinician=clinic.tess)
    patient = came_back.visit.patient
    patient.is_restricted = True
    patient.save(update_fields=["is_restricted"])
    Visit.objects.filter(patient=patient).update(clinician=clinic.sam, assistant=None, student=None)
    CareTeamPlace.objects.filter(patient=patient).delete()
    assert not of(clinic.tess, Kind.RETURNED, Kind.COMMENT)
    client.force_login(clinic.tess)
    assert patient.name not in client.get("/inbox/").content.decode()


def test_records_staff_are_told_of_packets_and_imports_and_authors_of_attestations(clinic, of):
    patient, now = clinic.patients["stroke"], clock.now()
    letter = {"reviewer": "A reviewer", "purpose": "review"}
    packet = Packet.objects.create(
        clinic=clinic.riverside, patient=patient, kind="payer", letter_on=clinic.today, created_by=clinic.rae,
        created_at=now, contact_name="R", contact_phone="1", starts_on=clinic.today, through_on=clinic.today,
        **letter,
    )  # fmt: skip
    build = Build.objects.create(
        clinic=clinic.riverside, packet=packet, made_by=clinic.rae, asked_at=now, finished_at=now,
        status=Build.Status.FAILED, says="It stopped.", **letter,
    )  # fmt: skip
    assert [(one.word, one.more) for one in of(clinic.rae, Kind.PACKET)] == [("Failed", "It stopped.")]
    assert not of(clinic.sam, Kind.PACKET), "who asked for it is told, and nobody else"
    # It waits until somebody asked for the same again, or has seen that it failed.
    rae = membership_of(clinic.rae)
    failed = [one for one in waiting.of(clinic.rae, rae) if one.word == "Failed"]
    assert [one.number for one in failed] == [1]
    with transaction.atomic():
        newer = Build.objects.create(
            clinic=clinic.riverside, packet=packet, made_by=clinic.rae,
            asked_at=now + dt.timedelta(minutes=1), **letter,
        )  # fmt: skip
        assert not [one for one in waiting.of(clinic.rae, rae) if one.word == "Failed"]
        assert not of(clinic.rae, Kind.PACKET)
        newer.delete()
    making.cancel(made=build, by=clinic.rae)
    assert not [one for one in waiting.of(clinic.rae, rae) if one.word == "Failed"]
    assert not of(clinic.rae, Kind.PACKET)
    # Every chart of a clinic is the administrator's, and so is the line about it.
    copy = {
        "clinic": clinic.riverside,
        "asked_at": now,
        "asked_by": clinic.alex,
        "has_drafts": False,
        **letter,
    }
    for status, word in ((Build.Status.FAILED, "Failed"), (Build.Status.DONE, "")):
        Build.objects.create(
            clinic=clinic.riverside, copy=ChartCopy.objects.create(**copy), made_by=clinic.alex,
            asked_at=now, finished_at=now, status=status, **letter,
        )  # fmt: skip
        assert word in [one.word for one in of(clinic.alex, Kind.PACKET)]
        now += dt.timedelta(minutes=1)
    assert [one.words for one in of(clinic.alex, Kind.PACKET)] == ["The file of every chart is ready"]
    assert not of(clinic.rae, Kind.PACKET)

    Build.objects.filter(pk=build.pk).update(status=Build.Status.DONE)
    assert of(clinic.rae, Kind.PACKET)[0].address == f"/packet-builds/{build.pk}/"
    Build.objects.filter(pk=build.pk).update(handed_out=1)
    assert not of(clinic.rae, Kind.PACKET)
    made = PatientImport.objects.create(
        clinic=clinic.riverside, format="csv", status="ready", encoding="UTF-8", begun_by=clinic.alex,
        begun_at=now, beat_at=now, counts={"wrong": 2},
    )  # fmt: skip
    assert of(clinic.alex, Kind.IMPORT)[0].more == "2 rows to mend" and not of(clinic.rae, Kind.IMPORT)
    PatientImport.objects.filter(pk=made.pk).update(status="done", counts={})
    assert not of(clinic.alex, Kind.IMPORT)
    note = clinic.draft_by(clinic.tess)
    attestations.ask(packet=packet, note=note, by=clinic.rae)
    assert of(clinic.tess, Kind.ATTESTATION)[0].address == "/attestations/"


def test_what_is_due_and_what_ends_is_counted_as_the_worklist_and_the_list_of_people_count_it(clinic, of):
    clinic.tess.licence_expires_on = clinic.today + dt.timedelta(days=5)
    clinic.tess.save()
    assert of(clinic.tess, Kind.LICENCE)[0].words.startswith("The licence ends in 5 days")
    assert of(clinic.alex, Kind.LICENCES)[0].address == "/people/"
    assert {one.address for one in of(clinic.rae, Kind.DUE)} == {"/worklist/"}


def test_lines_are_read_and_unread_and_the_number_above_follows(clinic, client, came_back):
    client.force_login(clinic.tess)

    def bar(page="/inbox/"):
        return client.get(page).content.decode()

    page = bar("/security/")
    assert 'hx-get="/inbox/number/"' in page, "the page asks for a number that nobody counted yet"
    number = int(re.search(r'"number">(\d+)', client.get("/inbox/number/").content.decode())[1])
    page = bar("/security/")
    assert "/inbox/number/" not in page and f'"number">{number}<' in page
    page = bar()
    assert page.count(">Mark as read<") == number and came_back.visit.patient.name in page
    key = matters.of(clinic.tess, membership_of(clinic.tess), [Kind.RETURNED])[0].key
    answer = client.post("/inbox/marks/", {"key": key, "as": "read", "open": key})
    assert answer["Location"] == f"/notes/{came_back.pk}/review/"
    assert bar().count(">Mark as read<") == number - 1
    client.post("/inbox/marks/", {"all": "1"})
    page = bar()
    assert ">Mark as read<" not in page and "Undo" in page
    assert membership_of(clinic.tess).inbox_unread == 0
    keys = re.findall(r'name="key" value="(\w+)"', page[page.index("Undo") - 2000 : page.index("Undo")])
    client.post("/inbox/marks/", {"key": keys[: number - 1], "as": "unread"})
    assert bar().count(">Mark as read<") == number - 1
    # What is not one's own, or is done by now, is nothing; and that the list was seen is on record.
    assert client.post("/inbox/marks/", {"open": "f" * 64})["Location"] == "/inbox/"
    client.force_login(clinic.priya)
    client.post("/inbox/marks/", {"key": key, "as": "read"})
    assert not Mark.objects.filter(user=clinic.priya).exists()
    assert Event.objects.filter(verb=verbs.LIST_OPENED, actor=str(clinic.tess.pk)).exists()


def test_something_that_happens_makes_the_number_old_and_a_queue_that_grows_is_new_again(
    clinic, django_capture_on_commit_callbacks
):
    sam = membership_of(clinic.sam)
    count.keep(sam, 0)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            reviewing.send(note=clinic.draft_by(clinic.tess), by=clinic.tess)
    sam = membership_of(clinic.sam)
    assert count.needs_counting(sam)
    (line,) = marks.lines_of(sam, matters.of(clinic.sam, sam, [Kind.REVIEW]))
    marks.read(membership=sam, keys=line.matter.keys, by=clinic.sam)
    reviewing.send(note=clinic.draft_by(clinic.tess), by=clinic.tess)
    (line,) = marks.lines_of(sam, matters.of(clinic.sam, sam, [Kind.REVIEW]))
    assert line.is_new and (len(line.matter.keys), len(line.new)) == (3, 1)


def test_the_bar_asks_the_database_nothing_and_an_inbox_costs_the_same_however_full(
    clinic, came_back, django_assert_max_num_queries
):
    for person, queries in ((clinic.tess, 22), (clinic.sam, 24), (clinic.rae, 14), (clinic.alex, 4)):
        membership = membership_of(person)
        with django_assert_max_num_queries(queries):
            marks.lines_of(membership, matters.of(person, membership))


# --- Mail -------------------------------------------------------------------------------------------------


@pytest.fixture
def mails(settings, mailoutbox):
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example", "midline@riverside.example"
    settings.ALLOWED_HOSTS = ["notes.riverside.example", "testserver"]
    return mailoutbox


def test_a_mail_counts_and_names_nobody(clinic, came_back, mails):
    every = {str(kind): When.DAILY for kind in OF_ROLE[Role.THERAPIST]}
    choices.choose(clinic=clinic.riverside, by=clinic.tess, **every)
    call_command("inbox_mail")
    (told,) = [one for one in mails if one.to == [clinic.tess.email]]
    assert (
        "- 1 note came back to you\n" in told.body and "http://notes.riverside.example/inbox/\n" in told.body
    )
    text = f"{told.subject}\n{told.body}"
    for patient in clinic.patients.values():
        words = (patient.family_name, patient.given_name, patient.mrn, str(patient.pk), str(patient.born_on))
        assert not [word for word in words if re.search(rf"\b{re.escape(word)}\b", text)]
    assert str(came_back.pk) not in text and clinic.sam.name not in text
    assert not re.search(r"\d{2}", text), "no date, no age, no number of a chart"
    assert set(re.findall(r"/[\w/-]+", text.partition("riverside.example")[2])) <= {
        "/inbox/", "/inbox/mail/", "//notes",
    }  # fmt: skip
    sent = Event.objects.filter(verb=verbs.MAIL_SENT, target=str(clinic.tess.pk)).get()
    assert sent.patient == "" and sent.details["returned"] == 1
    assert sum(one.to == [clinic.tess.email] for one in mails) == 1
    call_command("inbox_mail")
    assert sum(one.to == [clinic.tess.email] for one in mails) == 1, "the second run finds nothing new"


@pytest.mark.sqlite
def test_a_mail_leads_to_the_public_address_and_the_start_says_when_it_leads_elsewhere(settings):
    settings.EMAIL_HOST, settings.ALLOWED_HOSTS = "", ["internal.example", ".riverside.example"]
    settings.HTTPS = True
    assert addresses.check() == []
    settings.EMAIL_HOST = "mail.example"
    (said,) = addresses.check()
    assert (said.id, addresses.whole("/")) == ("accounts.W001", "https://internal.example/")
    assert "https://internal.example/" in said.msg
    settings.PUBLIC_ADDRESS = "https://notes.riverside.example"
    assert addresses.check() == [] and addresses.whole("/inbox/") == "https://notes.riverside.example/inbox/"
    for wrong in (
        "http://notes.riverside.example", "https://elsewhere.example", "notes.riverside.example", "https://",
        "https://notes.riverside.example/midline", "https://a@notes.riverside.example",
    ):  # fmt: skip
        settings.PUBLIC_ADDRESS = wrong
        assert [one.id for one in addresses.check()] == ["accounts.E001"], wrong


@pytest.mark.sqlite
def test_the_days_mail_has_a_time_and_says_when_it_cannot_read_it():
    for at in ("6:30", "24:00", "soon", "12:60"):
        command = ["sh", ROOT / "bin" / "mail"]
        done = subprocess.run(command, env={**os.environ, "MAIL_AT": at}, capture_output=True, text=True)
        assert (done.returncode, at in done.stderr) == (2, True)


def test_at_once_is_one_mail_about_a_kind_until_somebody_looked(
    clinic, came_back, mails, django_capture_on_commit_callbacks
):
    def something_happens():
        with django_capture_on_commit_callbacks(execute=True):
            note = clinic.draft_by(clinic.tess)
            reviewing.send(note=note, by=clinic.tess)
            reviewing.give_back(note=note, by=clinic.sam, words="More.")

    something_happens()
    assert mails == [], "nobody chose to be told at once"
    choices.choose(clinic=clinic.riverside, by=clinic.tess, returned=When.AT_ONCE)
    something_happens()
    assert [one.to for one in mails] == [[clinic.tess.email]]
    # The worker begins the task again, and something else happens: she has had her mail.
    assert mail.at_once.call(str(clinic.riverside.pk)) == 0
    something_happens()
    assert len(mails) == 1
    tess = membership_of(clinic.tess)
    keys = [one.key for one in matters.of(clinic.tess, tess, [Kind.RETURNED])]
    marks.read(membership=tess, keys=keys, by=clinic.tess)
    something_happens()
    assert len(mails) == 2
    people.change_person(
        person=clinic.tess, clinic=clinic.riverside, role=Role.THERAPIST, is_active=False, by=clinic.alex
    )
    assert mail.at_once.call(str(clinic.riverside.pk)) == 0


@pytest.mark.parametrize(("failure", "again"), [(ConnectionRefusedError, 1), (TimeoutError, 0)])
def test_a_mail_that_was_not_taken_goes_later_and_one_that_may_have_been_never_twice(
    clinic, came_back, mails, monkeypatch, failure, again
):
    def fails(*args):
        raise failure("said to nobody")

    tess = membership_of(clinic.tess)
    with monkeypatch.context() as broken:
        broken.setattr(mail, "send_mail", fails)
        assert not mail.send_new(tess, When.DAILY)
    assert mail.send_new(tess, When.DAILY) == bool(again) and len(mails) == again


def test_choices_are_ones_own_and_the_page_says_when_no_mail_is_sent(clinic, client, mails, settings):
    client.force_login(clinic.jo)
    assert "sends no mail" not in client.get("/inbox/mail/").content.decode()
    settings.EMAIL_HOST = ""
    assert "sends no mail" in client.get("/inbox/mail/").content.decode()
    with pytest.raises(CommandError, match="EMAIL_HOST"):
        call_command("inbox_mail")
    chosen = {"returned": "at_once", "comment": "never", "attestation": "daily", "packet": "at_once"}
    assert client.post("/inbox/mail/", {**chosen, "comment": "١"}).status_code == 422
    assert client.post("/inbox/mail/", chosen).status_code == 302
    assert choices.of(membership_of(clinic.jo)) == {
        Kind.RETURNED: When.AT_ONCE, Kind.COMMENT: When.NEVER, Kind.ATTESTATION: When.DAILY,
    }  # fmt: skip
    assert not MailChoice.objects.exclude(user=clinic.jo).exists()
    assert Event.objects.filter(verb=verbs.MAIL_CHOSEN, actor=str(clinic.jo.pk)).count() == 1
