"""The pages of an import: the file, its columns, what would happen, how far it is, and what became of it."""

from __future__ import annotations

import io
from typing import Any

from defusedcsv import csv
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import for_roles
from apps.accounts.requests import SignedInRequest
from apps.audit import events, verbs
from apps.audit.refused import Refused
from apps.patients import uploads

from . import actions, columns, files
from .access import BRINGS_IN_LISTS, charts_known_to, imports_visible_to
from .forms import ColumnsForm, FileForm
from .models import ImportRow, PatientImport

Status, State, Answer = PatientImport.Status, ImportRow.State, ImportRow.Answer
PER_PAGE = 25
ROWS_SHOWN = 3


# Checking the form's token reads the whole request, and then it is too late to cap the upload. So the inner
# view checks it, after the cap is in place and the person was found to bring lists in.
@csrf_exempt
@for_roles(*BRINGS_IN_LISTS)
@require_http_methods(["GET", "POST"])
def imports(request: SignedInRequest) -> HttpResponse:
    """Everything that was brought in, and a form that brings in more."""
    if request.method == "POST":
        request.upload_handlers.insert(0, uploads.Cap(request))
    return imports_page(request)


@csrf_protect
def imports_page(request: SignedInRequest) -> HttpResponse:
    is_sent = request.method == "POST"
    clinic = request.membership.clinic  # type: ignore[union-attr]
    form = FileForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        was_too_large=is_sent and bool(request.POST) and getattr(request, "upload_was_too_large", False),
    )
    if is_sent and form.carry_out(actions.begin, clinic=clinic, by=request.user):
        return redirect("import", form.result.pk)
    visible = imports_visible_to(request.user).filter(clinic=clinic)
    rows = visible.select_related("begun_by", "carried_out_by", "undone_by")
    context = {"form": form, "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))}
    return render(request, "intake/imports.html", context, status=422 if form.errors else 200)


@for_roles(*BRINGS_IN_LISTS)
@require_safe
def import_sample(request: SignedInRequest) -> HttpResponse:
    """A file with the heading that needs no choosing, and nobody in it."""
    heading = [field.label for field in columns.FIELDS if field.name != "whole_name"]
    return _csv([heading], "midline-patients")


def _csv(rows: list[list[str]], name: str) -> HttpResponse:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return HttpResponse(
        # With a mark, so that Excel takes it for UTF-8.
        text.getvalue().encode("utf-8-sig"),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def import_or_404(request: SignedInRequest, pk) -> PatientImport:
    visible = imports_visible_to(request.user)
    return get_object_or_404(
        visible.select_related("clinic", "begun_by", "carried_out_by", "undone_by"), pk=pk
    )


@login_required
@require_safe
def patient_import(request: SignedInRequest, pk) -> HttpResponse:
    """Where an import stands, and the one thing that is to be done next."""
    made = import_or_404(request, pk)
    context: dict[str, Any] = {"made": made, "is_interrupted": actions.is_interrupted(made)}
    if request.htmx:
        # The bar alone while it goes on; at its end the whole page, which then shows what is next.
        response = render(request, "intake/_progress.html", context)
        if not made.is_at_work:
            response["HX-Refresh"] = "true"
        return response
    if made.status == Status.COLUMNS:
        return columns_page(request, made, ColumnsForm(heading=made.heading, chosen=made.columns))
    if made.status == Status.READY:
        return preview(request, made, context)
    if made.status == Status.DONE:
        left = made.rows.exclude(state__in=(State.ADDED, State.SAME))
        context["left"] = left.count()
        context["wrong"] = left.filter(state=State.WRONG)[:PER_PAGE]
    return render(request, "intake/import.html", context)


def preview(request: SignedInRequest, made: PatientImport, context: dict[str, Any]) -> HttpResponse:
    """What would happen, before anything does."""
    asked = made.rows.filter(state=State.ASKED)
    page = Paginator(asked, PER_PAGE).get_page(request.GET.get("page"))
    ids = [row.alike for row in page.object_list if row.alike]
    charts: dict[Any, Any] = charts_known_to(request.user, made.clinic).in_bulk(ids)
    lines = made.rows.filter(line__in=[row.alike_line for row in page.object_list if row.alike_line])
    others: dict[Any, Any] = {row.line: _said(made, row) for row in lines}
    context |= {
        "page_obj": page,
        "asked": [
            (row, _said(made, row), charts.get(row.alike), others.get(row.alike_line))
            for row in page.object_list
        ],
        "unanswered": asked.filter(answer="").count(),
        "fresh": [(row, _said(made, row)) for row in made.rows.filter(state=State.FRESH)[:ROWS_SHOWN]],
        "wrong": made.rows.filter(state=State.WRONG)[:PER_PAGE],
    }
    return render(request, "intake/preview.html", context)


def _said(made: PatientImport, row: ImportRow) -> dict[str, str]:
    """The cells of a row by our fields, as they were written."""
    return {name: row.cells[at] if at < len(row.cells) else "" for name, at in made.columns.items()}


def columns_page(
    request: SignedInRequest, made: PatientImport, form: ColumnsForm, refusal: str = ""
) -> HttpResponse:
    rows = [row.cells for row in made.rows.all()[:ROWS_SHOWN]]
    width = len(made.heading)
    context = {
        "made": made,
        "form": form,
        "refusal": refusal,
        "shown": [(cells + [""] * width)[:width] for cells in rows],
    }
    return render(request, "intake/columns.html", context, status=422 if form.errors or refusal else 200)


@login_required
@require_http_methods(["GET", "POST"])
def import_columns(request: SignedInRequest, pk) -> HttpResponse:
    """Which column is what; chosen once more, every row is checked anew."""
    made = import_or_404(request, pk)
    if made.status not in (Status.COLUMNS, Status.READY):
        return redirect("import", made.pk)
    form = ColumnsForm(request.POST or None, heading=made.heading, chosen=made.columns)
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_columns(made=made, chosen=form.columns(), by=request.user)
            return redirect("import", made.pk)
        except Refused as refusal:
            return columns_page(request, made, form, str(refusal))
    return columns_page(request, made, form)


@login_required
@require_POST
def import_answer(request: SignedInRequest, pk) -> HttpResponse:
    made = import_or_404(request, pk)
    answers = {
        int(name[5:]): str(said)
        for name, said in request.POST.items()
        if name.startswith("line-") and name[5:].isascii() and name[5:].isdigit() and len(name) < 15
    }
    others = request.POST.get("others", "")
    try:
        waiting = actions.answer(made=made, answers=answers, for_the_others=others, by=request.user)
        if waiting:
            messages.success(request, f"Kept. {waiting} still wait for an answer.")
        else:
            messages.success(request, "Kept. Every row has its answer.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("import", made.pk)


def _done(request: SignedInRequest, pk, action, to: str = "import") -> HttpResponse:
    made = import_or_404(request, pk)
    try:
        action(made=made, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("import", made.pk)
    return redirect("imports") if to == "imports" else redirect(to, made.pk)


@login_required
@require_POST
def import_carry_out(request: SignedInRequest, pk) -> HttpResponse:
    return _done(request, pk, actions.carry_out)


@login_required
@require_POST
def import_undo(request: SignedInRequest, pk) -> HttpResponse:
    return _done(request, pk, actions.undo)


@login_required
@require_POST
def import_again(request: SignedInRequest, pk) -> HttpResponse:
    return _done(request, pk, actions.go_on)


@login_required
@require_POST
def import_discard(request: SignedInRequest, pk) -> HttpResponse:
    return _done(request, pk, actions.discard, to="imports")


@login_required
@require_safe
def import_left(request: SignedInRequest, pk) -> HttpResponse:
    """The rows that were not added, as they were written, each with what to mend: to bring in once more."""
    made = import_or_404(request, pk)
    rows = [[*made.heading, files.WHAT_IS_WRONG]]
    width = len(made.heading)
    left = made.rows.filter(state__in=(State.WRONG, State.SKIPPED))
    for row in left.iterator():
        cells = [*row.cells, *[""] * (width - len(row.cells))]
        words = "; ".join(f"{label}: {said}" for label, said in row.problems) or row.get_state_display()
        rows.append([*cells[:width], words])
    events.record(
        verbs.IMPORT_ROWS_TAKEN, by=request.user, clinic=made.clinic, target=made, rows=len(rows) - 1
    )
    return _csv(rows, f"to-mend-{str(made.pk)[:8]}")
