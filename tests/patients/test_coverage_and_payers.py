"""Who pays."""

import datetime as dt

import pytest

from apps.compliance import payers
from apps.patients import actions
from apps.patients.models import Payer


def values(world, **changes):
    return {
        "payer": str(world.payer.pk),
        "member_number": "1EG4-TE5-MK72",
        "starts_on": "2026-01-01",
        "ends_on": "",
        "rank": "1",
        **changes,
    }


@pytest.fixture
def covered(world):
    return actions.add_coverage(
        patient=world.grace,
        payer=world.payer,
        member_number="1EG4",
        starts_on=dt.date(2025, 1, 1),
        ends_on=dt.date(2025, 12, 31),
        by=world.tess,
    )


def test_coverage_is_added_to_the_chart(world, signed_in, happened):
    answer = signed_in(world.tess).post(f"/patients/{world.grace.pk}/coverage/add/", values(world))
    assert answer.status_code == 302
    assert world.grace.coverages.get().member_number == "1EG4-TE5-MK72"
    assert happened()[0] == "coverage added"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("ends_on", "2025-12-31", "ends before it starts"),
        ("payer", "nonsense", "not a valid"),
        ("payer", "\x00", "Null characters"),
        ("rank", "4", "not one of the available choices"),
        ("rank", "١", "not one of the available choices"),
        ("starts_on", "2025-06-01", "Another coverage has this place"),
        ("member_number", "", "required"),
    ],
)
def test_bad_coverage_is_named_at_its_field(world, signed_in, covered, field, value, message):
    answer = signed_in(world.tess).post(
        f"/patients/{world.grace.pk}/coverage/add/", values(world, **{field: value})
    )
    errors = answer.context["form"].errors
    named = "rank" if "Another coverage" in message else field
    assert list(errors) == [named] and message in " ".join(errors[named])


def test_a_payer_of_another_clinic_cannot_be_chosen(world, signed_in):
    foreign = actions.add_payer(clinic=world.other, name="Theirs", policy="medicare", by=world.olga)
    answer = signed_in(world.tess).post(
        f"/patients/{world.grace.pk}/coverage/add/", values(world, payer=str(foreign.pk))
    )
    assert "payer" in answer.context["form"].errors


def test_coverage_can_be_ended_and_its_payer_stays_though_it_is_no_longer_in_use(
    world, signed_in, covered, happened
):
    Payer.objects.filter(pk=world.payer.pk).update(is_active=False)
    answer = signed_in(world.tess).post(
        f"/coverage/{covered.pk}/", values(world, starts_on="2025-01-01", ends_on="2025-06-30")
    )
    assert answer.status_code == 302
    covered.refresh_from_db()
    assert covered.ends_on == dt.date(2025, 6, 30)
    assert happened()[0] == "coverage changed"


@pytest.mark.parametrize("who", ["una", "stu", "ada"])
def test_coverage_does_not_exist_for_others(world, signed_in, covered, who):
    client = signed_in(getattr(world, who))
    assert client.get(f"/coverage/{covered.pk}/").status_code == 404
    assert client.post(f"/coverage/{covered.pk}/", values(world)).status_code == 404


def test_an_administrator_adds_and_changes_payers(world, signed_in, happened):
    client = signed_in(world.ada)
    policy = payers.all()[1].key
    assert client.post("/payers/add/", {"name": "Acme Health", "policy": policy}).status_code == 302
    acme = Payer.objects.get(name="Acme Health")
    assert "Acme Health" in client.get("/payers/").content.decode()
    answer = client.post(f"/payers/{acme.pk}/", {"name": "Acme", "policy": policy, "is_active": ""})
    assert answer.status_code == 302
    acme.refresh_from_db()
    assert (acme.name, acme.is_active) == ("Acme", False)
    assert happened()[:2] == ["payer changed", "payer added"]


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"name": "medicare part b", "policy": payers.all()[0].key}, "name", "listed already"),
        ({"name": "New", "policy": "made-up"}, "policy", "not one of the available choices"),
        ({"name": "", "policy": payers.all()[0].key}, "name", "required"),
    ],
)
def test_a_bad_payer_is_named_at_its_field(world, signed_in, values, field, message):
    answer = signed_in(world.ada).post("/payers/add/", values)
    assert message in " ".join(answer.context["form"].errors[field])


def test_payers_are_the_administrators(world, signed_in):
    for who in ("tess", "asa", "stu", "sam", "rita"):
        client = signed_in(getattr(world, who))
        for url in ("/payers/", "/payers/add/", f"/payers/{world.payer.pk}/"):
            assert client.get(url).status_code == 404
    assert signed_in(world.olga).get(f"/payers/{world.payer.pk}/").status_code == 404
