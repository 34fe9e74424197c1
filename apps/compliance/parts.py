"""The usual answers to "which parts of the note does this rule look at?".

They are cached, so that rules that look at the same thing share the looking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from .codes import NEUROMUSCULAR
from .facts import BlockFacts, CueFacts, MeasureFacts, NoteFacts
from .rule import Case, Part
from .words import EFFECTS_THAT_SAY_IT_ALL

# What closes a question about an element that a visit cut short may lack. "No" says that
# the element happened, so it can be charted; it is not a way past the stop.
CONFIRMED = ("yes",)

LooksAtBlocks = Callable[[Case], Iterable[Part[BlockFacts]]]


def has_words(text: str) -> bool:
    """Whether there is anything to read. A dash or a full stop is nothing."""
    return any(map(str.isalnum, text))


def words_of(block: BlockFacts) -> str:
    """Everything that the author wrote in a block, for a search."""
    told = [
        block.deficit,
        block.activity,
        block.position_used,
        block.surface,
        block.environment,
        block.challenge,
        block.dosage,
        block.response,
        block.progression,
        block.purpose,
        block.description,
    ]
    for cue in block.cues:
        told += [cue.action, cue.error, cue.seen]
    return " \n".join(filter(None, told))


@cache
def neuromuscular(field: str) -> LooksAtBlocks:
    """Each 97112 block, with findings at one of its fields."""

    def looks_at(case: Case) -> list[Part[BlockFacts]]:
        return [Part(block.path(field), block, block.id) for block in case.neuromuscular]

    return looks_at


@cache
def timed(field: str) -> LooksAtBlocks:
    """Each block of a 15-minute code, 97112 included."""

    def looks_at(case: Case) -> list[Part[BlockFacts]]:
        return [Part(block.path(field), block, block.id) for block in case.timed]

    return looks_at


@cache
def every_block(field: str) -> LooksAtBlocks:
    def looks_at(case: Case) -> list[Part[BlockFacts]]:
        return [Part(block.path(field), block, block.id) for block in case.facts.blocks]

    return looks_at


@cache
def not_neuromuscular(field: str) -> LooksAtBlocks:
    """Each block of a code other than 97112."""

    def looks_at(case: Case) -> list[Part[BlockFacts]]:
        return [Part(b.path(field), b, b.id) for b in case.facts.blocks if b.code != NEUROMUSCULAR]

    return looks_at


@cache
def the_note(path: str) -> Callable[[Case], Iterable[Part[NoteFacts]]]:
    """The note as a whole, with the finding at one of its fields, or at none."""

    def looks_at(case: Case) -> tuple[Part[NoteFacts]]:
        return (Part(path, case.facts),)

    return looks_at


@cache
def the_treatment(path: str) -> Callable[[Case], Iterable[Part[NoteFacts]]]:
    """The note as a whole, where it is of a kind in which somebody is treated or evaluated."""

    def looks_at(case: Case) -> tuple[Part[NoteFacts], ...]:
        return (Part(path, case.facts),) if case.treats else ()

    return looks_at


@cache
def every_measure(field: str) -> Callable[[Case], Iterable[Part[MeasureFacts]]]:
    def looks_at(case: Case) -> list[Part[MeasureFacts]]:
        return [Part(measure.path(field), measure) for measure in case.facts.measures]

    return looks_at


def charted_codes(case: Case) -> set[str]:
    """The codes of the patient's day: of this note, and of the others of the discipline."""
    return {block.code for block in case.facts.blocks} | {block.code for block in case.facts.same_day}


# --- Cues -----------------------------------------------------------------


def is_described(cue: CueFacts) -> bool:
    """The kind or the action is there."""
    return bool(cue.kind) or has_words(cue.action)


def says_what_was_seen(cue: CueFacts) -> bool:
    """Words; or an effect that needs none, such as "no change"."""
    return cue.effect in EFFECTS_THAT_SAY_IT_ALL or has_words(cue.seen)


def is_complete(cue: CueFacts) -> bool:
    return is_described(cue) and has_words(cue.error) and says_what_was_seen(cue)


def cues_of(block: BlockFacts, field: str) -> Iterator[Part[CueFacts]]:
    """The cues that hold anything, with findings at one field of the cue."""
    for number, cue in enumerate(block.cues):
        if not cue.is_empty:
            yield Part(block.path(f"cues.{number}.{field}"), cue, block.id)
