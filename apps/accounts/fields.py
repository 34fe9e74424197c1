"""Form fields and a form that every app shares: how text becomes a value, and where a refusal is shown."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError

from apps.audit.refused import Refused

# Digits are written out: \d and strptime would also take the digits of other scripts.
ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
AMERICAN = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4}|[0-9]{2})")
TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?(?:\s?([AaPp])\.?[Mm]\.?)?")

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100


def day_from(text: str, *, is_past: bool = False) -> dt.date | None:
    """The date in `text` (03/14/1955, 3/14/55 or 1955-03-14), or None.

    A year of two digits means this century; with `is_past`, the last hundred years.
    """
    text = text.strip()
    if found := ISO.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := AMERICAN.fullmatch(text):
        month, day, year = (int(part) for part in found.groups())
        if len(found[3]) == 2:
            year += 2000
            if is_past and year > dt.datetime.now(dt.UTC).year:
                year -= 100
    else:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def plain(text: str) -> str:
    """One line of text in one spelling: NFC, no spaces at the ends, none doubled."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def no_broken_characters(text: str) -> None:
    """Lone surrogates cannot be stored as UTF-8, and control characters print as boxes."""
    if any(unicodedata.category(sign) in ("Cs", "Cc") for sign in text):
        raise ValidationError("This holds characters that cannot be stored. Type the text again.")


class Words(forms.CharField):
    """A line of text, normalised."""

    def __init__(self, **options):
        super().__init__(**options)
        self.validators.append(no_broken_characters)

    def to_python(self, value):
        return plain(super().to_python(value) or "")


class Capitals(Words):
    def to_python(self, value):
        return super().to_python(value).upper()


class Day(forms.DateField):
    """A date, chosen or typed."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def __init__(self, *, is_past: bool = False, **options):
        self.is_past = is_past
        super().__init__(**options)

    def to_python(self, value):
        if value in self.empty_values:
            return None
        day = day_from(value, is_past=self.is_past) if isinstance(value, str) else value
        if day is None:
            raise ValidationError("Write the date as MM/DD/YYYY, such as 03/14/1955.")
        if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            raise ValidationError(f"The year must be between {EARLIEST_YEAR} and {LATEST_YEAR}.")
        return day

    def bound_data(self, data, initial):
        # A date input shows nothing but ISO dates; what was typed in another form is kept that way.
        day = day_from(data, is_past=self.is_past) if isinstance(data, str) else None
        return day or data


class Hour(forms.TimeField):
    """A time of day, to the minute."""

    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})

    def to_python(self, value):
        if value in self.empty_values:
            return None
        if isinstance(value, dt.time):
            return value
        found = TIME.fullmatch(value.strip())
        if not found:
            raise ValidationError("Write the time as 09:30 or 2:15 PM.")
        hour, minute, half = int(found[1]), int(found[2]), (found[3] or "").lower()
        if half and not 1 <= hour <= 12:
            raise ValidationError("Write the time as 09:30 or 2:15 PM.")
        if half:
            hour = hour % 12 + (12 if half == "p" else 0)
        try:
            return dt.time(hour, minute)
        except ValueError as error:
            raise ValidationError("Write the time as 09:30 or 2:15 PM.") from error


class ActionForm(forms.Form):
    """Text in, an action's values out. `rows` is the layout: a tuple stands side by side."""

    rows: tuple[str | tuple[str, ...], ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False  # the <form> is written in the template, where it can be seen
        self.helper.disable_csrf = True
        if self.rows:
            layout = []
            for row in self.rows:
                names = [name for name in ((row,) if isinstance(row, str) else row) if name in self.fields]
                layout += [Div(*names, css_class="two")] if len(names) > 1 else names
            self.helper.layout = Layout(*layout)

    def carry_out(self, action, **known) -> bool:
        """Call the action with the form's values and `known`. False, with messages, when it cannot be done.

        What the action returned is in `self.result`.
        """
        if not self.is_valid():
            return False
        try:
            self.result = action(**self.cleaned_data, **known)
        except Refused as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
            return False
        return True
