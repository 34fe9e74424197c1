"""The help pages: one's own first, all of them searched, and nothing in them that is not there."""

import re
from html import unescape
from pathlib import Path

import pytest

from apps.compliance.rules import CATALOGUE
from apps.exports.packets import slots
from apps.help import pages, reasons

pytestmark = pytest.mark.sqlite

ROOT = Path(__file__).resolve().parents[2]


def words(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_help_opens_with_the_page_of_ones_own_role_and_the_bar_leads_there(clinic, client):
    for person, title in (
        ("tess", "Help for therapists"),
        ("marcus", "Help for therapists"),
        ("jo", "Help for therapists"),
        ("sam", "Help for supervisors"),
        ("rae", "Help for records staff"),
        ("alex", "Help for administrators"),
    ):
        client.force_login(getattr(clinic, person))
        answer = client.get("/help/").content.decode()
        assert f"<h1>{title}</h1>" in answer
        assert 'class="top-link" href="/help/"' in answer


def test_each_help_page_says_its_topics_and_no_topic_stands_twice_on_a_page(clinic, client):
    client.force_login(clinic.tess)
    for page in pages.PAGES:
        answer = client.get(page.address).content.decode()
        assert page.topics and all(topic.title and topic.text for topic in page.topics)
        ids = re.findall(r'\sid="([^"]+)"', answer)
        assert len(ids) == len(set(ids)), page.key
    assert client.get("/help/nobody/").status_code == 404


def test_the_search_finds_a_topic_by_all_its_words_those_in_its_title_first(clinic, client):
    client.force_login(clinic.rae)
    whole = words(client.get("/help/?q=portal+largest"))
    assert "1 place. Make it, download it" in whole and "Help for records staff" in whole
    part = client.get("/help/?q=cosignature", headers={"HX-Request": "true"}).content.decode()
    assert "<h1>" not in part and "Cosignature and late entries" in part
    # What has the words in its title comes first.
    assert part.index("Cosignature and late entries") < part.index("Assistants and students")
    assert "Nothing holds all of these words" in words(client.get("/help/?q=zebra"))
    assert client.get("/help/?q=%00%F0%28&q=" + "x" * 500).status_code == 200


def test_every_rule_that_leads_to_a_field_stands_under_it_with_its_reason(clinic, client):
    listed = {path for _, _, fields in reasons.PARTS for path, _ in fields}
    in_editor = {path for path in reasons.rules_at() if reasons.is_in_editor(path)}
    assert in_editor - listed == set()
    client.force_login(clinic.tess)
    page = words(client.get("/help/fields/"))
    by_field = {rule.code: rule.title for path in listed for rule in reasons.rules_at().get(path, ())}
    assert len(by_field) > 80
    for code, title in by_field.items():
        assert title in page and code in page


def test_the_labels_of_the_fields_are_those_of_the_editor(clinic, client):
    client.force_login(clinic.tess)
    note = clinic.draft_by(clinic.tess, "stroke")
    editor = words(client.get(f"/notes/{note.pk}/"))
    assert "Why each field" in editor
    shown = {"subjective", "measures", "block", "guided", "assessment", "plan"}
    # What is said of a field where nobody types it: the heading that its finding leads to.
    said_otherwise = {"The code", "Who gave the minutes", "Therapist’s minutes"}
    said_otherwise |= {"Finding or remark"}  # of a measure that has words and no number
    for part, _, fields in reasons.PARTS:
        for path, label in fields:
            if part not in shown or label in said_otherwise or path not in reasons.rules_at():
                continue
            assert label.split(",")[0].split(":")[0] in editor, label


def test_the_glossary_is_the_list_that_packets_print_from(clinic, client):
    client.force_login(clinic.rae)
    page = words(client.get("/help/words/"))
    for short, full in slots.abbreviations().items():
        assert f"{short} {full}" in page


def test_each_picture_is_there_light_and_dark_and_each_has_words():
    found = set()
    for file in (ROOT / "templates" / "help").glob("*.html"):
        for name, alt in re.findall(r'_picture.html" with name="(\w+)" alt="([^"]+)"', file.read_text()):
            assert len(alt) > 20
            found.add(name)
    assert {f"{name}-{scheme}.png" for name in found for scheme in ("light", "dark")} == {
        file.name for file in (ROOT / "static" / "help").iterdir()
    }


def test_every_rule_has_a_why_that_the_page_can_show():
    assert all(entry.why[0] for _, _, parts in reasons.by_part() for part in parts for entry in part.entries)
    assert len(CATALOGUE) > 100
