"""The pages about the rules: find one, read one, and for administrators choose what one does here."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.access import for_roles
from apps.accounts.fields import ActionForm, Words
from apps.accounts.models import Role
from apps.accounts.requests import SignedInRequest
from apps.audit import clock
from apps.compliance import rules as catalogue
from apps.compliance.rule import Severity

from . import rulebook
from .access import severities_seen_by, severity_changes_of
from .models import ClinicSeverity
from .policy import policy_of, set_severity

CHANGES_PER_PAGE = 25
CHOOSE = "Choose what the rule does here."


def clinic_policy(request: SignedInRequest) -> dict[str, str]:
    """The policy of the clinic in which the person works; none for somebody without one."""
    return policy_of(request.membership.clinic_id) if request.membership else {}


@login_required
@require_GET
def rules(request: SignedInRequest) -> HttpResponse:
    """The catalogue: everything that a note is checked for, with its source. As one types: the list alone."""
    words = request.GET.get("q", "")[:200].strip()
    found = rulebook.find(words)
    context = {
        "words": words,
        "topics": rulebook.by_topic(found, clinic_policy(request)),
        "found": len(found),
        "total": len(catalogue.CATALOGUE),
        "version": catalogue.CATALOGUE_VERSION,
    }
    return render(request, "notes/_rules_found.html" if request.htmx else "notes/rules.html", context)


@login_required
@require_GET
def rule(request: SignedInRequest, code: str) -> HttpResponse:
    found = catalogue.get(code)
    if found is None:
        raise Http404
    context = {"entry": rulebook.entry(found, clinic_policy(request)), "rule": found}
    if request.membership:
        context["today"] = clock.today(request.membership.clinic.time_zone)
        here = severities_seen_by(request.user).filter(clinic=request.membership.clinic_id)
        context["choice"] = here.filter(code=code).first()
    return render(request, "notes/rule.html", context)


class SeverityForm(ActionForm):
    """What one rule is to do. There are many on the page, so each has its rule's code in its ids."""

    rows = ("severity", "reason")

    # No ChoiceField: the action says why a severity beyond the limits cannot be chosen.
    severity = forms.CharField(
        label="What it does here", widget=forms.Select, error_messages={"required": CHOOSE}
    )
    reason = Words(label="Reason", max_length=300, required=False, help_text="Kept in the history.")

    def __init__(self, data=None, *, entry: rulebook.Entry, choice: ClinicSeverity | None):
        initial = {"severity": entry.here.severity.value, "reason": choice.reason if choice else ""}
        super().__init__(data, initial=initial, auto_id=f"id_{entry.rule.code}_%s")
        self.fields["severity"].widget.choices = entry.choices

    def clean_severity(self) -> str:
        severity = self.cleaned_data["severity"]
        if severity not in list(Severity):
            raise forms.ValidationError(CHOOSE)
        return severity


@for_roles(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def rule_severities(request: SignedInRequest) -> HttpResponse:
    """What each rule does in the clinic, with a form where the clinic may choose, and what was changed."""
    clinic = request.membership.clinic
    chosen = severities_seen_by(request.user).filter(clinic=clinic).select_related("set_by")
    choices = {row.code: row for row in chosen}
    policy = {code: row.severity for code, row in choices.items()}
    tried = catalogue.get(request.POST.get("code", "")) if request.method == "POST" else None
    bound = None
    if tried:
        bound = SeverityForm(
            request.POST, entry=rulebook.entry(tried, policy), choice=choices.get(tried.code)
        )
        if bound.carry_out(set_severity, clinic=clinic, code=tried.code, by=request.user):
            messages.success(request, f"{tried.code} is changed. Notes that are signed stay as they are.")
            return redirect(f"{resolve_url('rule-severities')}#{tried.code}")
    events = severity_changes_of(clinic)
    context = {
        "topics": [
            (topic, [row_of(entry, choices, tried, bound) for entry in entries])
            for topic, entries in rulebook.by_topic(catalogue.CATALOGUE, policy)
        ],
        "changed": len(policy),
        "is_unknown": request.method == "POST" and tried is None,
        "page_obj": Paginator(events, CHANGES_PER_PAGE).get_page(request.GET.get("page")),
        "effects": {one.value: words for one, words in rulebook.EFFECTS.items()},
    }
    return render(request, "notes/severities.html", context, status=422 if request.method == "POST" else 200)


def row_of(entry: rulebook.Entry, choices: dict[str, ClinicSeverity], tried, bound) -> dict:
    """A rule with the choice made for it and, where there is something to choose, its form."""
    choice = choices.get(entry.rule.code)
    is_tried = tried is entry.rule
    form = bound if is_tried else None
    if form is None and entry.is_adjustable:
        form = SeverityForm(entry=entry, choice=choice)
    return {"entry": entry, "rule": entry.rule, "choice": choice, "form": form, "is_tried": is_tried}
