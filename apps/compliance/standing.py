"""Where a plan of care stands with its certification on a day, and the dates that lead there.

Dates in, a state and sentences out. The counts are in data/limits.toml, through certification.py.
What was signed or sent after the day that is asked about does not count yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from . import certification
from .certification import Window
from .facts import CertificationFacts

NEEDED_BY_FAMILY: dict[str, bool] = {"medicare": True, "self_pay": False}
"""Whether a family of payers wants plans certified. A family that is not here: not known."""

WARN_DAYS = 14
"""How long before a certification runs out it is called due. The clinic's own choice."""


class State(StrEnum):
    """How a plan stands. `TONES` says how loud that is."""

    NOT_NEEDED = "not needed"
    ENDED = "ended"
    CERTIFIED = "certified"
    CERTIFIED_LATE = "certified late, with its reason"
    LATE_WITHOUT_REASON = "certified late, reason missing"
    VERBAL = "certified by telephone"
    EXCUSED = "exception met"
    DUE = "due"
    EXCEPTION_FAILED = "exception failed"
    OVERDUE = "overdue"
    RECERTIFICATION_DUE = "recertification due"
    RECERTIFICATION_OVERDUE = "recertification overdue"


TONES: dict[State, str] = {
    State.NOT_NEEDED: "",
    State.ENDED: "",
    State.CERTIFIED: "ok",
    State.CERTIFIED_LATE: "ok",
    State.LATE_WITHOUT_REASON: "warn",
    State.VERBAL: "warn",
    State.EXCUSED: "ok",
    State.DUE: "warn",
    State.EXCEPTION_FAILED: "stop",
    State.OVERDUE: "stop",
    State.RECERTIFICATION_DUE: "warn",
    State.RECERTIFICATION_OVERDUE: "stop",
}


@dataclass(frozen=True, slots=True)
class Order:
    """An order or referral. Without `signed_on` it was given by telephone and is not signed yet."""

    ordered_on: date
    signed_on: date | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Certification:
    """A physician's or NPP's word for a plan: by telephone, signed, or both."""

    starts_on: date  # first day of what is certified
    is_initial: bool = True
    signed_on: date | None = None
    verbal_on: date | None = None
    through_on: date | None = None  # as the paper says
    plan_through_on: date | None = None  # the end of the plan that was certified
    by: str = ""
    reason: str = ""  # why it is late

    def known_on(self, day: date) -> bool:
        return any(on is not None and on <= day for on in (self.signed_on, self.verbal_on))

    @property
    def window(self) -> Window:
        """Until when it holds: as written, as the plan lasts, or as long as is allowed; the first of them."""
        ends = [end for end in (self.through_on, self.plan_through_on) if end]
        window = certification.lasts(self.starts_on, min(ends) if ends else None)
        if window is None:  # before the rules at hand
            end = min(ends) if ends else date.max
            return Window(end, end)
        return window


@dataclass(frozen=True, slots=True)
class Episode:
    """One discipline's plan of care and its papers, as far as they are in the chart."""

    established_on: date
    through_on: date
    first_treatment_on: date | None = None  # the initial evaluation counts
    orders: tuple[Order, ...] = ()
    sent_on: tuple[date, ...] = ()
    certifications: tuple[Certification, ...] = ()
    ended_on: date | None = None
    is_needed: bool | None = True  # None: whether the payer asks for it is not known
    first_through_on: date | None = None  # the end of the first version, where a later one has another

    @property
    def begins_on(self) -> date:
        """The day that the 30 days are counted from."""
        return self.first_treatment_on or self.established_on


@dataclass(frozen=True, slots=True)
class Standing:
    """How a plan stands on a day."""

    state: State
    words: str
    due_on: date | None = None  # the date to show
    late_after: date | None = None  # after this it is late by every reading
    certified_through: date | None = None
    is_needed: bool | None = True

    @property
    def tone(self) -> str:
        """stop, warn, tip, ok or "". What a payer may not even ask for is never louder than a tip."""
        tone = TONES[self.state]
        return "tip" if self.is_needed is None and tone in ("warn", "stop") else tone

    @property
    def is_open(self) -> bool:
        """Is there something to do?"""
        return self.tone in ("stop", "warn", "tip")


def standing(episode: Episode, day: date) -> Standing:
    """How the plan stands at the end of `day`."""
    found = _standing(episode, day)
    if episode.is_needed is None and found.is_open:
        words = f"{found.words} Whether this payer asks for certification is not known."
        return Standing(
            found.state, words, found.due_on, found.late_after, found.certified_through, is_needed=None
        )
    return found


def _standing(episode: Episode, day: date) -> Standing:
    if episode.ended_on and episode.ended_on <= day:
        return Standing(State.ENDED, f"The plan ended on {_us(episode.ended_on)}.")
    if episode.is_needed is False:
        return Standing(State.NOT_NEEDED, "This payer asks for no certification.")
    window = certification.initial(episode.begins_on)
    if window is None:
        return Standing(State.NOT_NEEDED, "The rules at hand do not go back to this date.")
    recertified = [one for one in _signed(episode, day) if not one.is_initial]
    if recertified:
        return _after(episode, day, max(recertified, key=lambda one: one.starts_on))
    initial = [one for one in episode.certifications if one.is_initial and one.known_on(day)]
    signed = [one for one in initial if one.signed_on and one.signed_on <= day]
    if signed:
        return _after(episode, day, min(signed, key=lambda one: one.signed_on or date.max))
    if _is_excused(episode, day, window):
        held = Certification(
            starts_on=episode.begins_on, plan_through_on=episode.first_through_on or episode.through_on
        )
        words = (
            "A signed order is in the chart and the plan was sent in time, so the first signature is excused."
        )
        return _until(held, day, Standing(State.EXCUSED, words))
    verbal = [one.verbal_on for one in initial if one.verbal_on]
    if verbal:
        given = min(verbal)
        signature_by = verbal_due(given)
        if given <= window.late_after and day <= signature_by:
            words = f"Certified by telephone on {_us(given)}; the signature is due by {_us(signature_by)}."
            return Standing(State.VERBAL, words, signature_by, signature_by)
    return _unsigned(episode, day, window, bool(verbal))


def _unsigned(episode: Episode, day: date, window: Window, had_verbal: bool) -> Standing:
    """Nobody signed, and nothing excuses it yet."""
    if day <= window.late_after:
        words = f"The plan is to be certified by {_us(window.due_on)}. {_hint(episode, day)}"
        return Standing(State.DUE, words.strip(), window.due_on, window.late_after)
    orders = [one for one in episode.orders if one.ordered_on <= day]
    sent = sorted(on for on in episode.sent_on if on <= day)
    lead = f"The plan was to be certified by {_us(window.due_on)}."
    if had_verbal:
        lead += " It was certified by telephone, and the signature did not follow in time."
    if orders or sent:
        why = " and ".join(_why_not_excused(episode, orders, sent, window))
        words = f"{lead} Nothing excuses the missing signature: {why}."
        return Standing(State.EXCEPTION_FAILED, words, window.due_on, window.late_after)
    words = f"{lead} No signature, order or transmission is in the chart."
    return Standing(State.OVERDUE, words, window.due_on, window.late_after)


def _hint(episode: Episode, day: date) -> str:
    """What would excuse the signature while there is time."""
    if not _may_be_excused(episode):
        return ""
    has_order = any(_is_signed_order(one, day) for one in episode.orders)
    was_sent = any(on <= day for on in episode.sent_on)
    if has_order and not was_sent:
        return "A signed order is in the chart: sending the plan by then excuses the first signature."
    if was_sent and not has_order:
        return "The plan was sent; a signed, dated order in the chart would excuse the first signature."
    return "A signed order in the chart and sending the plan by then excuse the first signature."


def _why_not_excused(
    episode: Episode, orders: list[Order], sent: list[date], window: Window
) -> Iterator[str]:
    if not _may_be_excused(episode):
        yield "on this date an order and sending the plan did not"
        return
    if not orders:
        yield "no order is in the chart"
    elif not any(one.signed_on for one in orders):
        yield "the order is not signed"
    if not sent:
        yield "no transmission is in the chart"
    elif sent[0] > window.late_after:
        days = (sent[0] - episode.begins_on).days
        yield f"the plan was sent {days} days after the first treatment"


def _may_be_excused(episode: Episode) -> bool:
    """Does the exception exist for this episode at all? Asked with papers that would meet it."""
    first = episode.begins_on
    return certification.is_excused(
        CertificationFacts(
            first_treatment_on=first, order_on=first, order_signed_by="-", transmitted_on=first
        )
    )


def _is_signed_order(order: Order, day: date) -> bool:
    return order.signed_on is not None and order.signed_on <= day and bool(order.by.strip())


def _is_excused(episode: Episode, day: date, window: Window) -> bool:
    orders = [one for one in episode.orders if _is_signed_order(one, day)]
    sent = sorted(on for on in episode.sent_on if on <= day)
    if not orders or not sent:
        return False
    order = min(orders, key=lambda one: one.ordered_on)
    return certification.is_excused(
        CertificationFacts(
            first_treatment_on=episode.begins_on,
            order_on=order.ordered_on,
            order_signed_by=order.by,
            transmitted_on=sent[0],
        )
    )


def _signed(episode: Episode, day: date) -> list[Certification]:
    return [one for one in episode.certifications if one.signed_on and one.signed_on <= day]


def _after(episode: Episode, day: date, last: Certification) -> Standing:
    """Somebody signed. Was it in time, and does it still hold?"""
    signed_on = last.signed_on or day
    by = f" by {last.by}" if last.by else ""
    if _was_in_time(episode, last):
        found = Standing(State.CERTIFIED, f"Certified on {_us(signed_on)}{by}.")
    elif last.reason.strip():
        found = Standing(
            State.CERTIFIED_LATE, f"Certified late, on {_us(signed_on)}{by}; the reason is recorded."
        )
    else:
        words = f"Certified late, on {_us(signed_on)}{by}. Record the reason for the delay."
        found = Standing(State.LATE_WITHOUT_REASON, words)
    return _until(last, day, found)


def _was_in_time(episode: Episode, last: Certification) -> bool:
    limit = _limit_for(episode, last)
    if limit is None or last.signed_on is None or last.signed_on <= limit:
        return True
    verbal = last.verbal_on
    return verbal is not None and verbal <= limit and last.signed_on <= verbal_due(verbal)


def _limit_for(episode: Episode, one: Certification) -> date | None:
    """The last day on which this certification would have been in time."""
    if one.is_initial:
        window = certification.initial(episode.begins_on)
        return window.late_after if window else None
    earlier = [
        other for other in episode.certifications if other.starts_on < one.starts_on and other.signed_on
    ]
    if earlier:
        return max(other.window.late_after for other in earlier)
    first = Certification(starts_on=episode.begins_on)
    return first.window.late_after


def _until(held: Certification, day: date, found: Standing) -> Standing:
    """`found`, or that it has run out or is about to."""
    window = held.window
    if day > window.late_after:
        words = f"The certification ended on {_us(window.due_on)}. Continuing needs a recertification."
        return Standing(State.RECERTIFICATION_OVERDUE, words, window.due_on, window.late_after, window.due_on)
    if day >= window.due_on - timedelta(days=WARN_DAYS):
        words = (
            f"{found.words} It holds through {_us(window.due_on)}: recertify before, if treatment goes on."
        )
        return Standing(State.RECERTIFICATION_DUE, words, window.due_on, window.late_after, window.due_on)
    return Standing(
        found.state,
        f"{found.words} It holds through {_us(window.due_on)}.",
        window.due_on,
        window.late_after,
        window.due_on,
    )


def verbal_due(given: date) -> date:
    """By when words given by telephone are to be signed."""
    return certification.verbal_due_on(CertificationFacts(verbal_order_on=given)) or given


def _us(day: date) -> str:
    return day.strftime("%m/%d/%Y")


# --- The dates in a row -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One date of the timeline. `tone`: ok (done), warn (late, or soon), stop (missed), "" (a plain fact)."""

    on: date
    what: str
    words: str = ""
    tone: str = ""
    is_past: bool = True


def steps(episode: Episode, day: date) -> tuple[Step, ...]:
    """What happened and what is still to come, by date."""
    return tuple(sorted(_steps(episode, day), key=lambda step: step.on))


def _steps(episode: Episode, day: date) -> Iterator[Step]:
    def step(on: date, what: str, words: str = "", tone: str = "") -> Step:
        return Step(on, what, words, tone, is_past=on <= day)

    found = standing(episode, day)
    window = certification.initial(episode.begins_on)
    if episode.established_on != episode.begins_on:
        yield step(episode.established_on, "Plan established")
    first = "First treatment" if episode.first_treatment_on else "Plan established"
    yield step(episode.begins_on, first, "The 30 days are counted from here." if window else "")
    for order in episode.orders:
        signed = f"Signed {_us(order.signed_on)}" if order.signed_on else ""
        if order.signed_on is None:
            by = verbal_due(order.ordered_on)
            late = by < day
            yield step(
                order.ordered_on,
                "Order by telephone",
                f"To be signed by {_us(by)}",
                "stop" if late else "warn",
            )
        else:
            yield step(
                order.ordered_on, "Order", " by ".join(part for part in (signed, order.by) if part), "ok"
            )
    for sent in episode.sent_on:
        late = window is not None and sent > window.late_after
        words = f"{(sent - episode.begins_on).days} days after the first treatment" if late else ""
        yield step(sent, "Plan sent to the physician or NPP", words, "warn" if late else "ok")
    for one in episode.certifications:
        what = "Certified" if one.is_initial else "Recertified"
        if one.verbal_on:
            yield step(one.verbal_on, f"{what} by telephone", one.by)
        if one.signed_on:
            is_timely = _was_in_time(episode, one)
            said = "" if is_timely else f"Late. {one.reason}".strip()
            words = ". ".join(part for part in (one.by, said) if part)
            yield step(one.signed_on, what, words, "ok" if is_timely else "warn")
    is_certified = any(one.is_initial for one in _signed(episode, day))
    if window and not is_certified and found.state is not State.EXCUSED and episode.is_needed is not False:
        missed = day > window.late_after
        tone = "stop" if missed else "warn"
        if episode.is_needed is None:
            tone = "tip"
        words = "Not in the chart" if missed else ""
        yield step(window.due_on, "First certification due", words, tone)
    if found.certified_through:
        yield step(
            found.certified_through,
            "Certification ends",
            "",
            found.tone if found.state in (State.RECERTIFICATION_DUE, State.RECERTIFICATION_OVERDUE) else "",
        )
    if episode.through_on != found.certified_through:
        yield step(episode.through_on, "Plan ends")
    if episode.ended_on:
        yield step(episode.ended_on, "Plan closed")
