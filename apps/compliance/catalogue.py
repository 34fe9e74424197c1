"""The catalogue as a page: `python -m apps.compliance.catalogue > docs/rules.md`.

Generated, so that it cannot say anything else than the rules do; a test keeps it fresh.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from inspect import getmodule
from typing import Any

from . import payers
from .rule import Rule, Severity
from .rules import CATALOGUE

_EFFECT = {
    Severity.BLOCKER: "Stops the signature",
    Severity.WARNING: "Signs with a reason",
    Severity.ADVICE: "Advice, never interrupts",
}

_INTRODUCTION = """\
# What a good note needs

Generated from `apps/compliance/rules/` by `python -m apps.compliance.catalogue > docs/rules.md`.
Change a rule there, not here.

A rule passes, fails, or asks. A question never stops a signature by itself: it waits
for an answer. "Holds billing" means that the note can be signed and the claim waits for
a person. Where it says *source text not verified*, nobody of us has read the text that
the rule rests on; do not quote it to a payer.

In a terminal: `python -m apps.compliance explain NMR104`.
"""


def page() -> str:
    return "\n".join(
        [_INTRODUCTION, *_overview(), "", *(line for rule in CATALOGUE for line in _entry(rule))]
    )


def _overview() -> Iterator[str]:
    yield "| Rule | What is wrong | Effect |"
    yield "|---|---|---|"
    for rule in CATALOGUE:
        yield f"| [{rule.code}](#{rule.code.lower()}-{rule.name}) | {rule.title} | {effect(rule)} |"


def why(rule: Rule[Any]) -> str:
    """Why the rule exists: the docstring of its file."""
    module = getmodule(rule.check)
    return ((module and module.__doc__) or "").strip()


def effect(rule: Rule[Any]) -> str:
    return _EFFECT[rule.severity] + ("; holds billing" if rule.hold_billing else "")


def _entry(rule: Rule[Any]) -> Iterator[str]:
    yield f"## {rule.code} {rule.name}"
    yield ""
    yield why(rule)
    yield ""
    yield f"- **Effect:** {effect(rule)}"
    yield f"- **Applies:** {scope(rule)}"
    yield f"- **What to do:** {rule.fix}"
    yield f"- **Source:** {rule.citation.reference}"
    yield f"- **Passes:** {'; '.join(example.says for example in rule.passes)}"
    yield f"- **Found:** {'; '.join(example.says for example in rule.fails)}"
    yield ""


def scope(rule: Rule[Any]) -> str:
    known = [policy.label for policy in payers.all() if policy.key in rule.payers]
    said = [", ".join(known) or "every payer"]
    if rule.disciplines:
        said.append(" and ".join(sorted(rule.disciplines)))
    if rule.applies_from > date.min:
        said.append(f"from {rule.applies_from.isoformat()}")
    if rule.applies_until:
        said.append(f"until {rule.applies_until.isoformat()}")
    return ", ".join(said)


if __name__ == "__main__":
    sys.stdout.write(page())
