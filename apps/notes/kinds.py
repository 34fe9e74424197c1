"""The kinds of note, and what each asks for beyond the treatment itself.

Labels only: what belongs under them is the author's. A progress report may also
stand inside a treatment note; its prompts are the same there.
Source of the contents: CMS Pub. 100-02 ch. 15 §220.3 (C to E).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from apps.ledger.models import DocumentType


class NoteKind(models.TextChoices):
    TREATMENT = "treatment", "Treatment note"
    EVALUATION = "evaluation", "Evaluation"
    REEVALUATION = "re-evaluation", "Re-evaluation"
    PROGRESS = "progress", "Progress report"
    DISCHARGE = "discharge", "Discharge note"


@dataclass(frozen=True)
class Prompt:
    """A field of a kind of note. `part` is where it stands: S, O, A or P."""

    key: str
    label: str
    part: str
    about: str = ""
    is_date: bool = False

    @property
    def path(self) -> str:
        return f"sections.{self.key}"


REPORT = (
    Prompt("report_begins_on", "Reporting period from", "A", is_date=True),
    Prompt("report_ends_on", "Reporting period to", "A", is_date=True),
    Prompt("extent", "Improvement and extent of progress", "A", "your judgement, goal by goal below"),
    Prompt("continuing", "Continuing, changing or ending the plan", "P"),
)
"""What a progress report asks for, in a note of its own or inside a treatment note."""


@dataclass(frozen=True)
class Contents:
    """What one kind of note is made of."""

    key: NoteKind
    document_type: DocumentType
    prompts: tuple[Prompt, ...] = ()
    treats: bool = True  # has measures, interventions and time
    reports_goals: bool = False

    @property
    def by_therapist(self) -> bool:
        """Is it written by a therapist only, not by an assistant or a student?"""
        return self.key != NoteKind.TREATMENT

    @property
    def label(self) -> str:
        return self.key.label

    def prompts_of(self, part: str) -> tuple[Prompt, ...]:
        return tuple(prompt for prompt in self.prompts if prompt.part == part)


CONTENTS: dict[str, Contents] = {
    kind.key.value: kind
    for kind in (
        Contents(NoteKind.TREATMENT, DocumentType.NOTE),
        Contents(
            NoteKind.EVALUATION,
            DocumentType.EVALUATION,
            prompts=(
                Prompt("referral", "Reason for referral", "S"),
                Prompt("history", "History of the condition", "S", "onset, mechanism, course, tests done"),
                Prompt("prior_level", "Prior level of function", "S"),
                Prompt("home", "Living situation and support", "S"),
                Prompt("function_now", "Current function", "O"),
                Prompt("findings", "Systems review and findings", "O"),
                Prompt("problems", "Impairments and what they limit", "A"),
                Prompt("potential", "Rehabilitation potential", "A"),
            ),
        ),
        Contents(
            NoteKind.REEVALUATION,
            DocumentType.EVALUATION,
            prompts=(
                Prompt("reason", "Reason for the re-evaluation", "S", "new findings, change, no response"),
                Prompt("function_now", "Current function", "O"),
                Prompt("findings", "Findings", "O"),
                Prompt("changes", "What has changed since the last evaluation", "A"),
            ),
            reports_goals=True,
        ),
        Contents(
            NoteKind.PROGRESS,
            DocumentType.PROGRESS_REPORT,
            prompts=REPORT,
            treats=False,
            reports_goals=True,
        ),
        Contents(
            NoteKind.DISCHARGE,
            DocumentType.DISCHARGE,
            prompts=(
                Prompt("reason", "Reason for discharge", "S"),
                Prompt("function_now", "Function at discharge", "O"),
                Prompt("since_report", "Treatment and progress since the last report", "A"),
                Prompt("follow_up", "Recommendations and follow-up", "P"),
            ),
            treats=False,
            reports_goals=True,
        ),
    )
}


PROMPTS = (*REPORT, *(prompt for contents in CONTENTS.values() for prompt in contents.prompts))
"""Every prompt of every kind."""


def reports_goals(kind: str) -> bool:
    """Can a note of this kind say what became of the goals?"""
    return kind == NoteKind.TREATMENT or CONTENTS[kind].reports_goals


def prompts_of(kind: str) -> tuple[Prompt, ...]:
    """All prompts that a note of this kind can hold: a treatment note may hold a progress report."""
    return REPORT if kind == NoteKind.TREATMENT else CONTENTS[kind].prompts


FIELD_OF = {
    "report.begins_on": "sections.report_begins_on",
    "report.ends_on": "sections.report_ends_on",
    "report.extent_of_progress": "sections.extent",
    "report.plan": "sections.continuing",
    "evaluation.prior_level": "sections.prior_level",
    "evaluation.objective_findings": "sections.findings",
    "evaluation.reevaluation_reason": "sections.reason",
    "discharge.since_last_report": "sections.since_report",
    "discharge.reason": "sections.reason",
}
"""Where the editor asks for what a rule looks at, when the two have different names."""

ELSEWHERE = frozenset(
    {"plan.certification", "plan.established_by", "contributors", "supervisor", "late_reason", "report.by"}
)
"""What a rule looks at and the editor has no field for: it is charted on another page, or by the visit."""


def field_of(path: str) -> str:
    """The name of the editor's field for a finding's path; "" where there is none to go to."""
    if path in ELSEWHERE or path.startswith(("signature.", "addenda.")):
        return ""
    found = FIELD_OF.get(path, path)
    return "" if found.split(".")[0] in ("report", "evaluation", "discharge") else found


def holds_report(kind: str, sections: Mapping[str, Any], goal_reports: Mapping[str, Any]) -> bool:
    """Is there a progress report in a note of this kind and contents, or is it one?"""
    if kind == NoteKind.PROGRESS:
        return True
    return kind == NoteKind.TREATMENT and (any(sections.values()) or any(goal_reports.values()))
