"""Each fault once, of the many that `make chaos` goes through: what was typed is what is saved."""

from collections import Counter

import pytest

from .chaos import FAULTS, one

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("fault", FAULTS)
def test_no_word_is_lost_when(fault, page, served, places, watch):
    page.close()
    # Being away is what these are about.
    watch.expected += [r"^500 ", "failed: ", "console: htmx:"]
    counted: Counter[str] = Counter()
    one(page.context, served, places["notes"]["chaos"], fault, 11, counted, in_full=True)
    assert counted[fault] >= 1
