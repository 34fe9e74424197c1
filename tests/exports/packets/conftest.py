"""A letter about a patient of the demo clinic, and a place of its own for what is made of it."""

import datetime as dt
import io

import pytest

from apps.exports.packets import actions
from apps.patients import documents

LETTER = {
    "reviewer": "Meridian Review (made up)",
    "kind": "mac_prepay",
    "letter_on": dt.date(2026, 11, 9),
    "due_on": None,
    "case_number": "DEMO-CASE-41",
    "purpose": "review before payment",
    "contact_name": "Rae Thompson",
    "contact_phone": "(217) 555-0100",
}
DATES = {"starts_on": dt.date(2026, 8, 1), "through_on": dt.date(2026, 11, 19)}


@pytest.fixture
def kept(settings, tmp_path):
    """Uploads, stored PDFs and packets of a test go away with it."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DOCUMENTS_ROOT = tmp_path / "documents"
    return tmp_path


@pytest.fixture
def letter(clinic, kept):
    """`letter("stroke")`: a packet of that patient, opened by records staff."""

    def begin(patient="stroke", **changed):
        fields = {**LETTER, **DATES, **changed}
        return actions.begin(patient=clinic.patients[patient], by=clinic.rae, **fields)

    return begin


@pytest.fixture
def upload(clinic, kept):
    def keep(patient, data, *, type="order", dated_on=dt.date(2026, 9, 1), words=""):
        return documents.upload(
            patient=clinic.patients[patient],
            type=type,
            dated_on=dated_on,
            words=words,
            file=io.BytesIO(data),
            by=clinic.rae,
        )

    return keep
