"""A student took part, and nobody said whether the professional was there throughout.

Without that sentence a reviewer cannot tell the student's minutes from the professional's.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import payers, samples, sources
from ..facts import ContributorFacts
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[ContributorFacts]]:
    for one in case.facts.contributors or ():
        if one.credential == "STUDENT":
            yield Part("professional_in_room", one)


def check(student: ContributorFacts, case: Case) -> Verdict:
    if student.professional_in_room is None:
        return Fail(
            "A student took part. Whether you were in the room the whole time is not said.", evidence="room"
        )
    if student.professional_treats_others is None:
        return Fail(
            "A student took part. Whether you treated others meanwhile is not said.", evidence="others"
        )
    return Pass("Both are said.")


_BOTH = ContributorFacts("STUDENT", professional_in_room=True, professional_treats_others=False)

RULE = Rule(
    code="AUT613",
    name="students-company-not-said",
    title="Presence beside the student not said",
    topic="Author",
    severity=Severity.WARNING,
    citation=sources.STUDENTS,
    looks_at=looks_at,
    check=check,
    fix="Say under Time, who was in the room.",
    passes=(
        Example("both said", samples.note(contributors=(_BOTH,))),
        Example(
            "said to have been away: another rule's",
            samples.note(
                contributors=(
                    ContributorFacts("STUDENT", professional_in_room=False, professional_treats_others=True),
                )
            ),
        ),
        Example("an assistant, no student", samples.note(contributors=(ContributorFacts("PTA"),))),
    ),
    fails=(
        Example("nothing said", samples.note(contributors=(ContributorFacts("STUDENT"),))),
        Example(
            "in the room, others not asked about",
            samples.note(contributors=(ContributorFacts("STUDENT", professional_in_room=True),)),
        ),
        Example(
            "others said, the room not",
            samples.note(
                contributors=(
                    ContributorFacts("PTA", professional_in_room=True),
                    ContributorFacts("STUDENT", professional_treats_others=False),
                )
            ),
        ),
    ),
    payers=payers.MEDICARE,
)
