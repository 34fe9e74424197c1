"""An estimate of what Medicare pays for a visit's therapy. For a page of its own, for billing.

No rule and no arithmetic of units may look here, and no page on which somebody charts
or signs shows it. Figures are in data/rates.toml; the locality's factors are the
clinic's to enter. What is not known is said, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .editions import edition
from .timeline import dated

LABEL = "Estimate, not a payment"

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Locality:
    """Geographic factors as the clinic entered them. 1 is the national figure."""

    work: Decimal = Decimal(1)
    practice_expense: Decimal = Decimal(1)
    malpractice: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Service:
    """Units of one code on one line of the claim."""

    code: str
    units: int
    by_assistant: bool = False  # the line carries CQ or CO


@dataclass(frozen=True, slots=True)
class LineEstimate:
    """One line. `allowed` is None when the code's figures for the day are not known."""

    service: Service
    allowed: Decimal | None
    medicare_pays: Decimal | None
    working: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the known lines come to. Incomplete when a line's figures are not known."""

    lines: tuple[LineEstimate, ...]
    working: tuple[str, ...]
    label: str = LABEL

    @property
    def is_complete(self) -> bool:
        return all(line.allowed is not None for line in self.lines)

    @property
    def allowed(self) -> Decimal:
        return sum((line.allowed for line in self.lines if line.allowed is not None), Decimal())

    @property
    def medicare_pays(self) -> Decimal:
        return sum((line.medicare_pays for line in self.lines if line.medicare_pays is not None), Decimal())


def estimate(services: Iterable[Service], day: date, locality: Locality | None = None) -> Estimate:
    """The estimate for the services of one patient, discipline and day."""
    place = locality or Locality()
    charged = [service for service in services if service.units > 0]
    factor = _number("conversion_factor", day)
    parts = {service.code: _parts(service.code, day) for service in charged}
    known = [service for service in charged if parts[service.code] and factor is not None]
    full = max(known, key=lambda service: _practice_expense(parts[service.code], place), default=None)

    working = [_what_is_known(day, factor)]
    missing = sorted({service.code for service in charged if service not in known})
    if missing:
        working.append(f"No figures are at hand for {', '.join(missing)}, so the sum is not the whole visit.")
        working.append("One of them may have the highest practice expense; then the reductions differ.")
    lines = [
        _line(service, parts[service.code], factor, place, day, has_full_unit=service is full)
        for service in charged
    ]
    return Estimate(tuple(lines), tuple(working))


def _line(
    service: Service,
    parts: tuple[Decimal, Decimal, Decimal] | None,
    factor: Decimal | None,
    place: Locality,
    day: date,
    *,
    has_full_unit: bool,
) -> LineEstimate:
    if parts is None or factor is None:
        return LineEstimate(service, None, None, f"{service.code}: figures not known.")
    work, _, malpractice = parts
    expense = _practice_expense(parts, place)
    share = _number("reduced_practice_expense", day)
    reduced = expense if share is None else expense * share
    others = work * place.work + malpractice * place.malpractice
    first = (others + expense) * factor if has_full_unit else Decimal()
    allowed = first + (others + reduced) * factor * (service.units - has_full_unit)

    pays = allowed * (_number("medicare_share", day) or Decimal(1))
    said = [f"{service.code}, {service.units} of it"]
    if has_full_unit:
        said.append("one with full practice expense")
    if service.units > has_full_unit and share is not None:
        said.append(f"{service.units - has_full_unit} with {share:.0%} of it")
    assistant = _number("assistant_share", day) if service.by_assistant else None
    if assistant is not None:
        pays *= assistant
        said.append(f"assistant's share {assistant:.0%}")
    if (taken := _number("sequestration", day)) is not None:
        pays *= 1 - taken
        said.append(f"sequestration {taken:.0%}")
    return LineEstimate(service, _cents(allowed), _cents(pays), f"{'; '.join(said)}.")


def _practice_expense(parts: tuple[Decimal, Decimal, Decimal] | None, place: Locality) -> Decimal:
    return parts[1] * place.practice_expense if parts else Decimal()


def _parts(code: str, day: date) -> tuple[Decimal, Decimal, Decimal] | None:
    row = dated("rates", f"rvu_{code}").value_on(day)
    if row is None:
        return None
    work, expense, malpractice = (Decimal(str(part)) for part in row)
    return work, expense, malpractice


def _number(name: str, day: date) -> Decimal | None:
    value = dated("rates", name).value_on(day)
    return None if value is None else Decimal(str(value))


def _what_is_known(day: date, factor: Decimal | None) -> str:
    if factor is None:
        return f"{LABEL}. No conversion factor is at hand for {day:%m/%d/%Y}."
    known = edition("rates")
    caution = "" if known.is_current(day) else f" {known.caution}"
    return f"{LABEL}. Conversion factor {factor} on {day:%m/%d/%Y}.{caution}"


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)
