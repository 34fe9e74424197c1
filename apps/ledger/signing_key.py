"""The Ed25519 key that signs checkpoints: a file that only its owner reads, never the database.

A key introduces itself with a line in the checkpoint file, and the key before
it vouches for it. So whoever trusts the first key can follow to the newest, and
what an older key signed stays good. Of an older key only the public half is kept.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from apps.audit import clock

from .framing import framed_text, sha256

ALG = "midline-key-v1"


class KeyProblem(Exception):
    """The key cannot be used. The message says what to do."""


@dataclass(frozen=True)
class PublicKey:
    """A key as others see it. `vouched_by` is empty for the first one."""

    id: str
    public: str
    made_at: str
    signature: str
    vouched_by: str = ""
    vouched: str = ""

    @property
    def statement(self) -> bytes:
        return framed_text(ALG, self.id, self.public, self.made_at, self.vouched_by)

    def line(self) -> dict[str, str]:
        """As it stands in the checkpoint file and in a bundle."""
        return {
            "type": "key",
            "alg": ALG,
            "key": self.id,
            "public": self.public,
            "made_at": self.made_at,
            "signature": self.signature,
            "vouched_by": self.vouched_by,
            "vouched": self.vouched,
        }

    @classmethod
    def of_line(cls, line: dict) -> PublicKey:
        names = ("key", "public", "made_at", "signature", "vouched_by", "vouched")
        return cls(*(str(line[name]) for name in names))

    def signed_itself(self) -> bool:
        return self.id == id_of(self.public) and self.verifies(self.signature, self.statement)

    def verifies(self, signature: str, data: bytes) -> bool:
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.public))
            key.verify(bytes.fromhex(signature), data)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """The key in use, with the public halves of those before it, oldest first."""

    private: Ed25519PrivateKey
    keys: tuple[PublicKey, ...]

    @property
    def id(self) -> str:
        return self.keys[-1].id

    def sign(self, data: bytes) -> str:
        return self.private.sign(data).hex()


def id_of(public: str) -> str:
    """The first 64 bits of a public key's SHA-256: enough to tell keys apart, short enough to read aloud."""
    return sha256(bytes.fromhex(public))[:16]


def make(path: Path) -> SigningKey:
    """A first key in a new file. Raises KeyProblem when the file is there."""
    if path.exists():
        raise KeyProblem(f"There is a key in {path} already. To follow it with a new one, use --rotate-key.")
    return _store(path, (), None)


def rotate(path: Path) -> SigningKey:
    """A new key for which the present one vouches. The present private half is not kept."""
    old = load(path)
    return _store(path, old.keys, old)


def load(path: Path | None) -> SigningKey:
    """The key in `path`. Raises KeyProblem when it is missing, unreadable, or readable by others."""
    if path is None:
        raise KeyProblem("No key is named. Set LEDGER_KEY_FILE to where the key is to be kept.")
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        stored = json.loads(path.read_text(encoding="utf-8")) if not mode & 0o077 else None
    except FileNotFoundError as error:
        raise KeyProblem(f"There is no key in {path}. Make one: checkpoint_ledger --make-key") from error
    except (OSError, ValueError) as error:
        raise KeyProblem(f"The key in {path} cannot be read by this user.") from error
    if stored is None:
        raise KeyProblem(f"Others can read the key in {path}. Run: chmod 600 {path}, and change the key.")
    try:
        private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(stored["private"]))
        keys = tuple(PublicKey.of_line(line) for line in stored["keys"])
        belongs = keys[-1].public == private.public_key().public_bytes_raw().hex()
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise KeyProblem(f"What is in {path} is not a key of Midline.") from error
    if not belongs:
        raise KeyProblem(f"The two halves of the key in {path} do not belong together.")
    return SigningKey(private, keys)


def _store(path: Path, before: tuple[PublicKey, ...], old: SigningKey | None) -> SigningKey:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw().hex()
    made_at = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    vouched_by = old.id if old else ""
    statement = framed_text(ALG, id_of(public), public, made_at, vouched_by)
    key = PublicKey(
        id=id_of(public),
        public=public,
        made_at=made_at,
        signature=private.sign(statement).hex(),
        vouched_by=vouched_by,
        vouched=old.sign(statement) if old else "",
    )
    made = SigningKey(private, (*before, key))
    stored = {"private": private.private_bytes_raw().hex(), "keys": [each.line() for each in made.keys]}
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    # Made with its mode, not given it afterwards: there is no moment in which others can read it.
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(stored, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return made
