"""The kinds of what can wait for a person, whose each is, and how a mail counts it."""

from __future__ import annotations

from django.db import models

from apps.accounts.models import Role


class Kind(models.TextChoices):
    RETURNED = "returned", "A note comes back to you"
    COMMENT = "comment", "A comment waits for your answer"
    REVIEW = "review", "A note is sent for review"
    COSIGN = "cosign", "A note waits for a cosignature"
    DUE = "due", "A progress report, certification, order or authorization is due"
    ATTESTATION = "attestation", "An attestation is asked of you"
    PACKET = "packet", "A packet that you asked for is ready, or could not be made"
    IMPORT = "import", "A list of patients has been read or added"
    LICENCE = "licence", "Your licence ends soon"
    LICENCES = "licences", "A licence of somebody in the clinic ends soon"


CHARTS = (
    Kind.RETURNED,
    Kind.COMMENT,
    Kind.REVIEW,
    Kind.COSIGN,
    Kind.DUE,
    Kind.ATTESTATION,
    Kind.LICENCE,
)

OF_ROLE: dict[str, tuple[Kind, ...]] = {
    Role.THERAPIST: CHARTS,
    Role.ASSISTANT: (Kind.RETURNED, Kind.COMMENT, Kind.DUE, Kind.ATTESTATION, Kind.LICENCE),
    Role.STUDENT: (Kind.RETURNED, Kind.COMMENT, Kind.ATTESTATION),
    Role.SUPERVISOR: (*CHARTS, Kind.PACKET, Kind.IMPORT),
    Role.RECORDS: (Kind.PACKET, Kind.DUE, Kind.IMPORT),
    Role.ADMINISTRATOR: (Kind.LICENCES, Kind.PACKET, Kind.IMPORT),
}
"""What can wait for somebody with this role."""

APPEARS = {
    Kind.RETURNED: "your notes that come back",
    Kind.COMMENT: "comments that wait for your answer",
    Kind.REVIEW: "notes sent for review",
    Kind.COSIGN: "notes to cosign",
    Kind.DUE: "reports, certifications, orders and authorizations that are due",
    Kind.ATTESTATION: "attestations asked of you",
    Kind.PACKET: "packets and copies of charts that you asked for, ready or failed",
    Kind.IMPORT: "lists of patients, read or added",
    Kind.LICENCE: "your licence, before it ends",
    Kind.LICENCES: "licences that end soon",
}
"""For the empty inbox: what would be in it."""

COUNTED = {
    Kind.RETURNED: "note came back to you|notes came back to you",
    Kind.COMMENT: "comment waits for your answer|comments wait for your answer",
    Kind.REVIEW: "note was sent for review|notes were sent for review",
    Kind.COSIGN: "note waits for a cosignature|notes wait for a cosignature",
    Kind.DUE: "report, certification, order or authorization is due"
    "|reports, certifications, orders or authorizations are due",
    Kind.ATTESTATION: "attestation is asked of you|attestations are asked of you",
    Kind.PACKET: "packet is ready or could not be made|packets are ready or could not be made",
    Kind.IMPORT: "list has been read or added|lists have been read or added",
    Kind.LICENCE: "licence, your own, ends soon or has ended|",
    Kind.LICENCES: "licence ends soon or has ended|licences end soon or have ended",
}
"""A line of a mail after its number: one, and many. No word here can be about a patient."""


def in_words(number: int, words: str) -> str:
    """`words` as one|many, with the number before them."""
    one, _, many = words.partition("|")
    return f"{number} {one if number == 1 or not many else many}"
