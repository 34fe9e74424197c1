"""Filling the table of diagnosis codes from the file that ships with the app."""

from __future__ import annotations

import gzip
import hashlib
import tomllib
from collections.abc import Iterable
from pathlib import Path

from django.db import transaction

from .models import DiagnosisCode

FOLDER = Path(__file__).resolve().parent / "data"


def source() -> dict:
    """What data/source.toml says about the file: release, count, checksum, licence."""
    return tomllib.loads((FOLDER / "source.toml").read_text())


def rows(about: dict) -> list[tuple[str, str]]:
    packed = (FOLDER / about["file"]).read_bytes()
    if hashlib.sha256(packed).hexdigest() != about["sha256"]:
        raise ValueError(f"{about['file']} is not the file that source.toml describes.")
    lines = gzip.decompress(packed).decode().splitlines()
    return [tuple(line.split("\t", 1)) for line in lines]  # type: ignore[misc]


def is_loaded(about: dict) -> bool:
    codes = DiagnosisCode.objects
    return codes.filter(release=about["release"]).count() == codes.count() == about["codes"]


@transaction.atomic
def load() -> int:
    """Put the shipped release in place of what is there. Returns how many codes; 0 when there already.

    Recorded diagnoses keep their own code and words, so replacing the table changes none of them.
    """
    about = source()
    if is_loaded(about) or is_newer_loaded(about):
        return 0
    return replace(rows(about), about["release"])


def is_newer_loaded(about: dict) -> bool:
    """Is there a release that somebody loaded from the publisher's file after ours came out?"""
    return DiagnosisCode.objects.filter(release__gt=about["release"]).exists()


@transaction.atomic
def replace(found: Iterable[tuple[str, str]], release: str) -> int:
    """Put these codes in place of what is there."""
    DiagnosisCode.objects.all().delete()
    codes = [DiagnosisCode(code=code, words=words, release=release) for code, words in found]
    DiagnosisCode.objects.bulk_create(codes, batch_size=5000)
    return len(codes)


def loaded() -> dict[str, str]:
    """Code → words of the release that is loaded."""
    return dict(DiagnosisCode.objects.values_list("code", "words"))
