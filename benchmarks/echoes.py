"""Texts of three hundred made-up notes, to see what comparing one more with them costs."""

from __future__ import annotations

import random
from collections.abc import Callable

NOTES, TEXTS, WORDS = 300, 14, 24

VOCABULARY = (
    "step turn left right rail foam tap hip slower held reach porch again trunk weight shift stance "
    "target floor knee ankle eyes level counter cue verbal light contact before after each trial loss help"
)


def text(chance: random.Random) -> str:
    return " ".join(chance.choices(VOCABULARY.split(), k=WORDS))


def prepared() -> tuple[Callable[[], object], Callable[[], object]]:
    """Two calls: one text that is like nothing and one that is a clone, compared; and all the others read."""
    from apps.notes.similarity import Texts, words

    chance = random.Random(97112)
    known = [(number // TEXTS, text(chance)) for number in range(NOTES * TEXTS)]
    texts = Texts(known)
    new, cloned = words(text(chance)), words(known[1234][1])

    def compare() -> None:
        for one in (new, cloned):
            texts.closest(one, frozenset(range(len(one.said))))

    return compare, lambda: Texts(known)
