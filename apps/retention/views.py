"""Which charts are past the time for which they are kept, and what the clinic says of that time."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import for_roles
from apps.accounts.fields import ActionForm, Words
from apps.accounts.models import Role
from apps.accounts.requests import SignedInRequest
from apps.audit import clock
from apps.compliance import retention as figures
from apps.exports.packets.forms import Whole
from apps.patients.access import DISCLOSES, RETAINS, patients_retained_by

from . import past, rules
from .access import rules_kept_by

PER_PAGE = 25
LISTS = {"past": "Past their time", "held": "On legal hold", "minors": "Kept: no rule entered for minors"}


class RuleForm(ActionForm):
    rows = ("years", ("majority_age", "minors_extra_years"), "reason")

    years = Whole(
        label="Years from the last visit or signed entry",
        most=rules.LONGEST,
        least=1,
    )
    majority_age = Whole(label="Minors: age of majority in your state", most=30, least=1, required=False)
    minors_extra_years = Whole(
        label="Minors: years after that age", most=rules.LONGEST, least=0, required=False
    )
    reason = Words(
        label="Which law or policy says so?",
        max_length=500,
        required=False,
        help_text="Needed for more than the least, and for minors. Midline knows no state’s law.",
    )


@for_roles(*RETAINS)
@require_safe
def retention(request: SignedInRequest) -> HttpResponse:
    """One list at a time. There is no way to remove a chart, here or anywhere."""
    clinic = request.membership.clinic  # type: ignore[union-attr]
    today, period = clock.today(clinic.time_zone), rules.period_of(clinic)
    which = request.GET.get("list", "")
    which = which if which in LISTS else "past"
    patients = patients_retained_by(request.user).filter(clinic=clinic)
    if which == "held":
        found = past.held(patients)
    elif which == "minors":
        found = past.kept_for_minors(patients, period, today, clinic.zone)
    else:
        found = past.past(patients, period, today, clinic.zone)
    page = Paginator(found.values_list("pk", flat=True), PER_PAGE).get_page(request.GET.get("page"))
    role = request.membership.role  # type: ignore[union-attr]
    context = {
        "which": which,
        "lists": LISTS.items(),
        "page_obj": page,
        "rows": past.rows_of(list(page.object_list), period, clinic.zone),
        "period": period,
        "rule": rules.of(clinic),
        "floor": figures.floor(today),
        "may_be_minor": figures.may_be_minor(today),
        "today": today,
        "sees_charts": role in DISCLOSES,
        "decides": role == Role.ADMINISTRATOR,
    }
    return render(request, "retention/charts.html", context)


@for_roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def retention_rule(request: SignedInRequest) -> HttpResponse:
    """The clinic's period, as it was stated each time, and a form that states it anew."""
    clinic = request.membership.clinic  # type: ignore[union-attr]
    today, rule = clock.today(clinic.time_zone), rules.of(clinic)
    fields = ("years", "majority_age", "minors_extra_years", "reason")
    initial = {name: getattr(rule, name) for name in fields} if rule else {}
    form = RuleForm(request.POST or None, initial={"years": rules.period_of(clinic).years, **initial})
    if request.method == "POST" and form.carry_out(rules.state, clinic=clinic, by=request.user):
        messages.success(request, "Saved. The lists count by it from now on.")
        return redirect("retention-rule")
    period = rules.period_of(clinic)
    context = {
        "form": form,
        "floor": figures.floor(today),
        "today": today,
        "adult_through": period.ends_on(today, figures.earlier(today, rules.LONGEST)),
        "born_today_through": period.ends_on(today, today),
        "knows_minors": period.minors_until is not None,
        "stated": rules_kept_by(request.user).filter(clinic=clinic).select_related("set_by"),
    }
    return render(request, "retention/rule.html", context, status=422 if form.errors else 200)
