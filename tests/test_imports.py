"""Who may import whom, as architecture.md draws it: one way, and read from the code itself."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ROOT / "apps"

# The arrows as they are drawn. What an arrow reaches, it reaches transitively.
ARROWS = {
    "exports": {"notes", "visits", "compliance"},
    "review": {"notes"},
    "help": {"exports"},
    "intake": {"exports"},
    "retention": {"exports"},
    "home": {"review", "exports"},
    "inbox": {"home", "intake"},
    "opening": {"exports"},
    "backup": {"ledger", "accounts"},
    "notes": {"visits", "ledger", "compliance"},
    "visits": {"episodes", "compliance"},
    "episodes": {"patients", "ledger", "compliance"},
    "patients": {"accounts", "compliance"},
    "accounts": {"audit", "compliance"},
    "ledger": {"audit"},
    "audit": set(),
    "compliance": set(),
}
# The demo builds a clinic out of everything; nothing may lean on it.
ARROWS["demo"] = set(ARROWS)


def reachable(app):
    seen, waiting = set(), [app]
    while waiting:
        for other in ARROWS[waiting.pop()] - seen:
            seen.add(other)
            waiting.append(other)
    return seen


def modules():
    return sorted(path for path in APPS.rglob("*.py") if path.parent != APPS)


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path):
    """Every module that a file names, as absolute dotted names, wherever in the file the import stands."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level + 1]] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            yield source
            # `from apps.notes import models` names apps.notes.models.
            yield from (f"{source}.{alias.name}" for alias in node.names)


def app_of(module):
    parts = module.split(".")
    return parts[1] if parts[0] == "apps" and len(parts) > 1 else None


def test_the_arrows_have_no_cycle():
    assert not [app for app in ARROWS if app in reachable(app) and app != "demo"]


def test_every_app_has_its_place_among_the_arrows():
    found = {path.name for path in APPS.iterdir() if (path / "__init__.py").exists()}
    assert found <= set(ARROWS), "add the new app to ARROWS, and to docs and architecture"


@pytest.mark.parametrize("app", sorted(ARROWS))
def test_imports_follow_the_arrows(app):
    allowed = reachable(app) | {app}
    wrong = {
        f"{path.relative_to(ROOT)} imports {module}"
        for path in modules()
        if app_of(name_of(path)) == app
        for module in imports_of(path)
        if app_of(module) in ARROWS and app_of(module) not in allowed
    }
    assert not wrong


def test_compliance_imports_nothing_but_the_standard_library_and_itself():
    wrong = {
        f"{path.relative_to(ROOT)} imports {module}"
        for path in modules()
        if app_of(name_of(path)) == "compliance"
        for module in imports_of(path)
        if module.split(".")[0] not in sys.stdlib_module_names and not module.startswith("apps.compliance")
        # `from apps import compliance` also yields the bare package.
        if module != "apps"
    }
    assert not wrong


def test_only_the_press_imports_weasyprint():
    importers = {
        str(path.relative_to(ROOT))
        for folder in (APPS, ROOT / "config")
        for path in folder.rglob("*.py")
        if any(module.split(".")[0] == "weasyprint" for module in imports_of(path))
    }
    assert importers <= {"apps/exports/press.py"}


def test_only_notes_facts_knows_both_the_note_and_its_facts():
    def knows(path, *names):
        own = name_of(path)
        return any(
            module == name or module.startswith(f"{name}.") or own == name
            for module in imports_of(path)
            for name in names
        )

    both = {
        str(path.relative_to(ROOT))
        for path in modules()
        if knows(path, "apps.notes.models") and knows(path, "apps.compliance.facts")
    }
    assert both <= {"apps/notes/facts.py"}
