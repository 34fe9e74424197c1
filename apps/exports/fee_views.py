"""The page of the clinic's fee schedule."""

from __future__ import annotations

import re
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.access import for_roles
from apps.accounts.fields import ActionForm, Day, Words
from apps.accounts.models import Role
from apps.accounts.requests import SignedInRequest

from . import fees
from .access import fees_kept_by

# Digits are written out: Decimal would take those of other scripts, underscores and exponents as well.
DOLLARS = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,2})?")


class Dollars(forms.Field):
    """An amount such as 62.50. A sign for dollars before it and a comma in it do no harm."""

    def __init__(self, **options):
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "maxlength": 12}), **options)

    def to_python(self, value) -> Decimal | None:
        text = (value or "").strip().removeprefix("$").replace(",", "").strip()
        if not text:
            return None
        if not DOLLARS.fullmatch(text):
            raise ValidationError("Write dollars with at most two decimals, such as 62.50.")
        return Decimal(text)


class FeeForm(ActionForm):
    rows = (("code", "charge"), "starts_on", "source")

    code = forms.ChoiceField(choices=fees.known_codes)
    charge = Dollars(label="Charge per unit")
    starts_on = Day(label="For dates of service from")
    source = Words(
        label="Where it is written",
        max_length=300,
        help_text="The decision or contract, with its date.",
    )


@for_roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def fee_schedule(request: SignedInRequest) -> HttpResponse:
    """What the clinic charges, code by code and day by day, and a form for one more."""
    clinic = request.membership.clinic  # type: ignore[union-attr]
    form = FeeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.carry_out(fees.set_fee, clinic=clinic, by=request.user):
        messages.success(request, "Saved. It counts for dates of service from that day on.")
        return redirect("fees")
    rows = fees_kept_by(request.user).filter(clinic=clinic).select_related("set_by")
    labels = dict(fees.known_codes())
    context = {"form": form, "rows": [(row, labels.get(row.code, row.code)) for row in rows]}
    return render(request, "exports/fees.html", context, status=422 if form.errors else 200)
