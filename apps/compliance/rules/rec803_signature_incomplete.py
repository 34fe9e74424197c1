"""A signature without something that makes it one.

Name, credential, date, and words that say it was signed electronically. Without them
the claim falls for want of a signature.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .. import samples, sources
from ..facts import SignatureFacts
from ..parts import has_words
from ..rule import Case, Example, Part, Rule, Severity
from ..verdicts import Fail, Pass, Verdict

_ASKED = {
    "name": "name",
    "credential": "credential",
    "phrase": "words that say it was signed",
    "signed_on": "date",
}


def looks_at(case: Case) -> Iterator[Part[tuple[str, bool]]]:
    signature = case.facts.signature
    if signature:
        yield Part("signature.name", ("name", has_words(signature.name)))
        yield Part("signature.credential", ("credential", has_words(signature.credential)))
        yield Part("signature.phrase", ("phrase", has_words(signature.phrase)))
        yield Part("signature.signed_on", ("signed_on", signature.signed_on is not None))


def check(asked: tuple[str, bool], case: Case) -> Verdict:
    name, has_it = asked
    return Pass("It is there.") if has_it else Fail(f"The signature has no {_ASKED[name]}.", evidence=name)


RULE = Rule(
    code="REC803",
    name="signature-incomplete",
    title="Signature incomplete",
    topic="Record",
    severity=Severity.WARNING,
    citation=sources.SIGNATURE,
    looks_at=looks_at,
    check=check,
    fix="Complete the signer's details, and sign again if it was not signed yet.",
    passes=(
        Example(
            "all of it",
            samples.note(
                signature=SignatureFacts("Tess Therapist", "PT", "Electronically signed by", samples.DAY)
            ),
        ),
        Example(
            "signed the day after",
            samples.note(signature=SignatureFacts("Tess Therapist", "PT", "Signed by", date(2026, 11, 17))),
        ),
        Example(
            "initials and name", samples.note(signature=SignatureFacts("T. T.", "PT", "Signed", samples.DAY))
        ),
    ),
    fails=(
        Example(
            "no credential",
            samples.note(
                signature=SignatureFacts("Tess Therapist", "", "Electronically signed by", samples.DAY)
            ),
        ),
        Example(
            "no date",
            samples.note(signature=SignatureFacts("Tess Therapist", "PT", "Electronically signed by")),
        ),
        Example("no words", samples.note(signature=SignatureFacts("Tess Therapist", "PT", "", samples.DAY))),
    ),
    hold_billing=True,
)
