"""The estimate for billing: from signed words alone, for those who look after claims, always called one."""

import ast
import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse

from apps.audit import verbs
from apps.audit.models import Event
from apps.audit.refused import Refused
from apps.compliance import rates
from apps.exports import billing
from apps.exports.models import ClinicLocality
from apps.ledger import chain
from apps.ledger.models import LedgerEntry
from apps.notes.models import Note, Status
from apps.visits.models import Visit

APPS = Path(__file__).parents[2] / "apps"
LOCALITY = "/clinic/locality/"


@pytest.fixture
def signed(clinic):
    return clinic.note_signed_by(clinic.tess)


@pytest.fixture
def rae(clinic, client):
    client.force_login(clinic.rae)
    return client


def url(note):
    return reverse("visit-estimate", args=[note.visit_id])


def words_of(answer):
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def estimate_of(note):
    notes = Note.objects.filter(visit__patient=note.visit.patient, visit__served_on=note.visit.served_on)
    return billing.of(notes.filter(status=Status.SIGNED), clinic=note.clinic, day=note.visit.served_on)


def entered(clinic, **changes):
    values = {
        "starts_on": dt.date(2026, 1, 1),
        "work": Decimal("1.1"),
        "practice_expense": Decimal("1.2"),
        "malpractice": Decimal("0.9"),
        **changes,
    }
    return billing.set_locality(clinic=clinic.riverside, by=clinic.alex, **values)


# --- The estimate -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["rae", "sam"])
def test_the_page_shows_the_signed_units_the_working_and_that_it_is_an_estimate(who, clinic, client, signed):
    client.force_login(getattr(clinic, who))
    answer = client.get(url(signed))
    page = words_of(answer)
    assert rates.LABEL in page and "Conversion factor 33.4009 on 11/20/2026." in page
    assert "97112" in page and "97110" in page
    assert "No figures are at hand for 97110" in page and "Estimate for the lines that are known" in page
    assert "national figures" in page
    headings = re.findall(r"<th[^>]*>([^<]*(?:Allowed|pays)[^<]*)</th>", answer.content.decode())
    assert len(headings) == 2 and all("estimate" in words for words in headings)


def test_the_units_are_those_of_the_signed_words(signed):
    payload = chain.read(LedgerEntry.objects.get(document=signed.pk))
    units = {line["code"]: line["units"] for line in payload["units"]["lines"] if line["units"]}
    before = estimate_of(signed).estimate
    assert {line.service.code: line.service.units for line in before.lines} == units
    signed.blocks.update(minutes_therapist=99)
    assert estimate_of(signed).estimate == before


def test_the_clinics_factors_of_the_day_are_used(clinic, signed):
    plain = estimate_of(signed)
    assert plain.locality is None
    entered(clinic)
    entered(clinic, starts_on=dt.date(2027, 1, 1), work=Decimal(3))
    found = estimate_of(signed)
    assert found.locality.starts_on == dt.date(2026, 1, 1)
    assert found.estimate.allowed > plain.estimate.allowed


def payload(discipline="PT", lines=(), untimed=(), policy="medicare_b", total=1, held=False):
    def line(code, units, *modifiers):
        return {"code": code, "units": units, "modifiers": list(modifiers)}

    return {
        "note": {"discipline": discipline, "discipline_label": discipline},
        "units": {
            "total_units": total,
            "lines": [line(*one) for one in lines],
            "untimed": [line(*one) for one in untimed],
        },
        "payer": policy and {"name": policy, "policy": policy},
        "review": {"holds_billing": held},
    }


def of(monkeypatch, clinic, *payloads):
    signed = [
        billing.Signed(note=None, entry=LedgerEntry(seq=seq), payload=one) for seq, one in enumerate(payloads)
    ]
    monkeypatch.setattr(billing, "_read", lambda one: one)
    return billing.of(signed, clinic=clinic.riverside, day=dt.date(2026, 11, 20))


def services(found):
    return [
        (line.service.code, line.service.units, line.service.by_assistant) for line in found.estimate.lines
    ]


@pytest.mark.parametrize("modifier", ["CQ", "CO"])
def test_an_assistants_line_is_paid_as_one(modifier, monkeypatch, clinic):
    whole = of(monkeypatch, clinic, payload(lines=[("97112", 2, "GP")]))
    less = of(monkeypatch, clinic, payload(lines=[("97112", 2, "GP", modifier)]))
    assert services(less) == [("97112", 2, True)]
    assert less.estimate.medicare_pays < whole.estimate.medicare_pays


def test_a_later_note_of_the_day_holds_the_earlier_ones_minutes_so_they_count_once(monkeypatch, clinic):
    morning = payload(lines=[("97112", 2, "GP")], untimed=[("G0283", 1, "GP")])
    evening = payload(lines=[("97112", 3, "GP"), ("97110", 1, "GP")], untimed=[])
    found = of(monkeypatch, clinic, morning, evening)
    assert services(found) == [("97112", 3, False), ("97110", 1, False), ("G0283", 1, False)]


def test_two_disciplines_of_a_day_share_the_one_unit_in_full(monkeypatch, clinic):
    found = of(
        monkeypatch, clinic, payload(lines=[("97112", 1)]), payload(discipline="OT", lines=[("97112", 1)])
    )
    first, second = found.estimate.lines
    assert first.allowed > second.allowed


def test_what_a_reader_must_know_is_said(monkeypatch, clinic):
    found = of(
        monkeypatch,
        clinic,
        payload(policy="uhc_commercial", held=True, total=None),
        payload(discipline="OT", policy=None),
    )
    said = " ".join(found.cautions)
    assert "pays by its own figures" in said and "no payer" in said and "holds the claim" in said
    assert "timed codes are left out" in said
    assert not found.estimate.lines


def test_opening_an_estimate_is_recorded(clinic, rae, signed):
    assert rae.get(url(signed)).status_code == 200
    event = Event.objects.first()
    assert (event.verb, event.target, event.patient) == (
        verbs.ESTIMATE_OPENED,
        str(signed.visit_id),
        str(signed.visit.patient_id),
    )
    assert event.details == {}


@pytest.mark.parametrize("who", ["tess", "marcus", "jo", "alex", "una", "ines"])
def test_for_others_there_is_none(who, clinic, client, signed):
    client.force_login(getattr(clinic, who))
    assert client.get(url(signed)).status_code == 404


def test_a_visit_without_a_signed_note_has_none(clinic, rae):
    draft = Note.objects.filter(clinic=clinic.riverside, status=Status.DRAFT).first()
    Note.objects.filter(visit=draft.visit_id).exclude(pk=draft.pk).update(status=Status.DISCARDED)
    assert rae.get(url(draft)).status_code == 404
    unwritten = Visit.objects.filter(clinic=clinic.riverside, notes=None).first()
    assert rae.get(reverse("visit-estimate", args=[unwritten.pk])).status_code == 404


def test_a_signed_note_without_its_entry_gives_none(clinic, rae, signed, monkeypatch):
    monkeypatch.setattr("apps.notes.document.LedgerEntry.objects", LedgerEntry.objects.none())
    assert rae.get(url(signed)).status_code == 404


def test_it_is_read_and_nothing_else(rae, signed):
    assert rae.post(url(signed)).status_code == 405


def test_the_chart_leads_there_for_those_who_look_after_claims(clinic, client, signed):
    chart = reverse("patient", args=[signed.visit.patient_id])
    for who, leads in (("rae", True), ("sam", True), ("tess", False)):
        client.force_login(getattr(clinic, who))
        assert (url(signed) in client.get(chart).content.decode()) is leads


def test_only_the_pages_for_billing_know_the_rates():
    """Whoever charts or signs must not be steered by money."""
    knowing = set()
    for path in APPS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name for alias in node.names} | {getattr(node, "module", None) or ""}
                if any(name.split(".")[-1] in ("rates", "billing") for name in names):
                    knowing.add(path.relative_to(APPS).as_posix())
    assert knowing == {"exports/billing.py", "exports/billing_views.py", "exports/fees.py"}


# --- The locality -----------------------------------------------------------------------------------------

GOOD = {"starts_on": "01/01/2026", "work": "1.01", "practice_expense": "1.052", "malpractice": ".9"}


@pytest.fixture
def alex(clinic, client):
    client.force_login(clinic.alex)
    return client


def test_an_administrator_enters_the_factors(clinic, alex):
    assert alex.post(LOCALITY, GOOD).status_code == 302
    row = ClinicLocality.objects.get()
    assert (row.clinic, row.starts_on, row.work, row.practice_expense, row.malpractice) == (
        clinic.riverside,
        dt.date(2026, 1, 1),
        Decimal("1.01"),
        Decimal("1.052"),
        Decimal("0.9"),
    )
    event = Event.objects.first()
    assert (event.verb, event.details["was"]) == (verbs.LOCALITY_SET, {})
    assert event.details["now"]["work"] == "1.01"
    page = words_of(alex.get(LOCALITY))
    assert "01/01/2026" in page and "1.052" in page


def test_entering_the_same_day_again_corrects_it_and_the_audit_keeps_both(clinic, alex):
    entered(clinic)
    assert alex.post(LOCALITY, GOOD).status_code == 302
    assert ClinicLocality.objects.get().work == Decimal("1.01")
    assert Event.objects.first().details["was"]["work"] == "1.100"


NO_FACTORS = ("1_0", "١", "1e1", "-1", "NaN", "1.2345", "1,0", "\x00", "9" * 5000)
BAD = [
    *(("work", text, "three decimals") for text in NO_FACTORS),
    ("malpractice", "0", "between 0.1 and 5"),
    ("practice_expense", "9", "between 0.1 and 5"),
    ("work", "", "required"),
    ("starts_on", "1850-01-01", "year must be between"),
    ("starts_on", "٠١/٠١/٢٠٢٦", "MM/DD/YYYY"),
    ("starts_on", "\x00", "MM/DD/YYYY"),
]


@pytest.mark.parametrize(("field", "text", "says"), BAD, ids=[f"{one[0]} {one[1][:8]!r}" for one in BAD])
def test_a_bad_factor_is_said_at_its_field_and_the_rest_is_kept(field, text, says, alex):
    answer = alex.post(LOCALITY, {**GOOD, field: text})
    assert answer.status_code == 422
    [(named, errors)] = answer.context["form"].errors.items()
    assert named == field and says in " ".join(errors)
    kept = "1.052" if field != "practice_expense" else "1.01"
    assert f'value="{kept}"' in answer.content.decode()
    assert not ClinicLocality.objects.exists()


def test_the_action_refuses_what_no_locality_has(clinic):
    with pytest.raises(Refused, match="national figure"):
        entered(clinic, work=Decimal(50))


@pytest.mark.parametrize("who", ["tess", "sam", "rae", "jo"])
def test_for_others_the_locality_is_not_there(who, clinic, client):
    client.force_login(getattr(clinic, who))
    assert client.get(LOCALITY).status_code == 404
    assert client.post(LOCALITY, GOOD).status_code == 404


def test_a_clinics_factors_are_its_own(clinic, client):
    entered(clinic)
    client.force_login(clinic.ines)
    assert "1.100" not in words_of(client.get(LOCALITY))
    assert billing.locality_on(clinic.lakeside, dt.date(2026, 6, 1)) is None


def test_the_locality_is_read_or_sent_and_nothing_else(alex):
    assert alex.put(LOCALITY).status_code == 405
