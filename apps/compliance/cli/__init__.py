"""The rules on a command line, for people and for other programs. No Django, no network.

    python -m apps.compliance check NOTE.json
    python -m apps.compliance units 97112=24 97110=23 --method cms
    python -m apps.compliance rules
    python -m apps.compliance explain NMR104
    python -m apps.compliance schema

Each command is a module of this package and is imported only when it is asked for, so
that counting units does not wait for the rules to load.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from datetime import date
from typing import NoReturn

from .paper import Paper

# Exit statuses. The last two are those of sysexits.h.
NOTHING_OPEN, SOMETHING_OPEN, STOPPED, USAGE, BAD_DATA = 0, 1, 2, 64, 65

_HELP = """\
Judges outpatient therapy notes by dated, cited rules.

examples:
  python -m apps.compliance check note.json
  python -m apps.compliance check --json *.json
  python -m apps.compliance units 97112=24 97110=23 --method cms
  python -m apps.compliance units 97110=13+23PTA G0283=30 --payer medicare_b \\
      --date 2026-11-16
  python -m apps.compliance explain NMR104
"""

_STATUSES = """\
exit status:
  0   nothing open
  1   advice, warnings or questions only
  2   something that stops the signature
  64  the command was not understood
  65  a file is not a note
"""

_MINUTES = """\
minutes:
  97112=24         the therapist gave them
  97110=13+23PTA   the therapist 13, the assistant 23 (or OTA)
  97112=15both     therapist and assistant together
  G0283=30         an untimed code: one unit, however long it took
"""


class UsageError(Exception):
    """The command cannot be followed; the message says what to change."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}. Try: {self.prog} --help")


def main(arguments: Sequence[str]) -> int:
    paper = Paper(sys.stdout, sys.stderr)
    try:
        asked = _parser().parse_args(arguments)
        return _run(asked, paper)
    except UsageError as refusal:
        paper.complain(str(refusal))
        return USAGE
    except KeyboardInterrupt:
        return 130


def _run(asked: argparse.Namespace, paper: Paper) -> int:
    if asked.command == "check":
        from .check import check

        return check(asked.notes, as_of=asked.as_of, as_json=asked.json, paper=paper)
    if asked.command == "units":
        from .units import units

        return units(
            asked.minutes,
            method=asked.method,
            payer=asked.payer,
            day=asked.date,
            choice=asked.choose,
            as_json=asked.json,
            paper=paper,
        )
    if asked.command == "rules":
        from .rules import rules

        return rules(as_json=asked.json, paper=paper)
    if asked.command == "explain":
        from .rules import explain

        return explain(asked.rule, as_json=asked.json, paper=paper)
    from ..note_json import schema

    paper.data(schema(), indent=2)
    return NOTHING_OPEN


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = _Parser(prog="python -m apps.compliance", description=_HELP, formatter_class=raw)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    check = commands.add_parser(
        "check", help="judge notes", description="Judge notes.", epilog=_STATUSES, formatter_class=raw
    )
    check.add_argument("notes", nargs="+", metavar="NOTE.json", help="a note as JSON, or - to read one")
    check.add_argument("--as-of", type=_day, metavar="DATE", help="judge as if the note were of this day")
    check.add_argument("--json", action="store_true", help="one line of JSON for each note")

    units = commands.add_parser(
        "units",
        help="count units",
        usage="%(prog)s CODE=MINUTES ... [options]",
        description="Count units, with the working.",
        epilog=_MINUTES,
        formatter_class=raw,
    )
    units.add_argument("minutes", nargs="+", metavar="CODE=MINUTES", help="minutes of a code on one day")
    by = units.add_mutually_exclusive_group()
    by.add_argument("--method", choices=("cms", "ama"), help="how the payer counts")
    by.add_argument("--payer", metavar="KEY", help="whose method it is, such as medicare_b; needs --date")
    units.add_argument("--date", type=_day, metavar="DATE", help="date of service, such as 2026-11-16")
    units.add_argument(
        "--choose", action="append", default=[], metavar="CODE", help="the code that has the tied unit"
    )
    units.add_argument("--json", action="store_true", help="print JSON")

    rules = commands.add_parser("rules", help="list the rules", description="List the rules.")
    rules.add_argument("--json", action="store_true", help="print JSON")

    explain = commands.add_parser("explain", help="explain one rule", description="Explain one rule.")
    explain.add_argument("rule", metavar="RULE", help="its code, such as NMR104, or its name")
    explain.add_argument("--json", action="store_true", help="print JSON")

    commands.add_parser(
        "schema", help="print the JSON Schema of a note", description="JSON Schema of a note."
    )
    return parser


def _day(text: str) -> date:
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise argparse.ArgumentTypeError("write a date as 2026-11-16")
