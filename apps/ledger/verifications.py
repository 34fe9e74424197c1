"""Keeping what a verification came to, for the page that says when the record was last checked."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import asdict
from uuid import UUID

from django.db.models import QuerySet

from apps.audit import events, verbs

from . import places, rows
from .models import ChainHead, Verification
from .verify import LEVELS, Chain, Report, Verdict, verify

SENTENCES = {
    Verdict.INTACT: "The record is what was signed.",
    Verdict.REDACTED: "The record is what was signed, with redactions that it tells of itself.",
    Verdict.CONFIGURATION: "No change was found, but something is not set up: not everything could be told.",
    Verdict.TRUNCATED: "A part of the record's end is missing.",
    Verdict.TAMPERED: "The record is not what was signed.",
}
"""The verdicts in words, for the command and for the page."""

MOST_ENTRIES = 20_000
"""A longer record is verified by the schedule alone: a page would keep its reader waiting too long."""


def keep(report: Report, *, milliseconds: int, by=None) -> list[Verification]:
    """Store a report, one row per clinic. What is about the whole database stands with each."""
    return [_keep(chain, report, milliseconds, by) for chain in report.chains if rows.is_uuid(chain.clinic)]


def _keep(chain: Chain, report: Report, milliseconds: int, by) -> Verification:
    own = Report(at=report.at, levels=report.levels, chains=[chain], findings=report.findings)
    return Verification.objects.create(
        clinic=chain.clinic,
        at=dt.datetime.fromisoformat(report.at),
        by=by.name if by else "",
        verdict=own.verdict,
        entries=chain.entries,
        compared=chain.compared,
        unwitnessed=max(chain.unwitnessed, 0),
        checkpoint=chain.checkpoint and chain.checkpoint.line(),
        levels=[LEVELS[level] for level in report.levels],
        findings=[
            {**asdict(found), "level": LEVELS[found.level], "verdict": str(found.verdict)}
            for found in own.all_findings
        ],
        milliseconds=milliseconds,
    )


OVER_ALL_CLINICS = 6
"""The level of the audit seals: they run over the events of every clinic."""


def run(clinic: UUID, *, by, sees_all: bool = True) -> Verification:
    """Verify one clinic's record and keep the result. Only reads the record itself.

    A connection that does not see the events of all clinics would miss those of others in every seal: it
    leaves that level to the schedule.
    """
    levels = [level for level in LEVELS if sees_all or level != OVER_ALL_CLINICS]
    started = time.monotonic()
    place = places.checkpoint_file()
    report = verify(clinic=str(clinic), checkpoints=[place] if place else [], levels=levels)
    (kept,) = keep(report, milliseconds=round((time.monotonic() - started) * 1000), by=by)
    events.record(verbs.RECORD_VERIFIED, by=by, clinic_id=clinic, verdict=str(kept.verdict))
    return kept


def in_words(verdict: str) -> str:
    """A stored verdict in words."""
    return SENTENCES[Verdict(verdict)]


def of(clinic: UUID) -> QuerySet[Verification]:
    """Those of one clinic, newest first."""
    return Verification.objects.filter(clinic=clinic)


def latest(clinic: UUID) -> Verification | None:
    return of(clinic).first()


def trouble_of(clinic: UUID) -> str:
    """What the last verification found, in words; "" where the record is whole or was never verified."""
    last = latest(clinic)
    if last is None or Verdict(last.verdict) in (Verdict.INTACT, Verdict.REDACTED, Verdict.CONFIGURATION):
        return ""
    return in_words(last.verdict)


def length(clinic: UUID) -> int:
    """How many entries the record has, as its head says."""
    return ChainHead.objects.filter(clinic=clinic).values_list("seq", flat=True).first() or 0
