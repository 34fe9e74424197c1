"""What a note says otherwise than the one before: word by word, and field by field. No database."""

import pytest

from apps.review import changes


def shown(pieces):
    marks = {"same": "{}", "added": "+{}", "removed": "-{}"}
    return " ".join(marks[piece.kind].format(piece.words.strip()) for piece in pieces)


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        ("", "", ""),
        ("Six of ten.", "Six of ten.", "Six of ten."),
        ("Six of ten steps", "Seven of ten steps", "-Six +Seven of ten steps"),
        ("", "New words", "+New words"),
        ("Old words", "", "-Old words"),
        ("one two three", "one three", "one -two three"),
        ("one three", "one two three", "one +two three"),
        # Spaces and line breaks are no change.
        ("one\ntwo", "one  two", "one  two"),
        ("36", "45", "-36 +45"),
        # Hardly a word stayed: the text as it was, then as it is.
        (
            "Looked up for the second rung",
            "Stepped in time on the foam",
            "-Looked up for the second rung +Stepped in time on the foam",
        ),
    ],
)
def test_words_are_compared_one_by_one(then, now, said):
    assert shown(changes.pieces(then, now)) == said


def test_the_words_of_both_notes_can_be_read_from_the_pieces():
    then, now = "Turned left twice, then right.", "Turned right twice; then left, slowly."
    pieces = changes.pieces(then, now)
    read = {
        kind: "".join(p.words for p in pieces if p.kind in ("same", kind)) for kind in ("added", "removed")
    }
    assert read == {"added": now, "removed": then}


def block(code="97112", **said):
    names = changes.correctable.BLOCK
    return {**dict.fromkeys(names, ""), "code": code, "modifiers": ["GP"], "cues": [], **said}


def measure(value, key="berg", side="", name=""):
    return {
        "key": key,
        "label": "Berg",
        "side": side,
        "condition": "",
        "name": name,
        "value": value,
        "words": "",
    }


def payload(**said):
    return {"visit": {"date_of_service": "2026-11-20", "starts_at": "09:00"}, **said}


def test_fields_are_matched_by_what_they_are_and_not_by_their_place():
    then = payload(
        assessment="Steady.",
        blocks=[block("97110", description="Squats"), block(response="Six of ten"), block(response="Second")],
        measures=[measure("40"), measure("9", key="tug")],
    )
    now = payload(
        assessment="Steady.",
        plan="Go on.",
        blocks=[block(response="Seven of ten"), block(response="Second")],
        measures=[measure("9", key="tug"), measure("45")],
    )
    found = changes.between(then, now)
    assert [(one.label, one.path, shown(one.pieces)) for one in found.changed] == [
        ("Plan", "plan", "+Go on."),
        ("Berg: value", "measures.1.value", "-40 +45"),
        ("Block 1, 97112: response", "blocks.0.response", "-Six +Seven of ten"),
        ("Block 1, 97110: modifiers", "", "-GP"),
        ("Block 1, 97110: code", "", "-97110"),
        ("Block 1, 97110: what was done", "", "-Squats"),
    ]
    assert "Assessment" in found.same and "Block 2, 97112: response" in found.same
    assert found.changed[0].is_new and found.changed[-1].is_gone and not found.changed[1].is_new


def test_the_day_and_its_clock_times_are_not_changes():
    then = payload(blocks=[block(starts_at="09:00")])
    now = {**payload(blocks=[block(starts_at="10:00")]), "visit": {"date_of_service": "2026-11-24"}}
    found = changes.between(then, now)
    assert found.changed == ()
