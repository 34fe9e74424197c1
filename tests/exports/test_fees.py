"""The clinic's fee schedule: dated, with its source, each change on record; billing alone reads it."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse

from apps.audit import verbs
from apps.audit.models import Event
from apps.compliance import rates
from apps.exports import fees
from apps.exports.models import ClinicFee

APPS = Path(__file__).parents[2] / "apps"
SENT = {"code": "97112", "charge": "$1,062.50", "starts_on": "01/01/2026", "source": "Board, 12/1/2025"}


@pytest.fixture
def alex(clinic, client):
    client.force_login(clinic.alex)
    return client


def test_a_fee_is_entered_and_corrected_and_the_audit_keeps_both(clinic, alex):
    path = reverse("fees")
    assert alex.post(path, SENT).status_code == 302
    row = ClinicFee.objects.get()
    assert (row.charge, row.source, row.set_by) == (Decimal("1062.50"), "Board, 12/1/2025", clinic.alex)
    assert alex.post(path, SENT | {"charge": "62.5"}).status_code == 302
    assert ClinicFee.objects.get().charge == Decimal("62.50")
    event = Event.objects.first()
    assert event.verb == verbs.FEE_SET
    assert event.details == {
        "code": "97112", "starts_on": "2026-01-01", "was": "1062.50", "now": "62.5",
    }  # fmt: skip
    page = alex.get(path).content.decode()
    assert "$62.50" in page and "Board, 12/1/2025" in page


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("charge", "٦٢", "at most two decimals"),
        ("charge", "1e3", "at most two decimals"),
        ("charge", "-4", "at most two decimals"),
        ("charge", "4.005", "at most two decimals"),
        ("charge", "", "required"),
        ("code", "99999", "not one of the available choices"),
        ("starts_on", "1850-01-01", "between 1900 and 2100"),
        ("source", "", "required"),
        ("source", "a\x00b", "Null characters"),
    ],
)
def test_a_bad_value_is_said_at_its_field_and_the_rest_is_kept(field, text, says, alex):
    answer = alex.post(reverse("fees"), SENT | {field: text})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field] and says in str(answer.context["form"].errors)
    kept = "Board, 12/1/2025" if field != "source" else "$1,062.50"
    assert kept in answer.content.decode() and not ClinicFee.objects.exists()


def enter(clinic, day, charge, of="riverside", code="97112"):
    by = clinic.alex if of == "riverside" else clinic.ines
    source = "Made up"
    return fees.set_fee(
        clinic=getattr(clinic, of), code=code, starts_on=day, charge=Decimal(charge), source=source, by=by
    )


def test_the_fee_of_the_day_counts_and_another_clinics_never(clinic):
    enter(clinic, dt.date(2026, 1, 1), "60")
    enter(clinic, dt.date(2026, 6, 1), "70")
    enter(clinic, dt.date(2026, 1, 1), "99", of="lakeside")
    lines = [rates.Service("97112", 2), rates.Service("97110", 1)]
    for day, amount in ((dt.date(2026, 5, 31), "120"), (dt.date(2026, 6, 1), "140")):
        (found,) = fees.charges(lines, clinic=clinic.riverside, day=day)
        assert (found.service.code, found.amount) == ("97112", Decimal(amount))
    assert fees.charges(lines, clinic=clinic.riverside, day=dt.date(2025, 12, 31)) == []


def test_billing_sees_the_charge_beside_the_estimate(clinic, client):
    note = clinic.note_signed_by(clinic.tess)
    client.force_login(clinic.rae)
    path = reverse("visit-estimate", args=[note.visit_id])
    assert "own charges" not in client.get(path).content.decode()
    enter(clinic, dt.date(2026, 1, 1), "61.25")
    page = client.get(path).content.decode()
    assert "own charges" in page and "$61.25" in page and "Made up" in page


def test_nothing_that_is_charted_or_signed_with_knows_what_is_charged():
    reads = re.compile(r"ClinicFee|\bfees\b")
    found = {path.relative_to(APPS) for path in APPS.rglob("*.py") if reads.search(path.read_text())}
    # accounts has the link in the navigation, the palette has it once more.
    elsewhere = {path for path in found if path.parts[0] not in ("exports", "accounts")}
    assert elsewhere <= {Path("patients/palette.py")}
