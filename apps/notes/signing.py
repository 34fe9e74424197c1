"""The form with which a note is signed or put aside: answers, reasons, and the password."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from apps.accounts.password import PasswordAgain, recognised_by
from apps.accounts.requests import SignedInRequest
from apps.audit.refused import Refused
from apps.compliance.review import Finding, Review
from apps.visits.access import visits_charted_by

from . import actions
from .access import about
from .fields import Words
from .models import OPEN, Note, Status

CHOICE_WORDS = {"yes": "Yes", "no": "No", "unknown": "I do not know"}


class SignForm(PasswordAgain):
    """One field per question and warning that is left, and the password unless it was given just now."""

    preview = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, review: Review, request: SignedInRequest):
        super().__init__(data, request=request)
        # A tied unit is given to a code in the units' own panel, and there is nothing else to say about it.
        self.findings = [*(asked for asked in review.questions if asked.choices), *review.warnings]
        for finding in self.findings:
            answer = finding.answer
            if finding.choices:
                self.fields[f"answer-{finding.key}"] = forms.ChoiceField(
                    label=finding.message,
                    choices=[(choice, CHOICE_WORDS.get(choice, choice)) for choice in finding.choices],
                    widget=forms.RadioSelect,
                    required=False,
                    initial=answer.value if answer else "",
                )
            self.fields[f"reason-{finding.key}"] = Words(
                label="Reason" if finding.kind == "fail" else "In your words, if you like",
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 2}),
                initial=answer.reason if answer else "",
            )

    def rows(self):
        """Each finding with its fields, for the page."""
        for finding in self.findings:
            name = f"answer-{finding.key}"
            yield finding, self[name] if name in self.fields else None, self[f"reason-{finding.key}"]

    def answers(self) -> dict[str, dict[str, str]]:
        """What was answered, by finding key; without what cannot be kept."""
        return {
            finding.key: self._answer(finding)
            for finding in self.findings
            if not self.errors.keys() & {f"answer-{finding.key}", f"reason-{finding.key}"}
        }

    def _answer(self, finding: Finding) -> dict[str, str]:
        return {
            "value": self.cleaned_data.get(f"answer-{finding.key}", ""),
            "reason": self.cleaned_data.get(f"reason-{finding.key}", "").strip(),
        }

    def mark_open(self, finding: Finding) -> None:
        if finding.kind == "ask":
            self.add_error(f"answer-{finding.key}", "Answer this, or go back and change what it is about.")
        elif finding.kind == "fail":
            self.add_error(f"reason-{finding.key}", "Give the reason, or go back and complete it.")


def sign(request: SignedInRequest, note: Note, form: SignForm) -> HttpResponse:
    """Keep the answers, then sign. Raises Refused with what is left; answers given are kept either way."""
    form.is_valid()
    if note.status in OPEN:
        actions.answer(note=note, by=request.user, answers=form.answers())
    if form.errors:
        raise Refused("Not signed yet: see what is marked.")
    answers = form.answers()
    for finding in form.findings:
        given = answers[finding.key]
        if not (given["value"] if finding.kind == "ask" else given["reason"]):
            form.mark_open(finding)
    if form.errors:
        raise Refused("Not signed yet: see what is marked.")
    entry = actions.sign(
        note=note,
        by=request.user,
        preview=form.cleaned_data["preview"],
        authenticated=recognised_by(request),
    )
    messages.success(request, f"Signed. The note is entry {entry.seq} of the clinic's record.")
    if "next" not in request.POST:
        return redirect("note", note.pk)
    following = next_unsigned(request, note)
    return redirect("note", following.pk) if following else redirect("today")


def next_unsigned(request: SignedInRequest, note: Note) -> Note | None:
    """The next open draft of the same day by the same person, by the visit's time."""
    return (
        Note.objects.filter(
            about(visits_charted_by(request.user)),
            visit__served_on=note.visit.served_on,
            author=request.user,
            status=Status.DRAFT,
        )
        .order_by("visit__expected_at", "started_at")
        .first()
    )


class DiscardForm(forms.Form):
    reason = Words(
        max_length=500,
        required=True,
        label="Why is this draft not needed?",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why this draft is not needed."},
    )
