"""The pages that a packet draws itself, from what was signed: cover, index, logs, lists. No word is added to
a patient's record here: they are fixed labels, numbers, names and dates.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from pikepdf import Pdf

from apps.audit import clock
from apps.compliance import standing as standings
from apps.episodes import due
from apps.episodes.document import signed_document as plan_document
from apps.exports import certificate, letterhead, pdf
from apps.ledger import chain, checkpoint, signatures
from apps.ledger.models import DocumentType, Kind, LedgerEntry

from . import assemble, attestations, contents, records, slots
from .contents import us
from .models import Build
from .scores import Gathered

STYLES = Path(settings.BASE_DIR) / "static" / "css" / "packet-print.css"
ROWS = 150
"""Of a long table that are laid out at once, so that a long packet takes no more memory than a short one."""

WORD = re.compile(r"\b[A-Z][A-Za-z]{1,5}\b")
UNREAD = ("facts", "review", "signature", "clinic", "patient", "units", "schema")
"""Parts of a payload that hold no typed words."""

LABELS = frozenset({"DOB", "MRN", "NPI", "UTC"})
"""Abbreviations that stand on our own pages, whatever was typed."""

READ_ME = """\
What this is

reading-copy*.pdf      The packet, to be read from the first page to the last. Every page has a number and
                       names its original by its SHA-256. It was joined from stored pages, so it claims
                       neither PDF/A nor PDF/UA. Where the server has a certificate it is signed with it, as
                       the originals are: pdfsig reading-copy.pdf
originals/             The signed documents as they were stored, and papers as they were uploaded, untouched.
fhir/                  The same signed notes as FHIR R4 document bundles, for another system.
record/bundle.jsonl    The clinic's hash-chained record with the words of these documents; the words of all
                       others are withheld, their hashes are there.
record/verify-bundle   Verifies that record. It needs Python 3.8 or later and nothing else; read it first.
manifest.json          What is in the packet, page by page, and the hash of every file.
SHA256SUMS             The same hashes for sha256sum.

How to check it

    sha256sum -c SHA256SUMS
    python3 record/verify-bundle record/bundle.jsonl
"""


class Drawn:
    """One packet's own pages. `gather` reads each signed note once and keeps only what the pages show."""

    def __init__(self, record: records.Record, made: Build, prefix: str):
        self.record, self.made, self.prefix = record, made, prefix
        self.packet, self.facts = record.packet, record.facts
        self.minutes: list[dict[str, Any]] = []
        self.scores = Gathered()
        self.signers: dict[tuple[str, str], dict[str, Any]] = {}
        self.words = set(LABELS)
        self.sample: dict[str, Any] | None = None
        self.explained = {
            one.gap: one
            for one in self.packet.explanations.select_related("written_by").order_by("written_at")
        }

    # --- Reading ------------------------------------------------------------------------------------------

    def gather(self, tell: Callable[..., None]) -> None:
        tell("Reading the signed notes", steps=0)
        plans = records.plans_of(self.packet)
        for reading in records.readings(self.packet, plans):
            self._read_note(reading)
        versions = [UUID(plan.id) for plan in self.facts.plans if plan.signed_on]
        for entry in LedgerEntry.objects.filter(
            clinic=self.packet.clinic_id, document__in=versions, document_type=DocumentType.PLAN
        ):
            payload = chain.read(entry)
            self._signed(payload)
            self._collect(payload)
        for note in self.facts.notes:
            attested = note.attested_on and attestations.entry_of(UUID(note.id), self.packet.clinic_id)
            if attested:
                self._signed(chain.read(attested))

    def _read_note(self, reading: records.Reading) -> None:
        note, payload = reading.note, reading.payload
        for said in (payload, *reading.added):
            self._signed(said)
            self._collect(said)
        units, times = payload["units"], payload["times"]
        counted = {line["code"]: line for line in (*units["lines"], *units["untimed"])}
        if payload["blocks"]:
            self.minutes.append(
                {
                    "on": note.on,
                    "author": note.author,
                    "discipline": note.discipline,
                    "starts_at": signatures.clock_time(payload["visit"]["starts_at"]),
                    "ends_at": signatures.clock_time(payload["visit"]["ends_at"]),
                    "timed": times["timed_minutes"],
                    "total": times["total_minutes"],
                    "units": units["total_units"],
                    "is_voided": note.is_voided,
                    "lines": [
                        {
                            "code": block["code"],
                            "label": block["label"],
                            "minutes": block["minutes"],
                            "modifiers": " ".join(block["modifiers"]),
                            "units": counted.get(block["code"], {}).get("units"),
                        }
                        for block in payload["blocks"]
                    ],
                }
            )
        self.scores.read(reading)

    def _signed(self, payload: dict[str, Any]) -> None:
        signature = payload.get("signature")
        if not signature:
            return
        self.sample = self.sample or signature
        key = (signature["user"], signature["credential"])
        seen = self.signers.setdefault(key, {**signature, "count": 0})
        seen["count"] += 1

    def _collect(self, payload: Any) -> None:
        for words in _texts(payload):
            self.words.update(WORD.findall(words))

    # --- Drawing ------------------------------------------------------------------------------------------

    def write(self, page: str, out: Path, **context: Any) -> None:
        """Draw a page, or the pages of a long table one after the other, to `out`."""
        sheets = [self._print(page, chunk) for chunk in self._contexts(page, context)]
        if len(sheets) == 1:
            out.write_bytes(sheets[0])
            return
        parts = [out.with_suffix(f".{number}") for number, _ in enumerate(sheets)]
        for part, data in zip(parts, sheets, strict=True):
            part.write_bytes(data)
        with Pdf.new() as whole:
            for part in parts:
                with Pdf.open(part) as one:
                    whole.pages.extend(one.pages)
            whole.save(out)
        for part in parts:
            part.unlink()

    def _print(self, page: str, context: dict[str, Any]) -> bytes:
        html = render_to_string(
            f"packets/print/{page}.html",
            {
                "packet": self.packet,
                "patient": self.packet.patient,
                "clinic": self.packet.clinic,
                "facts": self.facts,
                "made": self.made,
                "link": assemble.LINK,
                **context,
            },
        )
        edition = letterhead.latest(self.packet.clinic_id) if page == "cover" else None
        return pdf.page_pdf(html, STYLES.read_text(encoding="utf-8"), edition)

    def _contexts(self, page: str, context: dict[str, Any]) -> Iterator[dict[str, Any]]:
        maker = getattr(self, f"_of_{page}", None)
        if maker is None:
            yield context
            return
        yield from maker(**context)

    def _of_cover(self) -> Iterator[dict[str, Any]]:
        today = clock.today(self.packet.clinic.time_zone)
        yield {
            "clock": contents.clock_of(
                self.packet.letter_kind, self.packet.letter_on, self.packet.due_on, today
            ),
            "kind": self.packet.letter_kind,
            "gaps": len(self.record.index.gaps),
            "today": today,
            "plan": self.packet.plan,
        }

    def _of_index(self, pieces: list[assemble.Piece]) -> Iterator[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        by_slot: dict[str, list[assemble.Piece]] = defaultdict(list)
        for piece in pieces:
            by_slot[piece.slot].append(piece)
        for filled in self.record.index.filled:
            found = by_slot[filled.slot.key]
            only = found[0] if len(found) == 1 and found[0].title == filled.slot.title else None
            rows.append({"slot": filled.slot, "pieces": bool(found), "only": only, **self._span(only)})
            items = {item.key: item for item in filled.items}
            rows += [
                {"piece": piece, "item": items.get(piece.key), **self._span(piece)}
                for piece in ([] if only else found)
            ]
            rows += [{"mention": item} for item in filled.items if item.source == "mention"]
            rows += [{"gap": gap, "explained": self.explained.get(gap.key)} for gap in filled.gaps]
        yield from _chunked("rows", rows)

    def _span(self, piece: assemble.Piece | None) -> dict[str, str]:
        if piece is None:
            return {}
        return {
            "first": f"{self.prefix}{piece.first:06d}",
            "last": f"{piece.last:06d}" if piece.pages > 1 else "",
        }

    def _of_minutes(self) -> Iterator[dict[str, Any]]:
        yield from _chunked("rows", self.minutes, size=60)

    def _of_measures(self) -> Iterator[dict[str, Any]]:
        yield from _chunked("measures", self.scores.series, size=20)

    def _of_billed(self) -> Iterator[dict[str, Any]]:
        yield from _chunked("rows", self.record.compared)

    def _of_signatures(self) -> Iterator[dict[str, Any]]:
        yield {"signers": sorted(self.signers.values(), key=lambda one: one["name"])}

    def _of_protocol(self) -> Iterator[dict[str, Any]]:
        ways = sorted({one["authenticated"] for one in self.signers.values()})
        yield {"sample": self.sample, "signed_at": _moment(self.sample), "ways": ways}

    def _of_abbreviations(self) -> Iterator[dict[str, Any]]:
        known = slots.abbreviations()
        yield {"found": [(short, known[short]) for short in sorted(self.words & known.keys())]}

    def _of_verification(self) -> Iterator[dict[str, Any]]:
        entries = [item for item in self.record.index.items if item.seq and item.source in ("note", "plan")]
        last = checkpoint.latest(self.packet.clinic_id)
        for chunk in _chunked("entries", entries):
            yield {
                **chunk,
                "checkpoint": last,
                "prefix": self.prefix,
                "certificate": certificate.configured(),
            }

    def _of_certification(self) -> Iterator[dict[str, Any]]:
        plans = records.plans_of(self.packet)
        papers = due.papers_of([plan.pk for plan in plans])
        day = clock.today(self.packet.clinic.time_zone)
        told = []
        for plan in plans:
            episode = due.episode_of(plan, papers.get(plan.pk, []), day)
            told.append((plan, standings.steps(episode, day), papers.get(plan.pk, [])))
        yield {"plans": told}

    def _of_attestation(self, note: str) -> Iterator[dict[str, Any]]:
        entry = attestations.entry_of(UUID(note), self.packet.clinic_id)
        payload = chain.read(entry)  # type: ignore[arg-type]
        yield {
            "entry": entry,
            "payload": payload,
            "on": us(dt.date.fromisoformat(payload["date_of_service"])),
            "signed_at": _moment(payload["signature"]),
        }

    def _of_plan(self, version: str) -> Iterator[dict[str, Any]]:
        entry = LedgerEntry.objects.filter(
            clinic=self.packet.clinic_id, document=UUID(version), kind=Kind.SIGN
        ).latest("seq")
        yield {"document": plan_document(entry)}

    def says_of(self, item: contents.Item) -> str:
        """What stands at the top of a paper from elsewhere: whose it is, what, and of which day."""
        patient = self.packet.patient
        born = patient.born_on.strftime("%m/%d/%Y")
        said = f"{patient.name} · DOB {born} · MRN {patient.mrn} · {item.title} · {us(item.on)}"
        return said if len(said) <= 130 else f"{said[:129]}…"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            if name not in UNREAD:
                yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _chunked(name: str, rows: list, *, size: int = ROWS) -> Iterator[dict[str, Any]]:
    for start in range(0, max(len(rows), 1), size):
        yield {name: rows[start : start + size], "goes_on": start > 0}


def _moment(signature: dict[str, Any] | None) -> str:
    return signatures.read(signature).local_time if signature else ""
