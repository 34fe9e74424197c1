"""A PT's or PTA's note charted as occupational therapy, or the other way round.

Minutes, plan of care and modifier all hang on the discipline.
"""

from __future__ import annotations

from .. import parts, samples, sources
from ..facts import NoteFacts
from ..rule import Case, Example, Rule, Severity
from ..verdicts import Fail, Pass, Verdict

_THERAPISTS = frozenset({"PT", "PTA", "OT", "OTA"})


def check(facts: NoteFacts, case: Case) -> Verdict:
    author = facts.author
    if author.credential not in _THERAPISTS or author.discipline in ("", facts.discipline):
        return Pass("The same discipline, or not a therapist's.")
    return Fail(
        f"The author is of {author.discipline}, the note of {facts.discipline}.",
        evidence=f"{author.discipline} {facts.discipline}",
    )


RULE = Rule(
    code="AUT607",
    name="author-of-other-discipline",
    title="Author of the other discipline",
    topic="Author",
    severity=Severity.WARNING,
    citation=sources.CLINIC,
    looks_at=parts.the_note(""),
    check=check,
    fix="Check the discipline of the note, and of your account.",
    passes=(Example("a PT on a PT note", samples.note()),),
    fails=(
        Example("an OT on a PT note", samples.note(author=samples.author(credential="OT", discipline="OT"))),
    ),
    hold_billing=True,
)
