"""How much of one text stands in another: the runs of words that both share. Pure, and shown as counted.

A run is RUN words or more, in the same order, with nothing between them but signs. Capitals and signs do not
count; figures do, so a run ends where today's number differs. The share is the words that stand in runs,
divided by all words that were compared. Nothing is guessed about meaning: what is counted can be marked in
both texts.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import Generic, TypeVar

RUN = 5
"""Words in the same order that make a run. Fewer are in every second sentence about balance."""

CLOSEST = 20
"""Earlier texts that are compared word by word: those that share most runs."""

_WORD = re.compile(r"[^\W_]+")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text, and where each stands in it."""

    text: str
    said: tuple[str, ...]
    places: tuple[tuple[int, int], ...]

    def runs(self) -> Iterator[tuple[str, ...]]:
        """Every RUN words that follow each other."""
        return (self.said[at : at + RUN] for at in range(len(self.said) - RUN + 1))


def words(text: str) -> Words:
    found = list(_WORD.finditer(text))
    return Words(text, tuple(match[0].casefold() for match in found), tuple(match.span() for match in found))


def runs_of(text: str) -> set[int]:
    """The runs of a text as numbers, for this process."""
    return set(map(hash, words(text).runs()))


def shared(one: Words, other: Words) -> frozenset[int]:
    """Which words of `one`, by number, stand in runs that are in `other` too."""
    theirs = set(other.runs())
    return frozenset(at + step for at, run in enumerate(one.runs()) if run in theirs for step in range(RUN))


def compared(one: Words, repeats: Iterable[Words]) -> frozenset[int]:
    """Which words of `one` are compared: all but those that repeat what is rightly repeated.

    Of `repeats` (a goal, a diagnosis) the whole counts as a run where it is shorter than one.
    """
    taken: set[int] = set()
    for other in repeats:
        taken |= shared(one, other)
        size = len(other.said)
        if 1 < size < RUN:
            for at in range(len(one.said) - size + 1):
                if one.said[at : at + size] == other.said:
                    taken.update(range(at, at + size))
    return frozenset(range(len(one.said))) - taken


def parts(text: Words, same: frozenset[int]) -> list[tuple[str, bool]]:
    """The text letter for letter, in stretches: is this one of the shared runs?"""
    found: list[tuple[str, bool]] = []
    stands = 0
    numbers = sorted(same)
    for at, number in enumerate(numbers):
        if at and numbers[at - 1] == number - 1:
            continue
        last = number
        while last + 1 in same:
            last += 1
        begins, ends = text.places[number][0], text.places[last][1]
        if begins > stands:
            found.append((text.text[stands:begins], False))
        found.append((text.text[begins:ends], True))
        stands = ends
    if stands < len(text.text):
        found.append((text.text[stands:], False))
    return found


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """The earlier text of which the largest share stands here."""

    percent: int
    same: frozenset[int]  # words of the text, by number
    source: T
    text: str


class Texts(Generic[T]):
    """Earlier texts, with where each run stands, so that comparing does not read them all again.

    A process keeps those of many people, so what is read first stands in two arrays, by the run's hash:
    sixteen bytes a run, where a dictionary takes two hundred. The few added later are in a dictionary.
    """

    def __init__(self, texts: Iterable[tuple[T, str]] = ()):
        self._texts: list[tuple[T, str]] = list(texts)
        runs: list[int] = []
        stands_in: list[int] = []
        for number, (_, text) in enumerate(self._texts):
            found = runs_of(text)
            runs += found
            stands_in += repeat(number, len(found))
        order = sorted(range(len(runs)), key=runs.__getitem__)
        self._runs = array("q", map(runs.__getitem__, order))
        self._stands_in = array("L", map(stands_in.__getitem__, order))
        self._added: dict[int, list[int]] = {}

    def add(self, texts: Iterable[tuple[T, str]]) -> None:
        for source, text in texts:
            for run in runs_of(text):
                self._added.setdefault(run, []).append(len(self._texts))
            self._texts.append((source, text))

    def _with(self, run: int) -> Iterable[int]:
        """The numbers of the texts in which a run stands."""
        first = bisect_left(self._runs, run)
        return (*self._stands_in[first : bisect_right(self._runs, run, first)], *self._added.get(run, ()))

    @property
    def sources(self) -> Iterator[T]:
        """Of each text, so the same several times."""
        return (source for source, _ in self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def closest(
        self, one: Words, numbers: frozenset[int], accepts: Callable[[T], bool] = lambda source: True
    ) -> Match[T] | None:
        """The text that shares most of the words `numbers` with `one`, if any shares a run."""
        met: Counter[int] = Counter()
        for run in one.runs():
            met.update(self._with(hash(run)))
        accepted = ((number, runs) for number, runs in met.most_common() if accepts(self._texts[number][0]))
        best: Match[T] | None = None
        for tried, (number, runs) in enumerate(accepted):
            # So many runs cover at most RUN words each: nothing that follows can be closer.
            if best and (tried == CLOSEST or len(best.same) >= min(runs * RUN, len(numbers))):
                break
            source, text = self._texts[number]
            same = shared(one, words(text)) & numbers
            if same and (best is None or len(same) > len(best.same)):
                best = Match(100 * len(same) // len(numbers), same, source, text)
        return best
