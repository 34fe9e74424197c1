"""The questions of the set-up page."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError

from apps.accounts.clinic_form import ClinicForm
from apps.accounts.fields import Words
from apps.compliance import payers as policies
from apps.exports import letterhead
from apps.notes import record_policy
from apps.notes.fields import WholeNumber


class SetUpForm(ClinicForm):
    """One page, with nothing chosen beforehand that a clinic decides for itself."""

    rows = ()

    administrator_name = Words(label="Your name", max_length=200)
    administrator_email = forms.EmailField(label="Your e-mail address", max_length=254)

    payers = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    late_after_hours = WholeNumber(
        high=record_policy.LONGEST,
        unit="hours",
        required=False,
        label="A note is a late entry after how many hours",
        help_text="Counted from the end of the day of service.",
    )
    cosigns_assistants = forms.BooleanField(required=False, label="Notes of a PTA or OTA are cosigned")
    source = Words(
        label="Who asks for that",
        required=False,
        max_length=300,
        help_text="The regulation or the clinic’s own policy, with its date.",
    )

    organisation = Words(
        label="Name of the organization",
        required=False,
        max_length=200,
        help_text="If it is not the clinic’s own.",
    )
    words = Words(
        label="A line under the address",
        required=False,
        max_length=200,
        help_text="Such as a fax number or a site.",
    )
    logo = forms.FileField(required=False, help_text=letterhead.ACCEPTS)

    PARTS = (
        ("The clinic", ("name", "address", "phone", "npi", "time_zone"), ""),
        (
            "The first administrator",
            ("administrator_name", "administrator_email"),
            "You add everybody else. An administrator sees no charts: who also treats gets a second sign-in, "
            "as a therapist, under another address.",
        ),
        (
            "Payers",
            ("payers",),
            "Those that this clinic bills. Each brings how units are counted and what else it asks for; "
            "where Midline does not know, the note asks its author. More can be added later.",
        ),
        (
            "The record",
            ("late_after_hours", "cosigns_assistants", "source"),
            "State law and payers differ, so Midline asks for no cosignature by itself. Left empty, a note "
            "is a late entry after three days. It can be set later.",
        ),
        (
            "Letterhead",
            ("organisation", "words", "logo"),
            "On the PDF of every note and on the cover of a packet.",
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["payers"].choices = [(one.key, one.label) for one in policies.all()]

    def parts(self):
        """Each part as its heading, what it is about, and its fields."""
        return [(title, about, [self[name] for name in names]) for title, names, about in self.PARTS]

    def clean_logo(self) -> bytes | None:
        upload = self.cleaned_data["logo"]
        return letterhead.read_logo(upload) if upload else None

    def clean(self):
        values = super().clean()
        asked = values.get("cosigns_assistants") or values.get("late_after_hours") is not None
        if asked and not values.get("source") and "source" not in self.errors:
            self.add_error(
                "source", ValidationError("Name who asks for it, or leave the whole part for later.")
            )
        if (
            values.get("source")
            and values.get("late_after_hours") is None
            and "late_after_hours" not in self.errors
        ):
            self.add_error("late_after_hours", ValidationError("Write the number of hours."))
        return values
