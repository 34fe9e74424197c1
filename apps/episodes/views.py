"""The episode of care: the plan with its versions and goals, its papers, authorizations, and the worklist."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.access import CHARTING, KEEPS_CHARTS, for_roles, role_in
from apps.accounts.fields import day_from
from apps.accounts.models import Role
from apps.accounts.password import PasswordAgain, recognised_by
from apps.audit import clock, events, verbs
from apps.audit.refused import Refused
from apps.compliance import standing as standings
from apps.ledger import chain
from apps.patients import banner
from apps.patients.access import only_reads, patients_cared_for_by, patients_kept_by

from . import actions, due, record, sentences, worklist
from .access import (
    authorizations_kept_by,
    goals_kept_by,
    papers_kept_by,
    plans_kept_by,
    plans_papered_by,
    plans_visible_to,
    versions_visible_to,
)
from .document import document_of, signed_document
from .forms import AuthorizationForm, EndForm, GoalForm, GoalStatusForm, PaperForm, VersionForm
from .models import Paper, PlanVersion

UNPROCESSABLE = 422


def charted_or_404(request, pk):
    """A patient whose plans the person may write."""
    patient = get_object_or_404(patients_cared_for_by(request.user).select_related("clinic"), pk=pk)
    if role_in(request.user, patient.clinic) not in CHARTING:
        raise Http404
    return patient


def kept_or_404(plans, pk):
    return get_object_or_404(plans.select_related("patient__clinic", "established_by"), pk=pk)


def status_of(form) -> int:
    return UNPROCESSABLE if form.errors else 200


# --- The plan and its versions ----------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def plan_add(request, patient):
    patient = charted_or_404(request, patient)
    initial = {
        "discipline": request.user.discipline,
        "established_on": actions.today_of(patient),
        "precautions": patient.precautions,
        "diagnoses": list(patient.diagnoses.filter(ended_on=None).values_list("pk", flat=True)),
    }
    form = VersionForm(request.POST or None, patient=patient, initial=initial)
    if request.method == "POST" and form.carry_out(actions.add_plan, patient=patient, by=request.user):
        messages.success(request, "Draft saved. Now set its goals, then sign it.")
        return redirect("plan", form.result.pk)
    context = {"form": form, **banner.of(patient)}
    return render(request, "episodes/plan_edit.html", context, status=status_of(form))


@login_required
@require_GET
def plan(request, pk):
    """The episode on one page: what is due, the dates in a row, goals, papers, versions."""
    found = kept_or_404(plans_visible_to(request.user), pk)
    patient = found.patient
    today = actions.today_of(patient)
    role = "" if only_reads(request.user, patient) else role_in(request.user, patient.clinic)
    asked = due.plans_on(today).filter(pk=pk).first()
    papers = list(found.papers.select_related("document", "version", "recorded_by"))
    context = {
        **banner.of(patient),
        "plan": found,
        "today": today,
        "goals": found.goals.prefetch_related("history__recorded_by"),
        "papers": papers,
        "kinds": Paper.Kind.choices,
        "versions": versions_visible_to(request.user)
        .filter(plan=found)
        .exclude(status=PlanVersion.Status.DISCARDED)
        .select_related("signed_by", "started_by")
        .order_by("-number"),
        "may_chart": role in CHARTING,
        "may_record": role in KEEPS_CHARTS,
        "changed_since": role in CHARTING and goals_changed_since(found),
    }
    if asked:  # not one that only begins later
        episode = due.episode_of(asked, [paper for paper in papers if paper.counts], today)
        context |= {
            "standing": standings.standing(episode, today),
            "steps": standings.steps(episode, today),
            "days": due.treatment_days(asked, today) if found.is_signed and not found.ended_on else None,
        }
    events.record(verbs.PLAN_OPENED, by=request.user, clinic=patient.clinic, patient=patient, target=found)
    return render(request, "episodes/plan.html", context)


def goals_changed_since(plan) -> bool:
    """Do the goals read differently from those that were signed last, and is no revision open?"""
    version = plan.versions.filter(number=plan.signed_number).first()
    if version is None or plan.ended_on or plan.versions.filter(status=PlanVersion.Status.DRAFT).exists():
        return False
    signed = chain.read(record.signed_entry(version))["goals"]
    now = record.goals_of(version)
    return [(goal["number"], goal["words"]) for goal in signed] != [
        (goal["number"], goal["words"]) for goal in now
    ]


@login_required
@require_http_methods(["GET", "POST"])
def plan_draft(request, pk):
    """What the open draft says."""
    found = kept_or_404(plans_kept_by(request.user), pk)
    version = found.versions.filter(status=PlanVersion.Status.DRAFT).first()
    if version is None:
        messages.info(request, "No draft is open. Revise the plan to write a new version.")
        return redirect("plan", pk)
    initial = {name: getattr(version, name) for name in actions.CONTENTS}
    initial |= {
        "revision": version.revision,
        "diagnoses": list(version.diagnoses.values_list("pk", flat=True)),
    }
    form = VersionForm(request.POST or None, patient=found.patient, version=version, initial=initial)
    if request.method == "POST" and form.carry_out(actions.change_draft, version=version, by=request.user):
        messages.success(request, "Draft saved.")
        return redirect("plan-sign" if "sign" in request.POST else "plan", pk)
    context = {"form": form, "plan": found, "version": version, **banner.of(found.patient)}
    return render(request, "episodes/plan_edit.html", context, status=status_of(form))


@login_required
@require_POST
def plan_revise(request, pk):
    found = kept_or_404(plans_kept_by(request.user), pk)
    try:
        actions.revise(plan=found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("plan", pk)
    return redirect("plan-draft", pk)


@login_required
@require_POST
def plan_discard(request, pk):
    found = kept_or_404(plans_kept_by(request.user), pk)
    version = found.versions.filter(status=PlanVersion.Status.DRAFT).first()
    try:
        if version:
            actions.discard_draft(version=version, by=request.user)
            messages.success(request, "The revision was discarded. The signed plan stays as it is.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("plan", pk)


@login_required
@require_http_methods(["GET", "POST"])
def plan_sign(request, pk):
    """The plan as it will print, what is missing, and the signature."""
    found = kept_or_404(plans_kept_by(request.user), pk)
    version = (
        found.versions.filter(status=PlanVersion.Status.DRAFT).select_related("plan__patient__clinic").first()
    )
    if version is None:
        messages.info(request, "This plan is signed. Signed words never change.")
        return redirect("plan", pk)
    form = PasswordAgain(request.POST if request.method == "POST" else None, request=request)
    if request.method == "POST" and form.is_valid():
        try:
            entry = actions.sign(
                version=version,
                by=request.user,
                preview=request.POST.get("preview", ""),
                authenticated=recognised_by(request),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            version.refresh_from_db()
        else:
            messages.success(request, f"Signed. The plan is entry {entry.seq} of the clinic’s record.")
            return redirect("plan-version", version.pk)
    payload = record.payload_of(version)
    context = {
        **banner.of(found.patient),
        "plan": found,
        "version": version,
        "document": document_of(payload),
        "preview": record.preview_digest(payload),
        "missing": record.missing(version),
        "advised": record.advised(version),
        "may_not": actions.why_not_sign(version, request.user),
        "meaning": record.MEANING,
        "form": form,
    }
    return render(request, "episodes/plan_sign.html", context, status=status_of(form))


def read_or_404(request, pk, verb):
    """A version with the words to show: of a signed one the ledger's, of a draft the rows as they stand."""
    versions = versions_visible_to(request.user).exclude(status=PlanVersion.Status.DISCARDED)
    version = get_object_or_404(versions.select_related("plan__patient__clinic"), pk=pk)
    patient = version.plan.patient
    events.record(verb, by=request.user, clinic=patient.clinic, patient=patient, target=version)
    if version.is_draft:
        return version, document_of(record.payload_of(version))
    return version, signed_document(record.signed_entry(version))


@login_required
@require_GET
def plan_version(request, pk):
    version, document = read_or_404(request, pk, verbs.PLAN_OPENED)
    context = {
        "version": version,
        "plan": version.plan,
        "document": document,
        **banner.of(version.plan.patient),
    }
    return render(request, "episodes/plan_version.html", context)


@login_required
@require_GET
def plan_print(request, pk):
    """The version alone, with room for the physician's or NPP's signature."""
    version, document = read_or_404(request, pk, verbs.PLAN_PRINTED)
    return render(request, "episodes/plan_print.html", {"version": version, "document": document})


@login_required
@require_http_methods(["GET", "POST"])
def plan_end(request, pk):
    found = kept_or_404(plans_kept_by(request.user), pk)
    form = EndForm(request.POST or None, initial={"ended_on": actions.today_of(found.patient)})
    if request.method == "POST" and form.carry_out(actions.end_plan, plan=found, by=request.user):
        messages.success(request, "The plan is ended. Nothing of it is due any more.")
        return redirect("plan", pk)
    context = {"form": form, "plan": found, "title": "End the plan of care", **banner.of(found.patient)}
    return render(request, "episodes/form.html", context, status=status_of(form))


# --- Goals ------------------------------------------------------------------------------------------------


def goal_page(request, form, plan, goal=None):
    """The form beside its sentence. Asked for the sentence alone (`preview`), nothing is judged or saved."""
    posted = form.data if form.is_bound else {}
    parts = {
        name: posted.get(name, "") if form.is_bound else (form.initial.get(name) or "")
        for name in sentences.PARTS
    }
    if form.is_bound:
        parts["target_on"] = day_from(str(parts["target_on"]))
    context = {
        "form": form,
        "plan": plan,
        "goal": goal,
        "sentence": sentences.goal(parts),
        "lacks": sentences.missing(parts),
        **banner.of(plan.patient),
    }
    if request.htmx and "preview" in request.POST:
        return render(request, "episodes/_sentence.html", context)
    if "preview" in request.POST:
        form.errors.clear()
        return render(request, "episodes/goal.html", context)
    return render(request, "episodes/goal.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "POST"])
def goal_add(request, plan):
    found = kept_or_404(plans_kept_by(request.user), plan)
    form = GoalForm(request.POST or None)
    wants_save = request.method == "POST" and "preview" not in request.POST
    if wants_save and form.carry_out(actions.add_goal, plan=found, by=request.user):
        messages.success(request, f"Goal {form.result.number} added.")
        return redirect("goal-add" if "another" in request.POST else "plan", found.pk)
    return goal_page(request, form, found)


@login_required
@require_http_methods(["GET", "POST"])
def goal(request, pk):
    found = get_object_or_404(goals_kept_by(request.user).select_related("plan__patient__clinic"), pk=pk)
    initial = {name: getattr(found, name) for name in actions.GOAL_PARTS}
    form = GoalForm(request.POST or None, is_signed=found.plan.is_signed, initial=initial)
    wants_save = request.method == "POST" and "preview" not in request.POST
    if wants_save and form.carry_out(actions.change_goal, goal=found, by=request.user):
        messages.success(request, "Saved.")
        return redirect("plan", found.plan_id)
    return goal_page(request, form, found.plan, found)


@login_required
@require_http_methods(["GET", "POST"])
def goal_status(request, pk):
    """What became of a goal, and what was said of it before."""
    found = get_object_or_404(goals_kept_by(request.user).select_related("plan__patient__clinic"), pk=pk)
    form = GoalStatusForm(request.POST or None, initial={"on": actions.today_of(found.plan.patient)})
    if request.method == "POST" and form.carry_out(actions.record_goal, goal=found, by=request.user):
        messages.success(request, f"Goal {found.number}: {form.result.get_status_display().lower()}.")
        return redirect("plan", found.plan_id)
    history = found.history.select_related("recorded_by")
    context = {
        "form": form,
        "goal": found,
        "plan": found.plan,
        "history": history,
        **banner.of(found.plan.patient),
    }
    return render(request, "episodes/goal_status.html", context, status=status_of(form))


# --- Orders, transmission, certification ------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def paper_add(request, plan):
    """Record what a physician or NPP signed, said or was sent. `kind` says which."""
    found = kept_or_404(plans_papered_by(request.user), plan)
    asked = request.POST.get("kind") or request.GET.get("kind") or Paper.Kind.ORDER
    kind = Paper.Kind(asked) if asked in Paper.Kind.values else Paper.Kind.ORDER
    today = actions.today_of(found.patient)
    starts_on = {Paper.Kind.CERTIFICATION: found.starts_on, Paper.Kind.RECERTIFICATION: today}.get(kind)
    form = PaperForm(
        request.POST if "signer_name" in request.POST else None,
        plan=found,
        kind=kind,
        initial={"starts_on": starts_on},
    )
    if form.is_bound and form.carry_out(actions.record_paper, plan=found, kind=kind, by=request.user):
        messages.success(request, "Recorded.")
        return redirect("plan", found.pk)
    context = {
        "form": form,
        "plan": found,
        "kind": kind,
        "kinds": Paper.Kind.choices,
        **banner.of(found.patient),
    }
    return render(request, "episodes/paper.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "POST"])
def paper(request, pk):
    papers = papers_kept_by(request.user).select_related("plan__patient__clinic", "recorded_by")
    found = get_object_or_404(papers, pk=pk)
    kind = Paper.Kind(found.kind)
    initial = {name: getattr(found, name) for name in actions.PAPER_FIELDS}
    form = PaperForm(request.POST or None, plan=found.plan, kind=kind, paper=found, initial=initial)
    if request.method == "POST" and form.carry_out(actions.change_paper, paper=found, by=request.user):
        messages.success(request, "Saved.")
        return redirect("plan", found.plan_id)
    context = {
        "form": form,
        "plan": found.plan,
        "paper": found,
        "kind": kind,
        **banner.of(found.plan.patient),
    }
    return render(request, "episodes/paper.html", context, status=status_of(form))


# --- Authorizations ---------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def authorization_add(request, patient):
    patient = get_object_or_404(patients_kept_by(request.user).select_related("clinic"), pk=patient)
    form = AuthorizationForm(request.POST or None, patient=patient)
    if request.method == "POST" and form.carry_out(
        actions.add_authorization, patient=patient, by=request.user
    ):
        messages.success(request, "Authorization added.")
        return redirect("patient", patient.pk)
    context = {"form": form, "title": "Add an authorization", **banner.of(patient)}
    return render(request, "episodes/form.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "POST"])
def authorization(request, pk):
    found = get_object_or_404(authorizations_kept_by(request.user).select_related("patient__clinic"), pk=pk)
    patient = found.patient
    initial = {name: getattr(found, name) for name in actions.AUTHORIZATION_FIELDS}
    form = AuthorizationForm(request.POST or None, patient=patient, initial=initial)
    if request.method == "POST" and form.carry_out(
        actions.change_authorization, authorization=found, by=request.user
    ):
        messages.success(request, "Saved.")
        return redirect("patient", patient.pk)
    use = due.use_of(found, due.used_of([found]).get(found.pk, 0), actions.today_of(patient))
    context = {"form": form, "title": "Authorization", "use": use, **banner.of(patient)}
    return render(request, "episodes/form.html", context, status=status_of(form))


# --- What is due ------------------------------------------------------------------------------------------


@for_roles(*CHARTING, Role.RECORDS)
@require_GET
def worklist_page(request):
    """What is due or late for one's patients, and what waits for one's signature."""
    clinic, role = request.membership.clinic, request.membership.role
    may_see_all = role in (Role.SUPERVISOR, Role.RECORDS)
    everybody = role == Role.RECORDS or (may_see_all and request.GET.get("whose") == "all")
    today = clock.today(clinic.time_zone)
    context = {
        "worklist": worklist.of(request.user, clinic, role, today, everybody=everybody),
        "today": today,
        "may_see_all": role == Role.SUPERVISOR,
        "is_everybody": everybody,
    }
    return render(request, "episodes/worklist.html", context)
