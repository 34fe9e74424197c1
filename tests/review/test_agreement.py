"""Cohen's kappa against published worked examples, and the drawing of lots. No database."""

import subprocess
from hashlib import sha256

import pytest

from apps.review import agreement, drawing_lots, peer_form


def table(*rows):
    """The pairs of a table of counts: rows are the first's answers, columns the second's."""
    return [
        (str(one), str(other))
        for one, row in enumerate(rows)
        for other, count in enumerate(row)
        for _ in range(count)
    ]


# Each with its number, observed and expected share, and kappa as they were published.
PUBLISHED = [
    pytest.param(
        table((88, 10, 2), (14, 40, 6), (18, 10, 12)), 200, 0.70, 0.41, 0.492, id="Cohen 1960, diagnoses"
    ),
    pytest.param(table((22, 2), (4, 11)), 39, 0.846, 0.538, 0.67, id="Sim and Wright 2005, lateral shift"),
    pytest.param(table((20, 5), (10, 15)), 50, 0.70, 0.50, 0.40, id="textbook: 50 proposals"),
    pytest.param(table((45, 15), (25, 15)), 100, 0.60, 0.54, 0.1304, id="textbook: same share, lower kappa"),
    pytest.param(table((25, 35), (5, 35)), 100, 0.60, 0.46, 0.2593, id="textbook: same share, higher kappa"),
]


@pytest.mark.parametrize(("pairs", "number", "observed", "expected", "kappa"), PUBLISHED)
def test_kappa_is_what_was_published(pairs, number, observed, expected, kappa):
    found = agreement.of(pairs)
    assert found.number == number
    assert float(found.observed) == pytest.approx(observed, abs=0.0005)
    assert float(found.expected) == pytest.approx(expected, abs=0.0005)
    assert float(found.kappa) == pytest.approx(kappa, abs=0.005)


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        ([], None),
        ([("yes", "yes")] * 10, None),  # both gave one answer only: there is nothing that chance could not do
        ([("yes", "no")] * 4, 0),
        ([("yes", "yes"), ("no", "no")], 1),
        ([("yes", "no"), ("no", "yes")], -1),
    ],
)
def test_kappa_at_its_edges(pairs, kappa):
    assert agreement.of(pairs).kappa == kappa


def test_kappa_does_not_depend_on_who_is_first():
    pairs = table((88, 10, 2), (14, 40, 6), (18, 10, 12))
    assert agreement.of(pairs).kappa == agreement.of((other, one) for one, other in pairs).kappa


# --- Lots ---------------------------------------------------------------------------------------------------

IDS = [f"note-{number}" for number in range(40)]


def test_the_same_seed_and_list_draw_the_same_whatever_their_order():
    drawn = drawing_lots.drawn("a" * 64, IDS, 7)
    assert drawn == drawing_lots.drawn("a" * 64, reversed(IDS), 7)
    assert len(set(drawn)) == 7 and set(drawn) <= set(IDS)
    assert drawn != drawing_lots.drawn("b" * 64, IDS, 7)
    assert drawing_lots.drawn("a" * 64, IDS[:3], 7) and len(drawing_lots.drawn("a" * 64, IDS[:3], 7)) == 3


def test_what_is_drawn_can_be_drawn_again_from_what_the_page_says():
    expected = min(IDS, key=lambda id: sha256(f"s:{id}".encode()).hexdigest())
    assert drawing_lots.drawn("s", IDS, 1) == [expected]
    summed = subprocess.run(["sha256sum"], input="s", capture_output=True, text=True, check=True).stdout
    assert drawing_lots.commitment("s") == summed.split()[0]
    assert drawing_lots.frame_hash(["b", "a"]) == sha256(b"a\nb").hexdigest()


def test_every_note_of_the_list_has_the_same_chance():
    times = dict.fromkeys(IDS, 0)
    for number in range(2000):
        for id in drawing_lots.drawn(f"{number:064x}", IDS, 4):
            times[id] += 1
    # 2,000 draws of 4 from 40: 200 each; five standard deviations are 67.
    assert all(133 < count < 267 for count in times.values())


def test_the_form_has_questions_and_answers_of_its_day():
    import datetime as dt

    form = peer_form.on(dt.date(2026, 11, 25))
    assert form == peer_form.on(dt.date(2020, 1, 1))
    assert 3 <= len(form.questions) <= 8 and all(words.endswith("?") for _, words in form.questions)
    assert [key for key, _ in form.choices] == ["yes", "no", "not_applicable"]
