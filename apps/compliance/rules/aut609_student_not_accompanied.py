"""A student took part, and the professional was not in the room throughout or treated others.

A student's services are payable only as the professional's own: present the whole time,
directing, treating nobody else, and signing all of it.
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
    if student.professional_in_room is False:
        return Fail("A student took part, and you were not in the room the whole time.", evidence="room")
    if student.professional_treats_others:
        return Fail("A student took part while you treated others.", evidence="others")
    return Pass("Nothing charted against it.")


RULE = Rule(
    code="AUT609",
    name="student-not-accompanied",
    title="Student without the professional",
    topic="Author",
    severity=Severity.WARNING,
    citation=sources.STUDENTS,
    looks_at=looks_at,
    check=check,
    fix="Leave out the minutes in which you were not there, or tell billing.",
    passes=(
        Example(
            "in the room, treating nobody else",
            samples.note(
                contributors=(
                    ContributorFacts("STUDENT", professional_in_room=True, professional_treats_others=False),
                )
            ),
        ),
        Example("nothing charted about it", samples.note(contributors=(ContributorFacts("STUDENT"),))),
        Example(
            "in the room, others not asked about",
            samples.note(
                contributors=(ContributorFacts("PTA"), ContributorFacts("STUDENT", professional_in_room=True))
            ),
        ),
    ),
    fails=(
        Example(
            "not in the room",
            samples.note(contributors=(ContributorFacts("STUDENT", professional_in_room=False),)),
        ),
        Example(
            "treating others",
            samples.note(
                contributors=(
                    ContributorFacts("STUDENT", professional_in_room=True, professional_treats_others=True),
                )
            ),
        ),
        Example(
            "a student beside an assistant, not in the room",
            samples.note(
                contributors=(
                    ContributorFacts("PTA"),
                    ContributorFacts("STUDENT", professional_in_room=False),
                )
            ),
        ),
    ),
    payers=payers.MEDICARE,
    hold_billing=True,
)
