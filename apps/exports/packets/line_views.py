"""The billed lines of a packet: entered one by one, or read from a spreadsheet, beside the record."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.requests import SignedInRequest
from apps.audit.refused import Refused
from apps.patients import banner

from . import actions, billed, records
from .forms import ImportForm, LineForm
from .models import Packet
from .views import packet_or_404


@login_required
@require_http_methods(["GET", "POST"])
def lines(request: SignedInRequest, pk) -> HttpResponse:
    """The lines with what the record supports, and a form for one more."""
    found = packet_or_404(request, pk)
    form = LineForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _added(form, found, [form.line()], request):
        messages.success(request, "Added.")
        return redirect("packet-lines", found.pk)
    return page(request, found, form=form, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def lines_import(request: SignedInRequest, pk) -> HttpResponse:
    """Lines from a spreadsheet. A row that cannot be read is named, and then nothing is stored."""
    found = packet_or_404(request, pk)
    is_sent = request.method == "POST"
    form = ImportForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    errors: list = []
    if is_sent and form.is_valid() and form.sheet and not form.missing_columns:
        read, errors = billed.lines_of(form.sheet, form.cleaned_data["columns"])
        replace = form.cleaned_data["replace"]
        if not errors and _added(form, found, read, request, replace=replace):
            messages.success(request, f"{len(read)} line{'' if len(read) == 1 else 's'} read.")
            return redirect("packet-lines", found.pk)
    context = {
        **banner.of(found.patient),
        "packet": found,
        "form": form,
        "row_errors": errors,
        "asks_columns": bool(form.sheet),
    }
    is_wrong = bool(form.errors or errors or (is_sent and form.missing_columns))
    return render(request, "packets/import.html", context, status=422 if is_wrong else 200)


@login_required
@require_POST
def line_remove(request: SignedInRequest, pk) -> HttpResponse:
    found = packet_or_404(request, pk)
    line = get_object_or_404(found.lines, pk=_uuid(request.POST.get("line", "")))
    actions.remove_line(line=line, by=request.user)
    messages.success(request, "Removed.")
    return redirect("packet-lines", found.pk)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _added(form, packet: Packet, read, request: SignedInRequest, **how) -> bool:
    try:
        actions.add_lines(packet=packet, lines=read, by=request.user, **how)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def page(request: SignedInRequest, packet: Packet, *, form, status: int) -> HttpResponse:
    context = {
        **banner.of(packet.patient),
        "packet": packet,
        "form": form,
        "record": records.of(packet),
        "lines": packet.lines.all(),
    }
    return render(request, "packets/lines.html", context, status=status)
