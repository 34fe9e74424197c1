"""A clinic's own severities, and the limits they have."""

from dataclasses import replace

import pytest

from apps.compliance import severity
from apps.compliance.facts import Answer
from apps.compliance.review import review
from apps.compliance.rule import Authority, Severity
from apps.compliance.rules import CATALOGUE
from apps.compliance.samples import note, with_block

BY_CODE = {rule.code: rule for rule in CATALOGUE}

# Domain notes §8.6: the 97112 elements are clinic policy, on by default.
OWN_STOPS = {"NMR101", "NMR104", "NMR107", "NMR108", "NMR110", "NOT502"}


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.code)
class TestEveryRule:
    def test_a_stop_becomes_a_warning_only_where_it_is_clinic_policy(self, rule):
        if rule.severity is Severity.BLOCKER:
            allowed = severity.limits(rule).allowed
            assert (Severity.WARNING in allowed) == (rule.code in OWN_STOPS)
            assert Severity.ADVICE not in allowed

    def test_a_federal_requirement_never_gets_milder(self, rule):
        if rule.citation.authority is Authority.FEDERAL:
            allowed = severity.limits(rule).allowed
            assert allowed[0] is rule.severity

    def test_what_concerns_the_claim_never_stops_and_never_gets_milder(self, rule):
        if rule.hold_billing:
            allowed = severity.limits(rule).allowed
            assert Severity.BLOCKER not in allowed
            assert allowed[0] is rule.severity

    def test_its_own_severity_is_always_allowed(self, rule):
        for chosen in Severity:
            after = severity.adjusted(rule, {rule.code: str(chosen)})
            assert after in severity.limits(rule).allowed
        assert severity.adjusted(rule, None) is rule.severity
        assert severity.adjusted(rule, {}) is rule.severity

    def test_what_may_become_a_stop_does_not_hold_billing(self, rule):
        assert not (rule.may_stop and rule.hold_billing)

    def test_every_refused_choice_is_explained(self, rule):
        for chosen in Severity:
            said = severity.problems_with({rule.code: str(chosen)}, BY_CODE)
            refused = chosen not in severity.limits(rule).allowed
            assert bool(said) == refused
            assert all(text.startswith(rule.code) and text.endswith(".") for text in said)


def test_a_clinic_can_make_its_own_stop_a_warning():
    facts = with_block(response="")
    assert review(facts).blockers
    result = review(facts, {"NMR110": "warning"})
    assert result.blockers == ()
    [warning] = result.warnings
    settled = replace(facts, answers={warning.key: Answer(reason="(why)")})
    assert review(settled, {"NMR110": "warning"}).is_ready


def test_a_clinic_can_make_a_missing_subjective_a_stop_or_advice():
    facts = note(subjective="")
    assert [f.code for f in review(facts, {"NOT505": "blocker"}).blockers] == ["NOT505"]
    assert [f.code for f in review(facts, {"NOT505": "advice"}).advice] == ["NOT505"]
    assert review(facts, {"NOT505": "advice"}).is_ready


def test_a_choice_outside_the_limits_changes_nothing():
    facts = note(total_minutes=None)
    assert [f.code for f in review(facts, {"TIM202": "advice"}).blockers] == ["TIM202"]
    assert review(facts, {"TIM202": "advice"}) == review(facts)


def test_a_hint_can_be_made_advice_and_never_a_stop():
    facts = with_block(response="Tolerated well")
    assert review(facts, {"NMR114": "advice"}).is_ready
    assert review(facts, {"NMR114": "blocker"}).blockers == ()


def test_problems_are_told_in_words():
    said = severity.problems_with(
        {"ZZZ999": "advice", "NOT505": "loud", "TIM202": "warning", "NMR110": "advice", "COD401": "blocker"},
        BY_CODE,
    )
    assert said == (
        "COD401 cannot be blocker. It may stop nothing: the author may be unable to complete it truthfully, "
        "or only words point to it.",
        "NMR110 cannot be advice. The mildest that is allowed is warning.",
        'NOT505: "loud" is no severity.',
        "TIM202 cannot be warning. It rests on a federal requirement, not on the clinic's own policy.",
        "There is no rule ZZZ999.",
    )
    assert severity.problems_with({"NMR110": "warning", "NOT505": "blocker"}, BY_CODE) == ()
