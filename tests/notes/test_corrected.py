"""Trend, flowsheet, baseline and reporting period: a correction is in and says so, a void note is out."""

import datetime as dt
from decimal import Decimal

import pytest

from apps.demo import charting
from apps.episodes.facts import plan_on
from apps.notes import amendments, chart, corrected, flowsheet, period, reports, trends
from apps.notes.access import notes_visible_to
from apps.notes.models import MeasureTaken


@pytest.fixture
def note(clinic):
    """Signed two days ago, with a Berg of 44 and 24 minutes of 97112."""
    return clinic.note_signed_by(clinic.tess, served_on=clinic.today - dt.timedelta(2))


def correct(clinic, note, path, should_say):
    amendments.correct(
        document=note, by=clinic.tess, path=path, should_say=should_say, reason="Misread from the paper."
    )


def berg(clinic, patient):
    found = trends.of_patient(notes_visible_to(clinic.tess), patient)
    return next(one for one in found if one.measure.key == "berg")


def sheet(clinic, patient):
    made = flowsheet.of_patient(notes_visible_to(clinic.tess), patient, discipline="PT")
    lines = {line.label: line.cells for part in made.parts for line in part.lines}
    return made.columns, lines


def test_what_was_corrected_is_shown_everywhere_as_it_should_read_and_says_so(clinic, note):
    patient, day = note.visit.patient, note.visit.served_on
    correct(clinic, note, "measures.0.value", "41")
    correct(clinic, note, "blocks.0.minutes_therapist", "20")
    correct(clinic, note, "blocks.0.response", "Reached 11 of 24.")
    correct(clinic, note, "times.total_minutes", "35")
    series = berg(clinic, patient)
    assert (series.last.value, series.last.is_corrected) == (Decimal(41), True)
    assert not any(row.is_corrected for row in series.rows[:-1])
    columns, lines = sheet(clinic, patient)
    at = [column.note for column in columns].index(note.pk)
    assert [column.is_corrected for column in columns].count(True) == 1 and columns[at].is_corrected
    assert lines["Berg"][at] == ("41, corrected",)
    assert lines["97112"][at][0].startswith("20 min, corrected")
    assert lines["Total treatment minutes"][at] == ("35, corrected",)
    today = clinic.draft_by(clinic.tess, patient)
    charted = chart.load(charting.read(today))
    assert charted.earlier_measures[("berg", "", "")][-1].value == 41
    today.sections = {"report_begins_on": day.isoformat(), "report_ends_on": clinic.today.isoformat()}
    today.save(update_fields=["sections"])
    drawn = period.of(chart.load(charting.read(today)))
    assert any("97112" in line and "20 min" in line for line in drawn.given)
    quoted = [goal.quoted for _, goal in drawn.goals if goal.quoted]
    assert quoted == ["Reached 11 of 24."]
    # The rows themselves say what was signed.
    assert MeasureTaken.objects.get(note=note, key="berg").value == 44


def test_what_is_no_number_of_the_scale_is_told_in_words_and_not_drawn(client, clinic, note):
    patient = note.visit.patient
    before = len(berg(clinic, patient).rows)
    correct(clinic, note, "measures.0.value", "not taken that day")
    series = berg(clinic, patient)
    assert len(series.rows) == before - 1
    assert [row.words for row in series.unread] == ["not taken that day"]
    client.force_login(clinic.tess)
    page = client.get(f"/patients/{patient.pk}/measures/").content.decode()
    assert "corrected to “not taken that day”" in page


def test_a_date_that_was_corrected_moves_the_value_to_its_day(clinic, note):
    patient = note.visit.patient
    day = note.visit.served_on - dt.timedelta(1)
    correct(clinic, note, "visit.date_of_service", f"{day:%m/%d/%Y}")
    last = berg(clinic, patient).last
    assert (last.on, last.is_corrected) == (day, True)


def test_the_last_correction_of_a_field_is_the_one_that_counts(clinic, note):
    correct(clinic, note, "measures.0.value", "41")
    correct(clinic, note, "measures.0.value", "43")
    assert berg(clinic, note.visit.patient).last.value == 43


def test_a_void_note_is_out_of_all_of_them_and_is_no_treatment_day(clinic, note):
    patient, day = note.visit.patient, note.visit.served_on
    plan = plan_on(patient.pk, "PT", clinic.today)
    before = reports.counters([plan], clinic.today)[plan.pk].since
    amendments.void(document=note, by=clinic.tess, reason="Of another patient.")
    assert note.pk not in {row.note for row in berg_rows(clinic, patient)}
    assert note.pk not in {column.note for column in sheet(clinic, patient)[0]}
    charted = chart.load(charting.read(clinic.draft_by(clinic.tess, patient)))
    earlier = charted.earlier_measures.get(("berg", "", ""), [])
    assert note.pk not in {row.note_id for row in earlier}
    found = reports.counters([plan], clinic.today - dt.timedelta(1))[plan.pk]
    assert found.since == before - 1 and day not in {one.on for one in found.days}


def berg_rows(clinic, patient):
    found = trends.of_patient(notes_visible_to(clinic.tess), patient)
    return [row for one in found if one.measure.key == "berg" for row in one.rows]


def test_notes_without_a_correction_ask_no_further_question(clinic, note, django_assert_num_queries):
    rows = corrected.marked(MeasureTaken.objects.filter(note=note).select_related("note__visit"), "note")
    with django_assert_num_queries(1):
        corrected.measures(rows)
