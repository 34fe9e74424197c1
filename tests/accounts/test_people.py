"""The people of a clinic, as an administrator keeps them."""

import datetime as dt

import pytest
from django.contrib.auth import authenticate
from django.contrib.sessions.models import Session

from apps.accounts import actions
from apps.accounts.models import Membership, Role, User
from apps.audit.models import Event
from apps.audit.refused import Refused


@pytest.fixture
def signed_in(signed_in, told_just_now):
    """Somebody signed in who said a moment ago who they are; test_step_up.py asks what happens without."""
    return lambda person: told_just_now(signed_in(person))


NEW = {
    "name": "Nora Vale",
    "email": "Nora@Small.Example",
    "role": "therapist",
    "credential": "OT",
    "discipline": "OT",
    "letters": "OTR/L",
    "licence_number": "056.1",
    "licence_state": "il",
    "licence_expires_on": "2028-09-30",
    "npi": "1234567893",
}


def of(person, **changes):
    membership = person.memberships.get()
    values = {"name": person.name, "email": person.email, "role": membership.role, "is_active": "on"}
    return {**values, "credential": person.credential, "discipline": person.discipline, **changes}


def test_an_administrator_adds_a_person_and_chooses_no_passphrase_for_them(world, signed_in, happened):
    answer = signed_in(world.ada).post("/people/add/", {**NEW, "password": "a-long-first-password"})
    nora = User.objects.get(email="nora@small.example")
    assert answer["Location"] == f"/people/{nora.pk}/invitation/"
    assert not nora.has_usable_password()
    assert nora.signature_name == "Nora Vale, OTR/L"
    assert (nora.licence_state, nora.licence_expires_on) == ("IL", dt.date(2028, 9, 30))
    assert Membership.objects.get(user=nora).clinic == world.own
    assert happened()[0] == "person added"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("email", "TESS@small.example", "signs in with this e-mail address already"),
        ("email", "not an address", "valid email"),
        ("name", "", "required"),
        ("name", "N\x00ra", "Null characters"),
        ("name", "x" * 1_000_000, "at most 200 characters"),
        ("role", "owner", "not one of the available choices"),
        ("licence_state", "Illinois", "at most 2 characters"),
        ("licence_state", "1L", "Two capital letters"),
        ("licence_expires_on", "1850-01-01", "between 1900 and 2100"),
        ("licence_expires_on", "٢٠٢٨-٠٩-٣٠", "MM/DD/YYYY"),
        ("npi", "123456789_", "ten digits"),
        ("npi", "1234567890", "last digit does not fit"),
        ("npi", "١٢٣٤٥٦٧٨٩٣", "ten digits"),
    ],
)
def test_bad_input_is_named_at_its_field_and_the_rest_is_kept(world, signed_in, field, value, message):
    answer = signed_in(world.ada).post("/people/add/", {**NEW, field: value})
    assert answer.status_code == 200
    errors = answer.context["form"].errors
    assert list(errors) == [field] and message in " ".join(errors[field])
    if field != "licence_number":
        assert "056.1" in answer.content.decode()


def test_an_edit_changes_what_was_edited_and_says_which_fields(world, signed_in):
    signed_in(world.ada).post(f"/people/{world.tess.pk}/", of(world.tess, letters="PT, DPT"))
    world.tess.refresh_from_db()
    assert world.tess.letters == "PT, DPT"
    assert Event.objects.first().details == {"changed": ["letters"]}


def test_an_edit_sets_no_password(world, signed_in):
    signed_in(world.ada).post(f"/people/{world.tess.pk}/", of(world.tess, password="another-long-password"))
    assert authenticate(username="tess@small.example", password=world.password) == world.tess


@pytest.mark.parametrize("change", [{"is_active": ""}, {"role": "assistant"}])
def test_a_changed_role_ends_the_sessions_of_that_person_alone(world, signed_in, client, change):
    other = type(client)()
    other.force_login(world.tess)
    third = type(client)()
    third.force_login(world.sam)
    signed_in(world.ada).post(f"/people/{world.tess.pk}/", of(world.tess, **change))
    assert Session.objects.count() == 2
    assert other.get("/").status_code == 302
    assert third.get("/").status_code == 200


@pytest.mark.parametrize(
    ("change", "message"),
    [({"role": "therapist"}, "own administrator role"), ({"is_active": ""}, "deactivate yourself")],
)
def test_an_administrator_cannot_lock_the_clinic_out(world, signed_in, change, message):
    answer = signed_in(world.ada).post(f"/people/{world.ada.pk}/", of(world.ada, **change))
    assert message in answer.content.decode()
    membership = world.ada.memberships.get()
    assert membership.role == Role.ADMINISTRATOR and membership.is_active


def test_whoever_has_a_role_elsewhere_stays_able_to_sign_in_there(world):
    actions.add_to_clinic(person=world.tess, clinic=world.other, role=Role.THERAPIST, by=world.olga)
    actions.change_person(
        person=world.tess, clinic=world.own, role=Role.THERAPIST, is_active=False, by=world.ada
    )
    world.tess.refresh_from_db()
    assert world.tess.is_active
    assert not world.tess.memberships.get(clinic=world.own).is_active


def test_one_clinic_cannot_take_over_a_sign_in_that_another_clinic_trusts(world, signed_in):
    actions.add_to_clinic(person=world.tess, clinic=world.other, role=Role.THERAPIST, by=world.olga)
    with pytest.raises(Refused, match="also works in another clinic"):
        actions.change_person(
            person=world.tess,
            clinic=world.own,
            role=Role.THERAPIST,
            is_active=True,
            by=world.ada,
            email="mine@small.example",
        )
    for method in ("get", "post"):
        page = getattr(signed_in(world.ada), method)(f"/people/{world.tess.pk}/invitation/", follow=True)
        assert "also works in another clinic" in page.content.decode() and "key=" not in page.content.decode()
    world.tess.refresh_from_db()
    assert world.tess.has_usable_password()


def test_people_are_kept_by_the_administrators_of_their_own_clinic_alone(world, signed_in):
    for person in (world.tess, world.asa, world.stu, world.sam, world.rita):
        client = signed_in(person)
        for url in ("/people/", "/people/add/", f"/people/{world.tess.pk}/"):
            assert client.get(url).status_code == 404
            assert client.post(url, NEW).status_code == 404
    assert signed_in(world.olga).get(f"/people/{world.tess.pk}/").status_code == 404
    assert signed_in(world.olga).post(f"/people/{world.tess.pk}/", of(world.tess)).status_code == 404
    assert not User.objects.filter(email="nora@small.example").exists()


def test_the_list_holds_the_people_of_the_clinic_and_nobody_else(world, signed_in):
    text = signed_in(world.ada).get("/people/").content.decode()
    assert "Tess Ortiz" in text and "Una Frost" not in text


def test_strangers_are_asked_to_sign_in(world, client):
    for url in ("/people/", "/people/add/", f"/people/{world.tess.pk}/"):
        assert client.get(url)["Location"].startswith("/sign-in/")


def test_whoever_ends_a_role_is_told_what_the_person_leaves_behind(world, signed_in, told_just_now):
    from tests.accounts.small_clinic import add_note, add_visit

    add_note(add_visit(world), world.tess)
    client = told_just_now(signed_in(world.ada))
    address = f"/people/{world.tess.pk}/"
    page = client.get(address).content.decode()
    assert "1 unsigned note of theirs is open" in page and "Okafor" not in page
    values = {"name": "Tess", "email": world.tess.email, "role": "therapist", "credential": "PT"}
    told = client.post(address, values, follow=True).content.decode()
    assert "1 unsigned note of theirs is open" in told and "Not active" in told
    assert "unsigned note" not in client.get(address).content.decode()
