"""The rows of a review sample: from a table of record numbers and dates to patients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.accounts.fields import day_from
from apps.accounts.models import Clinic, User

from .access import patients_answered_for
from .sheets import RowError, Sheet

COLUMNS = {
    "mrn": ("MRN", ("mrn", "medical record number", "record number", "chart", "patient id")),
    "starts_on": ("From", ("from", "start", "dates of service from", "from date", "dos from", "starts on")),
    "through_on": ("Through", ("through", "to", "end", "thru", "to date", "dos through", "through on")),
    "case_number": ("Case number", ("case number", "case", "claim", "icn", "dcn", "claim number")),
}
NEEDED = ("mrn", "starts_on", "through_on")


def rows_of(
    sheet: Sheet, columns: Mapping[str, int], *, clinic: Clinic, user: User
) -> tuple[list[dict[str, Any]], list[RowError]]:
    """A packet's beginnings for each row, and row by row what is wrong. An unknown number names nobody."""
    said = list(sheet.said(columns))
    numbers = {cells["mrn"].lower() for _, cells in said}
    patients = {
        one.mrn.lower(): one
        for one in patients_answered_for(user).filter(clinic=clinic).select_related("clinic")
        if one.mrn.lower() in numbers
    }
    rows, errors = [], []
    for number, cells in said:
        starts_on, through_on = day_from(cells["starts_on"]), day_from(cells["through_on"])
        patient = patients.get(cells["mrn"].lower())
        if patient is None:
            errors.append(RowError(number, "No patient of this clinic has this MRN."))
        elif starts_on is None or through_on is None:
            errors.append(RowError(number, "A date is missing or is no date. Write it as MM/DD/YYYY."))
        elif through_on < starts_on:
            errors.append(RowError(number, "The dates end before they start."))
        else:
            rows.append(
                {
                    "patient": patient,
                    "starts_on": starts_on,
                    "through_on": through_on,
                    "case_number": cells.get("case_number", "")[:80],
                }
            )
    return rows, errors
