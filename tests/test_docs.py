"""What docs/, the README and the help pages point at is there: links, files, commands, addresses."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from apps.help import pages

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "SECURITY.md", *(ROOT / "docs").glob("*.md")])
HELP = sorted((ROOT / "templates" / "help").glob("*.html"))


def anchors(path):
    """The headings of a page as its readers link to them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_every_link_of_the_docs_leads_to_a_file_and_to_a_heading_in_it():
    dead, count = [], 0
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
            if re.match(r"[a-z]+:", target):
                continue
            count += 1
            name, _, heading = target.partition("#")
            file = (page.parent / name).resolve() if name else page
            if not file.exists() or (heading and file.suffix == ".md" and heading not in anchors(file)):
                dead.append(f"{page.name}: {target}")
    assert count > 100 and not dead


def test_every_file_that_the_docs_name_is_there():
    # Of the tree: what begins with one of its folders.
    named = re.compile(r"`((?:apps|templates|static|tests|config|benchmarks|bin|docs|docker)/[\w./-]+)`")
    missing, count = [], 0
    for page in PAGES:
        for name in named.findall(page.read_text()):
            count += 1
            if not (ROOT / name).exists():
                missing.append(f"{page.name}: {name}")
    assert count > 40 and not missing


def test_every_command_that_the_docs_and_the_help_name_exists():
    known = set(get_commands())
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.M))
    wrong, count = [], 0
    for page in [*PAGES, *HELP]:
        text = page.read_text()
        # In a sentence a word may follow "make"; in code it is a target.
        code = r"`[^`\n]+`|^ {4,}.+$" if page.suffix == ".md" else r"<code>[^<]+</code>"
        named = r"(?<![\w/.])(manage\.py |make |bin/)([a-z][\w-]*)"
        for kind, name in re.findall(named, "\n".join(re.findall(code, text, re.M))):
            count += 1
            exists = {
                "manage.py ": name in known,
                "make ": name in targets,
                "bin/": (ROOT / "bin" / name).exists(),
            }[kind]
            if not exists:
                wrong.append(f"{page.name}: {kind}{name}")
    assert count > 40 and not wrong


def test_every_module_that_the_docs_run_exists():
    wrong = []
    for page in PAGES:
        for name in re.findall(r"python3? -m ((?:apps|tests|benchmarks)[\w.]*)", page.read_text()):
            file = ROOT / name.replace(".", "/")
            if not (file.with_suffix(".py").exists() or (file / "__main__.py").exists()):
                wrong.append(f"{page.name}: {name}")
    assert not wrong


def test_every_address_that_the_docs_name_is_one():
    wrong, count = [], 0
    for page in PAGES:
        for address in re.findall(r"`(/[a-z][\w/-]*/)`", page.read_text()):
            count += 1
            try:
                resolve(address)
            except Resolver404:
                wrong.append(f"{page.name}: {address}")
    assert count and not wrong


@pytest.mark.sqlite
def test_every_link_of_the_help_leads_somewhere(clinic, client):
    """Each is opened by somebody whom its page is for."""
    people = {
        "therapists": clinic.tess,
        "supervisors": clinic.sam,
        "records": clinic.rae,
        "administrators": clinic.alex,
    }
    dead, seen = [], set()
    for page in pages.PAGES:
        person = people.get(page.key, clinic.tess)
        client.force_login(person)
        html = client.get(page.address).content.decode()
        main = html.partition("<main")[2]
        ids = set(re.findall(r'\sid="([^"]+)"', html))
        for target in set(re.findall(r'href="([^"]+)"', main)):
            if target.startswith("#"):
                if target[1:] not in ids:
                    dead.append(f"{page.key}: {target}")
            elif target.startswith("/rules/") and target.count("/") == 3:
                resolve(target)  # each rule's page is tried in tests/notes/test_rule_pages.py
            elif (person.pk, target) not in seen:
                seen.add((person.pk, target))
                if client.get(target).status_code != 200:
                    dead.append(f"{page.key}: {target}")
    assert len(seen) > 30 and not dead


def test_every_limit_stands_with_the_number_that_the_code_has(a_busy_machine_gives_no_page_up):
    page = (ROOT / "docs" / "limits.md").read_text()
    rows = re.findall(r"^\| .+ \| ([\d,]+) ?(\w*) ?\w* \| `([\w.]+)\.(\w+)` \|$", page, re.M)
    assert len(rows) == page.count("` |") > 25
    for number, unit, module, name in rows:
        held = getattr(import_module(module), name)
        if name == "MOST_SECONDS":
            held = a_busy_machine_gives_no_page_up  # what the tests have set is not what is shipped
        size = 1024 * 1024 if unit == "MB" else 1
        assert held == int(number.replace(",", "")) * size, name
