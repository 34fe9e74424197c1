"""An addendum written after a denial.

It may be right and needed. One that only adds words of coverage is suspect, so somebody
has to look at it.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources
from ..facts import AddendumFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Ask, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[AddendumFacts]]:
    for number, addendum in enumerate(case.facts.addenda):
        if addendum.after_denial is not None:
            yield Part(f"addenda.{number}.words", addendum)


def check(addendum: AddendumFacts, case: Case) -> Verdict:
    if not addendum.after_denial:
        return Pass("Not after a denial.")
    return Ask(
        "This addendum came after a denial. Does it hold what was seen or done that day?",
        evidence=addendum.words,
    )


RULE = Rule(
    code="REC805",
    name="addendum-after-denial",
    title="Addendum after a denial",
    topic="Record",
    severity=Severity.WARNING,
    citation=sources.read("leedergroup.com, Palmetto (2012)", "addenda that only add coverage wording"),
    looks_at=looks_at,
    check=check,
    fix="Keep to what was seen or done, with its source; nothing else belongs there.",
    passes=(
        Example(
            "before any denial",
            samples.note(
                addenda=(AddendumFacts("(words)", "(why)", samples.DAY, "(who)", after_denial=False),)
            ),
        ),
        Example(
            "two, neither after a denial",
            samples.note(
                addenda=(
                    AddendumFacts("(a)", "(why)", samples.DAY, "(who)", False),
                    AddendumFacts("(b)", "(why)", samples.DAY, "(who)", False),
                )
            ),
        ),
        Example(
            "one of which nobody knows",
            samples.note(
                addenda=(
                    AddendumFacts("(a)", "(why)", samples.DAY, "(who)"),
                    AddendumFacts("(b)", "(why)", samples.DAY, "(who)", False),
                )
            ),
        ),
    ),
    fails=(
        Example(
            "after a denial",
            samples.note(
                addenda=(AddendumFacts("(words)", "(why)", samples.DAY, "(who)", after_denial=True),)
            ),
        ),
        Example(
            "after a denial, with coverage words",
            samples.note(addenda=(AddendumFacts("(coverage words)", "Denial", samples.DAY, "(who)", True),)),
        ),
        Example(
            "the second of two",
            samples.note(
                addenda=(
                    AddendumFacts("(a)", "(why)", samples.DAY, "(who)", False),
                    AddendumFacts("(b)", "(why)", samples.DAY, "(who)", True),
                )
            ),
        ),
    ),
)
