"""Small words for the note's templates."""

import re

from django import template

from apps.compliance.review import Finding, Review
from apps.compliance.rule import Severity
from apps.ledger.signatures import clock_time
from apps.notes import phrases
from apps.notes.kinds import field_of
from apps.notes.signing import CHOICE_WORDS

register = template.Library()
register.filter(clock_time)


@register.filter
def tone(finding: Finding) -> str:
    """stop, ask, warn or tip: the class and the icon of a finding."""
    if finding.severity is Severity.BLOCKER:
        return "stop"
    if finding.kind == "ask":
        return "ask"
    return "warn" if finding.severity is Severity.WARNING else "tip"


@register.filter
def tone_words(finding: Finding) -> str:
    words = {"stop": "To complete", "ask": "Question", "warn": "Needs a reason", "tip": "To know"}
    return words[tone(finding)]


@register.filter
def field(finding: Finding) -> str:
    """The name of the field that a finding is about, or "" where the editor has none."""
    return field_of(finding.path)


@register.filter
def offers_phrases(finding: Finding) -> bool:
    """Is the finding about a field whose kind of words there are phrases for?"""
    return finding.is_open and bool(phrases.kind_of(field_of(finding.path)))


ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
NAME = re.compile(r"[a-z_0-9]+")
LISTED = re.compile(r"[(\[]'|',?[)\]]|', '")
WORD = re.compile(r"[\w.:-]*\w")
LONGEST = 200


@register.filter
def evidence(finding: Finding) -> str:
    """The words or numbers that set a finding off, or "" when its message holds them already.

    Evidence also keeps a finding apart from others of its rule, so it may hold ids
    and names of fields, which tell an author nothing.
    """
    said = " ".join(LISTED.sub(" ", ID.sub("", finding.evidence)).split())
    if NAME.fullmatch(said) or set(words_of(said)) <= set(words_of(finding.message)):
        return ""
    return said if len(said) <= LONGEST else f"{said[:LONGEST].rstrip()}…"


def words_of(text: str) -> list[str]:
    return WORD.findall(text.casefold())


@register.filter
def choice_words(choice: str) -> str:
    """An answer that a question offers, as the page writes it."""
    return CHOICE_WORDS.get(choice, choice)


@register.filter
def left(review: Review) -> str:
    """ "1 to complete, 2 to answer", or that it is ready."""
    stops = len(review.open_blockers)
    asks = len(review.open) - stops
    words = [f"{stops} to complete" if stops else "", f"{asks} to answer" if asks else ""]
    return ", ".join(filter(None, words)) or "ready to sign"


@register.filter
def under(values: dict, key: str):
    """The value of a dictionary under a key."""
    return values.get(key, ())


@register.filter
def plain(number) -> str:
    """A decimal without needless zeros."""
    return f"{number.normalize():f}"
