"""Every check: what it promises, how much of it is tried, and what tries it."""

from __future__ import annotations

from dataclasses import dataclass

from .servers import ENGINES

PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "faulthandler_timeout=0")


@dataclass(frozen=True)
class Check:
    """`module` is one of this folder; `command` is a program that tries it anyway (elsewhere.py)."""

    target: str
    usual: int
    full: int
    module: str = ""
    command: tuple[str, ...] = ()
    where: tuple[str, ...] = ENGINES


CHECKS = {
    "R1": Check("0 acknowledged saves lost, 0 half there", 1000, 50_000, "kills"),
    "R2": Check("0 acknowledged saves lost, 0 false conflicts, 0 failed saves", 400, 20_000, "served"),
    "R3": Check("0 overwritten unseen: one kept, the other told, in every round", 200, 2000, "editors"),
    "R4": Check("one winner of every race, 0 edits of signed words", 15, 500, "races"),
    "R5": Check("0 unexpected answers", 15, 100, command=(*PYTEST, "tests/test_access.py")),
    "R6": Check("0 answers of 500 and above", 500, 20_000, command=(*PYTEST, "tests/test_fuzz.py")),
    "R7": Check("every forgery found, 0 false alarms", 1000, 5000, "ledger"),
    "R7b": Check("one entry for each signature, 0 gaps, 0 forks", 48, 800, "signatures"),
    "R8": Check(
        "the text kept, 503, the save before it whole", 0, 0, command=(*PYTEST, "tests/test_trouble.py")
    ),
    "R9": Check(
        "the server's text = the typed text, in every run",
        20,
        200,
        command=("-m", "tests.browser.chaos", "--runs", "{size}", "--seed", "{seed}"),
        # What breaks is between the browser and the server.
        where=("sqlite",),
    ),
    "R10": Check(
        "0 requests of a page that is printed, bounded time and memory, charting goes on",
        0,
        0,
        command=(*PYTEST, "tests/exports/test_pdf.py", "tests/exports/test_presses.py"),
        # A page is laid out from a payload, without a database.
        where=("sqlite",),
    ),
    "R10b": Check("/healthz within 500 ms, each a PDF or told to try again", 50, 50, "printing"),
    "R11": Check(
        "every row there, the record intact, 120 s at most for 10,000 notes",
        1000,
        10_000,
        command=("-m", "benchmarks.drill", "--only", "{engine}", "--notes", "{size}"),
    ),
    "R12": Check(
        "95 of 100 saves within 300 ms, 0 errors, memory grows by less than a tenth", 60, 300, "soak"
    ),
    "R13": Check("0 acknowledged saves lost, 0 failed saves", 600, 5000, "rolling"),
}
"""What trust.md calls it. The sizes are saves, rounds, races, tests, requests, entries, signatures, PDFs,
runs, notes or seconds, on each database; 0 is all of it.
"""
OF_THEIR_OWN = ("R12", "R13")
"""They wait more than they work: the one for five minutes, the other for processes that end in peace."""
QUICK = ("R3", "R4", "R5", "R6", "R7", "R7b", "R8", "R10")
FULL = tuple(check for check in CHECKS if check not in OF_THEIR_OWN)
"""`make trust` and `make trust-full`."""
