"""No text of ours can be pasted into a note, and none asks for more minutes or units."""

import ast
import re
import tomllib
from itertools import product
from pathlib import Path

import pytest

from apps.compliance.review import review
from apps.compliance.rules import CATALOGUE
from apps.compliance.units import allocate

FOLDER = Path(__file__).parents[2] / "apps/compliance"

NUDGES = re.compile(
    r"""
    \b\d+\ (more|additional|extra|further)\ minutes?
  | \b\d+\ minutes?\ (more|short|missing|away|to\ go|needed|until|from\ the\ next)
  | \b(more|additional|extra|longer)\ (minutes|units|time)
  | \b(another|next|additional|extra)\ unit
  | \bround(ed|ing)?\ up | \bmaximi[sz]e | \bincrease\ (the|your)
  | \b(add|bill|chart|document)\ (\w+\ )?more\b
  | \bwould\ (earn|make|give|be\ paid) | \bto\ reach\b | \bfalls?\ short | \bbetter\ paid | \breimburse
  | \b(other|different|another|better|stronger)\ diagnos[ie]s
    """,
    re.IGNORECASE | re.VERBOSE,
)

# Money never appears while somebody charts or signs; rates.py has a page of its own.
MONEY = re.compile(r"\$ ?\d|\bdollars?\b|\bpayment of\b|\brevenue\b|\b(USD|RVU)\b", re.IGNORECASE)

# The way a clinical sentence about a patient begins or goes on.
CLINICAL = re.compile(
    r"""
    \b(patient|pt\.?)\ (was|is|has|had|able|demonstrat|tolerat|perform|requir|complet|improv)
  | \b(patient|pt\.?)\ (present|report|respond|need|show|exhibit)
  | \b(requires?|required)\ (min|mod|max|verbal|tactile|skilled|cu)
  | \b(verbal|tactile|visual|manual)\ cue(s|ing)?\ (to|for|at|were|provided|given)
  | \bskilled\ (therapy|intervention|services?)\ (is|was|were|needed|required)
  | \bmedically\ necessary | \bin\ order\ to\b | (?<!not\ )\btolerated\b | \bdemonstrat | \bfacilitat\w+\ of\b
  | \bimproved\ (balance|coordination|gait|stability|control)
    """,
    re.IGNORECASE | re.VERBOSE,
)


def literals(path):
    """Every string of a module that is not a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "9" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


# The lists of stock phrases are what we look for, and the examples of NMR114 hold some.
EXAMPLES_WITH_STOCK_PHRASES = {
    "nmr114_generic_words.py",
    "nmr120_response_only_tolerated.py",
    "nmr122_no_therapist_action.py",
    "nmr123_therapist_not_needed.py",
    "not511_description_generic.py",
    "not514_purpose_of_another_code_elsewhere.py",
}
MODULES = [path for path in sorted(FOLDER.rglob("*.py")) if path.name not in EXAMPLES_WITH_STOCK_PHRASES]
TABLES = [path for path in sorted(FOLDER.glob("data/*.toml")) if path.stem not in {"hints", "techniques"}]


def check(text):
    assert not NUDGES.search(text), text
    assert not CLINICAL.search(text), text
    assert not MONEY.search(text), text


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_strings_in_the_code(path):
    for text in literals(path):
        check(text)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_strings_in_the_tables(path):
    for text in strings(tomllib.loads(path.read_text(encoding="utf-8"))):
        check(text)


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.code)
def test_what_a_rule_says(rule):
    check(rule.title)
    check(rule.fix)
    for example in rule.fails:
        for finding in review(example.facts).findings:
            # What stands in quotes is the author's own.
            check(re.sub(r'"[^"]*"', "", finding.message))
            assert finding.message[-1] in ".?"
            assert (finding.message[-1] == "?") == (finding.kind == "ask")


@pytest.mark.parametrize("method", ["cms", "ama"])
def test_the_working_never_says_how_far_a_unit_is(method):
    for one, two, three in product(range(41), range(0, 41, 3), (0, 7, 8, 15)):
        result = allocate({"97112": one, "97110": two, "97140": three}, method)
        said = [*result.working, result.summary, *(line.note for line in result.lines)]
        for text in said:
            check(text)
        # The only numbers are those charted, their parts, and the units.
        known = {one, two, three, one + two + three, 15, 97112, 97110, 97140, result.total_units, 1}
        known |= {line.full for line in result.lines} | {line.remainder for line in result.lines}
        known |= {line.units for line in result.lines} | {sum(line.extra for line in result.lines)}
        known |= {result.tie.units if result.tie else 0}
        for number in re.findall(r"\d+", " ".join(said)):
            assert int(number) in known, said


def test_the_scan_finds_what_it_is_for():
    assert NUDGES.search("2 more minutes make another unit")
    assert NUDGES.search("3 minutes short")
    assert CLINICAL.search("Patient demonstrated improved balance")
    assert CLINICAL.search("Verbal cues for midline")
    assert MONEY.search("worth $32")
