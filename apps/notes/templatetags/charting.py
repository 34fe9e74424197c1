"""Small words for the note's templates."""

from django import template

from apps.compliance.review import Finding
from apps.compliance.rule import Severity

register = template.Library()


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
def minus(number: int, other: int) -> int:
    return number - other


@register.filter
def under(values: dict, key: str):
    """The value of a dictionary under a key."""
    return values.get(key, ())


@register.filter
def plain(number) -> str:
    """A decimal without needless zeros."""
    return f"{number.normalize():f}"
