"""The pages of oversight, side by side, for whoever has them."""

from __future__ import annotations

from apps.accounts.models import Role

TABS = (
    ("trail", "Audit trail", (Role.SUPERVISOR, Role.ADMINISTRATOR)),
    ("emergency-report", "Emergency access", (Role.SUPERVISOR,)),
    ("verification", "Verification", (Role.SUPERVISOR, Role.ADMINISTRATOR)),
)


def tabs(role: str) -> list[tuple[str, str]]:
    """Address and words of each page that the role has."""
    return [(name, words) for name, words, roles in TABS if role in roles]
