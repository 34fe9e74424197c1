"""How much of a payer's authorization is left on a day. Numbers and dates in, a state and a sentence out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

WARN_DAYS = 14
"""How long before its last day an authorization is called about to end. The clinic's own choice."""


class Left(StrEnum):
    """The states of an authorization."""

    LATER = "not begun"
    ENOUGH = "enough left"
    FEW = "few left"
    ENDING = "ends soon"
    USED_UP = "used up"
    EXPIRED = "expired"


TONES: dict[Left, str] = {
    Left.LATER: "",
    Left.ENOUGH: "ok",
    Left.FEW: "warn",
    Left.ENDING: "warn",
    Left.USED_UP: "stop",
    Left.EXPIRED: "stop",
}


def counted(number: int, what: str) -> str:
    """ "1 visit", "3 visits" """
    return f"{number} {what.removesuffix('s') if number == 1 else what}"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a payer allowed, and what of it is used."""

    allowed: int
    used: int
    starts_on: date
    through_on: date
    counts: str = "visits"  # or "units"
    warn_left: int = 3

    @property
    def left(self) -> int:
        return self.allowed - self.used

    def state_on(self, day: date) -> Left:
        if day < self.starts_on:
            return Left.LATER
        if day > self.through_on:
            return Left.EXPIRED
        if self.left <= 0:
            return Left.USED_UP
        if self.left <= self.warn_left:
            return Left.FEW
        if day > self.through_on - timedelta(days=WARN_DAYS):
            return Left.ENDING
        return Left.ENOUGH

    def words_on(self, day: date) -> str:
        """ "9 of 12 visits used; 3 left through 12/31/2026." """
        state = self.state_on(day)
        through = self.through_on.strftime("%m/%d/%Y")
        used = f"{self.used} of {counted(self.allowed, self.counts)} used"
        if state is Left.LATER:
            return f"{counted(self.allowed, self.counts)} from {self.starts_on:%m/%d/%Y} through {through}."
        if state is Left.EXPIRED:
            return f"{used}; it ended on {through}."
        if self.left < 0:
            return f"{used}: {-self.left} more than allowed."
        return f"{used}; {self.left} left through {through}."
