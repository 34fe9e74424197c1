"""The page where an administrator changes what the clinic's paper carries above its documents."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.access import for_roles
from apps.accounts.fields import ActionForm, Words
from apps.accounts.models import Role
from apps.accounts.requests import SignedInRequest

from . import letterhead


class LetterheadForm(ActionForm):
    rows = ("organisation", "words", "logo", "keeps_logo")

    organisation = Words(label="Name of the organization", required=False, max_length=200)
    words = Words(label="A line under it", required=False, max_length=200, help_text="Such as a fax number.")
    logo = forms.FileField(label="Another logo", required=False, help_text=letterhead.ACCEPTS)
    keeps_logo = forms.BooleanField(
        label="Keep the logo that is there, unless another is chosen", required=False
    )

    def clean_logo(self) -> bytes | None:
        upload = self.cleaned_data["logo"]
        return letterhead.read_logo(upload) if upload else None


@for_roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def change(request: SignedInRequest) -> HttpResponse:
    clinic = request.membership.clinic  # type: ignore[union-attr]
    last = letterhead.latest(clinic.pk)
    initial = {"keeps_logo": True}
    if last is not None:
        initial |= {"organisation": last.organisation, "words": last.words}  # type: ignore[dict-item]
    form = LetterheadForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.carry_out(letterhead.set_letterhead, clinic=clinic, by=request.user):
        messages.success(request, "Saved. Documents that are signed from now on carry it.")
        return redirect("letterhead")
    context = {"form": form, "letterhead": last, "picture": letterhead.picture_of(last)}
    return render(request, "exports/letterhead.html", context, status=422 if form.errors else 200)
