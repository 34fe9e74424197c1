"""`check`: what a review finds in notes that are kept as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from .. import payers
from ..facts import NoteFacts
from ..moved import moved
from ..note_json import WrongNote, load
from ..review import Finding, Review, review
from ..rule import Severity
from ..sentences import count
from . import BAD_DATA, NOTHING_OPEN, SOMETHING_OPEN, STOPPED, UsageError
from .paper import Paper
from .rules import citation_as_json, scope_as_json
from .units import in_json as units_in_json


class BadData(Exception):
    """A file that is not a note. `line` and `column` are where its JSON breaks, counted from 1."""

    def __init__(self, *messages: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(*messages)
        self.messages, self.line, self.column = messages, line, column


def check(names: Sequence[str], *, as_of: date | None, as_json: bool, paper: Paper) -> int:
    """The highest exit status of all files."""
    if names.count("-") > 1:
        raise UsageError("Standard input can be read once only; give - once.")
    worst = NOTHING_OPEN
    for number, name in enumerate(names):
        try:
            facts = read(name)
        except BadData as refusal:
            worst = max(worst, BAD_DATA)
            _complain(name, refusal, as_json, paper)
            continue
        if as_of:
            facts = moved(facts, as_of)
        found = review(facts)
        worst = max(worst, status_of(found))
        if as_json:
            paper.data(in_json(name, facts, found))
        else:
            if number:
                paper.line()
            _print(name, facts, found, paper)
    return worst


def status_of(found: Review) -> int:
    if found.blockers:
        return STOPPED
    return SOMETHING_OPEN if found.open or found.advice else NOTHING_OPEN


# --- Reading ----------------------------------------------------------------


def read(name: str) -> NoteFacts:
    """The note in a file, or in standard input for "-"."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except (OSError, ValueError) as problem:
        why = problem.strerror if isinstance(problem, OSError) and problem.strerror else "not a file name"
        raise UsageError(f"{name}: cannot be read ({why}).") from None
    try:
        return load(_parsed(raw))
    except WrongNote as wrong:
        raise BadData(*map(str, wrong.problems)) from None


def _parsed(raw: bytes) -> Any:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        before = raw[: problem.start].decode("utf-8-sig", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise BadData("The file is not in UTF-8.", line=line, column=column) from None
    try:
        # Numbers with a fraction are kept as they are written: 44.10 stays 44.10.
        return json.loads(text, parse_float=Decimal, object_pairs_hook=_object)
    except json.JSONDecodeError as problem:
        what = "The file is empty" if not text.strip() else problem.msg
        raise BadData(f"This is not JSON: {what}.", line=problem.lineno, column=problem.colno) from None
    except RecursionError:
        raise BadData("Lists and objects are nested too deep for a note.") from None
    except ValueError:
        # Python refuses to read a number of thousands of digits.
        raise BadData("A number is too long for a note.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON leaves open what a key given twice means; a note must not depend on that."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadData(f'The key "{twice}" stands twice in one object.')
    return found


def _complain(name: str, refusal: BadData, as_json: bool, paper: Paper) -> None:
    where = f"{name}: line {refusal.line}, column {refusal.column}" if refusal.line else name
    for message in refusal.messages:
        paper.complain(f"{where}: {message}")
    if as_json:
        paper.data(
            {
                "file": name,
                "error": {"messages": refusal.messages, "line": refusal.line, "column": refusal.column},
                "status": BAD_DATA,
            }
        )


# --- For a person -----------------------------------------------------------

_WORDS = {Severity.BLOCKER: "STOP", Severity.WARNING: "WARNING", Severity.ADVICE: "ADVICE"}
_INDENT = " " * 10


def _print(name: str, facts: NoteFacts, found: Review, paper: Paper) -> None:
    policy = payers.get(facts.payer)
    payer = facts.payer_name or (policy.label if policy else "") or "no payer"
    paper.text(f"{name}: {facts.discipline} on {facts.date_of_service.isoformat()}, {payer}", rest="  ")
    paper.text(f"{found.units.summary}. {found.units.method_label}.", "  ")
    for share in found.units.assistants:
        paper.text(f"{share.code}: {share.summary}.", "  ")
    for finding in found.findings:
        _print_finding(finding, paper)
    paper.line()
    paper.text(summary(found))


def _print_finding(finding: Finding, paper: Paper) -> None:
    word = "QUESTION" if finding.kind == "ask" else _WORDS[finding.severity]
    paper.line()
    paper.text(f"{finding.code}  {finding.title}", word.ljust(len(_INDENT)))
    paper.text(finding.message, _INDENT)
    if finding.path:
        paper.text(f"At: {finding.path}", _INDENT)
    paper.text(f"To do: {finding.fix}", _INDENT)
    paper.text(f"Source: {finding.citation.reference}", _INDENT)
    if finding.hold_billing:
        paper.text("The claim waits for a person.", _INDENT)
    if finding.answer and not finding.is_open:
        said = " ".join(filter(None, (finding.answer.value, finding.answer.reason)))
        paper.text(f"Answered: {said}", _INDENT)


def summary(found: Review) -> str:
    """ "1 stop, 2 questions, 1 warning." """
    answered = sum(not f.is_open and f.severity is not Severity.ADVICE for f in found.findings)
    open_ones = (
        (len(found.blockers), "stop"),
        (sum(f.is_open for f in found.questions), "question"),
        (sum(f.is_open for f in found.warnings), "warning"),
    )
    said = [count(number, noun) for number, noun in open_ones if number]
    if found.advice:
        said.append(f"{len(found.advice)} advice")
    told = f"{', '.join(said)}." if said else "Nothing open."
    return f"{told} {answered} answered." if answered else told


# --- For a machine ----------------------------------------------------------


def in_json(name: str, facts: NoteFacts, found: Review) -> dict[str, Any]:
    return {
        "file": name,
        "catalogue_version": found.catalogue_version,
        "date_of_service": facts.date_of_service.isoformat(),
        "status": status_of(found),
        "is_ready": found.is_ready,
        "holds_billing": found.holds_billing,
        "counts": {
            "stops": len(found.blockers),
            "questions": len(found.questions),
            "warnings": len(found.warnings),
            "advice": len(found.advice),
            "open": len(found.open),
        },
        "units": units_in_json(found.units),
        "findings": [_finding_in_json(finding) for finding in found.findings],
    }


def _finding_in_json(finding: Finding) -> dict[str, Any]:
    answer = finding.answer
    return {
        "rule": finding.code,
        "name": finding.rule.name,
        "title": finding.title,
        "topic": finding.topic,
        "severity": finding.severity.value,
        "kind": finding.kind,
        "path": finding.path,
        "block": finding.block,
        "message": finding.message,
        "evidence": finding.evidence,
        "fix": finding.fix,
        "citation": citation_as_json(finding.citation),
        **scope_as_json(finding.rule),
        "hold_billing": finding.hold_billing,
        "key": finding.key,
        "choices": finding.choices,
        "answered_in": finding.answered_in,
        "answer": answer and {"value": answer.value, "reason": answer.reason},
        "is_open": finding.is_open,
    }
