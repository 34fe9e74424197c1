"""What is asked about a clinic itself: on the first day, and whenever it changes."""

from __future__ import annotations

import zoneinfo

from django import forms

from .fields import ActionForm, Words
from .npi import possible_npi

ZONES = (
    ("America/New_York", "Eastern"),
    ("America/Chicago", "Central"),
    ("America/Denver", "Mountain"),
    ("America/Phoenix", "Mountain, Arizona (no daylight saving)"),
    ("America/Los_Angeles", "Pacific"),
    ("America/Anchorage", "Alaska"),
    ("Pacific/Honolulu", "Hawaii"),
    ("America/Puerto_Rico", "Atlantic, Puerto Rico"),
    ("Pacific/Guam", "Guam"),
)


def zones() -> list:
    usual = {key for key, _ in ZONES}
    others = sorted(zoneinfo.available_timezones() - usual)
    return [("", "Choose"), ("Usual", ZONES), ("All", [(key, key) for key in others])]


class ClinicForm(ActionForm):
    """The clinic as its paper names it, and its wall clock."""

    rows: tuple[str | tuple[str, ...], ...] = ("name", "address", ("phone", "npi"), "time_zone")

    name = Words(label="Name of the clinic", max_length=200, help_text="As it prints on every note.")
    address = Words(max_length=300, help_text="Street, city, state and ZIP, as it prints.")
    phone = Words(max_length=40)
    npi = Words(
        label="NPI of the clinic",
        max_length=10,
        required=False,
        validators=[possible_npi],
        help_text="Ten digits; the last one is checked.",
    )
    time_zone = forms.ChoiceField(help_text="The clinic’s wall clock decides which day a note belongs to.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zones()
