"""Ctrl+K from anywhere: patients, and the pages of the app, by a few letters. Words go by POST alone."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods
from rapidfuzz.distance import OSA

from apps.accounts.access import CHARTING, KEEPS_CHARTS
from apps.accounts.context import NAVIGATION
from apps.accounts.models import Membership, Role
from apps.accounts.requests import SignedInRequest
from apps.audit import clock, events, verbs

from . import search
from .access import BRINGS_IN_LISTS, DISCLOSES, RETAINS, patients_visible_to

MOST = 8
EVERYBODY = tuple(Role)

MORE: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    ("patient-add", "Add a patient", KEEPS_CHARTS),
    ("imports", "Bring patients in from a list", BRINGS_IN_LISTS),
    ("emergency-access", "Open a restricted chart in an emergency", CHARTING),
    ("disclosures", "Disclosure log of packets", DISCLOSES),
    ("hold-add", "Place a legal hold", RETAINS),
    ("retention", "How long charts are kept", RETAINS),
    ("retention-rule", "State how long charts are kept", (Role.ADMINISTRATOR,)),
    ("sample-add", "Packets for a sample", DISCLOSES),
    ("verification", "Verify the record", (Role.SUPERVISOR, Role.ADMINISTRATOR)),
    ("person-add", "Invite a person", (Role.ADMINISTRATOR,)),
    ("payer-add", "Add a payer", (Role.ADMINISTRATOR,)),
    ("rule-severities", "Severity of rules", (Role.ADMINISTRATOR,)),
    ("record-policy", "Cosignature and late entries", (Role.ADMINISTRATOR,)),
    ("fees", "Fees", (Role.ADMINISTRATOR,)),
    ("locality", "Locality", (Role.ADMINISTRATOR,)),
    ("paper", "Paper", (Role.ADMINISTRATOR,)),
    ("letterhead", "Letterhead and logo", (Role.ADMINISTRATOR,)),
    ("packet-policy", "How long packets are kept", (Role.ADMINISTRATOR,)),
    ("phrases", "Phrases", tuple(role for role in Role if role != Role.RECORDS)),
    ("inbox", "Inbox", EVERYBODY),
    ("inbox-mail", "Mail about your inbox", EVERYBODY),
    ("security", "Your sign-in", EVERYBODY),
)
"""Pages beside those of the bar above: address, words, whose they are."""


class Page(NamedTuple):
    words: str
    address: str


def pages_of(membership: Membership) -> list[Page]:
    """The pages that somebody may go to, those of the bar first."""
    role = Role(membership.role)
    pages: dict[str, Page] = {}
    for name, words, roles in (*((*link, (role,)) for link in NAVIGATION.get(role, ())), *MORE):
        try:
            address = reverse(name)
        except NoReverseMatch:  # a link of the bar whose page is not there yet
            continue
        if role in roles:
            pages.setdefault(address, Page(words, address))
    return list(pages.values())


def pages_like(words: str, pages: list[Page]) -> list[Page]:
    """The pages in whose words every word begins one, a slip forgiven; without any words, all of them."""
    parts = search.folded(words).split()

    def begins(part: str, word: str) -> bool:
        slips = 1 if len(part) > 3 else 0
        return word.startswith(part) or OSA.distance(part, word[: len(part)]) <= slips

    return [
        page
        for page in pages
        if all(any(begins(part, word) for word in search.folded(page.words).split()) for part in parts)
    ]


@login_required
@require_http_methods(["GET", "POST"])
def find(request: SignedInRequest) -> HttpResponse:
    """What matches, as one types; without scripts a page of its own."""
    words = request.POST.get("q", "")[:200]
    context: dict = {"words": words, "sought": bool(words.strip())}
    if request.membership:
        pages = pages_of(request.membership)
        context["pages"] = pages_like(words, pages) if words.strip() else pages
        if words.strip():
            context |= _patients(request, words)
    return render(request, "patients/_palette_found.html" if request.htmx else "patients/find.html", context)


def _patients(request: SignedInRequest, words: str) -> dict:
    clinic = request.membership.clinic  # type: ignore[union-attr]
    visible = patients_visible_to(request.user).filter(clinic=clinic)
    found, exact = search.nearest(visible, words, clinic=clinic, most=MOST)
    events.record(verbs.PATIENTS_SEARCHED, by=request.user, clinic=clinic, found=len(found))
    today = clock.today(clinic.time_zone)
    for patient in found:
        patient.age = patient.age_on(today)
    return {"patients": found[:exact], "near": found[exact:], "is_full": exact == MOST}
