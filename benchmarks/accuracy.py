"""How well the rules find what the labelled corpus holds: `make accuracy`.

Precision and recall per rule and overall, then every difference. A regression test,
not the yardstick: the corpus was written by the same people as the rules.

Advice is left out, as it never interrupts and the labels do not speak of it.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from apps.compliance import note_json  # noqa: E402 - it needs the path above
from apps.compliance.review import review  # noqa: E402
from apps.compliance.rule import Severity  # noqa: E402

CORPUS = ROOT / "tests/compliance/corpus"


@dataclass
class Result:
    """What was found beside what the labels say."""

    notes: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)
    noisy: list[str] = field(
        default_factory=list
    )  # defensible or tricky, yet stopped or asked more than once

    @property
    def precision(self) -> float:
        return _share(self.right.total(), self.extra.total())

    @property
    def recall(self) -> float:
        return _share(self.right.total(), self.missed.total())


def _share(right: int, wrong: int) -> float:
    return right / (right + wrong) if right + wrong else 1.0


def measured() -> Result:
    result = Result()
    for path in sorted(CORPUS.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            found = review(note_json.load(case["note"]))
            expected = set(case["expected"])
            codes = {f.code for f in found.findings if f.severity is not Severity.ADVICE}
            result.notes[case["kind"]] += 1
            result.right.update(codes & expected)
            result.extra.update(codes - expected)
            result.missed.update(expected - codes)
            for sign, wrong in (("found, not expected", codes - expected), ("missed", expected - codes)):
                if wrong:
                    result.differences.append(f"{case['name']}: {sign}: {', '.join(sorted(wrong))}")
            if case["kind"] != "deficient" and (found.blockers or len(found.questions) > 1):
                result.noisy.append(case["name"])
    return result


def page(result: Result) -> str:
    said = [
        f"{result.notes.total()} notes: " + ", ".join(f"{n} {kind}" for kind, n in result.notes.items()),
        "",
    ]
    said.append(f"{'rule':8} {'right':>5} {'extra':>5} {'missed':>6} {'precision':>9} {'recall':>6}")
    for code in sorted({*result.right, *result.extra, *result.missed}):
        right, extra, missed = result.right[code], result.extra[code], result.missed[code]
        shares = f"{_share(right, extra):9.2f} {_share(right, missed):6.2f}"
        said.append(f"{code:8} {right:5} {extra:5} {missed:6} {shares}")
    said.append(
        f"{'all':8} {result.right.total():5} {result.extra.total():5} {result.missed.total():6} "
        f"{result.precision:9.3f} {result.recall:6.3f}"
    )
    said += ["", "Differences:", *(result.differences or ["none"])]
    said += ["", "Defensible notes that are stopped or asked more than once:", *(result.noisy or ["none"])]
    return "\n".join(said) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page(measured()))
