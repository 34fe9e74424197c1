"""Which passphrases are too easy, beyond their length and the list of stolen ones."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError

KNOWN_WORDS = (
    "midline",
    "97112",
    "97110",
    "neuromuscular",
    "physicaltherapy",
    "occupationaltherapy",
    "therapist",
    "therapy",
    "clinic",
    "rehab",
    "passphrase",
    "password",
    "welcome",
    "letmein",
    "qwertyuiop",
    "qwerty",
    "asdfgh",
    "abcdefgh",
    "0123456789",
    "123456789",
    "12345",
    "987654321",
)
LEFT_AT_LEAST = 8
DIFFERENT_AT_LEAST = 6


class NotOnlyKnownWords:
    """Refuses what consists of this program's and the trade's own words, of rows of keys, or of few signs."""

    def validate(self, password: str, user=None) -> None:
        left = re.sub(r"[\W_]+", "", password.lower())
        clinics = []
        if user is not None and user.pk and not user._state.adding:
            clinics = [membership.clinic.name for membership in user.memberships.select_related("clinic")]
        words = [*KNOWN_WORDS, *(word for name in clinics for word in name.lower().split() if len(word) > 3)]
        for word in sorted(words, key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < LEFT_AT_LEAST or len(set(left)) < DIFFERENT_AT_LEAST:
            raise ValidationError(
                "This is easy to guess: it holds little besides well-known words, rows of keys, or the same "
                "signs again. Four words that have nothing to do with each other are good.",
                code="known_words",
            )

    def get_help_text(self) -> str:
        return "Not only words of this program or of the trade, and not rows of keys."
