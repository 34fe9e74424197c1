"""What waits for a person, read from the record: a matter is there while it is so, and no longer.

Each part asks the same queryset as the page that it leads to, so that what a person cannot reach any more
is no matter of theirs. What is one's own has a line of its own; what waits in a queue that others see too
has one line with a number. The number of queries does not depend on how much waits.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse

from apps.accounts import licences
from apps.accounts.access import active_memberships
from apps.accounts.models import Membership, Role, User
from apps.audit import clock
from apps.exports.packets.access import builds_visible_to, failed_and_settled, notes_attested_by
from apps.exports.packets.models import Build
from apps.home import waiting
from apps.intake.access import imports_visible_to
from apps.intake.models import ImportRow, PatientImport
from apps.notes.access import notes_visible_to, notes_writable_by
from apps.notes.models import Comment, Note, ReviewRequest, Status, Thread
from apps.patients.access import are_of
from apps.review.access import waiting_for, works_at_the_desk

from .kinds import OF_ROLE, Kind, in_words

KEPT = dt.timedelta(days=14)
"""How long what is done is still shown, and an import that has nothing left to do."""

PAPERS = "certification, order or authorization"

MOST = 500
"""Matters of one kind that are looked at: the newest."""


@dataclass(frozen=True)
class Matter:
    """A line of the inbox. `keys` name what it counts; each is seen or not."""

    kind: Kind
    keys: tuple[str, ...]
    words: str
    address: str
    about: str = ""
    more: str = ""
    at: dt.datetime | None = None
    is_done: bool = False
    tone: str = ""
    word: str = ""

    @property
    def key(self) -> str:
        return self.keys[0]


def key_of(*parts: object) -> str:
    """A digest, so that what is marked names no note and no patient."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def of(user: User, membership: Membership, kinds: Iterable[Kind] | None = None) -> list[Matter]:
    """Everything of these kinds (all that the role has, without), the newest first."""
    own = OF_ROLE[Role(membership.role)]
    wanted = {kind for kind in own if kinds is None or kind in set(kinds)}
    found = [
        matter
        for given, source in SOURCES
        if wanted & set(given)
        for matter in source(user, membership)
        if matter.kind in wanted
    ]
    beginning = dt.datetime.min.replace(tzinfo=dt.UTC)
    return sorted(found, key=lambda matter: matter.at or beginning, reverse=True)


def _since() -> dt.datetime:
    return clock.now() - KEPT


# --- One's own --------------------------------------------------------------------------------------------


def returned(user: User, membership: Membership) -> Iterator[Matter]:
    """Drafts that came back to who wrote or sent them; done when sent again, signed or put aside."""
    notes = notes_writable_by(user).filter(clinic=membership.clinic)
    newer = ReviewRequest.objects.filter(note=OuterRef("note"), pk__gt=OuterRef("pk"))
    is_done = ~Q(are_of(Note.objects.filter(status=Status.DRAFT), "note")) | Exists(newer)
    found = (
        ReviewRequest.objects.filter(
            Q(are_of(notes.filter(author=user.pk), "note")) | Q(are_of(notes, "note"), sent_by=user.pk),
            outcome=ReviewRequest.Outcome.RETURNED,
        )
        .annotate(is_done=is_done)
        .filter(Q(is_done=False) | Q(answered_at__gte=_since()))
        .order_by("-answered_at", "-pk")
    )
    # First which, of their own table alone: joined to notes, a database may begin with all notes.
    done = dict(found.values_list("pk", "is_done")[:MOST])
    requests = ReviewRequest.objects.filter(pk__in=done).select_related("note__visit__patient", "answered_by")
    for request in requests.order_by("-answered_at", "-pk"):
        visit = request.note.visit
        yield Matter(
            Kind.RETURNED,
            (key_of("returned", request.pk),),
            f"The note of {visit.served_on:%m/%d/%Y} came back to you",
            reverse("note-review", args=[request.note_id]),
            about=str(visit.patient.name),
            more=f"from {request.answered_by}" if request.answered_by else "",
            at=request.answered_at,
            is_done=done[request.pk],
        )


def comments(user: User, membership: Membership) -> Iterator[Matter]:
    """Threads about one's note or with one's words in them, whose last turn is somebody else's."""
    notes = notes_visible_to(user).filter(clinic=membership.clinic).exclude(status=Status.DISCARDED)
    last = Comment.objects.filter(thread=OuterRef("pk")).order_by("-at", "-pk")
    my_turns = Comment.objects.filter(thread=OuterRef("pk"), by=user.pk)
    of_mine = Q(are_of(notes.filter(author=user.pk), "note")) | (
        Q(Exists(my_turns)) & Q(are_of(notes, "note"))
    )
    threads = Thread.objects.annotate(
        last_turn=Subquery(last.values("pk")[:1]),
        last_by=Subquery(last.values("by")[:1]),
        last_at=Subquery(last.values("at")[:1]),
        last_name=Subquery(last.values("by__name")[:1]),
    ).order_by("-last_at", "-pk")
    found = threads.filter(of_mine, Q(resolved_at=None) | Q(resolved_at__gte=_since())).exclude(
        last_by=user.pk
    )
    # As above: first which, then what they are about.
    newest = list(found.values_list("pk", flat=True)[:MOST])
    for thread in threads.filter(pk__in=newest).select_related("note__visit__patient"):
        visit = thread.note.visit
        yield Matter(
            Kind.COMMENT,
            (key_of("comment", thread.last_turn),),
            f"{thread.last_name} commented on the note of {visit.served_on:%m/%d/%Y}",
            reverse("note-review", args=[thread.note_id]),
            about=str(visit.patient.name),
            more=f"about {thread.label}" if thread.label else "",
            at=thread.last_at,
            is_done=not thread.is_open,
        )


def attestations(user: User, membership: Membership) -> Iterator[Matter]:
    found = (
        notes_attested_by(user)
        .filter(clinic=membership.clinic, attestation_asked__entry=None)
        .select_related("visit__patient", "attestation_asked")
        .order_by("-attestation_asked__asked_at", "pk")[:MOST]
    )
    for note in found:
        asked = note.attestation_asked
        yield Matter(
            Kind.ATTESTATION,
            (key_of("attestation", asked.pk),),
            f"You are asked to attest to the unsigned note of {note.visit.served_on:%m/%d/%Y}",
            reverse("attestations"),
            about=str(note.visit.patient.name),
            at=asked.asked_at,
        )


def licence(user: User, membership: Membership) -> Iterator[Matter]:
    standing = licences.of(user, clock.today(membership.clinic.time_zone))
    if standing and standing.word in (licences.SOON, licences.ENDED):
        yield Matter(
            Kind.LICENCE,
            (key_of("licence", standing.word, user.licence_expires_on),),
            standing.words,
            reverse("today"),
            more="Tell your administrator the new date.",
            tone=standing.tone,
            word=standing.word,
        )


def packets(user: User, membership: Membership) -> Iterator[Matter]:
    """What one asked to have made; done when it was fetched, or left the clinic another way."""
    found = (
        builds_visible_to(user)
        .filter(
            clinic=membership.clinic,
            made_by=user.pk,
            status__in=(Build.Status.DONE, Build.Status.FAILED),
        )
        .annotate(is_done=Q(handed_out__gt=0) | failed_and_settled())
        .filter(Q(is_done=False) | Q(finished_at__gte=_since()))
        .select_related("packet__patient", "copy__patient")
        .order_by("-finished_at", "-pk")[:MOST]
    )
    for build in found:
        is_ready = build.is_ready
        kinds = {
            "packet": build.packet,
            "copy of the whole chart": build.patient,
            "file of every chart": build.copy,
        }
        what = next((words for words, of in kinds.items() if of), "set of packets of a sample")
        yield Matter(
            Kind.PACKET,
            (key_of("packet", build.pk, build.status, build.finished_at),),
            f"The {what} is ready" if is_ready else f"The {what} could not be made",
            reverse("packet-build", args=[build.pk]),
            about=build.patient.name if build.patient else "",
            more=f"for {build.reviewer}" if is_ready else build.says,
            at=build.finished_at,
            is_done=build.is_done,
            tone="" if is_ready else "stop",
            word="" if is_ready else "Failed",
        )


def imports(user: User, membership: Membership) -> Iterator[Matter]:
    """Lists that one brought: checked and waiting to be looked at, or added."""
    found = (
        imports_visible_to(user)
        .filter(
            Q(begun_by=user.pk) | Q(carried_out_by=user.pk),
            clinic=membership.clinic,
            status__in=(PatientImport.Status.READY, PatientImport.Status.DONE),
            beat_at__gte=_since(),
        )
        .order_by("-beat_at", "-pk")[:MOST]
    )
    for made in found:
        is_added = made.status == PatientImport.Status.DONE
        wrong = made.counts.get(ImportRow.State.WRONG, 0)
        mend = f"{in_words(wrong, 'row|rows')} to mend" if wrong else ""
        yield Matter(
            Kind.IMPORT,
            (key_of("import", made.pk, made.status),),
            "The list of patients was added" if is_added else "The list of patients is checked: look at it",
            reverse("import", args=[made.pk]),
            more=mend,
            at=made.beat_at,
            # Nothing is left to do but to know it.
            is_done=is_added and not wrong,
        )


# --- Queues -----------------------------------------------------------------------------------------------


def desk(user: User, membership: Membership) -> Iterator[Matter]:
    """What waits to be cosigned or reviewed, as the desk has it: two lines, however much it is."""
    if not works_at_the_desk(user, membership):
        return
    sent = ReviewRequest.objects.filter(note=OuterRef("pk"), outcome=ReviewRequest.Outcome.WAITING)
    found = (
        waiting_for(user, membership.clinic)
        .annotate(
            sent=Subquery(sent.values("pk")[:1]),
            sent_at=Subquery(sent.values("sent_at")[:1]),
            is_to_user=Exists(sent.filter(reviewer=user.pk)),
        )
        .order_by("-visit__served_on", "pk")
        .values_list("pk", "status", "visit__served_on", "signed_at", "sent", "sent_at", "is_to_user")[:MOST]
    )
    rows = list(found)
    if cosign := [row for row in rows if row[1] == Status.SIGNED]:
        yield Matter(
            Kind.COSIGN,
            tuple(key_of("cosign", row[0], row[3]) for row in cosign),
            in_words(len(cosign), "note waits|notes wait") + " for a cosignature",
            reverse("review"),
            more=_oldest(row[2] for row in cosign),
            at=max((row[3] for row in cosign if row[3]), default=None),
        )
    if review := [row for row in rows if row[1] != Status.SIGNED]:
        to_you = sum(row[6] for row in review)
        yield Matter(
            Kind.REVIEW,
            tuple(key_of("review", row[0], row[4]) for row in review),
            in_words(len(review), "note is|notes are") + " sent for review",
            reverse("review"),
            more=f"{to_you} to you by name" if to_you else _oldest(row[2] for row in review),
            at=max((row[5] for row in review if row[5]), default=None),
        )


def _oldest(days: Iterable[dt.date]) -> str:
    days = list(days)
    return f"{'The oldest of' if len(days) > 1 else 'Of'} {min(days):%m/%d/%Y}"


def due(user: User, membership: Membership) -> Iterator[Matter]:
    """Of one's own patients; of the clinic's for records staff, who send and chase the papers."""
    everybody = membership.role == Role.RECORDS
    today = clock.today(membership.clinic.time_zone)
    reports, others = waiting.due_lines(user, membership, today, everybody=everybody)
    for lines, words in (
        (reports, "progress report is due|progress reports are due"),
        (others, f"{PAPERS} is due|certifications, orders or authorizations are due"),
    ):
        if lines:
            late = sum(line.item.tone == "stop" for line in lines)
            yield Matter(
                Kind.DUE,
                tuple(
                    key_of("due", line.item.kind, line.patient.pk, line.item.due_on, line.item.tone == "stop")
                    for line in lines[:MOST]
                ),
                in_words(len(lines), words),
                reverse("worklist"),
                more=f"{late} late" if late else "",
                tone="stop" if late else "",
                word="Late" if late else "",
            )


def clinics_licences(user: User, membership: Membership) -> Iterator[Matter]:
    today = clock.today(membership.clinic.time_zone)
    here = active_memberships().filter(clinic=membership.clinic).select_related("user").order_by("pk")
    standings = [(one.user, licences.of(one.user, today)) for one in here]
    for word, words in (
        (licences.ENDED, "licence has ended|licences have ended"),
        (licences.SOON, "licence ends soon|licences end soon"),
    ):
        found = [(person, standing) for person, standing in standings if standing and standing.word == word]
        if found:
            yield Matter(
                Kind.LICENCES,
                tuple(key_of("licences", word, one.pk, one.licence_expires_on) for one, _ in found),
                in_words(len(found), words),
                reverse("people"),
                tone=found[0][1].tone,
                word=word,
            )


Source = Callable[[User, Membership], Iterator[Matter]]
SOURCES: tuple[tuple[tuple[Kind, ...], Source], ...] = (
    ((Kind.RETURNED,), returned),
    ((Kind.COMMENT,), comments),
    ((Kind.REVIEW, Kind.COSIGN), desk),
    ((Kind.DUE,), due),
    ((Kind.ATTESTATION,), attestations),
    ((Kind.PACKET,), packets),
    ((Kind.IMPORT,), imports),
    ((Kind.LICENCE,), licence),
    ((Kind.LICENCES,), clinics_licences),
)
