"""`units`: minutes on a command line to billable units, with the working."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from .. import assistants, codes, payers
from .. import units as counting
from ..assistants import Share
from ..facts import BlockFacts, NoteFacts
from ..sentences import count
from ..units import Allocation, UnitsReview
from . import NOTHING_OPEN, UsageError
from .paper import Paper

_MINUTES_OF_A_DAY = 24 * 60
_PART = re.compile(r"([0-9]{1,4})(PTA|OTA|both)?", re.ASCII | re.IGNORECASE)
_DISCIPLINES = {"PTA": "PT", "OTA": "OT"}


def units(
    given: Sequence[str],
    *,
    method: str | None,
    payer: str | None,
    day: date | None,
    choice: Sequence[str],
    as_json: bool,
    paper: Paper,
) -> int:
    if payer:
        _check_payer(payer)
        if day is None:
            raise UsageError("A payer's method depends on the date of service: add --date 2026-11-16.")
    blocks, discipline = _read(given)
    facts = NoteFacts(
        # Without a date the newest of what is known counts.
        date_of_service=day or date.max,
        discipline=discipline,
        payer=payer or "",
        method_choice=method or "",
        blocks=blocks,
        unit_choice=tuple(code.upper() for code in choice),
    )
    found = counting.of(facts)
    if choice and (found.tie or not _is_settled(found, facts.unit_choice)):
        raise UsageError("--choose must name as many codes of the tie as it has units.")
    if not payer:
        # Nobody's rules were named, so both what CMS says of assistants and the units are shown.
        found = replace(found, assistants=_shares(found, facts))
    if as_json:
        paper.data({**in_json(found), "method": method or found.method}, indent=2)
    else:
        _print(found, facts, paper)
    return NOTHING_OPEN


# --- Reading ----------------------------------------------------------------


def _check_payer(key: str) -> None:
    if payers.get(key):
        return
    from difflib import get_close_matches

    known = [policy.key for policy in payers.all()]
    near = get_close_matches(key, known, n=3, cutoff=0.4) or known
    raise UsageError(f"There is no payer {key[:40]}. Known: {', '.join(near)}.")


def _read(given: Sequence[str]) -> tuple[tuple[BlockFacts, ...], str]:
    """One block per code, and the discipline that the assistants show."""
    blocks: dict[str, BlockFacts] = {}
    disciplines: set[str] = set()
    for text in given:
        code, equals, parts = text.partition("=")
        code = code.upper()
        if not equals:
            raise UsageError(f"{text[:40]}: write a code and its minutes, such as 97112=24.")
        if codes.get(code) is None:
            raise UsageError(f"{code[:40]}: this code is not in the table of codes.")
        block = blocks.get(code) or BlockFacts(id=code, code=code)
        for part in parts.split("+"):
            match = _PART.fullmatch(part)
            if match is None:
                raise UsageError(f"{text[:40]}: write minutes as 24, 13+23PTA, 13+23OTA or 15both.")
            number, who = int(match[1]), (match[2] or "").upper()
            if who in _DISCIPLINES:
                disciplines.add(_DISCIPLINES[who])
                block = replace(block, minutes_assistant=(block.minutes_assistant or 0) + number)
            elif who:
                block = replace(block, minutes_together=(block.minutes_together or 0) + number)
            else:
                block = replace(block, minutes_therapist=(block.minutes_therapist or 0) + number)
        if block.minutes > _MINUTES_OF_A_DAY:
            raise UsageError(f"{code}: a day has {_MINUTES_OF_A_DAY} minutes.")
        blocks[code] = block
    if len(disciplines) > 1:
        raise UsageError("Units are counted per discipline: give PTA or OTA minutes, not both.")
    return tuple(blocks.values()), disciplines.pop() if disciplines else "PT"


def _is_settled(found: UnitsReview, choice: Sequence[str]) -> bool:
    if found.allocation is None or found.allocation.method != "cms":
        return False
    notes = {line.code: line.note for line in found.allocation.lines}
    return all("your choice" in notes.get(code, "") for code in choice)


def _shares(found: UnitsReview, facts: NoteFacts) -> tuple[Share, ...]:
    modifier = assistants.MODIFIERS[facts.discipline]
    by_code = counting.given_by_code(facts.blocks)
    return counting.shares(by_code, found.allocation, found.untimed, modifier, facts.date_of_service)


# --- For a person -----------------------------------------------------------


def _print(found: UnitsReview, facts: NoteFacts, paper: Paper) -> None:
    minutes = {block.code: block.minutes for block in facts.blocks}
    allocations = (found.allocation,) if found.allocation else found.alternatives
    for number, allocation in enumerate(allocations):
        if number:
            paper.line()
        label = allocation.method_label if number or found.alternatives else found.method_label
        paper.text(label)
        paper.text(allocation.summary)
        paper.line()
        for line in allocation.lines:
            units_of_line = count(line.units, "unit")
            paper.text(line.note, _row(line.code, line.label, line.minutes, units_of_line))
        if allocation.lines:
            paper.line()
        for sentence in allocation.working:
            paper.text(sentence, "  ")
    if found.untimed:
        paper.line()
        paper.line("Untimed")
        for one in found.untimed:
            paper.line(_row(one.code, one.label, minutes[one.code], count(one.units, "unit")))
    for sentence in _not_counted(found, allocations):
        paper.text(sentence, "  ")
    for share in found.assistants:
        paper.line()
        paper.text(f"Assistant, {share.code}: {share.summary}")
        for sentence in share.working:
            paper.text(sentence, "  ")
    for question in _questions(found):
        paper.line()
        paper.text(question, "? ")


_LABEL = 26


def _row(code: str, label: str, minutes: int, units_of_line: str) -> str:
    label = label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"
    return f"  {code}  {label.ljust(_LABEL)} {minutes:4d} min  {units_of_line.ljust(8)} "


def _not_counted(found: UnitsReview, allocations: Sequence[Allocation]) -> tuple[str, ...]:
    said = {sentence for allocation in allocations for sentence in allocation.working}
    return tuple(sentence for sentence in found.working if sentence not in said)


def _questions(found: UnitsReview) -> list[str]:
    return [*filter(None, (found.question, *(share.question for share in found.assistants)))]


# --- For a machine ----------------------------------------------------------


def in_json(found: UnitsReview) -> dict[str, Any]:
    """`units` holds timed codes only, and of them what is certain; see `tie` and `alternatives`."""
    allocation = found.allocation
    return {
        "method": found.method,
        "method_label": found.method_label,
        "timed_minutes": found.timed_minutes,
        "total_units": allocation.total_units if allocation else None,
        "units": allocation.units if allocation else {},
        "tie": _tie(allocation),
        "working": [*found.working],
        "untimed": {one.code: one.units for one in found.untimed},
        "assistants": [
            {
                "code": share.code,
                "modifier": share.modifier,
                "units_with": share.units_with,
                "units_without": share.units_without,
                "units_open": share.units_open,
                "working": [*share.working],
                "question": share.question,
            }
            for share in found.assistants
        ],
        "questions": _questions(found),
        "alternatives": [
            {
                "method": one.method,
                "timed_minutes": one.timed_minutes,
                "total_units": one.total_units,
                "units": one.units,
                "tie": _tie(one),
                "working": [*one.working],
            }
            for one in found.alternatives
        ],
    }


def _tie(allocation: Allocation | None) -> dict[str, Any] | None:
    if allocation is None or allocation.tie is None:
        return None
    return {"codes": [*allocation.tie.codes], "units": allocation.tie.units}
