"""A backup: a folder with the database, the files beside it, and a manifest that says what should be there.

It is written under another name and renamed when it is whole, so that half a backup is never taken for one.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.audit import clock
from apps.audit.models import Deployment

from . import engines
from .engines import Trouble

FORMAT = "midline-backup-v1"
MANIFEST = "manifest.json"
ARCHIVE = "files.tar"
LEAD = "midline-"


def places() -> dict[str, Path]:
    """The folders whose files belong to the record: uploads, and the stored PDFs of signed documents."""
    return {"uploads": Path(settings.MEDIA_ROOT), "documents": Path(settings.DOCUMENTS_ROOT)}


def make(into: Path, *, using: str = "default") -> Path:
    """Make a backup in a new folder under `into`, and return that folder. Raises Trouble."""
    made_at = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    name = LEAD + made_at.replace(":", "").replace("-", "")
    whole, partial = into / name, into / f".{name}.partial"
    if whole.exists():
        raise Trouble(f"{whole} is there already. Wait a second, and try again.")
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    try:
        # The database first: what its rows name is never deleted, so those files are still there after it.
        facts = engines.dump(using, partial)
        files = _archive(partial / ARCHIVE)
        manifest = {
            "format": FORMAT,
            "made_at": made_at,
            "is_demo": Deployment.is_demo_database(),
            **facts,
            "files": files,
            "parts": {path.name: _digest(path) for path in sorted(partial.iterdir())},
        }
        (partial / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
        for path in partial.iterdir():
            path.chmod(0o600)
            _to_disk(path)
        partial.rename(whole)
        _to_disk(into)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return whole


def read(folder: Path) -> dict[str, Any]:
    """The manifest of a backup whose parts are all as they were written. Raises Trouble."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Trouble(f"{folder} is no backup: it has no {MANIFEST} that can be read.") from error
    if manifest.get("format") != FORMAT:
        raise Trouble(f"{folder} was made by another version of Midline, which this one cannot read.")
    for name, digest in manifest["parts"].items():
        path = folder / name
        if not path.is_file():
            raise Trouble(f"{folder} is not whole: {name} is missing.")
        if _digest(path) != digest:
            raise Trouble(f"{folder} was changed or damaged: {name} is not what was written.")
    return manifest


def unpack(folder: Path) -> None:
    """Put the files of a backup in their places. Raises Trouble when something lies there already."""
    for place in places().values():
        if place.is_dir() and any(path.is_file() for path in place.rglob("*")):
            raise Trouble(f"{place} is not empty, and nothing is ever overwritten. Name or make another.")
    with tarfile.open(folder / ARCHIVE) as archive:
        for name, place in places().items():
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            members = [member for member in archive if member.name.startswith(f"{name}/")]
            for member in members:
                member.name = member.name.removeprefix(f"{name}/")
            archive.extractall(place, members, filter="data")


def forget(into: Path, *, keep: int) -> list[Path]:
    """Remove all but the newest `keep` whole backups in `into`; those that are gone."""
    whole = sorted(path for path in into.glob(f"{LEAD}*") if (path / MANIFEST).is_file())
    old = whole[: max(len(whole) - keep, 0)]
    for path in old:
        shutil.rmtree(path)
    return old


def _archive(target: Path) -> int:
    """Write the files of the record into one archive; how many there were."""
    count = 0
    with tarfile.open(target, "w") as archive:
        for name, place in places().items():
            for path in sorted(place.rglob("*")) if place.is_dir() else ():
                # A name that begins with a dot is a file that somebody is still writing; locks hold nothing.
                if path.is_file() and not path.name.startswith(".") and "locks" not in path.parts:
                    archive.add(path, arcname=f"{name}/{path.relative_to(place)}", recursive=False)
                    count += 1
    return count


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
