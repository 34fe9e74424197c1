"""The pages of phrases: what stands in one's list, add one, change or retire one."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.access import for_roles
from apps.accounts.fields import ActionForm
from apps.accounts.requests import SignedInRequest
from apps.audit.refused import Refused

from . import saved_phrases
from .fields import Words
from .phrases import KINDS, shipped

LONGEST = 300


class PhraseForm(ActionForm):
    rows = ("kind", "words", "shared")

    kind = forms.ChoiceField(label="What it is for", choices=[("", "Choose…"), *KINDS.items()])
    words = Words(
        label="Phrase",
        required=True,
        max_length=LONGEST,
        help_text="Three low lines, ___, are a blank. Each phrase has one at least.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    shared = forms.TypedChoiceField(
        label="Whose list",
        choices=[("", "Mine"), ("1", "Everybody’s in this clinic")],
        coerce=bool,
        empty_value=False,  # type: ignore[arg-type]  # any value will do
        required=False,
        widget=forms.RadioSelect,
    )


@for_roles(*saved_phrases.KEEPS)
@require_http_methods(["GET", "POST"])
def phrases(request: SignedInRequest) -> HttpResponse:
    """One's own phrases, the clinic's and Midline's, and a form for one more."""
    clinic, role = request.membership.clinic, request.membership.role  # type: ignore[union-attr]
    form = PhraseForm(request.POST if request.method == "POST" else None)
    known = {"clinic": clinic, "by": request.user}
    if role not in saved_phrases.SHARES or role not in saved_phrases.WRITES:
        del form.fields["shared"]
        form.helper.layout.pop(-1)
        known["shared"] = role in saved_phrases.SHARES
    if request.method == "POST" and form.carry_out(saved_phrases.add, **known):
        messages.success(request, "Saved. It stands in the list that / opens in a note.")
        return redirect("phrases")
    listed = saved_phrases.of(request.user, clinic.pk).select_related("saved_by")
    return render(
        request,
        "notes/phrases.html",
        {
            "form": form,
            "writes": role in saved_phrases.WRITES,
            "shares": role in saved_phrases.SHARES,
            "own": [one for one in listed if one.owner_id],
            "of_clinic": [one for one in listed if not one.owner_id],
            "shipped": shipped(),
        },
        status=422 if form.errors else 200,
    )


@for_roles(*saved_phrases.KEEPS)
@require_http_methods(["GET", "POST"])
def phrase(request: SignedInRequest, pk) -> HttpResponse:
    """Change a phrase, or retire it."""
    phrase = get_object_or_404(saved_phrases.kept_by(request.user).select_related("clinic"), pk=pk)
    if "retire" in request.POST:
        try:
            saved_phrases.retire(phrase=phrase, by=request.user)
            messages.success(request, "Retired. Notes that hold its words keep them.")
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("phrases")
    form = PhraseForm(
        request.POST if request.method == "POST" else None,
        initial={"kind": phrase.kind, "words": phrase.words},
    )
    del form.fields["shared"]
    form.helper.layout.pop(-1)
    if request.method == "POST" and form.carry_out(saved_phrases.change, phrase=phrase, by=request.user):
        messages.success(request, "Changed. Notes that hold the words as they were keep them.")
        return redirect("phrases")
    return render(
        request,
        "notes/phrase.html",
        {"phrase": phrase, "form": form},
        status=422 if form.errors else 200,
    )
