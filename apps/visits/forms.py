"""Text into visits and attendance; the dates of the day's list and of the log."""

from __future__ import annotations

import datetime as dt

from django import forms

from apps.accounts.access import CHARTING
from apps.accounts.fields import ActionForm, Day, Hour, Words
from apps.accounts.models import Role, User
from apps.patients.models import Coverage

from .models import Attendance, Place


def people_of(clinic, *roles):
    """Those who work in the clinic in one of `roles`, by name."""
    return User.objects.filter(
        memberships__clinic=clinic, memberships__is_active=True, memberships__role__in=roles
    ).order_by("name", "id")


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, person):
        return person.signature_name


class CoverageField(forms.ModelChoiceField):
    def label_from_instance(self, coverage):
        return f"{coverage.payer.name}, billed {coverage.get_rank_display()}"


class VisitForm(ActionForm):
    rows = (
        ("served_on", "expected_at"),
        ("clinician", "place"),
        ("assistant", "student"),
        "coverage",
    )

    served_on = Day(label="Date of service")
    expected_at = Hour(label="Expected at", required=False)
    clinician = PersonField(
        queryset=User.objects.none(),
        empty_label="Choose …",
        help_text="Who treats, or supervises the treatment.",
    )
    assistant = PersonField(queryset=User.objects.none(), required=False, empty_label="None")
    student = PersonField(queryset=User.objects.none(), required=False, empty_label="None")
    place = forms.ChoiceField(
        label="Place of service",
        choices=[(code, f"{words} ({code})") for code, words in Place.choices],
        initial=Place.OFFICE,
    )
    coverage = CoverageField(
        label="Payer",
        queryset=Coverage.objects.none(),
        required=False,
        empty_label="Whoever is billed first on that day",
    )

    def __init__(self, *args, patient, **kwargs):
        super().__init__(*args, **kwargs)
        clinic = patient.clinic
        self.fields["clinician"].queryset = people_of(clinic, Role.THERAPIST, Role.SUPERVISOR)
        self.fields["assistant"].queryset = people_of(clinic, *CHARTING)
        self.fields["student"].queryset = people_of(clinic, Role.STUDENT)
        self.fields["coverage"].queryset = patient.coverages.select_related("payer")


class AttendanceForm(ActionForm):
    rows = ("attendance", "reason")

    attendance = forms.ChoiceField(choices=Attendance, widget=forms.RadioSelect)
    reason = Words(
        max_length=500,
        required=False,
        help_text="Needed when the visit was cut short, cancelled or refused, or when nobody came.",
    )


class DayForm(forms.Form):
    """Which day to show."""

    on = Day(label="Day", required=False)


class RangeForm(forms.Form):
    """From when until when."""

    start = Day(label="From", required=False)
    end = Day(label="Until", required=False)

    def days(self, today: dt.date) -> tuple[dt.date, dt.date]:
        """The two dates; four weeks until today where they say nothing that can be used."""
        values = self.cleaned_data if self.is_valid() else {}
        end = values.get("end") or today
        return values.get("start") or end - dt.timedelta(days=27), end

    def clean(self):
        values = super().clean() or {}
        if values.get("start") and values.get("end") and values["end"] < values["start"]:
            self.add_error("end", "This is before the first date.")
        return values
