"""Is the record what was signed? Six levels, each able to find what the others cannot.

1 hashes     each entry's words and facts give its hashes
2 links      each entry follows the one before; no number is missing or doubled
3 copies     each signed document has one signature, and its working copy says the same
4 witness    the chain extends the checkpoints outside, and their signatures are good
5 guards     the triggers stand, and on PostgreSQL no role may change or remove entries
6 audit      the sealed part of the audit trail is whole

What is found is said in words that hold nothing of what was charted.
"""

from __future__ import annotations

import enum
from binascii import unhexlify
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from django.db import DatabaseError

from apps.audit import clock

from . import guards, last_checkpoint, projections, rows, seals, witness
from .chain import ALG, FIRST
from .framing import framed
from .models import Checkpoint
from .projections import Projection
from .rows import Row
from .witness import Statement, Witness

LEVELS = {
    1: "hashes",
    2: "links",
    3: "working copies",
    4: "outside witness",
    5: "database guards",
    6: "audit seals",
}
KEPT = 50
"""Findings of a clinic that are listed; the rest are counted. The first says where to look."""


class Verdict(enum.StrEnum):
    """From good to bad: the worst one found is the answer."""

    INTACT = "intact"
    REDACTED = "redacted"
    CONFIGURATION = "configuration"
    TRUNCATED = "truncated"
    TAMPERED = "tampered"


ORDER = list(Verdict)
EXIT = {
    Verdict.INTACT: 0,
    Verdict.REDACTED: 0,
    Verdict.CONFIGURATION: 2,
    Verdict.TRUNCATED: 1,
    Verdict.TAMPERED: 1,
}


@dataclass(frozen=True)
class Finding:
    verdict: Verdict
    level: int
    words: str
    clinic: str = ""
    seq: int | None = None
    document: str = ""


@dataclass
class Chain:
    """What the walk along one clinic's chain came to."""

    clinic: str
    seq: int = 0
    hash: str = FIRST
    entries: int = 0
    checkpoint: Statement | None = None
    compared: int = 0
    findings: list[Finding] = field(default_factory=list)
    more: int = 0
    redacted: int = 0
    named: int = 0
    """The highest checkpoint that an entry names."""
    is_contradicted: bool = False
    broken: set[int] = field(default_factory=set)

    def add(
        self, verdict: Verdict, level: int, words: str, seq: int | None = None, document: str = ""
    ) -> None:
        if seq is not None and level in (1, 2):
            self.broken.add(seq)
        if len(self.findings) < KEPT:
            self.findings.append(Finding(verdict, level, words, self.clinic, seq, document))
        else:
            self.more += 1

    @property
    def unwitnessed(self) -> int:
        """Entries after the last checkpoint: nothing outside speaks for them yet."""
        return self.seq - self.checkpoint.seq if self.checkpoint else self.entries


@dataclass
class Report:
    at: str
    levels: tuple[int, ...]
    chains: list[Chain] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    """What is about the whole database rather than one clinic."""

    @property
    def all_findings(self) -> list[Finding]:
        return [*(found for chain in self.chains for found in chain.findings), *self.findings]

    @property
    def verdict(self) -> Verdict:
        return max((found.verdict for found in self.all_findings), key=ORDER.index, default=Verdict.INTACT)

    @property
    def exit_status(self) -> int:
        return EXIT[self.verdict]


def verify(
    *,
    clinic: str = "",
    checkpoints: Iterable[Path] = (),
    first_key: str = "",
    levels: Iterable[int] = tuple(LEVELS),
    using: str = "default",
) -> Report:
    """Verify one clinic's record, or every clinic's. Reads only, and holds no lock.

    `checkpoints` are files of checkpoints from outside; without one there is no
    witness, and the report says so. `first_key` is the id of the only key that
    may begin such a file.
    """
    chosen = tuple(sorted(set(levels)))
    report = Report(at=clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"), levels=chosen)
    known = _witness(list(checkpoints), first_key, report) if 4 in chosen else None
    copies = projections.registered() if 3 in chosen else ()
    for one in [clinic] if clinic else _clinics(known, copies, using):
        found = chain(one, witnessed=known.of(one) if known else (), using=using)
        if known:
            _compare_with_table(found, known, using)
        for copy in copies:
            _copies(found, copy, using)
        report.chains.append(found)
    if clinic and not report.chains[0].entries and not report.chains[0].findings:
        words = f"There is no record of a clinic {clinic}: neither entries nor checkpoints."
        report.findings.append(Finding(Verdict.CONFIGURATION, 2, words, clinic))
    if 5 in chosen:
        report.findings += [Finding(Verdict.CONFIGURATION, 5, words) for words in guards.problems(using)]
    if 6 in chosen:
        named = frozenset(
            each.audit_seal
            for statements in (known.statements.values() if known else ())
            for each in statements
            if each.audit_seal
        )
        report.findings += [
            Finding(Verdict.TAMPERED, 6, words) for words in seals.problems(using=using, witnessed=named)
        ]
    return report


def _clinics(known: Witness | None, copies: Iterable[Projection], using: str) -> list[str]:
    """Every clinic that anything knows: one whose entries are all gone is still asked about."""
    kept = (clinic for copy in copies for clinic in copy.clinics(using=using))
    return sorted({*rows.clinics(using), *(known.statements if known else ()), *kept})


# --- The chain ------------------------------------------------------------------------------------------


def chain(
    clinic: str,
    *,
    after: tuple[int, str] | None = None,
    witnessed: Iterable[Statement] = (),
    using: str = "default",
) -> Chain:
    """Walk a clinic's chain: levels 1 and 2, and where it meets its checkpoints.

    `after` a (seq, hash) that is known to be good: only what follows is read,
    and that entry itself, which must still be there.
    """
    # Checkpoints and the head are read before the entries: what is signed meanwhile only adds to them.
    said: dict[int, list[Statement]] = defaultdict(list)
    for statement in witnessed:
        said[statement.seq].append(statement)
    head_seq, head_hash = rows.head(clinic, using)
    found = Chain(clinic)
    expected = max(after[0], 1) if after else 1
    # Of the entry that an incremental walk begins with, only the hash is known, from its checkpoint.
    prev = FIRST.encode() if expected == 1 else None
    emptied: dict[bytes, int] = {}
    redactions: dict[bytes, int] = {}
    at_head = b""
    named: dict[tuple[int, bytes], tuple[int, int]] = {}
    hashes: dict[int, bytes] = {}
    for row in rows.entries(clinic, using, after=expected - 1):
        found.entries += 1
        number = row.number
        if number is None:
            found.add(Verdict.TAMPERED, 2, f"After entry {expected - 1} is one whose number is no number.")
            continue
        _gap(found, expected, number)
        fault = _fault(row)
        if fault == EMPTIED:
            emptied[row.hash] = number
        elif fault:
            verdict = Verdict.CONFIGURATION if fault == UNKNOWN_FORMAT else Verdict.TAMPERED
            found.add(verdict, 1, fault.format(number), number, row.document.decode(errors="replace"))
        follows = number != expected or prev in (None, row.prev_hash)
        if not follows and not found.broken & {number, number - 1}:
            words = (
                f"Entry {number} does not follow entry {number - 1}: one of them was replaced, "
                "or one between them was taken out."
            )
            found.add(Verdict.TAMPERED, 2, words, number, row.document.decode(errors="replace"))
        if row.kind == b"redact":
            redactions[row.ref_hash] = number
        hashes[number] = row.hash
        if not fault and (name := last_checkpoint.in_bytes(row.payload)):
            checkpoint, covers, digest = name
            named.setdefault((covers, digest), (number, checkpoint))
            found.named = max(found.named, checkpoint)
        if number in said:
            _meet(found, said[number], row)
        if number == head_seq:
            at_head = row.hash
        expected, prev = number + 1, row.hash
        found.seq, found.hash = number, row.hash.decode(errors="replace")
    _redacted(found, emptied, redactions)
    _named(found, named, hashes)
    _ending(found, head_seq, head_hash, at_head.decode(errors="replace"), using)
    _missing_end(found, [each for statements in said.values() for each in statements])
    return found


EMPTIED = "emptied"
UNKNOWN_FORMAT = "Entry {} is in a format that this version of Midline does not know."


def _fault(row: Row) -> str:
    """What is wrong with an entry taken by itself, as a sentence with a place for its number, or ""."""
    facts = framed(
        row.alg,
        row.clinic,
        row.seq,
        row.kind,
        row.document,
        row.document_type,
        row.ref_hash,
        row.recorded_at,
        row.prev_hash,
        row.payload_hash,
    )
    facts_fit = sha256(facts).hexdigest().encode() == row.hash
    words_fit = _words_fit(row)
    if facts_fit and words_fit:
        return "" if row.alg == FORMAT else UNKNOWN_FORMAT
    if facts_fit:
        return EMPTIED if not row.payload else "The words of entry {} were changed after they were signed."
    if words_fit:
        return (
            "Entry {} was changed: its words are whole, but what stands beside them (number, kind, document, "
            "time, reference or hash) is not what was sealed."
        )
    return "Entry {} was changed: neither its words nor what stands beside them are what was sealed."


FORMAT = ALG.encode()


def _words_fit(row: Row) -> bool:
    try:
        salt = unhexlify(row.salt)
    except ValueError:
        return False
    if row.salt != salt.hex().encode():
        return False  # in capitals: the same bytes, and not what was stored
    return sha256(salt + row.payload).hexdigest().encode() == row.payload_hash


def _gap(found: Chain, expected: int, number: int) -> None:
    if number < expected:
        found.add(Verdict.TAMPERED, 2, f"There are two entries with number {number}.", number)
    elif number == expected + 1:
        found.add(Verdict.TAMPERED, 2, f"Entry {expected} is missing.", expected)
    elif number > expected:
        found.add(Verdict.TAMPERED, 2, f"Entries {expected} to {number - 1} are missing.", expected)


def _meet(found: Chain, statements: list[Statement], row: Row) -> None:
    """The chain has come to an entry that checkpoints witnessed."""
    for statement in statements:
        if statement.hash.encode() == row.hash:
            if not found.checkpoint or statement.number > found.checkpoint.number:
                found.checkpoint = statement
        elif not found.is_contradicted:
            found.is_contradicted = True
            since = f"after entry {found.checkpoint.seq}" if found.checkpoint else "from the first entry on"
            words = (
                f"The record was rewritten, or an older copy of it was restored and continued: entry "
                f"{statement.seq} is not the one that checkpoint {statement.number} witnessed at "
                f"{statement.at}. Doubt everything {since}."
            )
            found.add(Verdict.TAMPERED, 4, words, statement.seq)


def _redacted(found: Chain, emptied: dict[bytes, int], redactions: dict[bytes, int]) -> None:
    for digest, number in emptied.items():
        if digest in redactions:
            words = (
                f"Entry {number} was redacted, as entry {redactions[digest]} records. "
                "Its words are gone; its place in the chain is whole."
            )
            found.redacted += 1
            found.add(Verdict.REDACTED, 1, words, number)
        else:
            words = f"The words of entry {number} were taken out, and no entry records a redaction."
            found.add(Verdict.TAMPERED, 1, words, number)


def _named(found: Chain, named: dict[tuple[int, bytes], tuple[int, int]], hashes: dict[int, bytes]) -> None:
    """Each entry names the checkpoint that was the last when it was signed: what it covers is there."""
    for (covers, digest), (number, checkpoint) in named.items():
        if covers not in found.broken and (covers >= number or hashes.get(covers, digest) != digest):
            words = (
                f"The record was rewritten: entry {number} names checkpoint {checkpoint}, made when another "
                f"entry {covers} stood there."
            )
            found.add(Verdict.TAMPERED, 2, words, covers)
            return  # what follows from it needs no sentences of its own


def _ending(found: Chain, head_seq: int, head_hash: str, at_head: str, using: str) -> None:
    """Does the chain end where the clinic's head says?"""
    if head_seq > found.seq:
        words = f"The end of the record is missing: its head says entry {head_seq}, it ends at {found.seq}."
        found.add(Verdict.TRUNCATED, 2, words, found.seq + 1)
        return
    if at_head and at_head != head_hash:
        words = f"The head of the record names another entry {head_seq} than the one that is there."
        found.add(Verdict.TAMPERED, 2, words, head_seq)
    # Somebody may have signed since the head was read. Then it has moved on.
    if found.seq > head_seq and rows.head(found.clinic, using)[0] < found.seq:
        words = f"What follows entry {head_seq} was not added by Midline: the record's head does not know it."
        found.add(Verdict.TAMPERED, 2, words, head_seq + 1)


def _missing_end(found: Chain, statements: list[Statement]) -> None:
    last = max(statements, key=lambda each: each.seq, default=None)
    if last and last.seq > found.seq:
        words = (
            f"The end of the record is missing: checkpoint {last.number} witnessed entry {last.seq} at "
            f"{last.at}, and the record ends at {found.seq or 'nothing'}."
        )
        found.add(Verdict.TRUNCATED, 4, words, found.seq + 1)


# --- What speaks for it, and what it speaks for ---------------------------------------------------------


def _witness(paths: list[Path], first_key: str, report: Report) -> Witness | None:
    if not paths:
        words = (
            "No file of checkpoints is named (LEDGER_CHECKPOINT_FILE or --checkpoint), so nothing outside "
            "the database can say whether the record was cut short or rewritten whole."
        )
        report.findings.append(Finding(Verdict.CONFIGURATION, 4, words))
        return None
    try:
        known = witness.read(paths, first_key=first_key)
    except OSError as error:
        words = f"The file of checkpoints {error.filename} cannot be read. Bring back a copy of it."
        report.findings.append(Finding(Verdict.CONFIGURATION, 4, words))
        return None
    report.findings += [Finding(Verdict.TAMPERED, 4, words) for words in known.problems]
    return known


def _compare_with_table(found: Chain, known: Witness, using: str) -> None:
    """The file and the table hold the same checkpoints; where the file lacks one, it was shortened."""
    outside = {each.number: each for each in known.of(found.clinic)}
    stored = Checkpoint.objects.using(using).filter(clinic=found.clinic)
    last = stored.order_by("-number").values_list("number", flat=True).first() or 0
    if found.named > max(last, *outside, 0):
        words = (
            f"The file of checkpoints and the database's own copy lost their end: an entry names checkpoint "
            f"{found.named}."
        )
        found.add(Verdict.TRUNCATED, 4, words)
    if not outside:
        if last:
            words = f"The file of checkpoints holds none of this clinic, and the database remembers {last}."
            found.add(Verdict.TRUNCATED, 4, words)
        elif found.entries:
            words = "No checkpoint covers this record yet. Run: manage.py checkpoint_ledger"
            found.add(Verdict.CONFIGURATION, 4, words)
        return
    if last > max(outside):
        words = f"The file of checkpoints ends at {max(outside)}; the database remembers number {last}."
        found.add(Verdict.TRUNCATED, 4, words)
    for number in range(min(outside), max(outside)):
        if number not in outside:
            found.add(Verdict.TAMPERED, 4, f"Checkpoint {number} is missing from the file of checkpoints.")
    for row in stored.filter(number__in=outside).iterator():
        if row.signature != outside[row.number].signature:
            words = f"Checkpoint {row.number} in the database is not the one in the file."
            found.add(Verdict.TAMPERED, 4, words)


def _copies(found: Chain, copy: Projection, using: str) -> None:
    try:
        for each in copy.compare(clinic=found.clinic, using=using):
            found.compared += 1
            if each.problem:
                found.add(Verdict.TAMPERED, 3, each.problem, each.seq, each.document)
            elif each.differences:
                what = ", ".join(each.differences)
                if each.seq in found.broken:
                    words = (
                        f"The working copy of {copy.name} {each.document} ({what}) does not say "
                        f"what entry {each.seq} says, and that entry was changed too."
                    )
                else:
                    words = (
                        f"The working copy of {copy.name} {each.document} was changed ({what}); "
                        f"the signed words in entry {each.seq} are intact."
                    )
                found.add(Verdict.TAMPERED, 3, words, each.seq, each.document)
    except (DatabaseError, ValueError) as error:
        words = (
            f"The working copies of every {copy.name} cannot be read ({type(error).__name__}): "
            "a row holds what Midline never writes. The signed words do not depend on them."
        )
        found.add(Verdict.TAMPERED, 3, words)
