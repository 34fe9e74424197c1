"""“Prints as” under a block is what prints of it: all of its labels and words, verbatim and in that order."""

import html
import re

from django.template.loader import render_to_string

from apps.demo import charting
from apps.notes import record
from apps.notes.document import block_part, document_of
from apps.notes.models import Block


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_the_preview_of_a_block_has_every_word_that_prints(clinic):
    note = clinic.draft_by(clinic.tess)
    Block.objects.filter(note=note, code="97112").update(
        deficit="Sway < 3 cm & late steps", response="Line one\nline two  with  two spaces"
    )
    note = charting.read(note)
    page = render_to_string("notes/_document.html", {"document": document_of(record.payload_of(note))})
    for row, printed in zip(
        note.blocks.filter(is_removed=False),
        re.findall(r'<section class="doc-block.*?</section>', page, re.DOTALL),
        strict=True,
    ):
        said = render_to_string("notes/_says.html", {"part": block_part(record.block(row))})
        printed = re.sub(r"<thead>.*?</thead>", "", printed, flags=re.DOTALL)
        # How many units it makes is known only with the whole day, and stands beside the note.
        words = re.findall(r"\w+", re.sub(r"· \d units?", "", text_of(printed)))
        assert set(words) <= set(re.findall(r"\w+", text_of(said)))
        assert html.escape(row.response) in said


def test_a_block_without_cues_says_so_as_the_print_does(clinic):
    note = clinic.draft_by(clinic.tess)
    block = note.blocks.filter(code="97112").first()
    block.cues = []
    said = text_of(render_to_string("notes/_says.html", {"part": block_part(record.block(block))}))
    assert "Skilled cues not recorded" in said
