"""An estimate for billing: figures by date, reductions, and a wall around it."""

import ast
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from apps.compliance.rates import LABEL, Estimate, Locality, Service, estimate

FOLDER = Path(__file__).parents[2] / "apps/compliance"


@pytest.mark.parametrize(
    ("day", "allowed"),
    [
        (date(2024, 3, 8), "33.07"),
        (date(2024, 3, 9), "33.62"),
        (date(2026, 5, 5), "32.73"),
    ],
)
def test_one_unit_at_the_national_figures(day, allowed):
    assert estimate([Service("97112", 1)], day).allowed == Decimal(allowed)


def test_every_unit_after_the_first_has_half_of_the_practice_expense():
    one = estimate([Service("97112", 1)], date(2026, 5, 5)).allowed
    two = estimate([Service("97112", 2)], date(2026, 5, 5)).allowed
    assert abs(two - one - Decimal("24.88")) <= Decimal("0.01")


def test_only_one_unit_of_the_day_is_paid_in_full():
    lines = [Service("97112", 1), Service("97112", 1, by_assistant=True)]
    result = estimate(lines, date(2026, 5, 5))
    assert [line.allowed for line in result.lines] == [Decimal("32.73"), Decimal("24.88")]


def test_an_assistants_line_is_paid_at_85_per_cent():
    [whole] = estimate([Service("97112", 1)], date(2026, 5, 5)).lines
    [reduced] = estimate([Service("97112", 1, by_assistant=True)], date(2026, 5, 5)).lines
    assert reduced.allowed == whole.allowed
    assert abs(reduced.medicare_pays - whole.medicare_pays * Decimal("0.85")) <= Decimal("0.01")


def test_the_localitys_factors_are_the_clinics():
    dear = Locality(Decimal("1.1"), Decimal("1.3"), Decimal("0.9"))
    result = estimate([Service("97112", 1)], date(2026, 5, 5), dear)
    expected = (
        Decimal("0.5") * Decimal("1.1") + Decimal("0.47") * Decimal("1.3") + Decimal("0.01") * Decimal("0.9")
    ) * Decimal("33.4009")
    assert result.allowed == expected.quantize(Decimal("0.01"))


def test_what_is_not_known_is_said_and_not_guessed():
    unknown = estimate([Service("97112", 2), Service("97110", 1)], date(2026, 5, 5))
    assert not unknown.is_complete
    assert "97110" in " ".join(unknown.working)
    assert not estimate([Service("97112", 1)], date(2025, 5, 5)).is_complete
    assert not estimate([Service("97112", 1)], date(2019, 5, 5)).is_complete


def test_after_the_last_figures_it_says_so():
    assert "of 2026" in estimate([Service("97112", 1)], date(2027, 2, 2)).working[0]


@pytest.mark.parametrize("services", [[], [Service("97112", 0)]])
def test_nothing_charged_is_nothing(services):
    result = estimate(services, date(2026, 5, 5))
    assert isinstance(result, Estimate)
    assert result.allowed == 0


def test_it_is_always_called_an_estimate():
    for day in (date(2019, 1, 1), date(2026, 5, 5), date(2030, 1, 1)):
        result = estimate([Service("97112", 1)], day)
        assert result.label == LABEL
        assert result.working[0].startswith("Estimate, not a payment")


def test_no_rule_and_no_arithmetic_of_units_can_see_it():
    """Whoever charts or signs must not be steered by money."""
    for path in FOLDER.rglob("*.py"):
        if path.name == "rates.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                names = [node.value] if node.value == "rates" and path.name != "timeline.py" else []
            assert not {"rates", "apps.compliance.rates"} & set(names), path
