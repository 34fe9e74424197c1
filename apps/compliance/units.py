"""From minutes to billable units, with the working shown.

Two methods exist and neither always gives more, so the method is the payer's and
is never picked by the result. Sources:

* CMS: Pub. 100-04 ch.5 §20.2.C. The minutes of all timed codes are added; the sum
  decides how many units there are; full 15-minute portions are given first, what
  is left goes to the largest remainders. Equal remainders are the clinician's choice.
* AMA: CPT's time rule. Each code stands alone; a unit counts once its midpoint is passed.

Nothing here says how far a code is from another unit. Minutes are what happened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from . import assistants, codes, payers
from .assistants import Given, Share
from .facts import BlockFacts, DayBlock, NoteFacts
from .payers import METHOD_LABELS, Method
from .sentences import count as count
from .sentences import listed as listed

# Pub. 100-04 ch.5 §20.2.C: a timed unit is 15 minutes and counts from 8 minutes on,
# so 8 to 22 minutes are 1 unit, 23 to 37 are 2: floor((minutes + 7) / 15).
UNIT_MINUTES = 15
_ROUNDING = 7


def units_of(minutes: int) -> int:
    """Units that a number of minutes is worth: 7 -> 0, 8 -> 1, 22 -> 1, 23 -> 2."""
    return (minutes + _ROUNDING) // UNIT_MINUTES


@dataclass(frozen=True, slots=True)
class Line:
    """One code's share. `units` is what is certain: a tied unit is not in it."""

    code: str
    minutes: int
    full: int  # full 15-minute portions
    remainder: int  # minutes beyond them
    extra: bool  # one more unit, for the remainder
    units: int
    note: str

    @property
    def label(self) -> str:
        return codes.label(self.code)


@dataclass(frozen=True, slots=True)
class Tie:
    """`units` more units are the clinician's to give among `codes`, at most one to each."""

    codes: tuple[str, ...]
    units: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """Units per code by one method. `total_units` includes tied units, `units` does not."""

    method: Method
    timed_minutes: int
    total_units: int
    lines: tuple[Line, ...]  # most minutes first, then by code
    tie: Tie | None
    working: tuple[str, ...]

    @property
    def units(self) -> dict[str, int]:
        return {line.code: line.units for line in self.lines}

    @property
    def method_label(self) -> str:
        return METHOD_LABELS[self.method]

    @property
    def summary(self) -> str:
        """ "3 units from 47 timed minutes" """
        return f"{count(self.total_units, 'unit')} from {count(self.timed_minutes, 'timed minute')}"


def allocate(minutes: Mapping[str, int], method: Method, choice: Sequence[str] = ()) -> Allocation:
    """Units for the one-on-one minutes of each timed code on one day.

    `choice` names the codes that get the tied units. It counts only when it fits the
    tie exactly; otherwise the tie stays open, because the minutes have changed since.
    """
    if any(given < 0 for given in minutes.values()):
        raise ValueError("minutes cannot be negative")
    ordered = sorted(minutes.items(), key=lambda item: (-item[1], item[0]))
    if method == "cms":
        return _by_cms(ordered, choice)
    if method == "ama":
        return _by_ama(ordered)
    raise ValueError(f"no such method of counting units: {method!r}")


def _by_cms(ordered: list[tuple[str, int]], choice: Sequence[str]) -> Allocation:
    total_minutes = sum(given for _, given in ordered)
    total = units_of(total_minutes)
    remainders = {code: given % UNIT_MINUTES for code, given in ordered if given % UNIT_MINUTES}
    left = total - sum(given // UNIT_MINUTES for _, given in ordered)

    extra: set[str] = set()
    tied: tuple[str, ...] = ()
    slots = 0
    if left:
        # left is never more than the number of remainders: each is at most 14.
        cut = sorted(remainders.values(), reverse=True)[left - 1]
        extra = {code for code, rest in remainders.items() if rest > cut}
        at_cut = sorted(code for code, rest in remainders.items() if rest == cut)
        slots = left - len(extra)
        if len(at_cut) == slots:
            extra.update(at_cut)
        else:
            tied = tuple(at_cut)
    chosen = set(choice) & set(tied)
    is_settled = bool(tied) and len(chosen) == slots == len(set(choice))
    if is_settled:
        extra |= chosen
    tie = Tie(tied, slots) if tied and not is_settled else None

    lines = []
    for code, given in ordered:
        full, rest = divmod(given, UNIT_MINUTES)
        has_extra = code in extra
        if tie and code in tie.codes:
            note = f"{full}, and a tied remainder of {rest}"
        elif has_extra:
            reason = "remainder" if len(remainders) == 1 else "larger remainder"
            note = f"{full} + 1 ({'your choice' if code in tied else reason}, {rest})"
        elif not full:
            note = "documented, not billed"
        elif rest and left:
            note = f"{full} (remainder {rest} is {'not chosen' if code in tied else 'smaller'})"
        else:
            note = f"{full}"
        lines.append(Line(code, given, full, rest, has_extra, full + has_extra, note))

    return Allocation(
        method="cms",
        timed_minutes=total_minutes,
        total_units=total,
        lines=tuple(lines),
        tie=tie,
        working=_cms_working(lines, total_minutes, total, left, extra, tied, tie),
    )


def _cms_working(
    lines: list[Line],
    total_minutes: int,
    total: int,
    left: int,
    extra: set[str],
    tied: tuple[str, ...],
    tie: Tie | None,
) -> tuple[str, ...]:
    if not lines:
        return ("No timed minutes are charted.",)
    sum_of = " + ".join(f"{line.code} {line.minutes}" for line in lines)
    said = [f"The minutes of all timed codes are added: {sum_of} = {total_minutes}."]
    said.append(f"{count(total_minutes, 'timed minute')} in the CMS table: {count(total, 'unit')}.")
    with_full = [f"{line.code} {line.full}" for line in lines if line.full]
    if with_full:
        said.append(f"Full 15-minute portions come first: {', '.join(with_full)}.")
    by_size = [f"{line.code} ({line.remainder})" for line in lines if line.code in extra - set(tied)]
    if by_size:
        goes = "1 unit goes" if len(by_size) == 1 else f"{len(by_size)} units go"
        said.append(f"{goes} by the size of what remains: {listed(by_size)}.")
    if tied:
        rest = next(line.remainder for line in lines if line.code == tied[0])
        said.append(f"{listed(tied)} have the same remainder, {rest}.")
        if tie:
            said.append(f"The clinician says which of them {_has_units(tie.units)}.")
        else:
            said.append(f"The clinician gave the unit to {listed(sorted(extra & set(tied)))}.")
    unbilled = [line.code for line in lines if not line.units and not (tie and line.code in tie.codes)]
    if unbilled:
        said.append(f"{listed(unbilled)}: documented, not billed.")
    return tuple(said)


def _by_ama(ordered: list[tuple[str, int]]) -> Allocation:
    lines = []
    for code, given in ordered:
        full, rest = divmod(given, UNIT_MINUTES)
        units = units_of(given)
        has_extra = units > full
        if has_extra:
            note = f"{full} + 1 (past the midpoint, {rest})"
        elif not full:
            note = "documented, not billed"
        else:
            note = f"{full} (remainder {rest})" if rest else f"{full}"
        lines.append(Line(code, given, full, rest, has_extra, units, note))
    said = ["Each timed code is counted on its own; a unit counts once its midpoint is passed."]
    said += [
        f"{line.code}: {count(line.minutes, 'minute')}, {count(line.units, 'unit')}."
        if line.units
        else f"{line.code}: {count(line.minutes, 'minute')}, documented, not billed."
        for line in lines
    ]
    return Allocation(
        method="ama",
        timed_minutes=sum(line.minutes for line in lines),
        total_units=sum(line.units for line in lines),
        lines=tuple(lines),
        tie=None,
        working=tuple(said) if lines else ("No timed minutes are charted.",),
    )


@dataclass(frozen=True, slots=True)
class Untimed:
    """A code that is billed once, however long it took."""

    code: str
    label: str
    units: int = 1


@dataclass(frozen=True, slots=True)
class UnitsReview:
    """The units of a note, with the other notes of the patient's day counted in."""

    method: Method | None
    method_label: str
    payer_name: str
    allocation: Allocation | None  # the one in force; None while the method is open
    alternatives: tuple[Allocation, ...]  # both methods, while it is open and they differ
    question: str  # what the author has to say, or ""
    timed_minutes: int  # of the day: what the units are counted from
    timed_minutes_here: int  # of this note alone
    total_minutes: int | None
    untimed: tuple[Untimed, ...]
    minutes_elsewhere: Mapping[str, int]  # per code, from other notes of the day
    summary: str
    working: tuple[str, ...] = field(default=())  # sentences about what was counted, then the method's
    # Codes to which an assistant gave minutes, when the payer is known to want CQ or CO.
    assistants: tuple[Share, ...] = ()

    @property
    def tie(self) -> Tie | None:
        return self.allocation.tie if self.allocation else None


def of(facts: NoteFacts) -> UnitsReview:
    """The units of a note by its payer's method on the date of service."""
    here = _timed_minutes(facts.blocks)
    elsewhere = _timed_minutes(facts.same_day)
    minutes = dict(here)
    for code, given in elsewhere.items():
        minutes[code] = minutes.get(code, 0) + given

    policy = payers.get(facts.payer)
    method = policy.method_on(facts.date_of_service) if policy else None
    if method is None and facts.method_choice in METHOD_LABELS:
        method = "cms" if facts.method_choice == "cms" else "ama"

    allocation: Allocation | None
    alternatives: tuple[Allocation, ...] = ()
    if method is None:
        both = allocate(minutes, "cms", facts.unit_choice), allocate(minutes, "ama")
        # With one timed code, and often with more, both methods say the same.
        agree = both[0].tie is None and both[0].units == both[1].units
        allocation = both[0] if agree else None
        alternatives = () if agree else both
        method_label = "CMS and AMA methods agree" if agree else "Method not known"
    else:
        allocation = allocate(minutes, method, facts.unit_choice)
        method_label = METHOD_LABELS[method]

    untimed = _untimed(facts.blocks)
    timed = sum(minutes.values())
    payer_name = facts.payer_name or (policy.label if policy else "")
    if not minutes:
        summary = "No timed minutes charted"
    elif allocation:
        summary = allocation.summary
    else:
        summary = f"{count(timed, 'timed minute')}; units depend on the payer's method"
    return UnitsReview(
        method=method,
        method_label=method_label,
        payer_name=payer_name,
        allocation=allocation,
        alternatives=alternatives,
        question=_question(allocation, payer_name),
        timed_minutes=timed,
        timed_minutes_here=sum(here.values()),
        total_minutes=facts.total_minutes,
        untimed=untimed,
        minutes_elsewhere=elsewhere,
        summary=summary,
        working=_what_was_counted(facts, elsewhere) + (allocation.working if allocation else ()),
        assistants=_assistants(facts, allocation, untimed),
    )


def _timed_minutes(blocks: Iterable[BlockFacts | DayBlock]) -> dict[str, int]:
    """One-on-one minutes per 15-minute code. A draft may hold anything, so below 0 counts 0."""
    minutes: dict[str, int] = defaultdict(int)
    for block in blocks:
        if block.one_on_one and codes.counts_by_quarter_hour(block.code):
            minutes[block.code] += max(block.minutes, 0)
    return dict(minutes)


def _untimed(blocks: Iterable[BlockFacts]) -> tuple[Untimed, ...]:
    known = (codes.get(code) for code in dict.fromkeys(block.code for block in blocks))
    return tuple(Untimed(code.code, code.label) for code in known if code and not code.timed)


def _assistants(
    facts: NoteFacts, allocation: Allocation | None, untimed: Iterable[Untimed]
) -> tuple[Share, ...]:
    """How units split into lines with and without CQ or CO, for a payer that wants them."""
    blocks: tuple[BlockFacts | DayBlock, ...] = (*facts.blocks, *facts.same_day)
    modifier = assistants.MODIFIERS.get(facts.discipline)
    if modifier is None or not any((block.minutes_assistant or 0) > 0 for block in blocks):
        return ()
    if not assistants.wanted_by(facts.payer, facts.date_of_service):
        return ()
    return shares(given_by_code(blocks), allocation, untimed, modifier, facts.date_of_service)


def given_by_code(blocks: Iterable[BlockFacts | DayBlock]) -> dict[str, Given]:
    """Minutes per code by who gave them; of 15-minute codes those that were one-on-one."""
    given: dict[str, Given] = defaultdict(Given)
    for block in blocks:
        if block.one_on_one or not codes.counts_by_quarter_hour(block.code):
            given[block.code] += Given(
                max(block.minutes_therapist or 0, 0),
                max(block.minutes_assistant or 0, 0),
                max(block.minutes_together or 0, 0),
            )
    return given


def shares(
    given: Mapping[str, Given],
    allocation: Allocation | None,
    untimed: Iterable[Untimed],
    modifier: str,
    day: date,
) -> tuple[Share, ...]:
    """One share for each billed code to which an assistant gave minutes: timed codes first."""
    tied = allocation.tie.codes if allocation and allocation.tie else ()
    found = [
        assistants.timed(line.code, given[line.code], line.units, modifier, day, is_tied=line.code in tied)
        for line in (allocation.lines if allocation else ())
        if given[line.code].assistant and (line.units or line.code in tied)
    ]
    found += [
        assistants.untimed(line.code, given[line.code], modifier)
        for line in untimed
        if line.code in given and given[line.code].assistant
    ]
    return tuple(found)


def _has_units(units: int) -> str:
    return "has the unit" if units == 1 else f"have the {units} units"


def _question(allocation: Allocation | None, payer_name: str) -> str:
    if allocation is None:
        return f"How does {payer_name or 'the payer'} count units: by the CMS or by the AMA method?"
    if allocation.tie:
        return (
            f"Equal remainders: which of {listed(allocation.tie.codes)} {_has_units(allocation.tie.units)}?"
        )
    return ""


def _what_was_counted(facts: NoteFacts, elsewhere: Mapping[str, int]) -> tuple[str, ...]:
    said = []
    if elsewhere:
        from_others = listed(f"{code} {minutes}" for code, minutes in sorted(elsewhere.items()))
        said.append(f"Minutes of the day's other notes are counted in: {from_others}.")
    for block in facts.blocks:
        known = codes.get(block.code)
        if known is None:
            if block.code:
                said.append(f"{block.code} is not in the table of codes, so it is not counted.")
        elif known.timed and not known.quarter_hour:
            said.append(f"{block.code} is timed in its own way and is not counted here.")
        elif known.quarter_hour and not block.one_on_one:
            said.append(f"{block.code}: {count(block.minutes, 'minute')} not one-on-one, not counted.")
    return tuple(said)
