"""Does a test notice when a control is gone? `make sabotage` takes each away, in a copy, and runs its test.

    make sabotage                              all of them; many minutes
    .venv/bin/python -m tests.sabotage ID …    some

The list is controls.toml. First every named test has to pass on the untouched copy: a test that is red anyway
proves nothing. Then each control is taken away for itself, and its test must fail: not break while it is
collected or set up, but fail. A patch that no longer applies fails as well.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).parent / "controls.toml"


@dataclass(frozen=True)
class Sabotage:
    id: str
    control: tuple[str, ...]
    file: str
    swaps: tuple[tuple[str, str], ...]
    test: str
    database: str = "sqlite"

    def applied(self, text: str) -> str:
        """The text without the control. Raises ValueError when it is not there exactly once."""
        for find, put in self.swaps:
            if text.count(find) != 1:
                raise ValueError(f"{self.id}: stands {text.count(find)} times in {self.file}: {find[:60]!r}")
            text = text.replace(find, put)
        return text


def listed() -> list[Sabotage]:
    rows = tomllib.loads(LIST.read_text())["sabotage"]
    return [
        Sabotage(
            row["id"],
            tuple(row["control"]),
            row["file"],
            ((row["find"], row["put"]), *([tuple(row["also"])] if "also" in row else [])),
            row["test"],
            row.get("database", "sqlite"),
        )
        for row in rows
    ]


CALLERS_OWN = {"DATABASE_URL", "DEBUG", "MIDLINE_DEMO", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}


def without_patch() -> dict[str, str]:
    return tomllib.loads(LIST.read_text())["none"]


# --- Running --------------------------------------------------------------------------------------------


def copy_of_the_tree(to: Path) -> Path:
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    (to / ".venv").symlink_to((ROOT / ".venv").resolve())
    # Some tests ask git which files there are.
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=to, check=True)
    return to


def run(tree: Path, tests: list[str], database: str) -> str:
    """What pytest said of these tests."""
    # bin/test has PostgreSQL; on SQLite pytest alone is quicker.
    alone = [".venv/bin/python", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command = ["bin/test", "--only", "postgres", "-q"] if database == "postgres" else alone
    caller = {name: value for name, value in os.environ.items() if name not in CALLERS_OWN}
    environment = {**caller, "TEST_PROCESSES": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([*command, *tests], cwd=tree, capture_output=True, text=True, env=environment)
    return done.stdout + done.stderr


def counts(said: str) -> dict[str, int]:
    """How many passed, failed and broke, from pytest's last line."""
    last = [
        line for line in said.splitlines() if re.search(r"\b(passed|failed|errors?)\b.* in [\d.]+s", line)
    ]
    found = re.findall(r"(\d+) (passed|failed|errors?)", last[-1] if last else "")
    return {words.rstrip("s") if words.startswith("error") else words: int(number) for number, words in found}


def verdict(said: str) -> str:
    found = counts(said)
    if found.get("error"):
        return "BROKEN: the test did not get as far as failing"
    if found.get("failed"):
        return "red"
    return "STILL GREEN" if found.get("passed") else "BROKEN: nothing ran"


def main(wanted: list[str]) -> int:
    chosen = [one for one in listed() if not wanted or one.id in wanted]
    say = sys.stdout.write
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = copy_of_the_tree(Path(folder))
        for database in ("sqlite", "postgres"):
            tests = sorted({one.test for one in chosen if one.database == database})
            found = counts(run(tree, tests, database)) if tests else {}
            if tests and (found.get("failed") or found.get("error") or not found.get("passed")):
                say(f"On the untouched tree, on {database}: {found}. Nothing can be told from that.\n")
                return 1
        for one in chosen:
            path = tree / one.file
            whole = path.read_text()
            try:
                path.write_text(one.applied(whole))
                said = run(tree, [one.test], one.database)
                answer = verdict(said)
            except ValueError as error:
                answer = f"DOES NOT APPLY: {error}"
            finally:
                path.write_text(whole)
            wrong += answer != "red"
            test = one.test.split("::", 1)[1]
            say(f"{','.join(one.control):8} {one.id:48} {answer:12} {test}\n")
            sys.stdout.flush()
    say(f"{len(chosen) - wrong} of {len(chosen)} turned their test red.\n")
    return int(bool(wrong) or not chosen)
