"""Text into plans of care and goals."""

from __future__ import annotations

from django import forms

from apps.accounts.fields import ActionForm, Day, Words
from apps.accounts.models import Discipline

from .models import PlanOfCare


class PlanForm(ActionForm):
    rows = (("discipline", "frequency"), ("starts_on", "through_on"), "certified_on")

    discipline = forms.ChoiceField(choices=[("", "Choose …"), *Discipline.choices])
    frequency = Words(
        max_length=100, required=False, help_text=PlanOfCare._meta.get_field("frequency").help_text
    )
    starts_on = Day(label="Established on")
    through_on = Day(label="Through")
    certified_on = Day(required=False)


class GoalForm(ActionForm):
    rows = ("words", ("target_on", "ended_on"))

    words = Words(
        label="Goal", max_length=500, widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"})
    )
    target_on = Day(label="To be met by", required=False)
    ended_on = Day(required=False, help_text="When it was met or given up. Its number is not used again.")

    def __init__(self, *args, goal=None, **kwargs):
        super().__init__(*args, **kwargs)
        if goal is None:
            del self.fields["ended_on"]
