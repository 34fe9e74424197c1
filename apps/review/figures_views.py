"""The figures: of the clinic or of one person for a supervisor, of oneself for everybody else."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.access import CHARTING, charted_in, for_roles
from apps.accounts.models import Role, User
from apps.accounts.requests import SignedInRequest
from apps.audit import clock, events, verbs

from . import desk_figures
from .tabs import desk_tabs


class WhoseForm(forms.Form):
    person = forms.ModelChoiceField(
        label="Whose", queryset=User.objects.none(), required=False, empty_label="The whole clinic"
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["person"].widget.attrs["class"] = "form-select"


@for_roles(*CHARTING)
@require_safe
def figures_page(request: SignedInRequest) -> HttpResponse:
    """Twelve weeks, or fewer of a very large clinic. A supervisor chooses whose; everybody else sees their
    own, whatever is asked for.
    """
    clinic = request.membership.clinic
    supervises = request.membership.role == Role.SUPERVISOR
    form = None
    person: User | None = request.user
    if supervises:
        form = WhoseForm(request.GET, people=charted_in(clinic))
        person = form.cleaned_data.get("person") if form.is_valid() else None
    found = desk_figures.of(request.user, clinic, clock.now(), person)
    events.record(
        verbs.FIGURES_OPENED, by=request.user, clinic=clinic, target=person, overdue=len(found.overdue)
    )
    context = {
        "figures": found,
        "form": form,
        "person": person,
        "is_own": person == request.user,
        "oversight": desk_tabs(request),
    }
    return render(request, "review/figures.html", context)
