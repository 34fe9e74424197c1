"""Billed lines beside the record, and the spreadsheets that they come from. No database."""

import datetime as dt

import pytest

from apps.exports.packets import billed, sheets
from apps.exports.packets.billed import Line, Supported

ON = dt.date(2026, 11, 2)
SHEET = "DOS,CPT,Units,Mod\n11/02/2026,97112,2,GP\n11/04/2026,97110-GP-59,1,\n"


def compared(lines, supported, noted=frozenset({ON})):
    return billed.compare(lines, {(ON, code): one for code, one in supported.items()}, noted)


def test_equal_units_and_modifiers_are_no_difference():
    (row,) = compared([Line(ON, "97112", 2, "GP")], {"97112": Supported(2, 30, ("GP",))})
    assert (row.billed, row.supported, row.words, row.is_conflict) == (2, 2, "", False)


@pytest.mark.parametrize(
    ("lines", "supported", "noted", "says", "is_conflict"),
    [
        ([Line(ON, "97112", 3)], {"97112": Supported(2)}, True, "Billed 3; the record supports 2.", True),
        ([Line(ON, "97112", 1)], {"97112": Supported(2)}, True, "Billed 1; the record counts 2.", False),
        ([Line(ON, "97140", 1)], {}, True, "The signed record of this day holds no 97140.", True),
        ([Line(ON, "97140", 1)], {}, False, "No signed note of this day is in the record.", True),
        ([], {"97112": Supported(2)}, True, "Documented, and not among the billed lines.", False),
        ([Line(ON, "97112", 2)], {"97112": Supported(None)}, True, "counts units is open", False),
        ([Line(ON, "97112", 2, "GP KX")], {"97112": Supported(2, 30, ("GP",))}, True, "GP KX", False),
    ],
)
def test_each_difference_is_said_and_only_what_is_not_supported_conflicts(
    lines, supported, noted, says, is_conflict
):
    (row,) = compared(lines, supported, frozenset({ON}) if noted else frozenset())
    assert says in row.words
    assert row.is_conflict is is_conflict


def test_lines_of_one_code_and_day_are_taken_together():
    rows = compared(
        [Line(ON, "97112", 1, "GP"), Line(ON, "97112", 1, "GP")], {"97112": Supported(2, 30, ("GP",))}
    )
    assert [(row.billed, row.words) for row in rows] == [(2, "")]


def read(text):
    sheet = sheets.read(text)
    return billed.lines_of(sheet, sheet.guess(billed.COLUMNS))


def test_a_spreadsheet_is_read_by_its_headings():
    lines, errors = read(SHEET)
    assert not errors
    assert lines == [Line(ON, "97112", 2, "GP"), Line(dt.date(2026, 11, 4), "97110", 1, "GP 59")]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_semicolons_and_tabs_are_read_as_well(delimiter):
    assert read(SHEET.replace(",", delimiter)) == read(SHEET)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("13/45/2026,97112,2,GP", "date of service"),
        ("11/02/2026,971,2,GP", "code"),
        ("11/02/2026,97112,1_5,GP", "units"),
        ("11/02/2026,97112,١,GP", "units"),
        ("11/02/2026,97112,2,GPX", "modifier"),
        ("11/02/2026,97112", "units"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_by_its_number(row, says):
    lines, errors = read(SHEET + row + "\n")
    assert [error.number for error in errors] == [4]
    assert says in errors[0].words.lower()
    assert len(lines) == 2


@pytest.mark.parametrize("text", ["", "  \n", "DOS,CPT,Units\n", "\ufeff"])
def test_a_table_without_rows_says_what_to_do(text):
    with pytest.raises(sheets.Unreadable):
        sheets.read(text)
