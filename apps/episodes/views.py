"""Plans of care and their goals."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from apps.accounts.access import CHARTING, role_in
from apps.patients import banner
from apps.patients.access import patients_visible_to

from . import actions
from .access import goals_kept_by, plans_kept_by
from .forms import GoalForm, PlanForm


@login_required
def plan_add(request, patient):
    patient = get_object_or_404(patients_visible_to(request.user).select_related("clinic"), pk=patient)
    if role_in(request.user, patient.clinic) not in CHARTING:
        raise Http404
    form = PlanForm(request.POST or None, initial={"discipline": request.user.discipline})
    if request.method == "POST" and form.carry_out(actions.add_plan, patient=patient, by=request.user):
        messages.success(request, "Plan of care added. Now add its goals.")
        return redirect("plan", form.result.pk)
    return render(request, "episodes/plan.html", {"form": form, **banner.of(patient)})


@login_required
def plan(request, pk):
    found = get_object_or_404(plans_kept_by(request.user).select_related("patient__clinic"), pk=pk)
    initial = {name: getattr(found, name) for name in actions.PLAN_FIELDS}
    form = PlanForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.carry_out(actions.change_plan, plan=found, by=request.user):
        messages.success(request, "Saved.")
        return redirect("patient", found.patient_id)
    context = {"form": form, "plan": found, **banner.of(found.patient), "goals": found.goals.all()}
    return render(request, "episodes/plan.html", context)


@login_required
def goal_add(request, plan):
    found = get_object_or_404(plans_kept_by(request.user).select_related("patient__clinic"), pk=plan)
    form = GoalForm(request.POST or None)
    if request.method == "POST" and form.carry_out(actions.add_goal, plan=found, by=request.user):
        messages.success(request, f"Goal {form.result.number} added.")
        return redirect("plan", found.pk)
    return render(request, "episodes/goal.html", {"form": form, "plan": found, **banner.of(found.patient)})


@login_required
def goal(request, pk):
    found = get_object_or_404(goals_kept_by(request.user).select_related("plan__patient__clinic"), pk=pk)
    initial = {name: getattr(found, name) for name in actions.GOAL_FIELDS}
    form = GoalForm(request.POST or None, goal=found, initial=initial)
    if request.method == "POST" and form.carry_out(actions.change_goal, goal=found, by=request.user):
        messages.success(request, "Saved.")
        return redirect("plan", found.plan_id)
    context = {"form": form, "goal": found, "plan": found.plan, **banner.of(found.plan.patient)}
    return render(request, "episodes/goal.html", context)
