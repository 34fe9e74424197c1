"""Words taken over from an earlier note that nobody has confirmed today.

One question for each block: what was planned is read as a whole. "No" closes nothing,
because then the words are to be changed.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources
from ..parts import CONFIRMED
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[tuple[str, ...]]]:
    if not case.facts.unconfirmed:
        yield Part("", ())
    together: dict[str, list[str]] = {}
    for path in case.facts.unconfirmed:
        place, _, _ = path.rpartition(".")
        together.setdefault(place if place.startswith("blocks.") else path, []).append(path)
    for place, paths in together.items():
        yield Part(paths[0], tuple(paths), place.removeprefix("blocks.") if place != paths[0] else "")


def check(paths: tuple[str, ...], case: Case) -> Verdict:
    if not paths:
        return Pass("Nothing waits for confirmation.")
    fields = ", ".join(path.rpartition(".")[2].replace("_", " ") for path in paths)
    return Ask(
        f"Taken over from an earlier note and not confirmed: {fields}. Is it true of today?",
        evidence=fields,
        choices=CONFIRMED,
    )


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
        Example(
            "a block taken over",
            samples.note(unconfirmed=("blocks.a.deficit", "blocks.a.activity", "blocks.a.position_used")),
        ),
    ),
)
