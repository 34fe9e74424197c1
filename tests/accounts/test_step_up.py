"""Who is there? Asked again before somebody is let in, and before anything about patients leaves Midline."""

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from apps.accounts.models import User
from apps.audit import clock, verbs
from apps.audit.models import Event
from apps.demo.world import PASSPHRASE
from apps.exports.packets import actions, making
from apps.exports.packets.models import Build, ReviewSample


@pytest.fixture
def of(client, clinic):
    """The client of somebody who gave their password longer than five minutes ago."""
    return lambda name: client.force_login(getattr(clinic, name)) or client


def new_person(**changes):
    return {
        "name": "Nora Vale",
        "email": "nora@riverside.example",
        "role": "therapist",
        **changes,
    }


# --- Who may sign in ----------------------------------------------------------------------------------------


def test_a_person_is_added_with_ones_own_password_and_nothing_typed_is_lost_without_it(clinic, of):
    client, path = of("alex"), reverse("person-add")
    assert 'name="again-password"' in client.get(path).content.decode()
    page = client.post(path, new_person()).content.decode()
    assert "Nothing was done" in page and 'value="Nora Vale"' in page
    page = client.post(path, new_person(**{"again-password": "not this one"})).content.decode()
    assert "This is not your password" in page
    assert not User.objects.filter(email="nora@riverside.example").exists()
    assert Event.objects.first().verb == verbs.CONFIRM_FAILED

    assert client.post(path, new_person(**{"again-password": PASSPHRASE})).status_code == 302
    assert User.objects.filter(email="nora@riverside.example").exists()
    # For five minutes it is known who sits here.
    assert 'name="again-password"' not in client.get(path).content.decode()
    clock.set_to(clock.now() + dt.timedelta(minutes=6))
    assert 'name="again-password"' in client.get(path).content.decode()


def test_nobodys_role_changes_without_ones_own_password(clinic, of):
    client, path = of("alex"), reverse("person", args=[clinic.tess.pk])
    sent = {"name": clinic.tess.name, "email": clinic.tess.email, "role": "administrator", "is_active": "on"}
    assert client.post(path, sent).status_code == 200
    assert clinic.tess.memberships.get().role == "therapist"
    assert client.post(path, {**sent, "again-password": PASSPHRASE}).status_code == 302
    assert clinic.tess.memberships.get().role == "administrator"


# --- What leaves --------------------------------------------------------------------------------------------


@pytest.fixture
def packet(clinic):
    letter = {
        "reviewer": "A reviewer",
        "kind": "payer",
        "letter_on": dt.date(2026, 11, 2),
        "purpose": "review",
        "contact_name": "Rae Thompson",
        "contact_phone": "555-0100",
    }
    days = {"starts_on": dt.date(2026, 10, 1), "through_on": dt.date(2026, 11, 19)}
    return actions.begin(patient=clinic.patients["stroke"], by=clinic.rae, **letter, **days)


def built(packet, **fields):
    now = {"made_by": packet.created_by, "asked_at": clock.now(), "reviewer": "A", "purpose": "B"}
    return Build.objects.create(clinic=packet.clinic, **{"packet": packet, **now, **fields})


@pytest.mark.parametrize("what", ["packet", "sample"])
def test_a_packet_is_not_made_before_the_password_is_given(what, clinic, packet, of, monkeypatch):
    asked = []
    monkeypatch.setattr(
        making, "ask", lambda **known: asked.append(known["of"]) or built(packet, status="failed")
    )
    found = packet
    if what == "sample":
        letter = {name: getattr(packet, name) for name in actions.LETTER}
        found = ReviewSample.objects.create(
            clinic=clinic.riverside, created_by=clinic.rae, created_at=clock.now(), **letter
        )
    client, path = of("rae"), reverse(f"{what}-make", args=[found.pk])
    assert 'name="again-password"' in client.get(reverse(what, args=[found.pk])).content.decode()
    answer = client.post(path, {"most_pages": "40"})
    assert answer.status_code == 422 and not asked
    assert "Type your password" in answer.content.decode() and 'value="40"' in answer.content.decode()
    assert client.post(path, {"most_pages": "40", "again-password": PASSPHRASE}).status_code == 302
    assert asked == [found]


def files(clinic, packet, tmp_path):
    """Each file that leaves: its address, who may have it, and the page to which confirming leads back."""
    made = built(packet, status="done", sha256="a" * 64, stored_as="ab" * 24, files=1)
    path = making.path_of(made)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"PK")
    trail = reverse("patient-trail", args=[packet.patient_id])
    given = reverse("disclosures", args=[packet.patient_id])
    return {
        "packet": (reverse("packet-build-download", args=[made.pk]), "rae", f"/packet-builds/{made.pk}/"),
        "chain": (reverse("chain-bundle"), "sam", reverse("verification")),
        "trail": (f"{reverse('trail')}?sort=oldest&as=csv", "sam", f"{reverse('trail')}?sort=oldest"),
        "trail of a chart": (f"{trail}?as=csv", "sam", trail),
        "disclosures": (f"{given}?as=csv", "sam", given),
    }


@pytest.mark.parametrize("which", ["packet", "chain", "trail", "trail of a chart", "disclosures"])
def test_a_file_leaves_only_with_somebody_who_just_said_who_they_are(
    which, clinic, packet, of, told_just_now, settings, tmp_path
):
    settings.DOCUMENTS_ROOT = settings.MEDIA_ROOT = tmp_path
    path, who, back = files(clinic, packet, tmp_path)[which]
    client = of(who)
    before = Event.objects.count()
    answer = client.get(path)
    assert answer.status_code == 302 and not answer.has_header("Content-Disposition")
    assert urlsplit(answer["Location"]).path == reverse("confirm")
    assert parse_qs(urlsplit(answer["Location"]).query)["next"] == [back]
    assert Event.objects.count() == before
    answer = client.post(reverse("confirm"), {"password": PASSPHRASE, "next": back})
    assert answer["Location"] == back
    answer = client.get(path)
    assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]


def test_a_build_is_not_begun_again_without_it(clinic, packet, of):
    made = built(packet, status="failed")
    answer = of("rae").post(reverse("packet-build-again", args=[made.pk]))
    assert answer["Location"].startswith(reverse("confirm"))
    made.refresh_from_db()
    assert made.status == "failed"
