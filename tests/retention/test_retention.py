"""Which charts are past the time for which they are kept; and that nothing is removed."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from apps.accounts.models import Clinic
from apps.audit import clock, verbs
from apps.audit.models import Event
from apps.episodes.models import PlanVersion
from apps.patients import actions as patients
from apps.patients import holds, merging
from apps.patients.models import Document
from apps.retention import rules
from apps.retention.models import RetentionRule
from apps.visits.models import Visit

LAW = "Statute of our state, read 11/20/2026"


@pytest.fixture
def chart(clinic):
    """`chart("name", born, last visit)`: a chart that old: nobody books a visit so far back."""

    def add(name, born_on, *served_on):
        patient = patients.add_patient(
            clinic=clinic.riverside,
            mrn=f"OLD-{name}",
            family_name=name,
            given_name="Old",
            born_on=born_on,
            sex="X",
            by=clinic.rae,
        )
        for day in served_on:
            Visit.objects.create(
                clinic=clinic.riverside, patient=patient, clinician=clinic.tess, served_on=day
            )
        return patient

    return add


def years_ago(clinic, years, days=0):
    return clinic.today.replace(year=clinic.today.year - years) - dt.timedelta(days=days)


def page(client, which):
    return client.get(reverse("retention"), {"list": which}).content.decode()


def names(client, which, *wanted):
    shown = page(client, which)
    return {name for name in wanted if f"{name}, Old" in shown}


def test_a_chart_is_listed_the_day_after_its_time_and_by_nothing_signed_or_uploaded_since(
    clinic, chart, client
):
    born = dt.date(1950, 5, 1)
    chart("Past", born, years_ago(clinic, 12), years_ago(clinic, 10, days=1))
    chart("Lastday", born, years_ago(clinic, 10))
    chart("Booked", born, years_ago(clinic, 12), clinic.today + dt.timedelta(days=3))
    chart("Empty", born)
    # A note about an old visit that was signed, and added to, this week.
    signed = clinic.patients["stroke"]
    Visit.objects.filter(patient=signed).update(served_on=years_ago(clinic, 15))
    PlanVersion.objects.filter(plan__patient=signed).update(signed_at=clock.now() - dt.timedelta(days=5000))
    # A second record of the same person that is in use.
    old, new = chart("Twin", born, years_ago(clinic, 12)), chart("Newer", born, years_ago(clinic, 1))
    merging.merge(patient=new, into=old, reason="The same passport was shown", by=clinic.rae)
    apart = chart("Gone", born, years_ago(clinic, 11))
    both = chart("Stays", born)
    merging.merge(patient=apart, into=both, reason="The same passport was shown", by=clinic.rae)
    client.force_login(clinic.rae)
    shown = page(client, "past")
    assert names(client, "past", "Past", "Lastday", "Booked", "Empty", "Twin", "Newer", "Gone", "Stays") == {
        "Past",
        "Stays",
    }
    assert signed.name not in shown
    assert f"{years_ago(clinic, 10, days=1):%m/%d/%Y}" in shown
    assert f"{clinic.today - dt.timedelta(days=1):%m/%d/%Y}" in shown, "kept through"
    assert reverse("chart-copy", args=[both.pk]) in shown


def test_an_evening_belongs_to_the_day_that_the_clinic_has(clinic, chart, client):
    """At nine in the evening in the clinic it is the next day in UTC."""
    zone = clinic.riverside.zone
    for name, days in (("Evening", 1), ("Nextday", 0)):
        day = years_ago(clinic, 10, days=days)
        Document.objects.create(
            patient=chart(name, dt.date(1950, 5, 1), years_ago(clinic, 12)),
            type=Document.Type.OTHER,
            dated_on=day,
            media_type="application/pdf",
            size=1,
            sha256="0" * 64,
            stored_as=name,
            uploaded_by=clinic.rae,
            uploaded_at=dt.datetime.combine(day, dt.time(21), zone),
        )
    client.force_login(clinic.rae)
    assert names(client, "past", "Evening", "Nextday") == {"Evening"}
    shown = page(client, "past")
    assert f"{years_ago(clinic, 10, days=1):%m/%d/%Y}" in shown
    assert f"{years_ago(clinic, 10):%m/%d/%Y}" not in shown


def test_charts_of_minors_are_kept_apart_until_the_clinic_states_its_own_rule(clinic, chart, client):
    chart("Young", years_ago(clinic, 30), years_ago(clinic, 11))
    chart("Child", years_ago(clinic, 20), years_ago(clinic, 11))
    chart("Grown", years_ago(clinic, 32, days=1), years_ago(clinic, 11))
    everybody = ("Young", "Child", "Grown")
    client.force_login(clinic.alex)
    assert names(client, "past", *everybody) == {"Grown"}
    assert names(client, "minors", *everybody) == {"Young", "Child"}
    answer = client.post(
        reverse("retention-rule"),
        {"years": "10", "majority_age": "18", "minors_extra_years": "10", "reason": LAW},
    )
    assert answer.status_code == 302
    assert names(client, "past", *everybody) == {"Young", "Grown"}
    assert names(client, "minors", *everybody) == set()
    assert "at least until the patient is 28" in page(client, "past")
    assert "18" in client.get(reverse("retention-rule")).content.decode()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"years": "9"}, "At least 10 years"),
        ({"years": "12"}, "Say which law"),
        ({"years": "10", "majority_age": "18", "reason": LAW}, "Fill in both fields"),
        ({"years": "1_0"}, "whole number"),
        ({"years": "12", "reason": "a\x00b"}, "cannot be stored"),
    ],
)
def test_what_cannot_be_the_period_is_told_beside_the_field(clinic, client, sent, words):
    client.force_login(clinic.alex)
    answer = client.post(reverse("retention-rule"), sent)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not RetentionRule.objects.exists()


def test_the_period_is_stated_anew_and_never_edited_and_a_raised_floor_counts_at_once(clinic, monkeypatch):
    first = rules.state(clinic=clinic.riverside, years=12, reason=LAW, by=clinic.alex)
    with pytest.raises(DatabaseError), transaction.atomic():
        first.delete()
    rules.state(clinic=clinic.riverside, years=10, by=clinic.alex)
    assert rules.period_of(clinic.riverside).years == 10
    assert rules.period_of(Clinic.objects.get(pk=clinic.lakeside.pk)).years == 10
    said = Event.objects.filter(verb=verbs.RETENTION_SET).order_by("id").values_list("details", flat=True)
    assert [one["years"] for one in said] == [12, 10]


def test_held_charts_are_listed_with_the_reason_and_an_administrator_reads_no_chart(clinic, chart, client):
    old = chart("Held", dt.date(1950, 5, 1), years_ago(clinic, 11))
    stroke = clinic.patients["stroke"]
    for patient in (old, stroke):
        holds.place(patient=patient, reason=f"A court asks about {patient.mrn}", by=clinic.rae)
    client.force_login(clinic.alex)
    for which, shown in (("held", [old, stroke]), ("past", [old])):
        seen = page(client, which)
        for patient in shown:
            assert patient.name in seen and f"A court asks about {patient.mrn}" in seen
            assert reverse("patient", args=[patient.pk]) + '"' not in seen
            assert reverse("holds", args=[patient.pk]) in seen
    assert stroke.precautions not in seen
    event = Event.objects.filter(verb=verbs.LIST_OPENED).latest("id")
    assert event.details["page"] == "retention"


def test_the_list_asks_no_more_the_longer_it_is(clinic, chart, client):
    client.force_login(clinic.rae)
    counts = []
    for number in range(4):
        chart(f"Many{number}", dt.date(1950, 5, 1), years_ago(clinic, 11))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("retention"))
        counts.append(len(asked))
    assert counts[1] == counts[3]
    assert client.get(reverse("retention"), {"page": "9" * 31, "list": "\x00"}).status_code == 200


def test_no_address_removes_a_chart():
    assert not [name for name in get_resolver().reverse_dict if isinstance(name, str) and "delete" in name]
