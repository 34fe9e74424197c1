"""Text into patients, coverage, diagnoses and payers."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError

from apps.accounts.fields import ActionForm, Day, Words
from apps.compliance import payers

from .models import Diagnosis, Patient, Payer, Sex

SEXES = [("", "Choose …"), *Sex.choices]


class PatientForm(ActionForm):
    rows = (
        ("family_name", "given_name"),
        ("born_on", "sex"),
        ("mrn", "phone"),
        "precautions",
        "is_restricted",
    )

    family_name = Words(max_length=120)
    given_name = Words(max_length=120)
    born_on = Day(label="Date of birth", is_past=True)
    sex = forms.ChoiceField(choices=SEXES)
    mrn = Words(label="MRN", max_length=40)
    phone = Words(max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    precautions = Words(
        max_length=500, required=False, help_text=Patient._meta.get_field("precautions").help_text
    )
    is_restricted = forms.BooleanField(
        label="Restricted chart",
        required=False,
        help_text=Patient._meta.get_field("is_restricted").help_text,
    )


class CoverageForm(ActionForm):
    rows = (("payer", "member_number"), ("starts_on", "ends_on"), "rank")

    payer = forms.ModelChoiceField(queryset=Payer.objects.none(), empty_label="Choose …")
    member_number = Words(max_length=60)
    starts_on = Day(label="Covered from")
    ends_on = Day(label="Covered until", required=False, help_text="Empty while it goes on.")
    rank = forms.TypedChoiceField(
        label="Billed", coerce=int, choices=[(1, "First"), (2, "Second"), (3, "Third")], initial=1
    )

    def __init__(self, *args, patient, payer=None, **kwargs):
        super().__init__(*args, **kwargs)
        listed = Payer.objects.filter(clinic=patient.clinic_id)
        # A payer that the clinic no longer takes stays with the coverage that has it.
        in_use = listed.filter(is_active=True) | listed.filter(pk=payer.pk if payer else None)
        self.fields["payer"].queryset = in_use.order_by("name")


class DiagnosisForm(ActionForm):
    """The code is chosen from the search beside it, so the template writes these fields itself."""

    code = forms.CharField(max_length=20, error_messages={"required": "Choose a diagnosis from the list."})
    type = forms.ChoiceField(
        choices=Diagnosis.Type.choices, initial=Diagnosis.Type.TREATING, widget=forms.RadioSelect
    )
    onset_on = Day(label="Onset", required=False, is_past=True)


def known_policy(key: str) -> None:
    if payers.get(key) is None:
        raise ValidationError("Choose one of the policies.")


class PayerForm(ActionForm):
    rows = ("name", "policy", "is_active")

    name = Words(max_length=200)
    policy = forms.ChoiceField(help_text="Which payer's rules its visits are held to.")
    is_active = forms.BooleanField(
        label="In use", required=False, help_text="Without this it cannot be chosen for new coverage."
    )

    def __init__(self, *args, payer=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = [
            ("", "Choose …"),
            *((policy.key, policy.label) for policy in payers.all()),
        ]
        if payer is None:
            del self.fields["is_active"]
            self.helper.layout.pop()  # the last row, which is is_active alone
