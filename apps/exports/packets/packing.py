"""A ZIP that knows the hash of everything in it, and says in words how it is checked."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from .build import digest_of

PACKED = (".json", ".jsonl", ".csv", ".html", ".txt")
"""What is made smaller inside the ZIP. PDFs and pictures are small already."""


class Packing:
    """A ZIP and the hash of everything that was put into it."""

    def __init__(self, path: Path):
        self.archive = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED)
        self.hashes: dict[str, str] = {}

    def add(self, path: Path, name: str) -> str:
        how = zipfile.ZIP_DEFLATED if name.endswith(PACKED) else zipfile.ZIP_STORED
        self.archive.write(path, name, compress_type=how)
        self.hashes[name] = digest_of(path)
        return self.hashes[name]

    def add_text(self, text: str, name: str) -> None:
        data = text.encode("utf-8", "backslashreplace")
        self.archive.writestr(name, data, compress_type=zipfile.ZIP_DEFLATED)
        self.hashes[name] = hashlib.sha256(data).hexdigest()

    def close(self, manifest: dict[str, Any], read_me: str) -> None:
        """The manifest and the hashes of everything, as the last files."""
        self.add_text(read_me, "READ-ME.txt")
        whole = {**manifest, "files": dict(self.hashes)}
        self.add_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", "manifest.json")
        sums = "".join(f"{digest}  {name}\n" for name, digest in sorted(self.hashes.items()))
        self.add_text(sums, "SHA256SUMS")
        self.archive.close()


def read_me(which: str) -> str:
    """What lies in the ZIP and how it is checked, in words for whoever gets it."""
    return render_to_string("packets/chart_read_me.txt", {"which": which})
