"""The figures: one's own, or those of the clinic and of each person for a supervisor. Nobody is ranked."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit import clock, verbs
from apps.audit.models import Event
from apps.notes.models import Note, Status
from apps.review import desk_figures
from apps.visits import actions as visits


def of(clinic, user, person=None):
    return desk_figures.of(user, clinic.riverside, clock.now(), person)


def shown(client, user, **query):
    client.force_login(user)
    return client.get(reverse("review-figures"), query)


def test_a_rule_is_counted_once_in_a_note_and_by_what_was_signed(clinic):
    found = of(clinic, clinic.sam)
    notes = Note.objects.filter(clinic=clinic.riverside, status=Status.SIGNED)
    visible = notes.exclude(visit__patient__is_restricted=True).count()
    assert visible <= found.signed <= notes.count()
    assert sum(week.took.number for week in found.by_week) + found.without_time == found.signed
    assert found.rules and all(count <= total for rule in found.rules for _, count, total in rule.cells)
    assert list(found.rules) == sorted(found.rules, key=lambda rule: (-rule.total, rule.code))
    assert all(rule.of == found.rules[0].of and sum(rule.of) == found.signed for rule in found.rules)
    # The working copy of a signed note changes nothing: its entry says what it was signed with.
    Note.objects.filter(status=Status.SIGNED).update(answers={})
    assert [rule.counts for rule in of(clinic, clinic.sam).rules] == [rule.counts for rule in found.rules]


def test_one_persons_figures_hold_what_they_signed_and_have_open(clinic):
    mine = of(clinic, clinic.sam, clinic.tess)
    assert mine.signed == Note.objects.filter(signed_by=clinic.tess, status=Status.SIGNED).count()
    assert {row.note.author for row in mine.overdue if row.note} <= {clinic.tess}


def test_a_very_large_clinic_sees_fewer_weeks_and_is_told_so(clinic, client, monkeypatch):
    every = of(clinic, clinic.sam)
    by_week = [week.took.number for week in every.by_week]
    assert len(every.weeks) == desk_figures.WEEKS and every.signed > by_week[-1] + 1
    for most in (0, by_week[-1], every.signed - 1):
        monkeypatch.setattr(desk_figures, "MOST_NOTES", most)
        some = of(clinic, clinic.sam)
        assert some.weeks == every.weeks[-len(some.weeks) :] and len(some.weeks) < desk_figures.WEEKS
        assert some.by_week == every.by_week[-len(some.weeks) :]
        assert some.signed <= most or len(some.weeks) == 1
        assert f"in twelve there are more than {most:,} notes" in shown(client, clinic.sam).content.decode()
    monkeypatch.setattr(desk_figures, "MOST_NOTES", every.signed)
    assert of(clinic, clinic.sam).weeks == every.weeks
    assert "in twelve there are" not in shown(client, clinic.sam).content.decode()


def test_a_visit_without_a_signature_is_overdue_after_a_day_begun_or_not(clinic):
    yesterday = clinic.today - dt.timedelta(days=2)
    for key in ("parkinson", "vestibular"):
        visit = visits.book(
            patient=clinic.patients[key],
            clinician=clinic.tess,
            served_on=yesterday,
            expected_at=dt.time(9),
            by=clinic.tess,
        )
        visits.record_attendance(visit=visit, attendance="attended", by=clinic.tess)
        if key == "parkinson":
            began = visit
    before = {row.visit.pk for row in of(clinic, clinic.tess, clinic.tess).overdue}
    assert {began.pk, visit.pk} <= before
    # Today's visits are too new, and what did not take place has no note.
    assert all(row.visit.served_on < clinic.today for row in of(clinic, clinic.sam).overdue)


def test_a_therapist_sees_their_own_whoever_they_ask_for(client, clinic):
    for query in ({}, {"person": str(clinic.marcus.pk)}, {"person": "x"}):
        answer = shown(client, clinic.tess, **query)
        assert answer.context["person"] == clinic.tess and answer.context["form"] is None
    page = answer.content.decode()
    assert "nobody is ranked" in page and "Marcus Bell" not in page
    assert Event.objects.first().verb == verbs.FIGURES_OPENED


def test_a_supervisor_sees_the_clinic_or_one_person_of_it(client, clinic):
    answer = shown(client, clinic.sam)
    assert answer.context["person"] is None
    choices = [user.name for user in answer.context["form"].fields["person"].queryset]
    assert choices == sorted(choices) and "Una Castellanos" not in choices
    assert shown(client, clinic.sam, person=str(clinic.tess.pk)).context["person"] == clinic.tess
    for said in (str(clinic.una.pk), "\x00", "1_5", "٣"):
        answer = shown(client, clinic.sam, person=said)
        assert answer.status_code == 200 and answer.context["person"] is None
    page = answer.content.decode()
    assert page.count("<svg") >= 2 and "<title>" in page


@pytest.mark.parametrize("who", ["jo", "rae", "alex"])
def test_who_does_not_chart_has_no_figures(who, client, clinic):
    assert shown(client, getattr(clinic, who)).status_code == 404


def test_the_figures_cost_the_same_queries_whatever_was_signed(client, clinic):
    counts = []
    shown(client, clinic.sam)
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("review-figures"))
        counts.append(len(asked))
        clinic.note_signed_by(clinic.marcus)
    assert len(set(counts)) == 1 and counts[0] <= 22, counts
