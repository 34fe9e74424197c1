"""What waits for a person, by role: how many, in words, and the list that it is a count of. Only reading.

Each count asks the queryset of the list that it leads to, so that both say the same. The number of queries
does not depend on how much waits.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Min, OuterRef, Q
from django.urls import reverse

from apps.accounts import factors, licences
from apps.accounts.access import active_memberships
from apps.accounts.models import Membership, Role, User
from apps.audit import clock
from apps.compliance import limits
from apps.episodes import worklist
from apps.exports.packets.access import ATTESTS, builds_visible_to, failed_and_settled, notes_attested_by
from apps.exports.packets.letters import open_letters, unanswered_requests
from apps.exports.packets.models import Build
from apps.ledger import verifications
from apps.notes import record_policy
from apps.notes.access import notes_left, notes_visible_to, notes_writable_by, unsigned
from apps.notes.latest import Lately
from apps.notes.models import ReviewRequest, Status
from apps.patients.access import emergency_accesses_reviewed_by
from apps.patients.models import Payer
from apps.review.access import peer_notes_reviewed_by, waiting_for, works_at_the_desk


@dataclass(frozen=True)
class Waits:
    """Something to do. `tone` and `word` say how urgent it is; `more` is a sentence's worth about it.

    Words that have a plural stand before and after a "|".
    """

    number: int
    words: str
    address: str = ""
    more: str = ""
    tone: str = ""
    word: str = ""
    is_counted: bool = True
    """Is it one of many, or the only one of its kind?"""

    @property
    def said(self) -> str:
        one, _, many = self.words.partition("|")
        return one if self.number == 1 or not many else many


def of(user: User, membership: Membership) -> list[Waits]:
    """Everything that waits for the person in this clinic, what is late before what is not."""
    role, today = Role(membership.role), clock.today(membership.clinic.time_zone)
    found = [one for source in SOURCES[role] for one in source(user, membership, today) if one.number]
    return sorted(found, key=lambda one: ("stop", "warn", "").index(one.tone))


# --- Who charts ---------------------------------------------------------------------------------------------


def drafts(user: User, membership: Membership, today: dt.date) -> Iterator[Waits]:
    """The open drafts of one's visits, as the page of notes lists them."""
    last = ReviewRequest.objects.filter(note=OuterRef("pk")).order_by("-sent_at", "-pk")
    returned = Q(author=user.pk) & Q(last_review=ReviewRequest.Outcome.RETURNED)
    counts = (
        notes_writable_by(user)
        .filter(clinic=membership.clinic, signed_at=None, status=Status.DRAFT)
        .annotate(last_review=last.values("outcome")[:1])
        .aggregate(
            all=Count("pk"),
            old=Count("pk", filter=day_is_over(membership)),
            back=Count("pk", filter=returned),
        )
    )
    address = reverse("notes")
    if counts["back"]:
        yield Waits(counts["back"], "note returned to you|notes returned to you", address, tone="warn")
    hours = limits.unsigned_hours(today)
    more = f"{counts['old']} older than {hours} hours" if counts["old"] else ""
    tone = "warn" if counts["old"] else ""
    yield Waits(counts["all"], "note not signed|notes not signed", address, more, tone)


def day_is_over(membership: Membership) -> Q:
    """Notes of visits whose day ended longer ago than an unsigned note should take."""
    hours = limits.unsigned_hours(clock.today(membership.clinic.time_zone)) or 0
    since = (clock.now() - dt.timedelta(hours=hours)).astimezone(membership.clinic.zone)
    return Q(visit__served_on__lt=since.date())


def desk(user: User, membership: Membership, today: dt.date) -> Iterator[Waits]:
    """What waits to be cosigned or reviewed."""
    if not works_at_the_desk(user, membership):
        return
    counts = waiting_for(user, membership.clinic).aggregate(
        all=Count("pk"),
        cosign=Count("pk", filter=Q(status=Status.SIGNED)),
        since=Min("visit__served_on"),
    )
    cosign, review = counts["cosign"], counts["all"] - counts["cosign"]
    more = "" if not counts["all"] else f"the oldest of {counts['since']:%m/%d/%Y}"
    address = reverse("review")
    yield Waits(cosign, "to cosign", address, more if not review else "", "warn")
    yield Waits(review, "sent for review", address, more, "warn")


def due(user: User, membership: Membership, today: dt.date) -> Iterator[Waits]:
    """Reports, certifications, orders and authorizations, as the worklist has them."""
    everybody = membership.role in (Role.SUPERVISOR, Role.RECORDS)
    address = reverse("worklist") + ("?whose=all" if membership.role == Role.SUPERVISOR else "")
    whose = " in the clinic" if everybody else ""
    reports, others = due_numbers(user, membership, today, everybody=everybody)
    for (number, late), one, many in (
        (reports, "progress report due", "progress reports due"),
        (others, "certification, order or authorization due", "certifications, orders, authorizations due"),
    ):
        words = f"{one}{whose}|{many}{whose}"
        yield Waits(number, words, address, f"{late} late" if late else "", *tone_of(late))


KEPT = dt.timedelta(minutes=1)
"""For so long a clinic's numbers are as they were counted: for them everybody's chart is asked."""

_numbers: Lately[tuple[tuple[int, int], ...]] = Lately(500)


def forget() -> None:
    """Keep nothing any more. For tests, whose database goes back in time."""
    _numbers.clear()


def due_numbers(
    user: User, membership: Membership, today: dt.date, *, everybody: bool
) -> tuple[tuple[int, int], ...]:
    """How many `due_lines` there are of either kind, and how many of them are late."""
    key = (user.pk, membership.clinic_id, today)
    if everybody and (known := _numbers.get(key, KEPT)) is not None:
        return known
    lines = due_lines(user, membership, today, everybody=everybody)
    found = tuple((len(part), sum(line.item.tone == "stop" for line in part)) for part in lines)
    if everybody:
        _numbers.put(key, found)
    return found


def due_lines(
    user: User, membership: Membership, today: dt.date, *, everybody: bool
) -> tuple[list[worklist.Line], list[worklist.Line]]:
    """What is due of one's patients or of everybody's: what only a therapist can do, and the rest."""
    patients = worklist.patients_of(user, membership.clinic, today, everybody=everybody)
    lines = worklist.lines_of(user, patients, today, everybody=everybody)
    reports = [line for line in lines if line.item.kind in worklist.THERAPISTS]
    return reports, [line for line in lines if line.item.kind not in worklist.THERAPISTS]


def tone_of(late: int) -> tuple[str, str]:
    return ("stop", "Late") if late else ("", "")


def attestations(user: User, membership: Membership, today: dt.date) -> Iterator[Waits]:
    if membership.role in ATTESTS or membership.role == Role.STUDENT:
        asked = notes_attested_by(user).filter(clinic=membership.clinic, attestation_asked__entry=None)
        words = "attestation asked of you|attestations asked of you"
        yield Waits(asked.count(), words, reverse("attestations"), tone="warn")


def peers(user: User, membership: Membership, today: dt.date) -> Iterator[Waits]:
    if works_at_the_desk(user, membership):
        asked = peer_notes_reviewed_by(user).filter(sample__clinic=membership.clinic)
        asked = asked.exclude(answers__reviewer=user.pk)
        yield Waits(
            asked.count(), "note to review as a peer|notes to review as a peer", reverse("peer-samples")
        )


def own_licence(user: User, membership: Membership, today: dt.date) -> Iterator[Waits]:
    """Without a list to go to: whoever administers the clinic enters the new date."""
    standing = licences.of(user, today)
    if standing:
        more = f"{standing.words} Tell your administrator the new date."
        yield Waits(1, "Your licence", "", more, standing.tone, standing.word, is_counted=False)


# --- Who supervises -----------------------------------------------------------------------------------------


def clinics_drafts(user: User, membership: Membership, today: dt.date) -> Iterator[Waits]:
    """Everybody's notes of days long over, and those whose author works here no more."""
    notes = unsigned(notes_visible_to(user)).filter(clinic=membership.clinic)
    old = notes.filter(day_is_over(membership)).count()
    hours = limits.unsigned_hours(today)
    words = (
        f"note of the clinic unsigned after {hours} hours|notes of the clinic unsigned after {hours} hours"
    )
    yield Waits(old, words, reverse("worklist") + "?whose=all", tone="warn")
    left = notes_left(notes_visible_to(user)).filter(clinic=membership.clinic).count()
    yield Waits(
        left, "draft of people who left|drafts of people who left", reverse("notes-left"), tone="warn"
    )


def emergencies(user: User, membership: Membership, today: dt.date) -> Iterator[Waits]:
    opened = emergency_accesses_reviewed_by(user, membership.clinic).filter(reviewed_at=None)
    words = "emergency access to review|emergency accesses to review"
    yield Waits(opened.count(), words, reverse("emergency-report"), tone="warn")


def record(user: User, membership: Membership, today: dt.date) -> Iterator[Waits]:
    """The last verification of the clinic's record, where it found something."""
    if words := verifications.trouble_of(membership.clinic_id):
        address = reverse("verification")
        yield Waits(1, "The record", address, words, "stop", "Look now", is_counted=False)


# --- Who answers letters ------------------------------------------------------------------------------------


def letters(user: User, membership: Membership, today: dt.date) -> Iterator[Waits]:
    address = reverse("packets")
    yield counted_letters([one.clock.days_left for one in open_letters(user, membership.clinic)], address)
    asked = unanswered_requests(user, membership.clinic).aggregate(all=Count("pk"), since=Min("received_on"))
    more = f"the oldest received {asked['since']:%m/%d/%Y}" if asked["all"] else ""
    words = "request written down and not answered|requests written down and not answered"
    yield Waits(asked["all"], words, f"{address}#asked", more, "warn")
    builds = builds_visible_to(user).filter(clinic=membership.clinic)
    counts = builds.aggregate(
        being_made=Count("pk", filter=Q(status__in=[Build.Status.WAITING, Build.Status.RUNNING])),
        ready=Count("pk", filter=Q(status=Build.Status.DONE, handed_out=0)),
        failed=Count("pk", filter=Q(status=Build.Status.FAILED) & ~failed_and_settled()),
    )
    log = reverse("disclosure-log")
    yield Waits(counts["ready"], "packet made, not fetched|packets made, not fetched", log, tone="warn")
    yield Waits(counts["being_made"], "packet being made|packets being made", log)
    yield Waits(
        counts["failed"],
        "packet that could not be made|packets that could not be made",
        log,
        tone="stop",
        word="Failed",
    )


def counted_letters(days_left: list[int | None], address: str) -> Waits:
    """`days_left` is in the order of the dates."""
    known = [left for left in days_left if left is not None]
    late = sum(left < 0 for left in known)
    parts = [f"{late} past the date"] if late else []
    coming = next((left for left in known if left >= 0), None)
    if coming is not None:
        when = {0: "today", 1: "tomorrow"}.get(coming, f"in {coming} days")
        parts.append(f"the next is due {when}")
    tone = tone_of(late) if late else ("warn", "Soon") if coming is not None and coming <= 7 else ("", "")
    return Waits(len(days_left), "letter to answer|letters to answer", address, ", ".join(parts), *tone)


# --- Who administers ----------------------------------------------------------------------------------------


def people(user: User, membership: Membership, today: dt.date) -> Iterator[Waits]:
    """Who cannot work yet, and whose licence ends."""
    here = active_memberships().filter(clinic=membership.clinic).select_related("user").order_by("pk")
    found = [one.user for one in here]
    address = reverse("people")
    if not settings.OIDC_NAME:  # whoever comes by the directory needs no link
        waiting = [one for one in found if not one.has_usable_password()]
        words = "person has not used their link|people have not used their link"
        yield Waits(len(waiting), words, address, tone="warn")
    if factors.are_required():
        with_factor = factors.owners([one.pk for one in found])
        without = [one for one in found if one.has_usable_password() and one.pk not in with_factor]
        words = "person without a second factor|people without a second factor"
        yield Waits(len(without), words, address, tone="warn")
    standings = Counter(standing.word for one in found if (standing := licences.of(one, today)))
    missing = standings[licences.MISSING] + standings[licences.NO_DATE]
    yield Waits(standings[licences.ENDED], "licence ended|licences ended", address, tone="stop", word="Now")
    yield Waits(
        missing,
        "licence without a number or a date|licences without a number or a date",
        address,
        tone="warn",
    )
    days = limits.licence_ahead_days(today)
    words = f"licence ends within {days} days|licences end within {days} days"
    yield Waits(standings[licences.SOON], words, address, tone="warn")


def unset(user: User, membership: Membership, today: dt.date) -> Iterator[Waits]:
    """What a clinic decides for itself and this one has not."""
    clinic = membership.clinic
    if not Payer.objects.filter(clinic=clinic, is_active=True).exists():
        more = "None yet, so no coverage can be entered."
        yield Waits(1, "Payers", reverse("payers"), more, "warn", "Not set", is_counted=False)
    if record_policy.in_force(clinic.pk, today) is None:
        more = "Nobody has said who is cosigned and when a note is late."
        yield Waits(1, "The record", reverse("record-policy"), more, "", "", is_counted=False)


CHARTS = (drafts, desk, due, attestations, peers, own_licence)
SOURCES = {
    Role.THERAPIST: CHARTS,
    Role.ASSISTANT: CHARTS,
    Role.STUDENT: (drafts, attestations),
    Role.SUPERVISOR: (
        drafts,
        desk,
        clinics_drafts,
        due,
        attestations,
        peers,
        emergencies,
        letters,
        record,
        own_licence,
    ),
    Role.RECORDS: (letters, due),
    Role.ADMINISTRATOR: (people, unset, record),
}

NOTHING = {
    Role.THERAPIST: "No unsigned note, nothing returned, nothing to cosign, nothing due.",
    Role.ASSISTANT: "No unsigned note, nothing returned, nothing due.",
    Role.STUDENT: "No unsigned note, and nothing returned.",
    Role.SUPERVISOR: "Nothing to cosign or to review, no old unsigned note, nothing due, no letter open.",
    Role.RECORDS: "No letter or request is open, nothing is being made, and no certification is due.",
    Role.ADMINISTRATOR: "Everybody has enrolled, no licence ends soon, and nothing is left to set.",
}
"""What it means that nothing waits."""
