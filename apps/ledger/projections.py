"""Working copies that should say what was signed.

The ledger knows no notes: imports run one way. An app that keeps a working copy
has a module `projection` that registers it here; verifying imports those modules
by that name, as Django does with `admin`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.utils.module_loading import autodiscover_modules


@dataclass(frozen=True)
class Compared:
    """One document whose working copy was laid beside its signature.

    `differences` name fields, never what is in them. `problem` is a sentence
    for a document that has no counterpart.
    """

    document: str
    seq: int | None
    differences: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Projection:
    """Working copies of one sort: notes, say.

    `clinics(using=)` are those that have signed ones, and `compare(clinic=, using=)`
    goes through every signed document of a clinic, one by one.
    """

    name: str
    clinics: Callable[..., Iterable[str]]
    compare: Callable[..., Iterator[Compared]]


_registered: dict[str, Projection] = {}


def register(projection: Projection) -> None:
    _registered[projection.name] = projection


def registered() -> tuple[Projection, ...]:
    autodiscover_modules("projection")
    return tuple(_registered.values())
