"""When somebody wants a mail, as a form."""

from __future__ import annotations

from typing import Any

from django import forms

from apps.accounts.fields import ActionForm
from apps.accounts.models import Membership

from . import choices
from .models import MailChoice


class MailForm(ActionForm):
    """One field for each kind that the person's role has."""

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any):
        chosen = choices.of(membership)
        super().__init__(*args, initial={str(kind): when for kind, when in chosen.items()}, **kwargs)
        for kind in chosen:
            select = forms.Select(attrs={"class": "form-select"})
            field = forms.ChoiceField(label=kind.label, choices=MailChoice.When.choices, widget=select)
            field.label_suffix = ""
            self.fields[kind.value] = field
