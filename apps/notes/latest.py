"""What a process remembers of what it read last: so many values by key, for all of its threads."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from apps.audit import clock

T = TypeVar("T")


class Latest(Generic[T]):
    def __init__(self, most: int):
        self.most = most
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._turn = threading.Lock()

    def get(self, key: Hashable) -> T | None:
        with self._turn:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: Hashable, value: T) -> None:
        with self._turn:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self.most:
                self._values.popitem(last=False)

    def items(self) -> list[tuple[Hashable, T]]:
        with self._turn:
            return list(self._values.items())

    def clear(self) -> None:
        with self._turn:
            self._values.clear()


class Lately(Generic[T]):
    """The same for a while: what was read longer ago is read again."""

    def __init__(self, most: int):
        self._latest: Latest[tuple[dt.datetime, T]] = Latest(most)

    def get(self, key: Hashable, kept: dt.timedelta) -> T | None:
        """What was put less than `kept` ago."""
        found = self._latest.get(key)
        return found[1] if found is not None and clock.now() - found[0] < kept else None

    def put(self, key: Hashable, value: T) -> None:
        self._latest.put(key, (clock.now(), value))

    def clear(self) -> None:
        self._latest.clear()
