"""apps/compliance imports the standard library and itself, and has no clock and no network."""

import ast
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "apps/compliance"
FILES = sorted(FOLDER.rglob("*.py"))

# Of the standard library, what would make an answer depend on more than the facts.
IMPURE = {"os", "random", "socket", "subprocess", "time", "urllib", "http", "logging", "threading", "uuid"}


def imported(tree, package):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                base = package[: len(package) - node.level + 1]
                yield ".".join([*base, node.module] if node.module else base)
            elif node.module:
                yield node.module


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_imports_only_the_standard_library_and_itself(path):
    package = ("apps", "compliance", *path.relative_to(FOLDER).parent.parts)
    for name in imported(ast.parse(path.read_text(encoding="utf-8")), package):
        top = name.partition(".")[0]
        own = name == "apps.compliance" or name.startswith("apps.compliance.")
        assert own or (top in sys.stdlib_module_names and top not in IMPURE), name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_never_asks_the_clock_and_never_prints(path):
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    }
    assert not called & {"today", "now", "utcnow", "print", "input", "eval", "exec"}


def test_there_are_files_to_look_at():
    assert len(FILES) > 60
