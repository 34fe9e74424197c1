"""Form fields that take what people type in a note, and say beside the field what cannot be stored."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

ASCII_NUMBER = re.compile(r"[0-9]{1,6}", re.ASCII)
ASCII_DECIMAL = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?", re.ASCII)
ASCII_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(:00)?", re.ASCII)


class Words(forms.CharField):
    """Typed words, kept as typed: only line ends and Unicode composition are made uniform."""

    def __init__(self, **kwargs):
        kwargs.setdefault("strip", False)
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)
        self.error_messages["max_length"] = (
            "This is %(show_value)d characters long; %(limit_value)d can be kept here. "
            "What was saved before is still there. Shorten the text, and it saves by itself."
        )

    def to_python(self, value):
        value = super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")
        if "\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise ValidationError("There is a character here that cannot be stored. Type this part again.")
        return unicodedata.normalize("NFC", value)


class WholeNumber(forms.Field):
    """A whole number in the digits 0 to 9, or nothing. `1_5`, `٣` and `-3` are not numbers here."""

    widget = forms.TextInput

    def __init__(self, *, low: int = 0, high: int, unit: str, **kwargs):
        self.low, self.high, self.unit = low, high, unit
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def to_python(self, value):
        text = (value or "").strip()
        if not text:
            return None
        if not ASCII_NUMBER.fullmatch(text):
            raise ValidationError(f"Write whole {self.unit} with the digits 0 to 9.")
        number = int(text)
        if not self.low <= number <= self.high:
            raise ValidationError(f"{self.unit.capitalize()} here go from {self.low} to {self.high}.")
        return number

    def widget_attrs(self, widget):
        return {"inputmode": "numeric", "autocomplete": "off", "maxlength": 7}


class DecimalNumber(forms.Field):
    """A value such as 16.8, in the digits 0 to 9 with a point, or nothing."""

    widget = forms.TextInput

    def __init__(self, **kwargs):
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def to_python(self, value):
        text = (value or "").strip()
        if not text:
            return None
        if not ASCII_DECIMAL.fullmatch(text):
            raise ValidationError("Write a number such as 16.8, with at most two decimals.")
        return Decimal(text)

    def widget_attrs(self, widget):
        return {"inputmode": "decimal", "autocomplete": "off", "maxlength": 9}


class ClockTime(forms.Field):
    """A time of day such as 14:30, or nothing."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def __init__(self, **kwargs):
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def to_python(self, value):
        text = (value or "").strip()
        if not text:
            return None
        match = ASCII_TIME.fullmatch(text)
        if match is None:
            raise ValidationError("Write a time such as 14:30.")
        return dt.time(int(match[1]), int(match[2]))
