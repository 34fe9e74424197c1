"""Each rule's own examples, and what all rules have in common."""

from itertools import combinations, pairwise
from pathlib import Path

import pytest

from apps.compliance import catalogue, rules
from apps.compliance.review import judge, review
from apps.compliance.rule import TOPICS, Example, Severity
from apps.compliance.rules import CATALOGUE
from tests.compliance.near_misses import MORE

ROOT = Path(__file__).parents[2]


def examples(rule, kind):
    """The rule's own, and those of near_misses.py."""
    index = ("passes", "fails").index(kind)
    more = MORE.get(rule.code, ([], []))[index]
    return [*getattr(rule, kind), *(Example(says, facts) for says, facts in more)]


PASSES = [pytest.param(r, e, id=f"{r.code}: {e.says}") for r in CATALOGUE for e in examples(r, "passes")]
FAILS = [pytest.param(r, e, id=f"{r.code}: {e.says}") for r in CATALOGUE for e in examples(r, "fails")]

# Domain notes §8.6: what the author can truthfully complete now, and nothing else.
STOPS = {
    "NMR101": "deficit",
    "NMR104": "a cue",
    "NMR106": "the intervention named, for 97112",
    "NMR107": "the error a cue addressed",
    "NMR108": "what was seen after it",
    "NMR110": "response",
    "TIM201": "minutes",
    "TIM202": "total minutes",
    "TIM203": "total not below timed minutes",
    "TIM205": "no minute in two blocks",
    "TIM211": "no minute in a group and alone",
    "NOT501": "an intervention",
    "NOT502": "why the visit was cut short, which excuses the rest",
    "NOT503": "the intervention named, for other codes",
    "NOT521": "a phrase, filled or taken out",
    "AUT601": "author",
    "AUT602": "credential",
    "AUT603": "no student as sole signer",
}


@pytest.mark.parametrize(("rule", "example"), PASSES)
def test_a_passing_example_draws_nothing(rule, example):
    assert [f.message for f in review(example.facts).findings if f.code == rule.code] == []


@pytest.mark.parametrize(("rule", "example"), FAILS)
def test_a_failing_example_is_found(rule, example):
    assert [f for f in review(example.facts).findings if f.code == rule.code]


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.code)
class TestEveryRule:
    def test_has_examples_of_both_kinds(self, rule):
        assert rule.passes
        assert rule.fails

    def test_has_three_of_each_kind_and_none_twice(self, rule):
        for kind in ("passes", "fails"):
            found = examples(rule, kind)
            assert len(found) >= 3
            assert len({example.says for example in found}) == len(found)
            same = [(a.says, b.says) for a, b in combinations(found, 2) if a.facts == b.facts]
            assert not same

    def test_its_pass_is_a_judgement_at_least_once(self, rule):
        """An example that the rule never looks at would pass whatever the rule says."""
        judged = [judge(e.facts, [rule]).counts.get(rule.topic, (0, 0)) for e in examples(rule, "passes")]
        assert any(passed for passed, _ in judged)

    def test_lives_in_a_file_of_its_own_name(self, rule):
        name = f"{rule.code.lower()}_{rule.name.replace('-', '_')}.py"
        assert (ROOT / "apps/compliance/rules" / name).is_file()

    def test_has_a_known_topic_and_says_what_to_do(self, rule):
        assert rule.topic in TOPICS
        assert rule.title
        assert rule.fix.endswith(".")
        assert rule.citation.source
        assert rule.citation.locator

    def test_stops_a_signature_only_where_the_domain_notes_say_so(self, rule):
        assert (rule.severity is Severity.BLOCKER) == (rule.code in STOPS)

    def test_says_when_its_source_was_not_read(self, rule):
        assert rule.citation.text_verified == (rule.citation.verified_on is not None)
        assert rule.citation.text_verified or "source text not verified" in rule.citation.reference

    def test_a_rule_that_stops_does_not_hold_billing(self, rule):
        """A note that cannot be signed has no claim to hold."""
        assert not (rule.hold_billing and rule.severity is Severity.BLOCKER)


def test_codes_and_names_are_unique():
    assert len({rule.code for rule in CATALOGUE}) == len(CATALOGUE)
    assert len({rule.name for rule in CATALOGUE}) == len(CATALOGUE)


def test_no_rule_file_is_forgotten():
    files = {p.name.partition("_")[0].upper() for p in (ROOT / "apps/compliance/rules").glob("[a-z]*.py")}
    assert files == {rule.code for rule in CATALOGUE}


def test_families_come_in_order():
    families = [rule.code[:3] for rule in CATALOGUE]
    assert list(dict.fromkeys(families)) == ["NMR", "TIM", "UNT", "COD", "NOT", "AUT", "POC", "PAY", "REC"]
    codes = [rule.code for rule in CATALOGUE]
    assert all(a < b for a, b in pairwise(codes) if a[:3] == b[:3])


def test_a_rule_can_be_found_by_its_code():
    assert rules.get("NMR104").name == "cue-not-described"
    assert rules.get("NMR999") is None


def test_the_version_names_the_day_and_the_content():
    day, _, digest = rules.CATALOGUE_VERSION.partition("+")
    assert day == rules.REVISED_ON
    assert len(digest) == 8


def test_the_page_of_rules_is_fresh():
    page = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
    assert page == catalogue.page(), "run: python -m apps.compliance.catalogue > docs/rules.md"
