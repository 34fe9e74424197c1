"""A clinic's record as a file that anybody can verify without us: one JSON object a line.

A header, every entry of the chain, the checkpoints with the public keys, and an
end. With `documents`, the words and salts of all other entries are withheld: an
auditor who asked for one note sees that the chain around it is whole, and reads
nobody else's. bin/verify-bundle reads it; docs/ledger.md describes it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from apps.audit import clock

from . import rows
from .rows import Row
from .witness import Witness

FORMAT = "midline-bundle-v1"


def lines(
    clinic: str,
    *,
    witness: Witness | None,
    documents: Collection[str] = (),
    without_words: bool = False,
    using: str = "default",
) -> Iterator[str]:
    """The lines of a clinic's bundle: what is stored, whole or not. Verifying is the reader's part.

    `without_words` withholds every document: the chain alone, for somebody who may not read charts.
    """
    head_seq, head_hash = rows.head(clinic, using)
    made_at = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    yield _line(
        {
            "type": FORMAT,
            "clinic": clinic,
            "made_at": made_at,
            "head": {"seq": head_seq, "hash": head_hash},
            "chosen": sorted(documents),
        }
    )
    count = withheld = 0
    for row in rows.entries(clinic, using):
        number = row.number or 0
        if number > head_seq and rows.head(clinic, using)[0] >= number:
            continue  # signed since the head was read
        shown = not without_words and (not documents or row.document.decode(errors="replace") in documents)
        count, withheld = count + 1, withheld + (not shown)
        yield _line(_entry(row, shown=shown))
    checkpoints = witness.of(clinic) if witness else []
    if witness and checkpoints:
        # All keys, so that the word of the first can be followed to the last.
        for key in witness.keys.values():
            yield _line(key.line())
    for statement in checkpoints:
        yield _line(statement.line())
    yield _line({"type": "end", "entries": count, "withheld": withheld})


def _entry(row: Row, *, shown: bool) -> dict[str, Any]:
    # Bytes that are no UTF-8 go out and come back as they are; an intact record has none.
    entry: dict[str, Any] = {
        name: value.decode(errors="surrogateescape") for name, value in row._asdict().items()
    }
    if not shown:
        entry["payload"] = entry["salt"] = None
    return {"type": "entry", **entry}


def _line(values: dict[str, Any]) -> str:
    return json.dumps(values, separators=(",", ":")) + "\n"
