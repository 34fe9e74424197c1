"""The catalogue as pages show it: each rule in words, found by words, with what the clinic made of it.

The rules themselves are in apps/compliance/rules/. Nothing here judges a note.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from apps.compliance import catalogue, payers, severity
from apps.compliance.rule import TOPICS, Rule, Severity
from apps.compliance.rules import CATALOGUE

EFFECTS = {
    Severity.BLOCKER: "Stops the signature",
    Severity.WARNING: "Signs with a reason",
    Severity.ADVICE: "Advice, never interrupts",
}
PILLS = {Severity.BLOCKER: "stop", Severity.WARNING: "warn", Severity.ADVICE: "tip"}


@dataclass(frozen=True)
class Effect:
    """What a rule does, in words and in the colour that goes with them."""

    severity: Severity

    @property
    def words(self) -> str:
        return EFFECTS[self.severity]

    @property
    def pill(self) -> str:
        return PILLS[self.severity]


@dataclass(frozen=True)
class Entry:
    """A rule in one clinic."""

    rule: Rule[Any]
    own: Effect
    here: Effect

    @property
    def is_changed(self) -> bool:
        return self.own != self.here

    @property
    def limits(self) -> severity.Limits:
        return severity.limits(self.rule)

    @property
    def is_adjustable(self) -> bool:
        return len(self.limits.allowed) > 1

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The severities that the clinic may choose, from mild to strict."""
        return [
            (one.value, f"{EFFECTS[one]} (the rule's own)" if one is self.rule.severity else EFFECTS[one])
            for one in self.limits.allowed
        ]

    @property
    def may_choose(self) -> tuple[str, ...]:
        return tuple(EFFECTS[one].lower() for one in self.limits.allowed)

    @property
    def why(self) -> list[str]:
        """The paragraphs of the rule's reason."""
        return [" ".join(part.split()) for part in catalogue.why(self.rule).split("\n\n")]

    @property
    def since(self) -> dt.date | None:
        """The first date of service it applies to; None when it knows no first."""
        return None if self.rule.applies_from == dt.date.min else self.rule.applies_from

    @property
    def payers(self) -> list[str]:
        return [policy.label for policy in payers.all() if policy.key in self.rule.payers]

    @property
    def disciplines(self) -> list[str]:
        return sorted(self.rule.disciplines)


def entry(rule: Rule[Any], policy: severity.Policy) -> Entry:
    return Entry(rule, Effect(rule.severity), Effect(severity.adjusted(rule, policy)))


def by_topic(rules: Iterable[Rule[Any]], policy: severity.Policy) -> list[tuple[str, list[Entry]]]:
    """The rules' entries under their topics, in the catalogue's order; topics without one are left out."""
    found: Mapping[str, list[Entry]] = {topic: [] for topic in TOPICS}
    for rule in rules:
        found[rule.topic].append(entry(rule, policy))
    return [(topic, entries) for topic, entries in found.items() if entries]


def find(words: str) -> list[Rule[Any]]:
    """The rules that hold every one of the words somewhere; all of them for no words."""
    wanted = words.casefold().split()
    return [rule for rule in CATALOGUE if all(word in texts()[rule.code] for word in wanted)]


@cache
def texts() -> dict[str, str]:
    """What the search looks through: by the rule's code all that is said of it."""
    return {rule.code: text_of(rule) for rule in CATALOGUE}


def text_of(rule: Rule[Any]) -> str:
    return " ".join(
        [
            rule.code,
            rule.name,
            rule.title,
            rule.topic,
            rule.fix,
            EFFECTS[rule.severity],
            "holds billing" if rule.hold_billing else "",
            rule.citation.reference,
            rule.citation.authority,
            catalogue.scope(rule),
            catalogue.why(rule),
            *(example.says for example in (*rule.passes, *rule.fails)),
        ]
    ).casefold()
