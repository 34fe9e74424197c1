"""What the editor posts, as values. Anything that can be stored is accepted.

What a good note needs is compliance's business. A field that cannot be stored
gets its message, keeps its old value, and stops none of the others.

Names are dotted and are the rules' paths: `subjective`, `blocks.<id>.response`,
`blocks.<id>.cues.0.error`, `measures.<id>.value`. The hidden fields `blocks`
and `measures` list the ids in their order on the page; an id that the note does
not know yet is a block just added.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms

from apps.accounts.models import User
from apps.compliance import codes, measures, words
from apps.episodes.models import Goal, Side
from apps.visits.models import Visit

from . import carry, kinds, presentations, record, timer
from .chart import Chart
from .fields import ClockTime, DecimalNumber, WholeNumber, Words
from .models import WORDS, Block, MeasureTaken, Note, Said, Supervision

MOST_ROWS = 40
"""Blocks or measures that one note holds; more is not a note."""

MOST_CUES = 20


class DayField(forms.Field):
    """A date, as ISO text, or nothing."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs):
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def to_python(self, value):
        text = (value or "").strip()
        if not text:
            return ""
        try:
            day = dt.date.fromisoformat(text) if text.isascii() else None
        except ValueError:
            day = None
        if day is None or not 1990 <= day.year <= 2100:
            raise forms.ValidationError("Write a date such as 2026-11-20.")
        return day.isoformat()


class DottedForm(forms.Form):
    """A form whose field names are paths."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for each in self.fields.values():
            if isinstance(each.widget, forms.Select) and not isinstance(each.widget, forms.RadioSelect):
                each.widget.attrs["class"] = "form-select"
            elif isinstance(each.widget, forms.CheckboxInput):
                each.widget.attrs["class"] = "form-check-input"
            elif isinstance(each.widget, forms.TextInput | forms.Textarea):
                each.widget.attrs["class"] = "form-control"

    def add_prefix(self, field_name: str) -> str:
        return f"{self.prefix}.{field_name}" if self.prefix else field_name

    def given(self) -> dict[str, Any]:
        """The values that were sent and can be stored."""
        self.is_valid()
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if self.fields[name].widget.value_omitted_from_data(self.data, self.files, self.add_prefix(name))
            is False
        }

    def problems(self) -> dict[str, str]:
        """Path → message of the fields that cannot be stored."""
        return {
            self.add_prefix(name): " ".join(str(error) for error in errors)
            for name, errors in self.errors.items()
        }


def area(rows: int = 2, **kwargs) -> Words:
    return Words(max_length=WORDS, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


def line(**kwargs) -> Words:
    return Words(max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"}), **kwargs)


def minutes(label: str) -> WholeNumber:
    return WholeNumber(high=480, unit="minutes", label=label)


def choice(label: str, choices) -> forms.ChoiceField:
    """One of `choices`, or nothing said."""
    return forms.ChoiceField(required=False, label=label, choices=[("", "Not said"), *choices.choices])


class NoteForm(DottedForm):
    """The note outside its blocks and measures. Who was in the room is asked where somebody else was."""

    presentation = forms.ChoiceField(
        required=False,
        widget=forms.HiddenInput,
        choices=[("", ""), *((one.key, one.label) for one in presentations.catalogue())],
    )

    starts_at = ClockTime(label="Start")
    ends_at = ClockTime(label="End")
    total_minutes = WholeNumber(high=720, unit="minutes", label="Total treatment minutes")
    professional_in_room = choice("Professional with the student the whole session", Said)
    professional_treats_others = choice("Professional treating others meanwhile", Said)
    supervision = choice("Therapist, while the assistant treated", Supervision)
    subjective = area(3, label="Subjective")
    systolic_before = WholeNumber(low=20, high=320, unit="mmHg", label="Systolic before")
    diastolic_before = WholeNumber(low=10, high=220, unit="mmHg", label="Diastolic before")
    pulse_before = WholeNumber(low=10, high=300, unit="beats", label="Heart rate before")
    oxygen_before = WholeNumber(low=30, high=100, unit="percent", label="Oxygen saturation before")
    systolic_after = WholeNumber(low=20, high=320, unit="mmHg", label="Systolic after")
    diastolic_after = WholeNumber(low=10, high=220, unit="mmHg", label="Diastolic after")
    pulse_after = WholeNumber(low=10, high=300, unit="beats", label="Heart rate after")
    oxygen_after = WholeNumber(low=30, high=100, unit="percent", label="Oxygen saturation after")
    assessment = area(3, label="Assessment")
    plan = area(3, label="Plan")
    home_program = area(label="Home program")
    caregiver_training = area(label="Caregiver training")
    communication = area(label="Communication")
    adverse_event = area(label="Adverse event")
    adverse_event_action = area(label="What was done about it")

    def __init__(self, *args, visit: Visit, **kwargs):
        super().__init__(*args, **kwargs)
        if visit.student is None:
            del self.fields["professional_in_room"], self.fields["professional_treats_others"]
        if not visit.is_by_assistant:
            del self.fields["supervision"]

    @property
    def in_the_room(self) -> list[forms.BoundField]:
        return [self[name] for name in record.IN_THE_ROOM if name in self.fields]

    @property
    def has_vitals(self) -> bool:
        return any(self[name].value() for name in VITAL_FIELDS)


class SectionsForm(DottedForm):
    """The prompts of a kind of note; see kinds.py."""

    def __init__(self, *args, kind: str, **kwargs):
        super().__init__(*args, **kwargs)
        for prompt in kinds.prompts_of(kind):
            made = DayField(label=prompt.label) if prompt.is_date else area(label=prompt.label)
            made.widget.attrs["class"] = "form-control"
            self.fields[prompt.key] = made


class GoalReportForm(DottedForm):
    """What became of one goal in the reporting period."""

    status = forms.ChoiceField(required=False, label="Status")
    words = area(label="Now, against baseline and target")

    def __init__(self, *args, goal: Goal, **kwargs):
        super().__init__(*args, **kwargs)
        self.goal = goal
        reported = (Goal.Status.PROGRESSING, Goal.Status.MET, Goal.Status.DISCONTINUED)
        labels = [(status.value, status.label) for status in reported]
        self.fields["status"].choices = [("", "Not reported"), *labels]


VITAL_FIELDS = [name for name in NoteForm.base_fields if name.split("_")[0] in record.VITALS]


class BlockForm(DottedForm):
    """One intervention block; `cues` are forms of their own."""

    removed = forms.CharField(required=False, widget=forms.HiddenInput)
    code = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    brought = Words(max_length=1000, widget=forms.HiddenInput)
    confirmed = Words(max_length=1000, widget=forms.HiddenInput)
    minutes_therapist = minutes("Therapist")
    minutes_assistant = minutes("Assistant")
    minutes_together = minutes("Together")
    one_on_one = forms.BooleanField(required=False, label="One-on-one")
    starts_at = ClockTime(label="Start")
    ends_at = ClockTime(label="End")
    timer = forms.CharField(required=False, max_length=800, widget=forms.HiddenInput)
    modifiers = Words(max_length=20, label="Modifiers", widget=forms.TextInput(attrs={"autocomplete": "off"}))
    units_billed = WholeNumber(high=99, unit="units", label="Units billed, if not as calculated")
    deficit_domains = forms.MultipleChoiceField(
        required=False, label="What is impaired", widget=forms.CheckboxSelectMultiple
    )
    deficit = area(label="Deficit")
    limits = area(label="What it limits")
    goal = forms.ChoiceField(required=False, label="Goal")
    activity = area(label="Activity")
    position_used = line(label="Position")
    surface = line(label="Surface")
    environment = line(label="Environment")
    challenge = line(label="Challenge")
    dosage = line(label="Dosage")
    assistance_before = forms.ChoiceField(required=False, label="Assistance before")
    assistance_after = forms.ChoiceField(required=False, label="Assistance after")
    response = area(label="Response")
    progression = area(label="Progression or regression")
    distinct = area(label="Why distinct from the other codes")
    purpose = area(label="Purpose")
    description = area(label="What was done")

    def __init__(self, *args, chart: Chart, marks: dict[str, carry.Mark] | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.marks = marks or {}
        self.zone = chart.note.clinic.zone
        self.author = chart.note.author
        self.fields["code"].choices = [(code.code, code.label) for code in codes.all()]
        self.fields["deficit_domains"].choices = words.choices("deficit_domains")
        self.fields["goal"].choices = [
            ("", "No goal chosen"),
            *((str(goal.pk), f"{goal.number} · {goal.words}") for goal in chart.goals),
        ]
        scale = [("", "Not recorded"), *words.choices("assistance")]
        self.fields["assistance_before"].choices = self.fields["assistance_after"].choices = scale

    def clean_timer(self) -> str:
        text = self.cleaned_data["timer"]
        if timer.read(text) is None:
            raise forms.ValidationError("What the timer counted could not be read. It stands as it was.")
        return text

    @property
    def origins(self) -> list[carry.Mark]:
        """Each note from which words were taken over that wait to be confirmed, once."""
        return list(dict.fromkeys(mark for mark in self.marks.values() if mark.is_open))

    def given(self) -> dict[str, Any]:
        values = super().given()
        values.pop("code", None)
        if "removed" in values:
            values["is_removed"] = values.pop("removed") == "1"
        # A box without a tick sends nothing: on a block that was sent at all, silence is an answer.
        values["one_on_one"] = self.cleaned_data.get("one_on_one", False)
        if "deficit_domains" in self.cleaned_data:
            values["deficit_domains"] = self.cleaned_data["deficit_domains"]
        if "goal" in values:
            goal = values.pop("goal")
            values["goal_id"] = UUID(goal) if goal else None
        return values


class CueForm(DottedForm):
    """One skilled cue of a block."""

    kind = forms.ChoiceField(required=False, label="Type of cue", widget=forms.RadioSelect)
    action = area(label="Cue")
    error = area(label="Error it addressed")
    effect = forms.ChoiceField(required=False, label="What changed", widget=forms.RadioSelect)
    seen = area(label="What was seen after it")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = words.choices("cue_kinds")
        self.fields["effect"].choices = words.choices("cue_effects")

    @property
    def is_blank(self) -> bool:
        return not any(field.value() for field in self)


class MeasureForm(DottedForm):
    """One measure, or a free observation."""

    removed = forms.CharField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(required=False, widget=forms.HiddenInput)
    value = DecimalNumber(label="Today")
    side = forms.ChoiceField(required=False, label="Side", choices=[("", "Not said"), *Side.choices])
    condition = Words(
        max_length=100, label="Condition", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    name = Words(
        max_length=200, label="What was observed", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    words = Words(
        max_length=1000, label="Finding or remark", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args, measure_key: str = "", **kwargs):
        self.measure = measures.get(measure_key)
        super().__init__(*args, **kwargs)

    def clean_value(self):
        value = self.cleaned_data["value"]
        if value is not None and self.measure and (problem := self.measure.problem_with(value)):
            raise forms.ValidationError(problem)
        return value

    def given(self) -> dict[str, Any]:
        values = super().given()
        values.pop("key", None)
        if "removed" in values:
            values["is_removed"] = values.pop("removed") == "1"
        return values


@dataclass
class RowForm:
    """A block or measure on the page: its id, what it is, its form, and the forms of its cues."""

    id: str
    key: str  # the code of a block, the key of a measure
    form: DottedForm
    cues: list[CueForm] = field(default_factory=list)
    inherited: dict[str, Any] = field(default_factory=dict)  # as stored; see carry.py
    opens: tuple[str, ...] = presentations.SETUP

    @property
    def path(self) -> str:
        return self.form.prefix or ""

    @property
    def label(self) -> str:
        return codes.label(self.key)

    @property
    def timer(self) -> timer.Timer:
        return timer.read(self.form["timer"].value() or "", self.form.zone) or timer.Timer()

    @property
    def own_minutes(self) -> str:
        """What stands in the field that the timer writes into, to be named on its button."""
        return self.form[minutes_of(self.form.author)].value() or ""

    @property
    def setup_open(self) -> list[Any]:
        return [self.form[name] for name in presentations.SETUP if name in self.opens]

    @property
    def setup_folded(self) -> list[Any]:
        return [self.form[name] for name in presentations.SETUP if name not in self.opens]

    @property
    def has_folded_words(self) -> bool:
        return any(field.value() for field in self.setup_folded)

    @property
    def has_time_details(self) -> bool:
        """Is there anything among the folded fields of a block's time that differs from a new block's?"""
        names = ("minutes_assistant", "minutes_together", "starts_at", "ends_at", "units_billed")
        return any(self.form[name].value() for name in names) or not self.form["one_on_one"].value()

    @property
    def is_guided(self) -> bool:
        return self.key == codes.NEUROMUSCULAR

    @property
    def measure(self) -> measures.Measure | None:
        return measures.get(self.key)

    @property
    def cues_path(self) -> str:
        return f"{self.path}.cues"

    @property
    def is_removed(self) -> bool:
        return self.form["removed"].value() == "1"

    @property
    def another_cue(self) -> CueForm:
        """An empty cue after the last, for the page to open."""
        following = max((int(cue.prefix.rsplit(".", 1)[1]) for cue in self.cues), default=-1) + 1
        return CueForm(prefix=f"{self.cues_path}.{following}")


def minutes_of(author: User) -> str:
    """The field of a block for the minutes of the note's author."""
    return "minutes_assistant" if author.is_assistant else "minutes_therapist"


def initial_of(row, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


class DraftForm:
    """The whole editor: the note's own form and one per block and measure.

    Unbound it shows what is stored. Bound it says, in `values()`, what can be
    stored of what was sent, and in `problems()` what cannot and why.
    """

    def __init__(self, chart: Chart, data=None, *, source: carry.Source | None = None):
        self.chart = chart
        self.data = data
        self.source = source
        note = chart.note
        self.note = NoteForm(data, visit=note.visit, initial=initial_of(note, NoteForm.base_fields))
        self.sections = SectionsForm(data, prefix="sections", initial=note.sections, kind=note.kind)
        self.goals = [
            GoalReportForm(
                data, prefix=f"goals.{goal.pk}", initial=note.goal_reports.get(str(goal.pk)), goal=goal
            )
            for goal in (chart.goals if kinds.reports_goals(note.kind) else ())
        ]
        blocks = in_order([*chart.blocks, *of_type(chart.removed, Block)])
        taken = in_order([*chart.measures, *of_type(chart.removed, MeasureTaken)])
        rows = [self._block(id, blocks.get(id)) for id in self._order("blocks", blocks)]
        self.blocks = [row for row in rows if row]
        rows = [self._measure(id, taken.get(id)) for id in self._order("measures", taken)]
        self.measures = [row for row in rows if row]

    def _order(self, name: str, stored: dict) -> list[str]:
        if self.data is None:
            return list(stored)
        sent = [id for id in dict.fromkeys(self.data.getlist(name)) if is_uuid(id)]
        return sent[:MOST_ROWS]

    def _block(self, id: str, row: Block | None) -> RowForm | None:
        prefix = f"blocks.{id}"
        code = row.code if row else (self.data.get(f"{prefix}.code", "") if self.data is not None else "")
        if codes.get(code) is None:
            return None
        initial: dict[str, Any] = {"code": code, "one_on_one": True, "removed": ""}
        if row:
            initial |= initial_of(row, [name for name in BlockForm.base_fields if hasattr(row, name)])
            initial |= {"goal": str(row.goal_id or ""), "removed": "1" if row.is_removed else ""}
            initial |= carry.said_of(row.inherited)
        marks = carry.marks(row) if row else {}
        form = BlockForm(self.data, prefix=prefix, initial=initial, chart=self.chart, marks=marks)
        cues = self._cues(prefix, row)
        return RowForm(id, code, form, cues, row.inherited if row else {}, opens_in(self.chart))

    def _cues(self, prefix: str, row: Block | None) -> list[CueForm]:
        if self.data is None:
            stored = row.cues if row and row.cues else [{}]
            return [CueForm(prefix=f"{prefix}.cues.{at}", initial=cue) for at, cue in enumerate(stored)]
        pattern = re.compile(re.escape(prefix) + r"\.cues\.([0-9]{1,3})\.")
        sent = sorted({int(match[1]) for name in self.data if (match := pattern.match(name))})
        cues = [CueForm(self.data, prefix=f"{prefix}.cues.{at}") for at in sent[:MOST_CUES]]
        while len(cues) > 1 and cues[-1].is_blank:
            cues.pop()
        return cues

    def _measure(self, id: str, row: MeasureTaken | None) -> RowForm | None:
        prefix = f"measures.{id}"
        key = row.key if row else (self.data.get(f"{prefix}.key", "") if self.data is not None else "")
        if measures.get(key) is None:
            return None
        initial: dict[str, Any] = {"key": key, "removed": ""}
        if row:
            initial |= {
                "value": f"{row.value.normalize():f}" if row.value is not None else "",
                "side": row.side,
                "condition": row.condition,
                "name": row.name,
                "words": row.words,
                "removed": "1" if row.is_removed else "",
            }
        return RowForm(id, key, MeasureForm(self.data, prefix=prefix, initial=initial, measure_key=key))

    @property
    def shown_blocks(self) -> list[RowForm]:
        return [row for row in self.blocks if not row.is_removed]

    @property
    def contents(self) -> kinds.Contents:
        return kinds.CONTENTS[self.chart.note.kind]

    @property
    def prompts(self) -> dict[str, list[tuple[Any, str]]]:
        """The kind's own prompts by part (S, O, A, P): bound field and what it is about."""
        return {
            part: [(self.sections[prompt.key], prompt.about) for prompt in self.contents.prompts_of(part)]
            for part in "SOAP"
        }

    @property
    def report(self) -> list[tuple[Any, str]]:
        """The prompts of a progress report inside a treatment note."""
        if self.contents.key != kinds.NoteKind.TREATMENT:
            return []
        return [(self.sections[prompt.key], prompt.about) for prompt in kinds.REPORT]

    def values(self) -> DraftValues:
        return DraftValues(
            note={**self.note.given(), **self._report_values()},
            blocks=[self._block_values(row) for row in self.blocks],
            measures=[{"id": UUID(row.id), "key": row.key, **row.form.given()} for row in self.measures],
        )

    def _report_values(self) -> dict[str, Any]:
        """The prompts and goal reports that were sent, put into what is stored."""
        note, values = self.chart.note, {}
        if given := self.sections.given():
            said = {**note.sections, **given}
            values["sections"] = {key: words for key, words in said.items() if words}
        reports = {str(form.goal.pk): form.given() for form in self.goals}
        if any(reports.values()):
            merged = {goal: {**note.goal_reports.get(goal, {}), **report} for goal, report in reports.items()}
            kept = {goal: report for goal, report in merged.items() if any(report.values())}
            values["goal_reports"] = kept
        return values

    def _block_values(self, row: RowForm) -> dict[str, Any]:
        values = {"id": UUID(row.id), "code": row.key, **row.form.given()}
        brought, confirmed = values.pop("brought", ""), values.pop("confirmed", "")
        if brought:
            values["inherited"] = carry.merged(
                row.inherited, brought=brought, confirmed=confirmed, source=self.source
            )
        if row.cues and not any(cue.problems() for cue in row.cues):
            cues = [cue.cleaned_data for cue in row.cues]
            # A blank cue between others keeps its place: findings name a cue by its number on the page.
            while cues and not any(cues[-1].values()):
                cues.pop()
            values["cues"] = cues
        return values

    def problems(self) -> dict[str, str]:
        found = self.note.problems() | self.sections.problems()
        for form in self.goals:
            found |= form.problems()
        for row in [*self.blocks, *self.measures]:
            found |= row.form.problems()
            for cue in row.cues:
                found |= cue.problems()
        return found


@dataclass
class DraftValues:
    """What can be stored: values by field name; of rows also `id` and `code` or `key`, in page order."""

    note: dict[str, Any]
    blocks: list[dict[str, Any]] = field(default_factory=list)
    measures: list[dict[str, Any]] = field(default_factory=list)


def of_type(rows: Iterable, model) -> list:
    return [row for row in rows if isinstance(row, model)]


def in_order(rows: list) -> dict:
    """Rows by id, in the order of the page."""
    return {str(row.pk): row for row in sorted(rows, key=lambda row: row.position)}


def is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def blank_block(chart: Chart, code: str) -> RowForm:
    """The row that the page clones when a block of `code` is added; NEW stands for its id."""
    prefix = "blocks.NEW"
    initial = {"code": code, "one_on_one": True, "modifiers": proposed_modifier(chart.note)}
    form = BlockForm(prefix=prefix, initial=initial, chart=chart)
    return RowForm("NEW", code, form, [CueForm(prefix=f"{prefix}.cues.0")], opens=opens_in(chart))


def opens_in(chart: Chart) -> tuple[str, ...]:
    """The lines of a block's set-up that stand open in this note."""
    return presentations.setup_of(presentations.get(chart.note.presentation, chart.visit.served_on))


def blank_measure(key: str) -> RowForm:
    return RowForm("NEW", key, MeasureForm(prefix="measures.NEW", initial={"key": key}, measure_key=key))


def proposed_modifier(note: Note) -> str:
    """The discipline modifier proposed for a new block; its author sees it and confirms it by signing."""
    return {"PT": "GP", "OT": "GO"}.get(note.discipline, "")
