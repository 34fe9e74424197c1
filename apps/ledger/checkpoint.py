"""Checkpoints: signed statements of where a clinic's chain ends, written outside the database.

The schedule runs `manage.py checkpoint_ledger`; nothing here is called while
somebody signs a note.
"""

from __future__ import annotations

from pathlib import Path

from django.db.models import Max

from apps.audit import clock

from . import verify, witness
from .models import AuditSeal, Checkpoint
from .signing_key import SigningKey
from .witness import Statement, Witness


class NotWitnessed(Exception):
    """No checkpoint was made, because what is there contradicts an earlier one. The message says how."""


def latest(clinic) -> Checkpoint | None:
    """The clinic's newest checkpoint. A page prints the one of its time (last_checkpoint.py)."""
    return Checkpoint.objects.filter(clinic=clinic).order_by("-number").first()


def make(clinic: str, *, key: SigningKey, path: Path) -> Checkpoint | None:
    """Verify what was added since the last checkpoint, sign where the chain ends, and write it down.

    None when there is nothing new. Raises NotWitnessed when the chain does not
    extend the last checkpoint: signing that would lend it credit.
    """
    with witness.opened(path) as file:
        known = witness.read([path])
        if known.problems:
            raise NotWitnessed(f"The file of checkpoints cannot be believed: {known.problems[0]}")
        last = known.last(clinic)
        chain = verify.chain(
            clinic, after=(last.seq, last.hash) if last else None, witnessed=known.of(clinic)
        )
        if chain.findings:
            raise NotWitnessed(chain.findings[0].words)
        seal = AuditSeal.objects.order_by("-number").values_list("hash", flat=True).first() or ""
        if not chain.seq or (last and (last.seq, last.audit_seal) == (chain.seq, seal)):
            return None
        return _write(clinic, chain, seal, key=key, known=known, file=file)


def _write(clinic: str, chain, seal: str, *, key: SigningKey, known: Witness, file: int) -> Checkpoint:
    for public in key.keys:
        if public.id not in known.keys:
            witness.append(file, public.line())
    stored = Checkpoint.objects.filter(clinic=clinic).aggregate(last=Max("number"))["last"] or 0
    last = known.last(clinic)
    unsigned = {
        "clinic": clinic,
        "number": max(stored, last.number if last else 0) + 1,
        "seq": chain.seq,
        "hash": chain.hash,
        "at": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "audit_seal": seal,
        "key": key.id,
    }
    statement = Statement(**unsigned, signature=key.sign(Statement(**unsigned).signed))
    # The file first: if the machine stops here, the statement is outside, and true.
    witness.append(file, statement.line())
    return Checkpoint.objects.create(**unsigned, signature=statement.signature, alg=witness.ALG)
