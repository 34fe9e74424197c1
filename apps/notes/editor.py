"""What the editor's page and its saves answer with.

A save answers only with what the server computed (findings, units, save state,
revision), never with a field: somebody may be typing in it.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from apps.accounts.models import User
from apps.accounts.requests import SignedInRequest
from apps.audit import clock
from apps.audit.refused import Refused
from apps.compliance import codes, limits, measures
from apps.compliance.review import Review, review
from apps.compliance.units import Allocation
from apps.episodes import due

from . import (
    actions,
    carry,
    chart,
    echoes,
    facts,
    forms,
    lifecycle,
    merge,
    order,
    period,
    phrases,
    practice,
    presence,
    presentations,
    record,
    saved_phrases,
    timer,
)
from .chart import Chart
from .document import block_part
from .forms import DraftForm
from .kinds import CONTENTS, PROMPTS, NoteKind, field_of
from .models import Note
from .policy import policy_of

OTHER = "97110"
"""Stands for every code without guided fields in the blank block that the page clones."""


@dataclass(frozen=True)
class Section:
    """A part of the note as the side navigation lists it; `state` is ok, ask, stop or todo."""

    key: str
    label: str
    state: str

    @property
    def state_label(self) -> str:
        return {"ok": "complete", "ask": "something to look at", "stop": "something missing"}.get(
            self.state, "not started"
        )


SECTIONS = {
    "subjective": "Subjective",
    "measures": "Measures",
    "interventions": "Interventions",
    "times": "Time",
    "assessment": "Assessment",
    "plan": "Plan",
}

SECTION_OF = {
    "blocks": "interventions",
    "measures": "measures",
    "subjective": "subjective",
    "assessment": "assessment",
    "total_minutes": "times",
    "starts_at": "times",
    "ends_at": "times",
    "professional_in_room": "times",
}
"""The section in which a path's first part is charted; all else is in the plan's section."""


def page(
    request: SignedInRequest,
    charted: Chart,
    form: DraftForm,
    *,
    status: int = 200,
    problem: str = "",
    differences=(),
) -> HttpResponse:
    """The whole editor, with blank rows for the page to clone."""
    visit = charted.visit
    presented = presentations.get(charted.note.presentation, visit.served_on)
    context = {
        **live(request, charted, form),
        "form": form,
        "banner_facts": [*banner_facts(charted), *what_is_due(charted)],
        "earlier": charted.earlier_by_key,
        "period": period.of(charted),
        "by_assistant": charted.note.author.is_assistant,
        "by_two": visit.assistant is not None and visit.assistant != visit.clinician,
        "now": int(clock.now().timestamp()),
        "presentation": presented,
        "presentations": presentations.on(visit.served_on),
        "patient": visit.patient,
        "age": visit.patient.age_on(visit.served_on),
        "codes": codes_of(charted.note),
        "blank_guided": forms.blank_block(charted, codes.NEUROMUSCULAR),
        "blank_other": forms.blank_block(charted, OTHER),
        "phrases": saved_phrases.offered(request.user, charted.note.clinic_id),
        "phrase_kinds": json.dumps(phrases.KIND_OF),
        "planned": form.source.planned if form.source else None,
        "blank_measures": [
            forms.blank_measure(key)
            for key in presentations.measures_first([kind.key for kind in measures.all()], presented)
        ],
        "may_not_sign": lifecycle.why_not("sign", charted.note, request.user),
        "duplicated": " ".join(order.DUPLICATED),
        "problem": problem,
        "differences": differences,
        "company": presence.greet(charted.note, request.user),
    }
    return render(request, "notes/editor.html", context, status=status)


def codes_of(note: Note) -> list[codes.Code]:
    """The codes to add, in an evaluation with its own first."""
    first = {
        NoteKind.EVALUATION: codes.EVALUATIONS - codes.RE_EVALUATIONS,
        NoteKind.REEVALUATION: codes.RE_EVALUATIONS,
    }.get(NoteKind(note.kind), frozenset())
    return sorted(codes.for_discipline(note.discipline), key=lambda code: code.code not in first)


def live(request: SignedInRequest, charted: Chart, form: DraftForm | None = None) -> dict[str, Any]:
    """What is computed anew after each save."""
    stated = facts.of(charted)
    # In the field that somebody is writing in, nothing is compared before they leave it.
    writing = request.POST.get("writing", "")
    stated = replace(stated, echoes=tuple(echo for echo in stated.echoes if echo.path != writing))
    judged = review(stated, policy_of(charted.note.clinic_id))
    return {
        "note": charted.note,
        "review": judged,
        "echoes": echoes_of(charted, judged, request.user),
        "units": judged.units,
        "problems": form.problems() if form is not None and form.data is not None else {},
        "sections": sections(charted, judged),
        "says": [(str(row.pk), block_part(record.block(row))) for row in charted.blocks],
        "bar": bar(judged.units.allocation),
        "steps": practice.steps(charted, judged) if charted.note.clinic.is_practice else [],
        "after_practice": lifecycle.after_practice(request.user) if charted.note.clinic.is_practice else "",
    }


def echoes_of(charted: Chart, judged: Review, by: User) -> dict[str, echoes.Shown]:
    """What the questions about similar words show, by path."""
    asked = {finding.path for finding in judged.questions if finding.code == "NOT522"}
    if not asked:
        return {}
    return echoes.shown([echo for echo in echoes.found(charted) if echo.path in asked], by)


def banner_facts(charted: Chart) -> list[tuple[str, ...]]:
    """What stands beside the patient's name: diagnosis, payer and method, plan of care, visit."""
    visit, plan, payer = charted.visit, charted.plan, charted.payer
    treating = next((row for row in charted.diagnoses if row.type == "treating"), None)
    facts: list[tuple[str, ...]] = [("Date of service", visit.served_on.strftime("%m/%d/%Y"))]
    if treating:
        facts.append(("Treating dx", f"{treating.code} {treating.words}"))
    facts.append(("Payer", payer.name if payer else "none charted"))
    if charted.progress:
        count = charted.progress.since_report
        most = limits.report_every(visit.served_on)
        if most is not None:
            tone = "warn" if count >= most - 1 else ""
            facts.append(("Progress report", f"treatment day {count} of {most}", tone))
    if plan is None:
        facts.append(("Plan of care", "none", "warn"))
    elif plan.through_on < visit.served_on:
        facts.append(("Plan of care", f"ended {plan.through_on:%m/%d/%Y}", "warn"))
    else:
        facts.append(("Plan of care", f"to {plan.through_on:%m/%d/%Y}"))
    return facts


def what_is_due(charted: Chart) -> list[tuple[str, str, str]]:
    """What is due or late on the visit's day: certification, order, authorization, a therapist's part.

    Not the report: its counter stands in the banner for every payer.
    """
    if charted.plan is None:
        return []
    items = due.of_plan(charted.plan, charted.visit.served_on).items
    return [
        (item.label, item.short, item.tone)
        for item in items
        if item.kind != "report" and item.tone in ("warn", "stop")
    ]


def bar(allocation: Allocation | None) -> list[dict[str, Any]]:
    """The minutes of each code as stretches of a bar, in minutes."""
    stretches, start = [], 0
    for line in allocation.lines if allocation else ():
        stretches.append({"start": start, "minutes": line.minutes, "code": line.code})
        start += line.minutes
    return stretches


def sections(charted: Chart, judged: Review) -> list[Section]:
    """The note's parts with their state: what an open finding points to, else whether anything is there."""
    note = charted.note
    states = {
        "subjective": "ok" if note.subjective.strip() else "todo",
        "measures": "ok" if charted.measures else "todo",
        "interventions": "ok" if charted.blocks else "todo",
        "assessment": "ok" if note.assessment.strip() else "todo",
        "plan": "ok" if note.plan.strip() else "todo",
        "times": "ok" if note.total_minutes is not None else "todo",
    }
    if not CONTENTS[note.kind].treats:
        for treating in ("measures", "interventions", "times"):
            del states[treating]
    for finding in judged.open:
        section = section_of(field_of(finding.path))
        if section not in states:
            section = "plan"
        if finding in judged.open_blockers:
            states[section] = "stop"
        elif states[section] != "stop":
            states[section] = "ask"
    return [Section(key, label, states[key]) for key, label in SECTIONS.items() if key in states]


def section_of(path: str) -> str:
    """The section of the page in which a field stands."""
    first, _, rest = path.partition(".")
    if first == "sections":
        part = next((prompt.part for prompt in PROMPTS if prompt.key == rest), "P")
        return {"S": "subjective", "O": "measures", "A": "assessment"}.get(part, "plan")
    return SECTION_OF.get(first, "plan")


def save(request: SignedInRequest, note: Note) -> HttpResponse:
    """Store what can be stored, and answer with findings, units and save state."""
    charted = chart.load_again(note) if request.htmx else chart.load(note)
    source = carry.Source(charted, request.user)
    # htmx sends the button pressed last with every later request; the page has already done what it says.
    data = request.POST if request.htmx else with_buttons(request.POST, note, source)
    form = DraftForm(charted, data, source=source)
    try:
        note.revision = actions.save_draft(
            note=note,
            by=request.user,
            revision=revision(request),
            operation=actions.operation_id(request.POST.get("operation", "")),
            unacknowledged=unacknowledged(request),
            values=form.values(),
            charted=charted,
        )
    except actions.Conflict:
        return conflict(request, charted, form)
    except Refused as refusal:
        return refused(request, charted, form, str(refusal))
    if request.htmx:
        saved = render(request, "notes/_after_save.html", live(request, charted, form))
        names = presence.company(note, request.user) if getattr(note, "has_company", False) else []
        saved["HX-Trigger"] = json.dumps({"midline:company": presence.words(names)})
        return saved
    if form.problems():
        return page(request, charted, form, status=422, problem="Saved, except for what is marked below.")
    return redirect("note-sign" if "sign" in request.POST else "note", note.pk)


def with_buttons(sent: QueryDict, note: Note, source: carry.Source) -> QueryDict:
    """What was posted, with the buttons `add`, `add_measure`, `remove` and `put_back` turned into fields.

    The page does this itself when scripts run; without them the buttons arrive here.
    """
    data = sent.copy()
    if code := data.get("add"):
        add_block(data, note, code)
    if key := data.get("add_measure"):
        new = str(uuid.uuid4())
        data.appendlist("measures", new)
        data[f"measures.{new}.key"] = key
    if path := data.get("remove"):
        data[f"{path}.removed"] = "1"
    if path := data.get("put_back"):
        data[f"{path}.removed"] = ""
    if (key := data.get("open_for")) is not None:
        data["presentation"] = key
        presented = presentations.get(key, note.visit.served_on)
        shown = [id for id in data.getlist("blocks") if data.get(f"blocks.{id}.removed") != "1"]
        for code in presented.blocks if presented and not shown else ():
            add_block(data, note, code)
    order.with_buttons(data)
    minutes = forms.minutes_of(note.author)
    timer.with_buttons(data, minutes=minutes, now=clock.now(), zone=note.clinic.zone)
    carry.with_buttons(data, source, forms.proposed_modifier(note))
    return data


def add_block(data: QueryDict, note: Note, code: str) -> None:
    new = str(uuid.uuid4())
    data.appendlist("blocks", new)
    data[f"blocks.{new}.code"] = code
    data[f"blocks.{new}.one_on_one"] = "on"
    data[f"blocks.{new}.modifiers"] = forms.proposed_modifier(note)


def answer(request: SignedInRequest, note: Note) -> HttpResponse:
    """Keep an answer given beside the note: to a question, about a tied unit, or about the method."""
    try:
        if "method" in request.POST:
            actions.choose_units(note=note, by=request.user, method=request.POST["method"])
        elif "units" in request.POST:
            chosen = tuple(code for code in request.POST.getlist("unit") if code)
            actions.choose_units(note=note, by=request.user, codes=chosen)
        else:
            key, value = request.POST.get("key", ""), request.POST.get("value", "")
            judged = review(facts.of(chart.load(note)), policy_of(note.clinic_id))
            offered = {finding.key: finding.choices for finding in judged.questions}
            if key not in offered or value not in ("", *offered[key]):
                raise Refused("This question is no longer asked: the words it was about have changed.")
            actions.answer(note=note, by=request.user, answers={key: {"value": value, "reason": ""}})
    except Refused as refusal:
        return refused(request, chart.load(note), None, str(refusal))
    if not request.htmx:
        return redirect("note", note.pk)
    note.refresh_from_db()
    return render(request, "notes/_after_save.html", {**live(request, chart.load(note)), "answered": True})


def refused(request: SignedInRequest, charted: Chart, form: DraftForm | None, problem: str) -> HttpResponse:
    """422: why nothing was saved, beside the page as it stands."""
    if request.htmx:
        return beside(render(request, "notes/_refused.html", {"problem": problem}, status=422))
    if not charted.note.is_draft:
        return render(request, "notes/refused.html", {"note": charted.note, "problem": problem}, status=422)
    form = form or DraftForm(charted, source=carry.Source(charted, request.user))
    return page(request, charted, form, status=422, problem=problem)


def conflict(request: SignedInRequest, charted: Chart, form: DraftForm) -> HttpResponse:
    """409: both texts, nothing overwritten; the person decides."""
    charted = chart.reread(charted)
    differing = merge.differences(DraftForm(charted), form)
    if request.htmx:
        context = {"note": charted.note, "differences": differing}
        return beside(render(request, "notes/_conflict.html", context, status=409))
    return page(request, charted, form, status=409, differences=differing)


def beside(response: HttpResponse) -> HttpResponse:
    """Show the answer above the note, away from every field."""
    response["HX-Retarget"] = "#beside"
    response["HX-Reswap"] = "innerHTML"
    return response


def revision(request: SignedInRequest) -> int:
    """The revision that the page last saw; 0, which no note has, for something that is no number."""
    sent = request.POST.get("revision", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


def unacknowledged(request: SignedInRequest) -> tuple[str, ...]:
    sent = request.POST.get("unacknowledged", "").split(",")
    return tuple(filter(None, (actions.operation_id(text) for text in sent[:50])))
