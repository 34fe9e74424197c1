"""Words that a reviewer reads as no need for skilled treatment.

Plateau, fitness, "maintenance". A declared maintenance programme may be covered where
skill is needed, so it is never failed for lack of progress. A denied word says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import hints, samples, sources
from ..rule import Authority, Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[str]]:
    plan = case.facts.plan_of_care
    if plan and plan.is_maintenance:
        return
    yield Part("assessment", case.facts.assessment)
    yield Part("plan", case.facts.plan)
    for block in case.neuromuscular:
        yield Part(block.path("deficit"), block.deficit, block.id)
        yield Part(block.path("response"), block.response, block.id)


def check(text: str, case: Case) -> Verdict:
    phrase = "" if hints.generic_phrase(text) else hints.no_need(text)
    if not phrase:
        return Pass("Nothing speaks against need.")
    return Ask(
        f'This entry says "{phrase}". Is skilled treatment still needed, and is it said why?', evidence=text
    )


RULE = Rule(
    code="NOT513",
    name="words-of-no-need",
    title="Words that speak against need",
    topic="Note",
    severity=Severity.WARNING,
    citation=sources.read(
        "CMS Pub. 100-02 ch.15", "§220.2; Jimmo v. Sebelius on maintenance", Authority.PRACTICE
    ),
    looks_at=looks_at,
    check=check,
    fix="If skill is still needed, say why; if the programme is for maintenance, the plan says so.",
    passes=(
        Example("an assessment of its own", samples.note()),
        Example("a denied plateau", samples.note(assessment="No plateau; sway is down by a third")),
        Example(
            "a declared maintenance programme",
            samples.note(
                plan_of_care=samples.plan(is_maintenance=True), assessment="Plateau reached", plan="(plan)"
            ),
        ),
        Example("a home fitness room", samples.note(plan="Steps at home near the fitness center")),
    ),
    fails=(
        Example("plateau", samples.note(assessment="Progress has reached a plateau")),
        Example("maintenance, not declared", samples.note(plan="Continue for maintenance")),
        Example(
            "general weakness as the deficit",
            samples.with_block(deficit="General weakness and deconditioning"),
        ),
    ),
)
