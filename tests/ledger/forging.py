"""What somebody with the database in their hands could do, for tests of whether it is found.

Everything happens inside a test's own transaction, or in a copy of the database file, and is gone afterwards.
"""

import hashlib
import random
import unicodedata
import uuid
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction

from apps.audit import append_only
from apps.ledger import chain
from apps.ledger.models import ChainHead, LedgerEntry

ENTRIES = "ledger_ledgerentry"


def without_triggers():
    """Drop the guards, as an owner can. The end of the test's transaction brings them back."""
    with connection.cursor() as cursor:
        for table in append_only.guarded():
            for name in append_only.trigger_names(table, connection.vendor):
                on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}')


@contextmanager
def undone():
    """Whatever happens inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def payload(number, words="said"):
    return {"schema": "midline/test/1", "number": number, "words": words}


def odd_texts(count):
    """Words as people type and paste them: composed, decomposed, right to left, emoji, CRLF, controls."""
    dice = random.Random(97112)
    pieces = [
        "Pt reports “less wobble” on stairs; 3× without rail.",
        "café",
        unicodedata.normalize("NFD", "café naïve Ångström"),
        *("\r\n", "\n", "\t", "", " ", "\x7f\x01"),
        *("👩🏽\u200d🦽", "🦿→🧍", "مرحبا", "שלום", "手足", "½ ≥ 5°", "\U0010ffff"),
        *("\u200b\u202e\ufeff", "\u2028", '"quoted" \\ back', "</script>", "%s {0} \\u0041"),
        "a" * 3000,
    ]
    for _ in range(count):
        yield "".join(dice.choices(pieces, k=dice.randrange(1, 12)))


def appended(clinic, count, *, words=lambda number: f"words {number}", refer=True):
    """Entries appended as the app does, of a type that has no working copy."""
    made = []
    for number in range(count):
        made.append(
            chain.append(
                clinic=clinic,
                kind="sign" if not (refer and number % 3 == 2) else "cosign",
                document=uuid.UUID(int=number // 3 + 1, version=4),
                document_type="plan",
                payload=payload(number, words(number)),
                ref_hash=made[-1].hash if refer and number % 3 == 2 else "",
            )
        )
    return made


def in_bulk(clinic, texts):
    """The same, fast: entries made by the chain's own functions and stored in one statement."""
    entries, prev = [], chain.FIRST
    for number, text in enumerate(texts, start=1):
        data = chain.canonical(payload(number, text))
        salt = hashlib.sha256(str(number).encode()).hexdigest()[:32]
        entry = LedgerEntry(
            clinic=clinic,
            seq=number,
            kind="sign",
            document=uuid.UUID(int=number, version=4),
            document_type="plan",
            recorded_at="2026-11-20T21:00:00Z",
            payload=data.decode(),
            salt=salt,
            payload_hash=chain.payload_hash(salt=salt, payload=data),
            prev_hash=prev,
            alg=chain.ALG,
        )
        entry.hash = prev = chain.entry_hash(entry)
        entries.append(entry)
    LedgerEntry.objects.bulk_create(entries, batch_size=500)
    last = entries[-1]
    ChainHead.objects.create(clinic=clinic, seq=last.seq, hash=last.hash, recorded_at=last.recorded_at)
    return entries


def rehash(clinic, *, begin=1):
    """Make the chain from `begin` on consistent again, and the head: a rewrite without a seam."""
    entries = list(LedgerEntry.objects.filter(clinic=clinic).order_by("seq"))
    prev = chain.FIRST
    for entry in entries:
        if entry.seq >= begin:
            entry.prev_hash = prev
            entry.payload_hash = chain.payload_hash(salt=entry.salt, payload=entry.payload.encode())
            entry.hash = chain.entry_hash(entry)
            LedgerEntry.objects.filter(pk=entry.pk).update(
                prev_hash=entry.prev_hash, payload_hash=entry.payload_hash, hash=entry.hash
            )
        prev = entry.hash
    roll_head(clinic)


def roll_head(clinic):
    """Let the head say what the last entry is."""
    last = LedgerEntry.objects.filter(clinic=clinic).order_by("-seq").first()
    ChainHead.objects.filter(clinic=clinic).update(
        seq=last.seq if last else 0, hash=last.hash if last else chain.FIRST
    )


def cut(clinic, after):
    """Take out everything after entry `after`, and let the head forget it."""
    LedgerEntry.objects.filter(clinic=clinic, seq__gt=after).delete()
    roll_head(clinic)


class BitFlipper:
    """Flips single bits of what is stored in a column, as damage or a careful hand would."""

    def __init__(self, column, *, table=ENTRIES, seed=0):
        self.column, self.table = column, table
        # random(str) is the same in every process, unlike hash(str).
        self.dice = random.Random(f"{column} {seed}")
        self.is_sqlite = connection.vendor == "sqlite"

    def flip(self, pk):
        """Flip one bit of a row. Says whether the database took it, and whether anything differs now."""
        before = self.stored(pk)
        if not before:
            return False
        where = self.dice.randrange(len(before) * 8)
        changed = bytearray(before)
        changed[where // 8] ^= 1 << where % 8
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(*self.update(bytes(changed), pk))
        except (DatabaseError, UnicodeDecodeError, ValueError):
            return False
        return self.stored(pk) != before

    def stored(self, pk):
        how = "CAST({} AS BLOB)" if self.is_sqlite else "convert_to({}::text, 'UTF8')"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {how.format(self.column)} FROM {self.table} WHERE id = %s", [pk])
            return bytes(cursor.fetchone()[0])

    def update(self, value, pk):
        if self.is_sqlite:
            return f"UPDATE {self.table} SET {self.column} = CAST(%s AS TEXT) WHERE id = %s", [value, pk]
        kind = {"clinic": "uuid", "document": "uuid", "seq": "bigint"}.get(self.column, "text")
        sql = f"UPDATE {self.table} SET {self.column} = CAST(%s AS {kind}) WHERE id = %s"
        return sql, [value.decode(), pk]
