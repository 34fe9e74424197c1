"""How far a clinic may change what a finding does, and what a rule does after that.

A clinic may be stricter where the author can truthfully complete the thing now, and
milder where the rule is its own. What Medicare requires it cannot make milder, and a
treatment that happened must stay recordable: what can no longer be changed, or concerns
the claim, never becomes a stop.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .rule import Authority, Rule, Severity

Policy = Mapping[str, str]  # rule's code -> the severity that the clinic chose

_ORDER = (Severity.ADVICE, Severity.WARNING, Severity.BLOCKER)


@dataclass(frozen=True, slots=True)
class Limits:
    """The severities that a clinic may choose for a rule, and why no others."""

    allowed: tuple[Severity, ...]  # from mild to strict
    why_not_milder: str = ""
    why_not_stricter: str = ""


def limits(rule: Rule[Any]) -> Limits:
    """What a clinic may choose for this rule. The rule's own severity is always among it."""
    own = rule.severity
    milder: tuple[Severity, ...] = ()
    stricter: tuple[Severity, ...] = ()
    why_not_milder = why_not_stricter = ""

    if own is Severity.BLOCKER:
        if rule.citation.authority is Authority.CLINIC:
            milder = (Severity.WARNING,)
        else:
            why_not_milder = f"It rests on a {rule.citation.authority}, not on the clinic's own policy."
    elif own is Severity.WARNING:
        if rule.citation.authority is Authority.FEDERAL:
            why_not_milder = "A federal requirement cannot be made milder."
        elif rule.hold_billing:
            why_not_milder = "It concerns the claim, which waits for a person."
        else:
            milder = (Severity.ADVICE,)

    if own is Severity.ADVICE:
        stricter = (Severity.WARNING, Severity.BLOCKER) if rule.may_stop else (Severity.WARNING,)
    elif own is Severity.WARNING and rule.may_stop:
        stricter = (Severity.BLOCKER,)
    if own is not Severity.BLOCKER and Severity.BLOCKER not in stricter:
        why_not_stricter = (
            "It may stop nothing: the author may be unable to complete it truthfully, "
            "or only words point to it."
        )
    return Limits((*milder, own, *stricter), why_not_milder, why_not_stricter)


def adjusted(rule: Rule[Any], policy: Policy | None) -> Severity:
    """The rule's severity in a clinic. A choice outside the limits changes nothing."""
    chosen = (policy or {}).get(rule.code)
    if chosen is None or chosen not in {str(one) for one in limits(rule).allowed}:
        return rule.severity
    return Severity(chosen)


def problems_with(policy: Policy, rules: Mapping[str, Rule[Any]]) -> tuple[str, ...]:
    """Why a clinic's choices cannot be taken as they are, for an administrator to read."""
    said = []
    for code, chosen in sorted(policy.items()):
        rule = rules.get(code)
        if rule is None:
            said.append(f"There is no rule {code}.")
            continue
        if chosen not in {str(one) for one in Severity}:
            said.append(f'{code}: "{chosen}" is no severity.')
            continue
        known = limits(rule)
        wanted = Severity(chosen)
        if wanted not in known.allowed:
            is_milder = _ORDER.index(wanted) < _ORDER.index(rule.severity)
            why = known.why_not_milder if is_milder else known.why_not_stricter
            if not why:
                # A stop of clinic policy may become a warning and no less.
                why = f"The mildest that is allowed is {known.allowed[0]}."
            said.append(f"{code} cannot be {chosen}. {why}")
    return tuple(said)
