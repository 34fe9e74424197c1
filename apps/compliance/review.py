"""Judge a note: the rules in force for its date and payer, applied to its facts.

Pure and deterministic. The only judgement about severity made here is that a
question never stops a signature by itself: it waits for an answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Any

from . import codes, payers, severity, units
from .facts import Answer, NoteFacts
from .rule import TOPICS, Case, Citation, Part, Rule, Severity
from .rules import CATALOGUE, CATALOGUE_VERSION
from .units import UnitsReview
from .verdicts import Ask, Fail, Pass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at, where it is, and what to do.

    `key` names the finding together with what it rests on, so an answer given to
    one text does not silence the same rule about another text.
    """

    rule: Rule[Any]
    severity: Severity  # a question is never more than a warning, whatever its rule says
    kind: str  # "fail" or "ask"
    key: str
    path: str  # name of a form field, or "" for the note as a whole
    block: str  # id of the block, or ""
    message: str
    evidence: str = ""
    choices: tuple[str, ...] = ()  # answers to a question that close it
    answered_in: str = ""  # the field of the note whose value makes the question go away
    answer: Answer | None = None

    @property
    def code(self) -> str:
        return self.rule.code

    @property
    def title(self) -> str:
        return self.rule.title

    @property
    def fix(self) -> str:
        return self.rule.fix

    @property
    def citation(self) -> Citation:
        return self.rule.citation

    @property
    def topic(self) -> str:
        return self.rule.topic

    @property
    def hold_billing(self) -> bool:
        return self.rule.hold_billing

    @property
    def is_open(self) -> bool:
        """Whether it still stands between the author and the signature."""
        if self.severity is Severity.ADVICE:
            return False
        if self.severity is Severity.BLOCKER:
            return True
        if self.kind == "ask":
            return self.answer is None or self.answer.value not in self.choices
        return self.answer is None or not self.answer.reason.strip()


@dataclass(frozen=True, slots=True)
class Review:
    """Everything found in a note, in a fixed order: stops, questions, warnings, advice."""

    findings: tuple[Finding, ...]
    units: UnitsReview
    counts: Mapping[str, tuple[int, int]]  # topic -> (parts that passed, findings)
    catalogue_version: str = CATALOGUE_VERSION

    @property
    def blockers(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity is Severity.BLOCKER)

    @property
    def questions(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.kind == "ask")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity is Severity.WARNING and f.kind == "fail")

    @property
    def advice(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity is Severity.ADVICE)

    @property
    def open(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.is_open)

    @property
    def open_blockers(self) -> tuple[Finding, ...]:
        return self.blockers

    @property
    def is_ready(self) -> bool:
        """Nothing stands between the author and the signature."""
        return not self.open

    @property
    def holds_billing(self) -> bool:
        """A reason lets the note be signed; it does not clear the claim."""
        return any(f.hold_billing for f in self.findings)

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """(topic, state) for a small meter; topics that nothing was judged under are left out.

        stop: a blocker is open. todo: a question is open. warn: a warning is open. ok: none.
        """
        worst: dict[str, int] = dict.fromkeys(self.counts, 0)
        for finding in self.open:
            worst[finding.topic] = max(worst[finding.topic], _rank(finding))
        return tuple((topic, _STATES[worst[topic]]) for topic in TOPICS if topic in worst)


_STATES = ("ok", "warn", "todo", "stop")


def _rank(finding: Finding) -> int:
    if finding.severity is Severity.BLOCKER:
        return 3
    if finding.kind == "ask":
        return 2
    return 1 if finding.severity is Severity.WARNING else 0


def review(facts: NoteFacts, policy: severity.Policy | None = None) -> Review:
    """What this note lacks, by the rules of its own date and payer.

    `policy` holds the clinic's own severities; what is beyond its limits is not followed.
    """
    return judge(facts, rules_for(facts.date_of_service, facts.payer, facts.discipline), policy)


@lru_cache(maxsize=256)
def rules_for(on: date, payer: str, discipline: str) -> tuple[Rule[Any], ...]:
    """The rules in force, in the order of the catalogue."""
    return tuple(rule for rule in CATALOGUE if rule.applies(on=on, payer=payer, discipline=discipline))


def judge(facts: NoteFacts, rules: Iterable[Rule[Any]], policy: severity.Policy | None = None) -> Review:
    """Apply these rules and no others. `review` picks the right ones."""
    case = case_of(facts)
    findings: list[Finding] = []
    passed: Counter[str] = Counter()
    found: Counter[str] = Counter()
    seen: dict[object, Iterable[Part[Any]]] = {}
    for rule in rules:
        check, good, bad = rule.check, 0, 0
        looked_at = seen.get(rule.looks_at)
        if looked_at is None:
            looked_at = rule.looks_at(case)
            if isinstance(looked_at, (list, tuple)):  # a generator is used up by its first rule
                seen[rule.looks_at] = looked_at
        for part in looked_at:
            verdict = check(part.thing, case)
            if isinstance(verdict, Pass):
                good += 1
            else:
                bad += 1
                findings.append(_finding(rule, part, verdict, facts.answers, policy))
        if good or bad:
            passed[rule.topic] += good
            found[rule.topic] += bad
    # Sorting is stable, so inside a rank the catalogue's order and the form's order remain.
    findings.sort(key=_rank, reverse=True)
    counts = {topic: (passed[topic], found[topic]) for topic in TOPICS if topic in passed}
    return Review(tuple(findings), case.units, counts)


def case_of(facts: NoteFacts) -> Case:
    """The facts, and what follows from them, worked out once."""
    return Case(
        facts=facts,
        policy=payers.get(facts.payer),
        units=units.of(facts),
        neuromuscular=tuple(b for b in facts.blocks if b.code == codes.NEUROMUSCULAR),
        timed=tuple(b for b in facts.blocks if codes.counts_by_quarter_hour(b.code)),
    )


def _finding(
    rule: Rule[Any],
    part: Part[Any],
    verdict: Fail | Ask,
    answers: Mapping[str, Answer],
    policy: severity.Policy | None,
) -> Finding:
    digest = sha256(verdict.evidence.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    key = f"{rule.code}:{part.path}:{digest}"
    is_question = isinstance(verdict, Ask)
    effect = severity.adjusted(rule, policy)
    return Finding(
        rule=rule,
        severity=Severity.WARNING if is_question and effect is Severity.BLOCKER else effect,
        kind="ask" if is_question else "fail",
        key=key,
        path=part.path,
        block=part.block,
        message=verdict.question if isinstance(verdict, Ask) else verdict.message,
        evidence=verdict.evidence,
        choices=verdict.choices if isinstance(verdict, Ask) else (),
        answered_in=verdict.answered_in if isinstance(verdict, Ask) else "",
        answer=answers.get(key),
    )
