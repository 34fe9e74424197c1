"""The pages of oversight and of the review desk, side by side, for whoever has them."""

from __future__ import annotations

from apps.accounts.models import Role

from .access import works_at_the_desk

TABS = (
    ("trail", "Audit trail", (Role.SUPERVISOR, Role.ADMINISTRATOR)),
    ("emergency-report", "Emergency access", (Role.SUPERVISOR,)),
    ("verification", "Verification", (Role.SUPERVISOR, Role.ADMINISTRATOR)),
)


def tabs(role: str) -> list[tuple[str, str]]:
    """Address and words of each page that the role has."""
    return [(name, words) for name, words, roles in TABS if role in roles]


def desk_tabs(request) -> list[tuple[str, str]]:
    """The pages of the review desk that the person has."""
    found = [("review-figures", "Figures")]
    if works_at_the_desk(request.user, request.membership):
        found = [("review", "Queue"), *found, ("peer-samples", "Peer review")]
    return found
