"""An assistant's note, and nobody is named who supervises.

General supervision is enough since 2025 in private practice too; it still has a name.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import samples, sources
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict


def looks_at(case: Case) -> Iterator[Part[str]]:
    if case.facts.author.credential in ("PTA", "OTA") and case.facts.supervisor is not None:
        yield Part("supervisor", case.facts.supervisor)


def check(name: str, case: Case) -> Verdict:
    return (
        Pass("Somebody is named.")
        if has_words(name)
        else Fail("Nobody is named who supervises this assistant.")
    )


RULE = Rule(
    code="AUT608",
    name="supervisor-not-named",
    title="Supervisor not named",
    topic="Author",
    severity=Severity.WARNING,
    citation=sources.read(
        "CMS Pub. 100-02 ch.15",
        "§220.3.E: who furnished or supervised; general supervision per lw-consult.com",
    ),
    looks_at=looks_at,
    check=check,
    fix="Name the therapist who supervises.",
    passes=(
        Example(
            "a supervisor", samples.note(author=samples.author(credential="PTA"), supervisor="Tess Therapist")
        ),
        Example(
            "an OTA's supervisor",
            samples.note(author=samples.author(credential="OTA", discipline="OT"), supervisor="(name)"),
        ),
        Example(
            "a supervisor, cut short",
            samples.cut_short(author=samples.author(credential="PTA"), supervisor="(name)"),
        ),
    ),
    fails=(
        Example("nobody", samples.note(author=samples.author(credential="PTA"), supervisor="")),
        Example(
            "an OTA, nobody",
            samples.note(author=samples.author(credential="OTA", discipline="OT"), supervisor=" "),
        ),
        Example("a dash", samples.note(author=samples.author(credential="PTA"), supervisor="-")),
    ),
)
