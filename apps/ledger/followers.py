"""What happens after an entry is in the ledger for good: work of apps that the ledger does not know.

An app registers a function in its `ready`. It is called once the transaction of the entry is committed, so it
can neither delay a signature nor undo it; a failure of it is logged, and the entry stands.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from .models import LedgerEntry

_followers: list[Callable[[LedgerEntry], None]] = []


def register(follower: Callable[[LedgerEntry], None]) -> None:
    if follower not in _followers:
        _followers.append(follower)


def tell_after_commit(entry: LedgerEntry) -> None:
    """Have everybody told of an entry, once it cannot be taken back."""
    for follower in _followers:
        transaction.on_commit(lambda follower=follower: follower(entry), robust=True)
