"""Telling that something happened that people of a clinic may wait for. Says nothing about what it was.

Who listens says so in their AppConfig, and looks at the rows themselves: news is no message. Told twice or
late it does no harm, and told never it leaves nothing on a page wrong for longer than a minute.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

Listener = Callable[[UUID], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Call `listener` with the id of the clinic, once the change that is told of is kept."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(clinic: UUID) -> None:
    """Something happened in the clinic. A listener that fails undoes nothing."""
    for listener in _listeners:
        transaction.on_commit(lambda listener=listener: listener(clinic), robust=True)  # type: ignore[misc]
