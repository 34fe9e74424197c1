"""Two codes that are never paid on one day, whatever the modifier."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .. import editions, ncci, parts, samples, sources, units
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[tuple[str, tuple[str, ...]]]]:
    charted = parts.charted_codes(case)
    for block in case.neuromuscular:
        against = tuple(
            sorted(
                code for code in charted if ncci.never_with(code, (block.code,), case.facts.date_of_service)
            )
        )
        yield Part(block.path("code"), (block.code, against), block.id)


def check(pair: tuple[str, tuple[str, ...]], case: Case) -> Verdict:
    code, against = pair
    if not against:
        return Pass("No such pair.")
    said = f"{units.listed(against)} is never paid on a day with {code}"
    return editions.judged(
        "ncci",
        case.facts.date_of_service,
        fails=f"{said}.",
        asks=f"By them, {said}. Was it given?",
        evidence=" ".join(against),
    )


RULE = Rule(
    code="COD409",
    name="pair-never-together",
    title="Codes that are never paid together",
    topic="Codes",
    severity=Severity.WARNING,
    citation=sources.PAIRS,
    looks_at=looks_at,
    check=check,
    fix="Leave it for billing, or correct the code.",
    passes=(
        Example("97112 and 97110", samples.note()),
        Example("97112 with a group, which a modifier may separate", samples.with_other_block(code="97150")),
        Example(
            "96523 by itself",
            samples.with_blocks(
                samples.other_block(code="96523"),
                samples.block(code="97110", id="c"),
                samples.block(id="d"),
                payer="aetna",
                same_day=(),
            ),
        ),
    ),
    fails=(
        Example("96523 beside 97112", samples.with_other_block(code="96523")),
        Example("36591 beside 97112", samples.with_other_block(code="36591")),
        Example(
            "36592 beside 97112, while the file was current",
            samples.note(
                date_of_service=date(2024, 8, 1), blocks=(samples.block(), samples.other_block(code="36592"))
            ),
        ),
    ),
    payers=ncci.PAYERS,
    hold_billing=True,
    applies_from=ncci.FIRST_DAY,
)
