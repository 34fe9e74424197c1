"""An addendum that does not say why it was written.

Every amendment shows its date, its author and the original; the reader also wants to
know why.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources, units
from ..facts import AddendumFacts
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[AddendumFacts]]:
    for number, addendum in enumerate(case.facts.addenda):
        yield Part(f"addenda.{number}.motive", addendum)


def check(addendum: AddendumFacts, case: Case) -> Verdict:
    if has_words(addendum.motive) and has_words(addendum.by) and addendum.written_on:
        return Pass("Who, when and why are there.")
    lacks = [
        what
        for what, has_it in (
            ("why", has_words(addendum.motive)),
            ("by whom", has_words(addendum.by)),
            ("when", addendum.written_on is not None),
        )
        if not has_it
    ]
    return Fail(f"The addendum does not say {units.listed(lacks)}.", evidence=" ".join(lacks))


RULE = Rule(
    code="REC804",
    name="addendum-without-motive",
    title="Addendum without its motive",
    topic="Record",
    severity=Severity.WARNING,
    citation=sources.AMENDMENTS,
    looks_at=looks_at,
    check=check,
    fix="Say why the addendum was written.",
    passes=(
        Example(
            "who, when and why",
            samples.note(addenda=(AddendumFacts("(words)", "(why)", samples.DAY, "(who)"),)),
        ),
        Example(
            "two of them",
            samples.note(
                addenda=(
                    AddendumFacts("(words)", "(why)", samples.DAY, "(who)"),
                    AddendumFacts("(more)", "(why)", samples.DAY, "(who)"),
                )
            ),
        ),
        Example(
            "a short motive", samples.note(addenda=(AddendumFacts("(words)", "Typo", samples.DAY, "(who)"),))
        ),
    ),
    fails=(
        Example("no motive", samples.note(addenda=(AddendumFacts("(words)", "", samples.DAY, "(who)"),))),
        Example("no author", samples.note(addenda=(AddendumFacts("(words)", "(why)", samples.DAY),))),
        Example("no date", samples.note(addenda=(AddendumFacts("(words)", "(why)", None, "(who)"),))),
    ),
)
