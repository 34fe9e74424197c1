"""The file of checkpoints outside the database: one JSON object a line, only ever appended to.

It is the witness; the table is a copy for the app's own pages. Lines are either
a key that introduces itself or a checkpoint that a key signed. A line that power
loss left unfinished is passed over: checkpoints are numbered, so one that is
really gone is missed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .framing import framed_text
from .signing_key import PublicKey

ALG = "midline-checkpoint-v1"


@dataclass(frozen=True)
class Statement:
    """What a checkpoint says: at this moment the clinic's chain ended here."""

    clinic: str
    number: int
    seq: int
    hash: str
    at: str
    audit_seal: str
    key: str
    signature: str = ""

    @property
    def signed(self) -> bytes:
        """The bytes that the signature covers."""
        return framed_text(
            ALG, self.clinic, self.number, self.seq, self.hash, self.at, self.audit_seal, self.key
        )

    def line(self) -> dict[str, str | int]:
        return {
            "type": "checkpoint",
            "alg": ALG,
            "clinic": self.clinic,
            "number": self.number,
            "seq": self.seq,
            "hash": self.hash,
            "at": self.at,
            "audit_seal": self.audit_seal,
            "key": self.key,
            "signature": self.signature,
        }

    @classmethod
    def of_line(cls, line: dict) -> Statement:
        if line["alg"] != ALG:
            raise ValueError("another format")
        texts = {name: str(line[name]) for name in ("clinic", "hash", "at", "audit_seal", "key", "signature")}
        return cls(number=int(line["number"]), seq=int(line["seq"]), **texts)


@dataclass
class Witness:
    """What files of checkpoints say. `problems` are sentences about lines that cannot be believed."""

    keys: dict[str, PublicKey] = field(default_factory=dict)
    statements: dict[str, list[Statement]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    passed_over: int = 0

    def of(self, clinic: str) -> list[Statement]:
        """A clinic's checkpoints, in the order of their numbers."""
        return sorted(self.statements.get(clinic, []), key=lambda each: each.number)

    def last(self, clinic: str) -> Statement | None:
        return max(self.statements.get(clinic, []), key=lambda each: each.number, default=None)


def read(paths: list[Path], *, first_key: str = "") -> Witness:
    """Read files of checkpoints and check every signature.

    The first key of each file is believed, or only `first_key` when it is
    given; any later one needs the word of one before it. Raises OSError for a
    file that cannot be read.
    """
    witness = Witness()
    for path in paths:
        with path.open(encoding="utf-8", errors="replace") as file:
            _read(file, path.name, first_key, witness)
    return witness


def _read(lines, name: str, first_key: str, witness: Witness) -> None:
    believed: dict[str, PublicKey] = {}
    for at, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
            kind = line["type"]
            found = PublicKey.of_line(line) if kind == "key" else Statement.of_line(line)
        except (ValueError, KeyError, TypeError):
            witness.passed_over += 1
            continue
        where = f"line {at} of {name}"
        if isinstance(found, PublicKey):
            if problem := _not_to_believe(found, believed, first_key):
                witness.problems.append(f"{where}: {problem}")
            else:
                believed.setdefault(found.id, found)
            continue
        key = believed.get(found.key)
        if key is None:
            problem = f"checkpoint {found.number} is signed by a key that nobody vouched for."
            witness.problems.append(f"{where}: {problem}")
        elif not key.verifies(found.signature, found.signed):
            problem = f"the signature of checkpoint {found.number} does not fit its words."
            witness.problems.append(f"{where}: {problem}")
        else:
            witness.statements.setdefault(found.clinic, []).append(found)
    witness.keys.update(believed)


def _not_to_believe(key: PublicKey, believed: dict[str, PublicKey], first_key: str) -> str:
    if key.id in believed and key.public == believed[key.id].public:
        return ""
    if not key.signed_itself():
        return f"key {key.id} did not sign its own introduction."
    if not believed:
        return f"the first key is {key.id}, not {first_key}." if first_key not in ("", key.id) else ""
    voucher = believed.get(key.vouched_by)
    if voucher is None or not voucher.verifies(key.vouched, key.statement):
        return f"no key before it vouched for key {key.id}."
    return ""


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """The file, open for appending and held against other writers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    # Everybody may read it: it holds numbers and hashes, and the more copies the better.
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        _hold(handle)
        yield handle
        if is_new:
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    finally:
        os.close(handle)


def _hold(handle: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows: the table's constraint still refuses a number used twice.
        return
    fcntl.flock(handle, fcntl.LOCK_EX)


def append(handle: int, line: dict) -> None:
    """Add one line and wait for the disk."""
    text = json.dumps(line, separators=(",", ":")) + "\n"
    size = os.fstat(handle).st_size
    if size and os.pread(handle, 1, size - 1) != b"\n":
        text = "\n" + text  # what power loss left unfinished stays a line of its own
    os.write(handle, text.encode())
    os.fsync(handle)
