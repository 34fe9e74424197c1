"""The scores of a packet: one series per side, drawn as on the screen, as corrected, none of a void note."""

import datetime as dt
from types import SimpleNamespace

from django.template.loader import render_to_string

from apps.exports.packets.scores import Gathered


def reading(day, value, *, place="", corrected=None, is_voided=False, key="berg"):
    taken = {
        "key": key,
        "label": "Berg Balance Scale",
        "range": "0 to 56",
        "unit": "points",
        "value": value,
        "place": place,
        "words": "",
    }
    note = SimpleNamespace(on=dt.date(2026, 10, day), author="Dana Ortiz, PT", is_voided=is_voided)
    return SimpleNamespace(note=note, payload={"measures": [taken]}, corrected=corrected or {})


def gathered(*readings):
    made = Gathered()
    for one in readings:
        made.read(one)
    return made.series


def test_each_side_has_its_own_series_and_a_void_note_none():
    left, right = gathered(
        reading(9, "41", place="right"),
        reading(2, "36", place="Left"),
        reading(5, "38", place="left"),
        reading(7, "12", place="left", is_voided=True),
    )
    assert [score.value for score in left.taken] == ["36", "38"]
    assert [score.value for score in right.taken] == ["41"]


def test_a_corrected_score_is_drawn_as_it_should_read_and_says_what_it_said():
    [one] = gathered(
        reading(2, "36"),
        reading(9, "54", corrected={"measures.0.value": "45"}),
        reading(12, "50", corrected={"measures.0.value": "not taken"}),
    )
    assert "45 on 10/09/2026" in one.drawn and "54" not in one.drawn.partition("</title>")[0]
    assert "not taken" not in one.drawn
    context = {"measures": [one], "packet": None, "patient": None, "clinic": None, "facts": None}
    page = " ".join(render_to_string("packets/print/measures.html", context).split())
    assert "corrected; it said 54" in page and "<b>not taken</b>" in page and "<svg" in page


def test_a_measure_that_is_not_known_any_more_has_a_table_and_no_drawing():
    [one] = gathered(reading(2, "36", key="gone"), reading(5, "38", key="gone"))
    assert (one.drawn, len(one.taken)) == ("", 2)
