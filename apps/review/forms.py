"""Text into the filters of the audit trail, and into disclosures."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet

from apps.accounts.fields import ActionForm, Day, Words
from apps.accounts.models import User
from apps.visits.forms import RangeForm

from . import trail


class TrailForm(RangeForm):
    """What of the trail to show. Whatever is not one of the choices is as if it had not been said."""

    person = forms.ModelChoiceField(
        label="Who", queryset=User.objects.none(), required=False, empty_label="Everybody"
    )
    kind = forms.ChoiceField(label="What", choices=[("", "Everything"), *trail.KINDS], required=False)
    sort = forms.ChoiceField(
        label="Order", choices=[(key, words) for key, (words, _) in trail.SORTS.items()], required=False
    )
    field_order = ("start", "end", "person", "kind", "sort")

    def __init__(self, *args, people: QuerySet[User], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people
        for field in self.fields.values():
            is_choice = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"

    def choices(self) -> dict[str, str]:
        values = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        person = values.get("person")
        return {
            "kind": values.get("kind") or "",
            "sort": values.get("sort") or "newest",
            "person": str(person.pk) if person else "",
        }


class DisclosureForm(ActionForm):
    rows = (("made_on", "recipient"), "address", "words", "purpose")

    made_on = Day(label="Date")
    recipient = Words(label="To whom", max_length=200)
    address = Words(label="Their address, if known", max_length=300, required=False)
    words = Words(label="What was given", max_length=500)
    purpose = Words(label="Why", max_length=500)


class SeenForm(ActionForm):
    words = Words(label="In your words", max_length=500, required=False)
