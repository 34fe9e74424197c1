"""Blocks moved and duplicated by the buttons of the page without scripts."""

import pytest

from apps.notes import carry, order
from apps.notes.models import Block

from .test_editor import as_typed, press, url


@pytest.fixture
def draft(clinic):
    return clinic.draft_by(clinic.tess)


@pytest.fixture
def dana(clinic, client):
    client.force_login(clinic.tess)
    return client


def ids(draft):
    return [str(row.pk) for row in draft.blocks.all()]


def test_a_block_moves_by_one_and_not_past_the_end(draft, dana):
    first, second = ids(draft)
    press(dana, draft, move_down=f"blocks.{first}")
    assert ids(draft) == [second, first]
    press(dana, draft, move_down=f"blocks.{first}")
    assert ids(draft) == [second, first]
    press(dana, draft, move_up=f"blocks.{first}")
    assert ids(draft) == [first, second]


@pytest.mark.parametrize("button", ["move_up", "move_down", "duplicate"])
@pytest.mark.parametrize("path", ["", "blocks.", "blocks.x", "measures.1", "\x00"])
def test_a_path_that_is_no_block_changes_nothing(button, path, draft, dana):
    before = ids(draft)
    dana.post(url(draft), as_typed(dana, draft, **{button: path}))
    assert ids(draft) == before


def test_a_duplicate_takes_the_intent_and_nothing_that_was_done_or_seen(draft, dana):
    block = draft.blocks.get(code="97112")
    press(dana, draft, duplicate=f"blocks.{block.pk}")
    first, copy = draft.blocks.filter(code="97112")
    assert first.pk == block.pk
    assert ids(draft).index(str(copy.pk)) == ids(draft).index(str(first.pk)) + 1
    kept = {*order.DUPLICATED, "id", "note", "position", "is_removed", "inherited"}
    for each in Block._meta.concrete_fields:
        if each.name in order.DUPLICATED:
            assert getattr(copy, each.attname) == getattr(block, each.attname), each.name
        elif each.name not in kept:
            assert getattr(copy, each.attname) in (None, "", [], {}), each.name


def test_what_is_of_one_day_is_never_duplicated():
    one_day = {name for name, kind in carry.DECISIONS["Block"].items() if kind == carry.ONE_DAY}
    assert {"response", "cues", "minutes_therapist"} <= one_day
    assert one_day.isdisjoint(set(order.DUPLICATED) - set(order.ROW))
