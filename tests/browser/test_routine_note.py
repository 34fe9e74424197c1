"""What `make keystrokes` and `make inp` measure, held to their targets."""

import pytest

from . import inp, keystrokes

# Keys and paints are the browser's, and the same over either database.
pytestmark = pytest.mark.browser


def test_a_routine_note_costs_sixty_keys_and_twelve_presses_at_most(page, served):
    keystrokes.let_the_password_age(served.database_url)
    count = keystrokes.go(page.context, patient="Ashdown")
    assert count.keystrokes <= keystrokes.MOST_KEYSTROKES
    assert count.selections <= keystrokes.MOST_SELECTIONS
    assert count.minutes < 2.5
    assert len(count.typed) >= 15, "a note, and not the absence of one"


def test_no_finding_moves_anything_while_somebody_types(browse, places):
    page = browse("dana")
    felt = inp.type_and_watch(page, f"/notes/{places['notes']['five']}/", sentences=2)
    assert felt.shifts == []
    assert len(felt.keys) > 50
