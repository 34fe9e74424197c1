"""One's own inbox, and when one wants a mail about it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import for_roles
from apps.accounts.models import Membership, Role
from apps.accounts.requests import SignedInRequest

from . import choices, count, mail, marks, matters
from .forms import MailForm
from .kinds import APPEARS, OF_ROLE

UNDO = "inbox_marked"
"""In the session: what was marked last, and how, until the page has offered to take it back."""

everybody = for_roles(*Role)


def own_lines(request: SignedInRequest, membership: Membership) -> list[marks.Line]:
    """What waits now. The number above the page is counted with it."""
    lines = marks.lines_of(membership, matters.of(request.user, membership))
    number = sum(line.is_new for line in lines)
    if membership.inbox_unread != number or count.needs_counting(membership):
        count.keep(membership, number)
    return lines


@everybody
@require_safe
def inbox(request: SignedInRequest) -> HttpResponse:
    membership: Membership = request.membership  # type: ignore[assignment]
    lines = own_lines(request, membership)
    appears = [APPEARS[kind] for kind in OF_ROLE[membership.role]]
    context = {
        "new": [line for line in lines if line.is_new],
        "seen": [line for line in lines if not line.is_new and not line.matter.is_done],
        "done": [line for line in lines if line.matter.is_done],
        "days": matters.KEPT.days,
        "empty": f"Here appear {', '.join(appears[:-1])} and {appears[-1]}.",
        "marked": request.session.pop(UNDO, None),
    }
    return render(request, "inbox/inbox.html", context)


@everybody
@require_POST
def mark(request: SignedInRequest) -> HttpResponse:
    """Seen or not: one line, all, or the last ones back again. "open" goes on to the page of the line."""
    membership: Membership = request.membership  # type: ignore[assignment]
    lines = own_lines(request, membership)
    if opened := request.POST.get("open"):
        found = next((line for line in lines if line.matter.key == opened), None)
        if found is None:
            messages.info(request, "That is done by now, or out of your reach.")
            return redirect("inbox")
        marks.read(membership=membership, keys=found.matter.keys, by=request.user)
        return redirect(found.matter.address)
    asked = set(request.POST.getlist("key"))
    chosen = [line for line in lines if line.matter.key in asked or ("all" in request.POST and line.is_new)]
    keys = sorted({key for line in chosen for key in line.matter.keys})
    is_read = request.POST.get("as") != "unread"
    (marks.read if is_read else marks.unread)(membership=membership, keys=keys, by=request.user)
    if chosen:
        said = [line.matter.key for line in chosen]
        request.session[UNDO] = {"keys": said, "as": "unread" if is_read else "read"}
    return redirect("inbox")


@everybody
@require_safe
def number(request: SignedInRequest) -> HttpResponse:
    """The number in the bar, counted anew where it is old. Asked for by a page that has just been opened."""
    membership: Membership = request.membership  # type: ignore[assignment]
    if count.needs_counting(membership):
        own_lines(request, membership)
    return render(request, "inbox/_number.html", {"number": membership.inbox_unread})


@everybody
@require_http_methods(["GET", "POST"])
def mail_choice(request: SignedInRequest) -> HttpResponse:
    membership: Membership = request.membership  # type: ignore[assignment]
    form = MailForm(request.POST or None, membership=membership)
    if request.method == "POST" and form.carry_out(choices.choose, clinic=membership.clinic, by=request.user):
        messages.success(request, "Saved.")
        return redirect("inbox-mail")
    context = {"form": form, "is_sent_here": mail.is_sent_here()}
    return render(request, "inbox/mail.html", context, status=422 if form.errors else 200)
