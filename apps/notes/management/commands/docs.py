"""Write the pages that are drawn from the code: docs/states.md and docs/rules.md. `--check` only compares."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.compliance import catalogue
from apps.notes import lifecycle
from apps.notes.models import Status

INTRODUCTION = """\
# What can happen to a note

Generated from `apps/notes/lifecycle.py` by `python manage.py docs`. Change `MOVES` there, not this page.
"""


def states() -> str:
    return "\n".join([INTRODUCTION, *_table(), "", *_diagram(), "", *_ends(), ""])


def _table() -> Iterator[str]:
    yield "| Move | From | To | By |"
    yield "|---|---|---|---|"
    for move in lifecycle.MOVES.values():
        sources = ", ".join(source.label for source in move.sources)
        target = move.target.label if move.target else "as it was"
        yield f"| {move.name} | {sources} | {target} | {move.who} |"


def _diagram() -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    for status in Status:
        yield f"    {status.value}: {status.label}"
    yield f"    [*] --> {Status.DRAFT.value}: start"
    for move in lifecycle.MOVES.values():
        for source in move.sources:
            yield f"    {source.value} --> {(move.target or source).value}: {move.name}"
    for status in lifecycle.ENDED:
        yield f"    {status.value} --> [*]"
    yield "```"


def _ends() -> Iterator[str]:
    yield "What a person is told who tries a move where none is left:"
    yield ""
    for status, words in lifecycle.ENDED.items():
        yield f"- {status.label}: {words}"


PAGES = {"docs/states.md": states, "docs/rules.md": catalogue.page}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="Only say which pages are stale; exit 1.")

    def handle(self, *, check: bool, **options):
        stale = []
        for name, page in PAGES.items():
            path, words = Path(settings.BASE_DIR) / name, page()
            if path.is_file() and path.read_text(encoding="utf-8") == words:
                continue
            stale.append(name)
            if not check:
                path.parent.mkdir(exist_ok=True)
                path.write_text(words, encoding="utf-8")
                self.stdout.write(f"wrote {name}")
        if check and stale:
            self.stderr.write(f"Stale: {', '.join(stale)}. Run python manage.py docs.")
            sys.exit(1)
