"""Why each field of a note is there: the rules that look at it, read from the catalogue itself.

Where a rule's finding points is asked of its own examples, so a new rule stands under its field by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from apps.compliance import review
from apps.compliance.rule import Rule
from apps.compliance.rules import CATALOGUE
from apps.notes import rulebook
from apps.notes.kinds import REPORT, NoteKind, field_of, prompts_of


@dataclass(frozen=True)
class Reason:
    """A field, as the editor calls it, and the rules whose findings lead there."""

    path: str
    label: str
    entries: tuple[rulebook.Entry, ...]

    @property
    def key(self) -> str:
        return self.path.replace(".", "-")


PROMPTS = tuple({one.key: one for kind in NoteKind for one in (*prompts_of(kind), *REPORT)}.values())

# The fields in the editor's order, by their path in a note and the label that the editor gives them.
PARTS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("subjective", "Subjective", (("subjective", "What the patient reports"),)),
    (
        "measures",
        "Measures",
        (
            ("measures", "Measures"),
            ("measures.value", "Today"),
            ("measures.words", "Finding or remark"),
            ("measures.side", "Side"),
            ("measures.condition", "Condition"),
        ),
    ),
    (
        "block",
        "Interventions: every block",
        (
            ("blocks", "Interventions"),
            ("blocks.code", "The code"),
            ("blocks.minutes_therapist", "Therapist’s minutes"),
            ("blocks.given_by", "Who gave the minutes"),
            ("blocks.starts_at", "Start"),
            ("blocks.ends_at", "End"),
            ("blocks.modifiers", "Modifiers"),
            ("blocks.units_billed", "Units billed, if not as calculated"),
            ("blocks.one_on_one", "One-on-one with the patient"),
            ("blocks.purpose", "Purpose"),
            ("blocks.description", "What was done"),
        ),
    ),
    (
        "guided",
        "Interventions: a 97112 block",
        (
            ("blocks.deficit", "1 · Deficit, in your words"),
            ("blocks.limits", "What it limits"),
            ("blocks.goal", "Goal"),
            ("blocks.activity", "2 · Task"),
            ("blocks.dosage", "Dosage"),
            ("blocks.cues", "3 · Skilled cues"),
            ("blocks.cues.kind", "Type of cue"),
            ("blocks.cues.action", "What you did"),
            ("blocks.cues.error", "Error it addressed"),
            ("blocks.cues.seen", "What was seen after it"),
            ("blocks.response", "4 · Response"),
            ("blocks.assistance_before", "Assistance before"),
            ("blocks.progression", "Progression or regression"),
            ("blocks.distinct", "Why distinct from the other codes"),
        ),
    ),
    (
        "time",
        "Time",
        (
            ("total_minutes", "Total treatment minutes"),
            ("ends_at", "End"),
            ("unit_choice", "Which code has the unit"),
            ("method_choice", "How the payer counts units"),
            ("professional_in_room", "Professional with the student the whole session"),
            ("supervisor", "Supervisor"),
            ("cut_short_reason", "Why the visit was cut short"),
        ),
    ),
    ("assessment", "Assessment", (("assessment", "Your judgement"),)),
    (
        "plan",
        "Plan",
        (
            ("plan", "What comes next"),
            ("home_program", "Home program"),
            ("adverse_event_action", "What was done about it"),
        ),
    ),
    (
        "reports",
        "Evaluations, progress reports and discharge notes",
        (
            *((prompt.path, prompt.label) for prompt in PROMPTS),
            ("report", "Progress report"),
            ("evaluation", "Evaluation"),
            ("discharge", "Discharge note"),
        ),
    ),
    (
        "plan-of-care",
        "Plan of care",
        (
            ("plan.diagnoses", "Diagnoses"),
            ("plan.goals", "Goals"),
            ("plan.kind", "Kind of treatment"),
            ("plan.duration", "How often and how long"),
            ("plan.established_by", "Who established it"),
            ("plan.certification", "Certification"),
        ),
    ),
    ("late", "A note written late", (("late_reason", "Why it is late"),)),
)


@cache
def rules_at() -> dict[str, tuple[Rule, ...]]:
    """Path of a field, without which block or cue it is → the rules whose findings lead there."""
    found: dict[str, list[Rule]] = {}
    for rule in CATALOGUE:
        for example in (*rule.fails, *rule.passes):
            for part in rule.looks_at(review.case_of(example.facts)):
                rules = found.setdefault(general(part.path), [])
                if rule not in rules:
                    rules.append(rule)
    return {path: tuple(rules) for path, rules in found.items()}


def general(path: str) -> str:
    """`blocks.<id>.cues.0.error` is `blocks.cues.error`; what no field holds is under its kind of note."""
    path = field_of(path) or path
    names = path.split(".")
    if names[0] in ("report", "evaluation", "discharge"):
        return names[0]
    if names[0] in ("blocks", "measures"):
        del names[1:2]
    return ".".join(name for name in names if not name.isdigit())


def is_in_editor(path: str) -> bool:
    """Whether a finding there leads to a field that somebody writing a note can reach."""
    return bool(field_of(path))


@cache
def by_part() -> list[tuple[str, str, list[Reason]]]:
    """(id, title, reasons) in the order of the note; fields that no rule looks at are left out."""
    return [
        (
            key,
            title,
            [
                Reason(path, label, tuple(rulebook.entry(rule, {}) for rule in rules_at()[path]))
                for path, label in fields
                if path in rules_at()
            ],
        )
        for key, title, fields in PARTS
    ]
