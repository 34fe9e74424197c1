"""The pages of the peer review: samples, one sample and what it came to, one note with its form."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.fields import ActionForm, Day
from apps.accounts.models import Discipline, Role
from apps.accounts.requests import SignedInRequest
from apps.audit import verbs
from apps.audit.events import record as record_event
from apps.audit.refused import Refused
from apps.notes.document import signed_document
from apps.notes.fields import WholeNumber, Words

from . import peer, peer_form
from .access import at_the_desk, peer_notes_reviewed_by, peer_samples_visible_to
from .models import PeerNote, PeerSample
from .tabs import desk_tabs


class BeginForm(ActionForm):
    rows = (("starts_on", "ends_on"), ("discipline", "size"), ("first", "second"))

    starts_on = Day(label="Dates of service from", is_past=True)
    ends_on = Day(label="To", is_past=True)
    discipline = forms.ChoiceField(label="Discipline", choices=Discipline.choices)
    size = WholeNumber(high=peer.LARGEST, unit="notes", required=True, label="Notes to draw")
    first = forms.ModelChoiceField(label="First reviewer", queryset=None)
    second = forms.ModelChoiceField(label="Second reviewer", queryset=None)

    def __init__(self, *args, clinic, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("first", "second"):
            self.fields[name].queryset = peer.reviewers_in(clinic)  # type: ignore[attr-defined]


@at_the_desk
@require_http_methods(["GET", "POST"])
def samples(request: SignedInRequest) -> HttpResponse:
    """The samples that one supervises or reviews, and the form that begins another."""
    clinic = request.membership.clinic
    supervises = request.membership.role == Role.SUPERVISOR
    if request.method == "POST" and not supervises:
        raise Http404
    form = BeginForm(request.POST if request.method == "POST" else None, clinic=clinic)
    if request.method == "POST" and form.carry_out(peer.begin, clinic=clinic, by=request.user):
        messages.success(request, "Begun: the seed and the list are fixed. Draw when you are ready.")
        return redirect("peer-sample", form.result.pk)
    found = peer_samples_visible_to(request.user).filter(clinic=clinic).select_related("first", "second")
    context = {"samples": found, "form": form if supervises else None, "oversight": desk_tabs(request)}
    return render(request, "review/peer_samples.html", context, status=422 if form.errors else 200)


@at_the_desk
@require_http_methods(["GET", "POST"])
def sample(request: SignedInRequest, pk) -> HttpResponse:
    """What was committed, what was drawn, how far both are, and how far they agree. POST draws."""
    found = get_object_or_404(
        peer_samples_visible_to(request.user).select_related("first", "second", "begun_by", "clinic"), pk=pk
    )
    if request.method == "POST":
        if request.membership.role != Role.SUPERVISOR:
            raise Http404
        try:
            drawn = peer.draw(sample=found, by=request.user)
            messages.success(request, f"{len(drawn)} drawn.")
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("peer-sample", found.pk)
    notes = list(found.notes.select_related("note__visit", "sample").prefetch_related("answers"))
    mine = {row.pk for row in notes if any(one.reviewer_id == request.user.pk for one in row.answers.all())}
    reviews = request.user in found.reviewers
    context = {
        "sample": found,
        "notes": [(row, row.pk in mine) for row in notes],
        "progress": [
            (person, sum(any(one.reviewer_id == person.pk for one in row.answers.all()) for row in notes))
            for person in found.reviewers
        ],
        "reviews": reviews,
        # Whoever still reads does not see what the other said.
        "results": None if not notes or (reviews and len(mine) < len(notes)) else peer.results(found, notes),
        "choices": [label for _, label in peer_form.on(found.begun_at.date()).choices],
        "may_draw": request.membership.role == Role.SUPERVISOR and not found.drawn_at,
        "oversight": desk_tabs(request),
    }
    return render(request, "review/peer_sample.html", context)


class AnswerForm(forms.Form):
    """One choice per question of the sample's form."""

    words = Words(label="In your words", max_length=2000, required=False)

    def __init__(self, *args, form: peer_form.Form, **kwargs):
        super().__init__(*args, **kwargs)
        for key, words in form.questions:
            self.fields[key] = forms.ChoiceField(
                label=words,
                choices=form.choices,
                widget=forms.RadioSelect,
                error_messages={"required": "Choose one of the answers."},
            )
        self.fields["words"].widget = forms.Textarea(attrs={"rows": 3, "class": "form-control"})
        self.order_fields([*(key for key, _ in form.questions), "words"])

    def questions(self):
        return [self[name] for name in self.fields if name != "words"]


@login_required
@require_http_methods(["GET", "POST"])
def peer_note(request: SignedInRequest, pk) -> HttpResponse:
    """A drawn note as it stood, and its form; afterwards what both said, once both have."""
    row = get_object_or_404(
        peer_notes_reviewed_by(request.user).select_related("sample", "note__clinic", "note__visit__patient"),
        pk=pk,
    )
    questions = peer_form.on(row.sample.begun_at.date())
    form = AnswerForm(request.POST if request.method == "POST" else None, form=questions)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        words = values.pop("words")
        try:
            peer.answer(peer_note=row, by=request.user, answers=values, words=words)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            following = next_of(request, row.sample)
            messages.success(request, "Kept." if following else "Kept. That was the last of yours.")
            if following:
                return redirect("peer-note", following.pk)
            return redirect("peer-sample", row.sample_id)
    record_event(
        verbs.NOTE_OPENED,
        by=request.user,
        clinic=row.note.clinic,
        patient=row.note.visit.patient,
        target=row.note,
    )
    given = {one.reviewer_id: one for one in row.answers.select_related("reviewer")}
    mine = given.get(request.user.pk)
    context = {
        "row": row,
        "of": row.sample.notes.count(),
        "document": signed_document(row.note_id, upto=row.entry),
        "form": None if mine else form,
        "answers": shown(questions, given.values()) if mine and len(given) == 2 else [],
        "mine": mine,
        "following": next_of(request, row.sample),
    }
    return render(request, "review/peer_note.html", context, status=422 if form.errors else 200)


def shown(questions: peer_form.Form, given) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each question with what each reviewer chose."""
    labels = dict(questions.choices)
    return [
        (words, [(one.reviewer.name, labels[one.answers[key]]) for one in given])
        for key, words in questions.questions
    ]


def next_of(request: SignedInRequest, sample: PeerSample) -> PeerNote | None:
    """The reviewer's next note without an answer."""
    mine = peer_notes_reviewed_by(request.user).filter(sample=sample)
    return mine.exclude(answers__reviewer=request.user).first()
