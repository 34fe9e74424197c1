"""Each control has a test that would notice its absence. `make sabotage` tries; here: that it still could."""

import ast
from functools import cache

import pytest

from tests.sabotage import ROOT, counts, listed, verdict, without_patch

SABOTAGE = listed()


@cache
def collected_in(file):
    tree = ast.parse((ROOT / file).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("one", SABOTAGE, ids=[one.id for one in SABOTAGE])
def test_the_patch_still_applies_and_names_a_test_that_is_there(one):
    text = (ROOT / one.file).read_text()
    assert one.applied(text) != text
    if one.file.endswith(".py"):
        ast.parse(one.applied(text))
    file, _, name = one.test.partition("::")
    assert name.split("[")[0] in collected_in(file)


def test_every_control_has_a_patch_or_says_why_not():
    named = {control for one in SABOTAGE for control in one.control}
    assert {str(number) for number in range(1, 31)} - named == set(without_patch())
    assert {f"R{number}" for number in range(1, 13)} <= named
    assert len({one.id for one in SABOTAGE}) == len(SABOTAGE) > 40


def test_red_is_a_test_that_failed_and_nothing_else():
    assert verdict("===== 1 failed, 3 passed in 2.10s =====") == "red"
    assert verdict("===== 4 passed in 2.10s =====") == "STILL GREEN"
    assert verdict("===== 1 failed, 1 error in 2.10s =====").startswith("BROKEN")
    assert verdict("no tests ran").startswith("BROKEN")
    assert counts("1 passed, 2 errors in 0.5s") == {"passed": 1, "error": 2}


def test_a_patch_that_no_longer_applies_is_no_patch():
    with pytest.raises(ValueError, match="stands 0 times"):
        SABOTAGE[0].applied("some other text")
