"""Ctrl+K: patients with a slip of the pen forgiven, and the pages of the app, by POST."""

import datetime as dt
import functools

import pytest
from django.urls import reverse

from apps.accounts.context import NAVIGATION
from apps.audit import clock, verbs
from apps.audit.models import Event
from apps.patients import actions as patients
from apps.patients import palette, search
from apps.patients.access import patients_visible_to
from apps.patients.models import Patient

HTMX = {"HX-Request": "true"}


@pytest.fixture
def people(clinic):
    """Somebody with an accent, two words in the name, and a namesake."""
    rows = [
        ("Muñoz-Ortega", "Zoë", "P-1", "1955-03-14"),
        ("Vandermeer", "Lotte", "P-2", "1960-01-02"),
        ("Vandermeer", "Pieter", "P-3", "1961-01-02"),
        ("de la Cruz", "Ana", "P-4", "1955-03-14"),
    ]
    for family_name, given_name, mrn, born_on in rows:
        Patient.objects.create(
            clinic=clinic.riverside, family_name=family_name, given_name=given_name, mrn=mrn, born_on=born_on,
            sex="F",
        )  # fmt: skip
    return clinic


def test_a_patient_is_found_with_a_slip_of_the_pen_and_the_nearest_come_first(people):
    visible = patients_visible_to(people.tess).filter(clinic=people.riverside)
    for words, first in (
        ("munoz", "P-1"),
        ("zoe munzo", "P-1"),
        ("Ortega-Muñoz", None),
        ("vandremeer", "P-2"),
        ("vandermeer piter", "P-3"),
        ("lote vanderm", "P-2"),
        ("vnadermer pieter", "P-3"),
        ("vandermeer 1/2/61", "P-3"),
        ("vandremeer 01/02/1961", "P-3"),
        ("dela cruz", "P-4"),
        ("crzu 1955-03-14", "P-4"),
        ("vnader", "P-2"),
        ("qq", None),
        ("\x00%_", None),
        ("1_5", None),
        ("x" * 5000, None),
    ):
        found, exact = search.nearest(visible, words, clinic=people.riverside, most=8)
        assert (found[0].mrn if found else None) == first, words
        assert exact <= len(found)


def test_whoever_was_added_a_moment_ago_is_found_with_a_slip_of_the_pen(
    people, monkeypatch, django_assert_num_queries, django_capture_on_commit_callbacks
):
    visible = patients_visible_to(people.tess).filter(clinic=people.riverside)

    def found(words):
        return [one.mrn for one in search.nearest(visible, words, clinic=people.riverside, most=8)[0]]

    def seconds_later(seconds):
        later = clock.now() + dt.timedelta(seconds=seconds)
        monkeypatch.setattr(search.clock, "now", lambda: later)

    add = functools.partial(
        patients.add_patient, clinic=people.riverside, given_name="Ida", born_on=dt.date(1950, 1, 2), sex="F",
        by=people.tess,
    )  # fmt: skip
    assert found("brokehurst") == []
    with django_capture_on_commit_callbacks(execute=True):
        added = add(mrn="N-1", family_name="Brookhurst")
    # The MRN, as written, and nearly: names and their version are known.
    with django_assert_num_queries(3):
        assert found("brokehurst") == ["N-1"]
    # Another process learns by the version that there is somebody, and reads the names again.
    here = search._known.pop(people.riverside.pk)
    with django_capture_on_commit_callbacks(execute=True):
        add(mrn="N-2", family_name="Thistlewood")
        patients.change_patient(patient=added, family_name="Brackenbury", by=people.tess)
    search._known[people.riverside.pk] = here
    assert found("thistelwood") == []
    seconds_later(6)
    # The version, again with the names of both fields, and the three as above.
    with django_assert_num_queries(7):
        assert found("thistelwood") == ["N-2"]
    assert found("brackenburry") == ["N-1"]
    seconds_later(6)
    with django_assert_num_queries(4):
        assert found("thistelwood") == ["N-2"]


def test_what_is_out_of_reach_is_not_near_either(people, client):
    hidden = people.patients["restricted"]
    words = hidden.family_name[:-1] + "q"
    for person, is_found in ((people.rae, True), (people.tess, False), (people.una, False)):
        client.force_login(person)
        page = client.post(reverse("find"), {"q": words}, headers=HTMX).content.decode()
        assert (hidden.family_name in page) == is_found


def test_the_palette_is_asked_by_post_and_leaves_no_words_anywhere(
    people, client, django_assert_max_num_queries
):
    client.force_login(people.tess)
    assert "Vandermeer" not in client.get(reverse("find"), {"q": "vandermeer"}).content.decode()
    with django_assert_max_num_queries(16):
        page = client.post(reverse("find"), {"q": "vandremeer"}, headers=HTMX).content.decode()
    assert "Nobody written so; 2 near it." in page
    assert "<html" not in page
    event = Event.objects.filter(verb=verbs.PATIENTS_SEARCHED).first()
    assert event.details == {"found": 2}
    whole = client.post(reverse("find"), {"q": "vandremeer"}).content.decode()
    assert "<html" in whole
    assert "near it" in whole


def test_everybody_goes_to_the_pages_of_their_role_and_to_no_other(people, client):
    for person in (people.tess, people.sam, people.jo, people.rae, people.alex):
        client.force_login(person)
        membership = person.memberships.get(clinic=people.riverside)
        pages = palette.pages_of(membership)
        assert len(pages) > len(NAVIGATION[membership.role])
        for page in pages:
            assert client.get(page.address, follow=True).status_code == 200, (person, page)
    alex = palette.pages_of(people.alex.memberships.get())
    assert [page.words for page in palette.pages_like("pepole", alex)] == ["People"]
    assert [page.words for page in palette.pages_like("add pay", alex)] == ["Add a payer"]
    assert palette.pages_like("stroke", alex) == []
    client.force_login(people.alex)
    assert "Vandermeer" not in client.post(reverse("find"), {"q": "vandermeer"}).content.decode()
