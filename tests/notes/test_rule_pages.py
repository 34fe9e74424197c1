"""The rules as people meet them: found, read, set by an administrator, and what a setting does to a note."""

import datetime as dt
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from django.urls import reverse

from apps.audit import verbs
from apps.audit.models import Event
from apps.audit.refused import Refused
from apps.compliance import rules, samples
from apps.compliance.review import review
from apps.compliance.rule import Severity
from apps.compliance.severity import limits
from apps.demo import charting
from apps.ledger import chain
from apps.notes import actions, record, rulebook
from apps.notes.management.commands.replay import replay
from apps.notes.models import ClinicSeverity, Note
from apps.notes.policy import policy_of, set_severity
from apps.notes.templatetags.charting import evidence

HTMX = {"HX-Request": "true"}
TEMPLATES = Path(__file__).parents[2] / "templates/notes"
SEVERITIES = "/rules/severities/"


@pytest.fixture
def alex(clinic, client):
    client.force_login(clinic.alex)
    return client


@pytest.fixture
def dana(clinic, client):
    client.force_login(clinic.tess)
    return client


def choose(clinic, code, severity, reason="Agreed at the meeting."):
    set_severity(clinic=clinic.riverside, code=code, severity=severity, reason=reason, by=clinic.alex)


def words_of(answer):
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


# --- The choice -------------------------------------------------------------------------------------------


def test_a_choice_is_kept_and_the_audit_says_who_what_and_why(clinic):
    choose(clinic, "NOT505", "advice")
    assert policy_of(clinic.riverside.pk) == {"NOT505": "advice"}
    event = Event.objects.first()
    assert (event.verb, event.actor, event.clinic) == (
        verbs.SEVERITY_SET,
        str(clinic.alex.pk),
        str(clinic.riverside.pk),
    )
    assert event.details == {
        "rule": "NOT505",
        "was": "warning",
        "now": "advice",
        "reason": "Agreed at the meeting.",
    }


def test_a_choice_is_one_clinics(clinic):
    choose(clinic, "NOT505", "advice")
    assert policy_of(clinic.lakeside.pk) == {}


@pytest.mark.parametrize("own", [None, "warning"])
def test_a_choice_can_be_taken_back_and_the_history_stays(own, clinic):
    choose(clinic, "NOT505", "advice")
    choose(clinic, "NOT505", own, "It was missed too often.")
    assert not ClinicSeverity.objects.exists()
    events = Event.objects.filter(verb=verbs.SEVERITY_SET)
    assert [(one.details["was"], one.details["now"]) for one in events] == [
        ("advice", "warning"),
        ("warning", "advice"),
    ]


def test_the_reason_alone_can_be_put_right(clinic):
    choose(clinic, "NOT505", "advice")
    choose(clinic, "NOT505", "advice", "A better reason.")
    assert ClinicSeverity.objects.get().reason == "A better reason."


@pytest.mark.parametrize(
    ("code", "severity", "reason", "field", "says"),
    [
        ("ZZZ999", "advice", "Why not", "code", "no such rule"),
        ("NOT505", "loud", "Why not", "severity", "no severity"),
        ("NOT505", "advice", "   ", "reason", "Say why"),
        ("NOT505", "warning", "Why not", "severity", "so already"),
        ("NOT505", None, "Why not", "severity", "so already"),
        ("TIM202", "advice", "Why not", "severity", "federal requirement"),
        ("NMR114", "blocker", "Why not", "severity", "may stop nothing"),
        ("NMR110", "advice", "Why not", "severity", "mildest"),
    ],
)
def test_what_cannot_be_chosen_is_refused_with_the_reason(code, severity, reason, field, says, clinic):
    before = Event.objects.filter(outcome="done").count()
    with pytest.raises(Refused, match=says) as refusal:
        choose(clinic, code, severity, reason)
    assert refusal.value.field == field
    assert not ClinicSeverity.objects.exists() and Event.objects.filter(outcome="done").count() == before


def test_every_rule_takes_every_severity_of_its_limits_and_no_other(clinic):
    for rule in rules.CATALOGUE:
        for severity in Severity:
            if severity is rule.severity:
                continue
            if severity in limits(rule).allowed:
                choose(clinic, rule.code, severity.value)
                assert policy_of(clinic.riverside.pk)[rule.code] == severity
            else:
                with pytest.raises(Refused):
                    choose(clinic, rule.code, severity.value)
    federal = [rule for rule in rules.CATALOGUE if rule.citation.authority == "federal requirement"]
    order = [Severity.ADVICE, Severity.WARNING, Severity.BLOCKER]
    kept = policy_of(clinic.riverside.pk)
    assert all(
        order.index(Severity(kept.get(rule.code, rule.severity))) >= order.index(rule.severity)
        for rule in federal
    )


def test_reading_the_policy_is_one_query(clinic, django_assert_num_queries):
    choose(clinic, "NOT505", "advice")
    choose(clinic, "NMR110", "warning")
    with django_assert_num_queries(1):
        policy_of(clinic.riverside.pk)


# --- What it does to a note -------------------------------------------------------------------------------


@pytest.fixture
def unspoken(clinic):
    """A note that is complete but for the patient's words."""
    note = clinic.draft_by(clinic.tess)
    Note.objects.filter(pk=note.pk).update(subjective="")
    return charting.read(note)


def found(payload, code):
    return [one["severity"] for one in payload["review"]["findings"] if one["rule"] == code]


def test_the_clinics_severity_is_the_findings_severity_everywhere(clinic, unspoken, dana):
    assert "Needs a reason" in words_of(dana.get(reverse("note", args=[unspoken.pk])))
    choose(clinic, "NOT505", "blocker")
    assert [f.code for f in charting.judged(unspoken, signer=clinic.tess).open_blockers] == ["NOT505"]
    assert found(record.payload_of(unspoken), "NOT505") == ["blocker"]
    assert "To complete" in words_of(dana.get(reverse("note", args=[unspoken.pk])))
    assert "To complete first" in words_of(dana.get(reverse("note-sign", args=[unspoken.pk])))
    with pytest.raises(Refused, match="to complete before"):
        actions.sign(
            note=unspoken,
            by=clinic.tess,
            preview=record.preview_digest(record.payload_of(unspoken)),
        )


def test_another_clinics_severity_is_not(clinic, unspoken):
    set_severity(clinic=clinic.lakeside, code="NOT505", severity="blocker", reason="Theirs.", by=clinic.ines)
    assert not charting.judged(unspoken, signer=clinic.tess).open_blockers


def test_a_signed_note_keeps_the_severity_that_applied_and_the_policy(clinic, unspoken):
    choose(clinic, "NOT505", "advice")
    entry = charting.sign(unspoken, {}, by=clinic.tess)
    choose(clinic, "NOT505", None, "Back.")
    payload = chain.read(entry)
    assert payload["review"]["policy"] == {"NOT505": "advice"}
    assert found(payload, "NOT505") == ["advice"]


def test_a_replay_judges_by_the_policy_of_the_signature(clinic, unspoken):
    choose(clinic, "NOT505", "advice")
    entry = charting.sign(unspoken, {}, by=clinic.tess)
    choose(clinic, "NOT505", None, "Back.")
    span = {"first": dt.date(2026, 1, 1), "last": dt.date(2026, 12, 31)}
    again = replay([(entry.document, entry.payload)], **span)
    assert (again.notes, again.differences, again.unreadable) == (1, [], [])


@pytest.mark.parametrize("policy", [None, {}, {"NOT505": 3}, {"ZZZ999": "advice"}])
def test_a_replay_reads_notes_without_a_policy_or_with_a_strange_one(policy, clinic, unspoken):
    reason = {"value": "", "reason": "The patient could not speak."}
    entry = charting.sign(unspoken, {"answers": {"NOT505": reason}}, by=clinic.tess)
    payload = chain.read(entry)
    payload["review"] |= {"policy": policy}
    if policy is None:
        del payload["review"]["policy"]
    span = {"first": dt.date(2026, 1, 1), "last": dt.date(2026, 12, 31)}
    again = replay([(entry.document, chain.canonical(payload).decode())], **span)
    assert (again.notes, again.differences) == (1, [])


# --- The administrator's page -----------------------------------------------------------------------------


def test_an_administrator_chooses_with_a_reason_and_sees_it_in_the_history(alex):
    answer = alex.post(SEVERITIES, {"code": "NOT505", "severity": "advice", "reason": "We ask in person."})
    assert (answer.status_code, answer["Location"]) == (302, f"{SEVERITIES}#NOT505")
    page = words_of(alex.get(SEVERITIES))
    assert "1 rule set by this clinic" in page
    assert "Set by the clinic. By itself: signs with a reason." in page
    assert page.count("We ask in person.") >= 2  # at the rule and in the history
    assert "Signs with a reason Advice, never interrupts We ask in person." in page


def test_the_page_says_what_may_be_chosen_and_why_nothing_else(alex):
    page = words_of(alex.get(SEVERITIES))
    assert "A clinic may choose: advice, never interrupts; signs with a reason; stops the signature." in page
    assert "A clinic cannot change it." in page
    assert "A federal requirement cannot be made milder." in page


BAD = {
    "beyond the limits": ({"code": "TIM202", "severity": "advice", "reason": "x"}, "federal requirement"),
    "beyond the limits of a rule with a choice": (
        {"code": "NMR110", "severity": "advice", "reason": "x"},
        "mildest",
    ),
    "no severity": ({"code": "NOT505", "severity": "", "reason": "Kept words"}, "Choose what"),
    "a made-up one": ({"code": "NOT505", "severity": "x" * 9000, "reason": "Kept words"}, "Choose what"),
    "no reason": ({"code": "NOT505", "severity": "advice", "reason": " "}, "Say why"),
    "a long reason": ({"code": "NOT505", "severity": "advice", "reason": "x" * 301}, "at most 300"),
    "a NUL": ({"code": "NOT505", "severity": "advice", "reason": "a\x00b"}, "Null characters"),
    "nothing new": ({"code": "NOT505", "severity": "warning", "reason": "x"}, "so already"),
    "no rule": ({"code": "NOPE", "severity": "advice", "reason": "x"}, "There is no such rule"),
    "a NUL for a rule": ({"code": "\x00", "severity": "advice", "reason": "x"}, "There is no such rule"),
    "nothing at all": ({}, "There is no such rule"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_choice_is_said_where_it_was_made_and_changes_nothing(what, alex):
    sent, says = BAD[what]
    before = Event.objects.filter(outcome="done").count()
    answer = alex.post(SEVERITIES, sent)
    assert answer.status_code == 422
    assert says in words_of(answer)
    if "Kept words" in sent.values():
        assert 'value="Kept words"' in answer.content.decode()
    assert not ClinicSeverity.objects.exists() and Event.objects.filter(outcome="done").count() == before


@pytest.mark.parametrize("who", ["tess", "sam", "rae", "jo"])
def test_for_others_the_page_is_not_there(who, clinic, client):
    client.force_login(getattr(clinic, who))
    assert client.get(SEVERITIES).status_code == 404
    sent = {"code": "NOT505", "severity": "advice", "reason": "x"}
    assert client.post(SEVERITIES, sent).status_code == 404
    assert not ClinicSeverity.objects.exists()


def test_it_is_read_or_sent_and_nothing_else(alex):
    assert alex.put(SEVERITIES).status_code == 405


def test_another_administrator_sees_nothing_of_it(clinic, client):
    choose(clinic, "NOT505", "advice", "Riverside's own.")
    client.force_login(clinic.ines)
    assert "Riverside's own." not in client.get(SEVERITIES).content.decode()


@pytest.mark.parametrize("page", ["2", "x", "9" * 30, "-1", "\x00"])
def test_any_page_of_the_history_is_a_page(page, alex):
    assert alex.get(SEVERITIES, {"page": page}).status_code == 200


# --- Finding and reading rules ----------------------------------------------------------------------------


def test_every_rule_is_listed_under_its_topic_with_effect_and_source(dana):
    page = dana.get("/rules/")
    assert page.content.decode().count('<th scope="row">') == len(rules.CATALOGUE)
    assert f"All {len(rules.CATALOGUE)} rules." in words_of(page)


@pytest.mark.parametrize(
    ("words", "code", "other"),
    [
        ("nmr104", "NMR104", "NMR110"),
        ("CUE skill", "NMR104", "UNT301"),
        ("holds billing", "COD401", "NMR104"),
        ("federal requirement", "COD401", "NMR104"),
        ("not verified", "COD423", "NMR104"),
    ],
)
def test_rules_are_found_by_what_is_said_of_them(words, code, other):
    found = {rule.code for rule in rulebook.find(words)}
    assert code in found and other not in found


def test_as_one_types_the_list_alone_comes_and_without_scripts_the_page(dana):
    part = dana.get("/rules/", {"q": "NMR104"}, headers=HTMX).content.decode()
    assert "<html" not in part and "/rules/NMR104/" in part and 'id="found-count"' in part
    page = dana.get("/rules/", {"q": "NMR104"}).content.decode()
    assert "<html" in page and 'value="NMR104"' in page and "/rules/NMR110/" not in page


@pytest.mark.parametrize("words", ["zzzz", "\x00", "<script>alert", "x" * 100_000, "٣", b"\xed\xa0\x80"])
def test_words_that_nothing_holds_find_nothing(words, dana):
    answer = dana.get("/rules/", {"q": words})
    assert answer.status_code == 200
    assert "No rule holds all of these words" in words_of(answer)
    assert "<script>" not in answer.content.decode().split("<main")[1]


def test_the_list_and_the_page_show_the_clinics_severity(clinic, dana):
    choose(clinic, "NOT505", "advice", "We ask in person.")
    assert "Set by the clinic. By itself: signs with a reason." in words_of(dana.get("/rules/"))
    assert "Reason: We ask in person." in words_of(dana.get("/rules/NOT505/"))
    dana.force_login(clinic.una)
    assert "Set by the clinic" not in words_of(dana.get("/rules/"))
    assert "We ask in person." not in words_of(dana.get("/rules/NOT505/"))


@pytest.mark.parametrize("rule", rules.CATALOGUE, ids=lambda rule: rule.code)
def test_every_rule_has_a_page_with_its_reason_fix_source_examples_and_limits(rule, dana):
    answer = dana.get(reverse("rule", args=[rule.code]))
    page = unescape(words_of(answer))
    for said in (
        rule.title,
        rule.fix,
        rule.citation.source,
        rule.citation.locator,
        rulebook.entry(rule, {}).why[0],
        *(example.says for example in (*rule.passes, *rule.fails)),
        limits(rule).why_not_milder,
        limits(rule).why_not_stricter,
    ):
        assert " ".join(said.split()) in page


def test_a_rule_says_since_when_and_for_how_long_it_has_applied(dana):
    # The clinic's day is 11/20/2026; the rule applies from 7/9/2025.
    assert "since 07/09/2025, for 1 year, 4 months" in words_of(dana.get("/rules/TIM210/")).replace(
        "\xa0", " "
    )
    assert "no first day is known" in words_of(dana.get("/rules/NMR104/"))
    assert "until" not in words_of(dana.get("/rules/NMR104/"))


def test_a_text_that_nobody_read_is_said_to_be_unread(dana):
    unread = next(rule for rule in rules.CATALOGUE if not rule.citation.text_verified)
    assert "do not quote it to a payer" in words_of(dana.get(reverse("rule", args=[unread.code])))


@pytest.mark.parametrize("code", ["NOPE", "nmr104", "%00", "NMR104%20"])
def test_a_rule_that_is_none_is_not_there(code, dana):
    assert dana.get(f"/rules/{code}/").status_code == 404


def test_somebody_without_a_clinic_reads_the_rules_themselves(clinic, client):
    clinic.tess.memberships.update(is_active=False)
    client.force_login(clinic.tess)
    assert client.get("/rules/").status_code == 200
    assert client.get("/rules/NMR104/").status_code == 200


# --- What set a finding off -------------------------------------------------------------------------------


def finding(code, facts):
    return next(one for one in review(facts).findings if one.code == code)


def failing(code):
    [rule] = [rule for rule in rules.CATALOGUE if rule.code == code]
    return finding(code, rule.fails[0].facts)


def test_the_words_that_set_a_finding_off_are_shown():
    assert evidence(failing("NMR114")) == "Pt tolerated treatment well."
    assert evidence(failing("TIM207")) == "24 > 20"


@pytest.mark.parametrize("code", ["TIM203", "COD403", "POC702", "AUT606", "NOT516"])
def test_what_the_message_says_already_and_names_of_fields_are_not(code):
    assert failing(code).evidence
    assert evidence(failing(code)) == ""


def test_no_finding_shows_an_id_or_a_list_of_the_program():
    for rule in rules.CATALOGUE:
        for example in rule.fails:
            for one in review(example.facts).findings:
                said = evidence(one)
                assert "('" not in said and "['" not in said and len(said) <= 201
    blocks = samples.note().blocks
    named = replace(failing("TIM207"), evidence=f"3f2504e0-4f89-41d3-9a0c-0305e82c3301 {blocks[0].code} 77")
    assert "3f2504e0" not in evidence(named) and "77" in evidence(named)


def test_the_editor_shows_it_beside_the_finding(clinic, dana):
    note = clinic.draft_by(clinic.tess)
    note.blocks.filter(code="97112").update(response="Pt tolerated treatment well.")
    page = words_of(dana.get(reverse("note", args=[note.pk])))
    assert "Set off by: Pt tolerated treatment well." in page


# --- Money ------------------------------------------------------------------------------------------------

MONEY = re.compile(
    r"[$€£¢]|\b(dollars?|USD|RVUs?|money|pay|paid|pays|payments?|revenue|reimburse\w*|fees?|prices?|costs?"
    r"|earn\w*|charges?|allowed amount|estimates?|visit-estimate|conversion factor|GPCI)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_no_page_on_which_somebody_charts_or_signs_speaks_of_money(path):
    assert not MONEY.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("who", ["tess", "sam"])
def test_no_editor_and_no_signing_page_leads_to_an_estimate(who, clinic, client):
    person = getattr(clinic, who)
    note = clinic.draft_by(person)
    client.force_login(person)
    for name in ("note", "note-sign"):
        page = client.get(reverse(name, args=[note.pk])).content.decode()
        assert "estimate" not in page.lower() and "$" not in page
