"""The page where an administrator chooses the clinic's paper."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.access import for_roles
from apps.accounts.fields import ActionForm
from apps.accounts.models import Paper, Role
from apps.accounts.requests import SignedInRequest

from .paper import set_paper


class PaperForm(ActionForm):
    rows = ("paper",)

    paper = forms.ChoiceField(
        choices=Paper.choices,
        help_text="Of notes as PDF, from the next one on. Packets are on US Letter, as their readers are.",
    )


@for_roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def paper(request: SignedInRequest) -> HttpResponse:
    clinic = request.membership.clinic  # type: ignore[union-attr]
    form = PaperForm(request.POST or None, initial={"paper": clinic.paper})
    if request.method == "POST" and form.carry_out(set_paper, clinic=clinic, by=request.user):
        messages.success(request, "Saved.")
        return redirect("paper")
    return render(request, "exports/paper.html", {"form": form}, status=422 if form.errors else 200)
