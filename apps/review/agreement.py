"""How far two reviewers agree, beyond what chance alone would give: Cohen's kappa, with the raw counts. Pure.

Source: J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20
(1960) 37-46. No words for a kappa (fair, good): those are other people's, and depend on the matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Agreement:
    """`counts` holds, by the first's and the second's answer, how often both came together."""

    counts: dict[tuple[str, str], int]

    @property
    def number(self) -> int:
        return sum(self.counts.values())

    @property
    def same(self) -> int:
        return sum(count for (first, second), count in self.counts.items() if first == second)

    @property
    def observed(self) -> Fraction | None:
        return Fraction(self.same, self.number) if self.number else None

    @property
    def expected(self) -> Fraction | None:
        """The share that would agree if both gave their own answers in their own proportions, blindly."""
        if not self.number:
            return None
        first: Counter[str] = Counter()
        second: Counter[str] = Counter()
        for (one, other), count in self.counts.items():
            first[one] += count
            second[other] += count
        return Fraction(sum(first[answer] * second[answer] for answer in first), self.number**2)

    @property
    def kappa(self) -> Fraction | None:
        """1 is full agreement, 0 what chance gives. None where it is not defined: both gave one answer."""
        observed, expected = self.observed, self.expected
        if observed is None or expected is None or expected == 1:
            return None
        return (observed - expected) / (1 - expected)


def of(pairs: Iterable[tuple[str, str]]) -> Agreement:
    """Of the answers that both gave to the same thing, the first reviewer's first."""
    return Agreement(dict(Counter(pairs)))
