"""What docs/trust.json says, as the table between `<!-- trust -->` and `<!-- /trust -->` of a page.

No page says a number of these checks that was typed: tests/test_trust.py compares.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from .checks import CHECKS

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = (ROOT / "docs" / "record.md", ROOT / "README.md")
PLACE = re.compile(r"(?<=<!-- trust -->\n).*?(?=<!-- /trust -->)", re.S)
SAVES = ("acknowledged", "lost", "false conflicts", "failed saves", "sent again")
CAME_TO = {
    "R1": ("acknowledged", "lost", "torn"),
    "R2": SAVES,
    "R3": ("rounds", "conflicts told"),
    "R6": ("requests sent", "failures"),
    "R7": ("forgeries", "forgeries found", "clean entries", "false alarms"),
    "R7b": ("signatures", "entries", "forks"),
    "R9": ("runs as typed",),
    "R11": ("rows restored",),
    "R12": ("saves", "p95 ms"),
    "R13": SAVES,
}
"""The figures of a check that answer its target. Of the others only whether it held."""


def table(results: dict[str, dict[str, Any]]) -> str:
    """A line for each check and database, as it was measured last."""
    lines = ["| | Database | Target | Broken or tried | Came to | On |", "|---|---|---|---|---|---|"]
    for result in sorted(
        results.values(), key=lambda one: (list(CHECKS).index(one["check"]), one["database"])
    ):
        figures = [
            f"{name} {number(result[name])}" for name in CAME_TO.get(result["check"], ()) if name in result
        ]
        came_to = ", ".join(["held" if result["held"] else "DID NOT HOLD", *figures])
        cells = (result["check"], result["database"], CHECKS[result["check"]].target)
        cells += (number(result["faults"]), came_to, result["on"])
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def quote(results: dict[str, dict[str, Any]]) -> None:
    """Write the table into every page that has a place for it."""
    for page in PAGES:
        text = page.read_text()
        page.write_text(PLACE.sub(lambda _: table(results), text))
