"""What an administrator changes about the clinic itself, and that no signed word follows it."""

from apps.accounts.models import Clinic
from apps.audit import verbs
from apps.audit.models import Event
from apps.demo.world import PASSPHRASE
from apps.notes.document import signed_document
from apps.notes.models import Note

ADDRESS = "/clinic/details/"


def test_an_administrator_changes_the_clinic_and_what_is_signed_stays(clinic, client):
    note = Note.objects.filter(clinic=clinic.riverside, status="signed").first()
    signed = signed_document(note.pk)
    client.force_login(clinic.alex)
    page = client.get(ADDRESS).content.decode()
    assert clinic.riverside.name in page and "Signed notes keep the zone" in page
    said = {
        "name": "Riverside  Neuro",
        "address": "9 New St, Springfield, IL 62701",
        "phone": "217 555 0199",
        "npi": "1234567893",
        "time_zone": "America/New_York",
    }
    assert client.post(ADDRESS, said).status_code == 422, "whoever changes it says who they are"
    wrong = {
        **said,
        "again-password": PASSPHRASE,
        "npi": "1234567890",
        "time_zone": "Mars/Olympus",
        "name": "\0",
    }
    answer = client.post(ADDRESS, wrong)
    assert answer.status_code == 422 and "its last digit does not fit" in answer.content.decode()
    assert "9 New St" in answer.content.decode(), "what was typed is kept"
    assert not Event.objects.filter(verb=verbs.CLINIC_CHANGED).exists()
    assert client.post(ADDRESS, {**said, "again-password": PASSPHRASE}).status_code == 302
    now = Clinic.objects.get(pk=clinic.riverside.pk)
    assert (now.name, now.npi, now.time_zone) == ("Riverside Neuro", "1234567893", "America/New_York")
    event = Event.objects.get(verb=verbs.CLINIC_CHANGED)
    assert event.details["was"]["name"] == clinic.riverside.name
    assert event.details["now"]["time_zone"] == "America/New_York"
    assert Clinic.objects.get(pk=clinic.lakeside.pk).name == clinic.lakeside.name
    assert signed_document(note.pk) == signed
    again = client.post(ADDRESS, {**said, "again-password": PASSPHRASE})
    assert (
        "so already" in again.content.decode()
        and Event.objects.filter(verb=verbs.CLINIC_CHANGED).count() == 1
    )
