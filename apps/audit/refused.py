"""The exception with which an action says no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_raised: ContextVar[list[Refused] | None] = ContextVar("raised", default=None)


@contextmanager
def watched() -> Iterator[list[Refused]]:
    """The refusals meanwhile. What an action refused is rolled back, so it is recorded by whoever answers."""
    raised: list[Refused] = []
    token = _raised.set(raised)
    try:
        yield raised
    finally:
        _raised.reset(token)


class Refused(Exception):
    """The action was not done. The message says why and what to do, in words a clinician can read.

    `field` names the form field it is about, where there is one.
    """

    def __init__(self, message: str, *, field: str = ""):
        super().__init__(message)
        self.field = field
        if (raised := _raised.get()) is not None:
            raised.append(self)
