"""Measures: recorded once in a note, and seen in the trend and the flowsheet."""

import datetime as dt
import itertools
import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from apps.audit import verbs
from apps.audit.models import Event
from apps.compliance import measures
from apps.demo import charting
from apps.ledger import chain
from apps.ledger.models import LedgerEntry
from apps.notes import chart, drawing, facts, trends
from apps.notes.access import notes_visible_to
from apps.notes.document import document_of
from apps.notes.drawing import Point

BERG, TUG = measures.get("berg"), measures.get("tug")
SVG = "{http://www.w3.org/2000/svg}"


def points(*values):
    return tuple(
        Point(dt.date(2026, 10, 1) + dt.timedelta(days=7 * at), Decimal(v)) for at, v in enumerate(values)
    )


def drawn(measure, *values):
    return ElementTree.fromstring(drawing.trend(measure, points(*values)))


def open_as(client, person, url):
    client.force_login(person)
    return client.get(url)


# --- The drawing ------------------------------------------------------------------------------------------


def test_the_title_comes_first_and_says_every_value():
    svg = drawn(BERG, "36", "41", "45")
    assert svg[0].tag == f"{SVG}title"
    assert (
        svg[0].text == "Berg Balance Scale in points: 36 on 10/01/2026, 41 on 10/08/2026, 45 on 10/15/2026."
    )


def test_font_and_colours_are_attributes_of_the_drawing():
    svg = drawn(BERG, "36", "41")
    assert svg.get("font-family") == "Inter, sans-serif"
    assert "style" not in {name for node in svg.iter() for name in node.attrib}
    shapes = [node for node in svg.iter() if node.tag.removeprefix(SVG) in ("rect", "line", "circle", "text")]
    assert all(node.get("fill") or node.get("stroke") or node.get("font-weight") for node in shapes)


def test_cut_offs_and_change_are_told_in_words_and_dashes_too():
    svg = drawn(BERG, "36", "41")
    said = [node.text for node in svg.iter(f"{SVG}text")]
    assert {"risk below 45", "risk below 50.5", "MDC ±2.7"} <= set(said)
    dashed = [node for node in svg.iter(f"{SVG}line") if node.get("stroke-dasharray")]
    assert len(dashed) == len(BERG.cut_offs) + 2


def test_the_band_of_change_lies_around_the_first_value():
    svg = drawn(BERG, "36", "41")
    band = next(node for node in svg.iter(f"{SVG}rect") if node.get("class") == "trend-band")
    first = next(node for node in svg.iter(f"{SVG}circle"))
    middle = float(band.get("y")) + float(band.get("height")) / 2
    assert middle == pytest.approx(float(first.get("cy")), abs=0.2)


@pytest.mark.parametrize("measure", [one for one in measures.all() if not one.free], ids=lambda one: one.key)
@pytest.mark.parametrize("number", [1, 2, 12])
def test_every_measure_is_drawn_inside_its_frame(measure, number):
    low = measure.low if measure.low is not None else Decimal(0)
    high = measure.high if measure.high is not None else Decimal(40)
    values = measure.values or [low + (high - low) * at / 12 for at in range(number)]
    svg = drawn(measure, *list(values)[:number])
    for circle in svg.iter(f"{SVG}circle"):
        assert drawing.LEFT <= float(circle.get("cx")) <= drawing.WIDTH - drawing.RIGHT
        assert 0 <= float(circle.get("cy")) <= drawing.HEIGHT - drawing.BOTTOM
    beside = [float(node.get("y")) for node in svg.iter(f"{SVG}text") if "words" in (node.get("class") or "")]
    assert all(lower - upper >= drawing.SMALL for upper, lower in itertools.pairwise(beside))


def test_words_that_somebody_typed_cannot_become_markup():
    svg = ElementTree.fromstring(drawing.trend(BERG, points("36"), "<script>alert(1)</script>"))
    assert "<script>" in svg[0].text
    assert svg.find(f".//{SVG}script") is None


# --- One series per side and condition --------------------------------------------------------------------


ANSWERS = {"answers": {"COD434": {"value": "yes", "reason": ""}}}


def take(clinic, **values):
    note = clinic.draft_by(clinic.tess, "ankle")
    row = {"key": "single_leg_stance", "value": 8, **values}
    return charting.write(note, {"measures": [row], "is_complete": False}, by=clinic.tess)


def test_a_side_is_never_compared_with_the_other(clinic):
    note = take(clinic, side="left", condition="Eyes closed")
    charting.sign(note, ANSWERS, by=clinic.tess)
    series = trends.of_patient(notes_visible_to(clinic.tess), clinic.patients["ankle"])
    labels = {one.label: [str(row.value.normalize()) for row in one.rows] for one in series}
    assert labels["Single-leg stance, left, Eyes closed"] == ["8"]
    assert labels["Single-leg stance, right, eyes closed"] == ["4", "13"]


def test_a_measure_is_found_under_its_condition_however_it_was_spelled(clinic):
    note = take(clinic, side="right", condition=" EYES  closed ")
    charted = chart.load(charting.read(note))
    taken = next(row for row in facts.of(charted).measures if row.key == "single_leg_stance")
    assert (taken.baseline, taken.last) == (Decimal(4), Decimal(13))
    assert (taken.side, taken.condition) == ("right", "EYES  closed")


def test_the_signed_note_says_the_side_and_the_condition(clinic):
    note = take(clinic, side="right", condition="eyes closed")
    charting.sign(note, ANSWERS, by=clinic.tess)
    entry = LedgerEntry.objects.get(document=note.pk)
    payload = chain.read(entry)
    taken = next(row for row in payload["measures"] if row["key"] == "single_leg_stance")
    assert (taken["side"], taken["condition"]) == ("right", "eyes closed")
    labels = [row.label for row in document_of(payload, entry).measures.rows]
    assert "Single-leg stance, right, eyes closed" in labels


# --- The pages --------------------------------------------------------------------------------------------


def test_the_page_shows_a_drawing_and_the_same_values_in_a_table(client, clinic):
    response = open_as(client, clinic.tess, f"/patients/{clinic.patients['stroke'].pk}/measures/")
    page = response.content.decode()
    assert page.count('<svg class="trend"') == 3
    assert "style=" not in page
    table = re.search(r"<table.*?</table>", page, re.DOTALL)[0]
    assert all(f">{value}</td>" in table for value in (36, 41, 45))
    assert "above MDC 2.7, stroke" in page


def test_opening_measures_and_flowsheet_is_recorded(client, clinic):
    patient = clinic.patients["stroke"]
    before = Event.objects.filter(verb=verbs.CHART_OPENED).count()
    for page in ("measures", "flowsheet"):
        assert open_as(client, clinic.tess, f"/patients/{patient.pk}/{page}/").status_code == 200
    assert Event.objects.filter(verb=verbs.CHART_OPENED).count() == before + 2


def test_the_flowsheet_has_a_column_per_signed_note_and_none_for_a_draft(client, clinic):
    page = open_as(
        client, clinic.tess, f"/patients/{clinic.patients['stroke'].pk}/flowsheet/"
    ).content.decode()
    assert page.count('scope="col"') == 6
    assert "20 min · goal 1" in page


def test_the_flowsheet_of_one_discipline_leaves_the_other_out(client, clinic):
    patient = clinic.patients["sclerosis"]
    both = open_as(client, clinic.tess, f"/patients/{patient.pk}/flowsheet/").content.decode()
    one = open_as(client, clinic.tess, f"/patients/{patient.pk}/flowsheet/?discipline=OT").content.decode()
    assert 0 < one.count('scope="col"') < both.count('scope="col"')


@pytest.mark.parametrize(
    "query", ["?page=9" + "9" * 30, "?page=1_5", "?page=٣", "?discipline=%00", "?page=-1"]
)
def test_a_strange_query_shows_the_first_page(client, clinic, query):
    patient = clinic.patients["stroke"]
    assert open_as(client, clinic.tess, f"/patients/{patient.pk}/flowsheet/{query}").status_code == 200


@pytest.mark.parametrize(("page", "most"), [("measures", 12), ("flowsheet", 14)])
def test_the_pages_ask_the_same_number_of_questions_whatever_is_charted(
    client, clinic, django_assert_max_num_queries, page, most
):
    client.force_login(clinic.tess)
    for key in ("stroke", "sclerosis"):
        with django_assert_max_num_queries(most):
            client.get(f"/patients/{clinic.patients[key].pk}/{page}/")
