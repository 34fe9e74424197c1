"""Words taken over from an earlier note that nobody has confirmed today."""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[str]]:
    if not case.facts.unconfirmed:
        yield Part("", "")
    for path in case.facts.unconfirmed:
        yield Part(path, path)


def check(path: str, case: Case) -> Verdict:
    if not path:
        return Pass("Nothing waits for confirmation.")
    return Ask("This was taken over from an earlier note. Is it true of today?", evidence=path)


RULE = Rule(
    code="NOT516",
    name="inherited-text-not-confirmed",
    title="Inherited words not confirmed",
    topic="Note",
    severity=Severity.WARNING,
    citation=sources.read("APTA on payer complaints (2019); aapc.com 147105", "repetitious and cloned notes"),
    looks_at=looks_at,
    check=check,
    fix="Change it to what was found today, or confirm it.",
    passes=(
        Example("nothing inherited", samples.note()),
        Example("nothing inherited in a short visit", samples.cut_short()),
        Example("inherited words changed since", samples.note(assessment="(today's)", unconfirmed=())),
    ),
    fails=(
        Example("an assessment taken over", samples.note(unconfirmed=("assessment",))),
        Example("a deficit taken over", samples.note(unconfirmed=("blocks.a.deficit",))),
        Example("two entries taken over", samples.note(unconfirmed=("plan", "assessment"))),
    ),
)
