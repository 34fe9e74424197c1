"""What two windows differ in, field by field, and what choosing would put where."""

import json
import uuid

import pytest

from apps.notes import chart, merge
from apps.notes.forms import DraftForm

from .test_editor import as_typed, save, url


@pytest.fixture
def draft(clinic):
    return clinic.draft_by(clinic.tess)


@pytest.fixture
def dana(clinic, client):
    client.force_login(clinic.tess)
    return client


def differ(draft, sent):
    """What is stored against what a window holds."""
    from django.http import QueryDict

    data = QueryDict(mutable=True)
    for name, values in sent.items():
        data.setlist(name, values)
    draft.refresh_from_db()
    found = merge.differences(DraftForm(chart.load(draft)), DraftForm(chart.load(draft), data))
    return {difference.path: difference for difference in found}


def block_of(draft, code="97112"):
    return draft.blocks.get(code=code)


def test_two_readings_alike_differ_in_nothing(draft, dana):
    assert differ(draft, as_typed(dana, draft)) == {}


def test_both_words_of_a_field_can_be_kept(draft, dana):
    found = differ(draft, as_typed(dana, draft, plan="Mine"))
    difference = found["plan"]
    assert list(found) == ["plan"]
    assert (difference.yours, difference.saved) == ("Mine", draft.plan)
    assert difference.is_choice and difference.may_keep_both
    assert json.loads(difference.saved_values) == [draft.plan]


def test_choices_are_one_or_the_other_and_carry_what_the_inputs_would_send(draft, dana):
    path = f"blocks.{block_of(draft).pk}"
    stored = block_of(draft)
    found = differ(
        draft, as_typed(dana, draft, **{f"{path}.deficit_domains": "vestibular", f"{path}.one_on_one": None})
    )
    domains, one_on_one = found[f"{path}.deficit_domains"], found[f"{path}.one_on_one"]
    assert json.loads(domains.saved_values) == stored.deficit_domains
    assert json.loads(one_on_one.saved_values) == ["on"]
    assert not domains.may_keep_both and not one_on_one.may_keep_both


def test_a_cue_that_only_one_window_has_is_a_choice_because_a_block_is_saved_with_all_its_cues(draft, dana):
    block = block_of(draft)
    mine = as_typed(dana, draft)
    number = len(block.cues)
    block.cues = [
        *block.cues,
        {"kind": "verbal", "action": "Counted aloud", "error": "", "effect": "", "seen": ""},
    ]
    block.save(update_fields=["cues"])
    found = differ(draft, mine)
    assert found[f"blocks.{block.pk}.cues.{number}.action"].is_choice
    assert found[f"blocks.{block.pk}.cues.{number}.action"].saved == "Counted aloud"


def test_a_block_added_elsewhere_is_kept_whatever_is_chosen(draft, dana):
    mine = as_typed(dana, draft, plan="Mine")
    new = str(uuid.uuid4())
    sent = as_typed(dana, draft)
    sent["blocks"] = [*sent["blocks"], new]
    sent |= {f"blocks.{new}.code": ["97110"], f"blocks.{new}.purpose": ["Endurance"]}
    assert dana.post(url(draft), sent, headers={"HX-Request": "true"}).status_code == 200
    found = differ(draft, mine)
    added = found[f"blocks.{new}.purpose"]
    assert not added.is_choice and added.saved == "Endurance"
    draft.refresh_from_db()
    assert (
        dana.post(
            url(draft), mine | {"revision": [draft.revision]}, headers={"HX-Request": "true"}
        ).status_code
        == 200
    )
    assert draft.blocks.get(pk=new).purpose == "Endurance"


def test_a_removal_is_a_difference_and_two_blocks_of_a_code_are_told_apart(draft, dana):
    first = block_of(draft)
    new = str(uuid.uuid4())
    sent = as_typed(dana, draft)
    sent["blocks"] = [*sent["blocks"], new]
    sent |= {f"blocks.{new}.code": ["97112"]}
    assert dana.post(url(draft), sent, headers={"HX-Request": "true"}).status_code == 200
    found = differ(draft, as_typed(dana, draft, **{f"blocks.{first.pk}.removed": "1"}))
    difference = found[f"blocks.{first.pk}.removed"]
    assert (difference.label, difference.yours, difference.saved) == ("97112 no. 1 Removed", "removed", "")


def test_the_page_offers_the_choice_without_a_field_of_the_note(draft, dana):
    mine = as_typed(dana, draft, plan="Mine")
    save(dana, draft, plan="Theirs")
    text = dana.post(url(draft), mine, headers={"HX-Request": "true"}).content.decode()
    assert 'data-merge="plan"' in text and 'name="merge-1"' in text and 'name="plan"' not in text
