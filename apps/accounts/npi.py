"""Whether ten digits can be an NPI: the last of them follows from the others.

Source: CMS, "Requirements for National Provider Identifier (NPI) and NPI check digit": the Luhn sum over the
prefix 80840 and the number. Commonly known; that document was not read again. The digit tells a mistyped
number from a possible one, and says nothing about whose it is.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError

from .models import NPI

PREFIX = "80840"


def check_digit_is_right(number: str) -> bool:
    digits = [int(digit) for digit in reversed(PREFIX + number)]
    doubled = [2 * digit - 9 if digit > 4 else 2 * digit for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def possible_npi(value: str) -> None:
    NPI(value)
    if not check_digit_is_right(value):
        raise ValidationError(
            "This cannot be an NPI: its last digit does not fit the others. Check each digit."
        )
