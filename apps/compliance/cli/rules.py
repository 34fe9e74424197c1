"""`rules` and `explain`: the catalogue, listed and one by one."""

from __future__ import annotations

from datetime import date
from typing import Any

from .. import catalogue
from ..rule import Citation, Rule
from ..rules import CATALOGUE, CATALOGUE_VERSION, get
from . import NOTHING_OPEN, UsageError
from .paper import Paper


def rules(*, as_json: bool, paper: Paper) -> int:
    if as_json:
        paper.data(
            {"catalogue_version": CATALOGUE_VERSION, "rules": [in_json(rule) for rule in CATALOGUE]}, indent=2
        )
        return NOTHING_OPEN
    for topic in dict.fromkeys(rule.topic for rule in CATALOGUE):
        paper.line(topic)
        for rule in CATALOGUE:
            if rule.topic == topic:
                paper.text(rule.title, f"  {rule.code}  {rule.severity.value.ljust(8)} ")
        paper.line()
    paper.text(f"{len(CATALOGUE)} rules, version {CATALOGUE_VERSION}. `explain CODE` says why one exists.")
    return NOTHING_OPEN


def explain(asked: str, *, as_json: bool, paper: Paper) -> int:
    rule = _find(asked)
    if as_json:
        paper.data(in_json(rule), indent=2)
        return NOTHING_OPEN
    paper.text(f"{rule.code} {rule.name}")
    paper.text(rule.title)
    for paragraph in catalogue.why(rule).split("\n\n"):
        paper.line()
        paper.text(paragraph)
    paper.line()
    for label, said in (
        ("Effect", catalogue.effect(rule)),
        ("Applies", catalogue.scope(rule)),
        ("To do", rule.fix),
        ("Source", rule.citation.reference),
        ("Passes", "; ".join(example.says for example in rule.passes)),
        ("Found", "; ".join(example.says for example in rule.fails)),
    ):
        paper.text(said, f"{label}:".ljust(10))
    return NOTHING_OPEN


def _find(asked: str) -> Rule[Any]:
    """By code or by name, in whatever case."""
    rule = get(asked.upper())
    if rule is None:
        rule = next((rule for rule in CATALOGUE if rule.name == asked.lower()), None)
    if rule is not None:
        return rule
    from difflib import get_close_matches

    near = get_close_matches(asked.upper(), [rule.code for rule in CATALOGUE], n=3)
    near += get_close_matches(asked.lower(), [rule.name for rule in CATALOGUE], n=2)
    hint = f"Near it: {', '.join(near)}. " if near else ""
    raise UsageError(f"There is no rule {asked[:40]}. {hint}`rules` lists them all.")


def in_json(rule: Rule[Any]) -> dict[str, Any]:
    return {
        "code": rule.code,
        "name": rule.name,
        "title": rule.title,
        "topic": rule.topic,
        "severity": rule.severity.value,
        "hold_billing": rule.hold_billing,
        **scope_as_json(rule),
        "payers": sorted(rule.payers),
        "disciplines": sorted(rule.disciplines),
        "why": catalogue.why(rule),
        "fix": rule.fix,
        "citation": citation_as_json(rule.citation),
        "passes": [example.says for example in rule.passes],
        "fails": [example.says for example in rule.fails],
    }


def scope_as_json(rule: Rule[Any]) -> dict[str, str | None]:
    """Since when the rule has applied, and until when; null: no such limit."""
    return {
        "applies_from": rule.applies_from.isoformat() if rule.applies_from > date.min else None,
        "applies_until": rule.applies_until.isoformat() if rule.applies_until else None,
    }


def citation_as_json(citation: Citation) -> dict[str, Any]:
    return {
        "source": citation.source,
        "locator": citation.locator,
        "text_verified": citation.text_verified,
        "verified_on": citation.verified_on.isoformat() if citation.verified_on else None,
        "reference": citation.reference,
    }
