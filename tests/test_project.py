"""Promises about the project itself: how it starts, what it ships, and what its files never say."""

import ast
import hashlib
import json
import logging
import os
import re
import sqlite3
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.template import engines

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
GOOD_KEY = "k7" * 32


def committed_files():
    """Files that git has, or would take at the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


# --- Starting -------------------------------------------------------------------------------------------


def start(*arguments, **environment):
    """Starts Django as a server would, with this environment and nothing of the test's own."""
    arguments = arguments or ("-c", "import django; django.setup()")
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "config.settings",
            **environment,
        },
    )


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "Midline will not start: SECRET_KEY is not set."),
        ({"DEBUG": ""}, "Midline will not start: SECRET_KEY is not set."),
        ({"SECRET_KEY": "   "}, "Midline will not start: SECRET_KEY is not set."),
        ({"SECRET_KEY": "change-me"}, "SECRET_KEY is an example that everybody knows."),
        (
            {"SECRET_KEY": GOOD_KEY, "SECRET_KEY_FALLBACKS": "change-me"},
            "a key in SECRET_KEY_FALLBACKS is short",
        ),
        ({"SECRET_KEY": "django-insecure-" + GOOD_KEY}, "SECRET_KEY is an example that everybody knows."),
        (
            {"SECRET_KEY": "only-for-development-never-in-a-clinic"},
            "SECRET_KEY is an example that everybody knows.",
        ),
        ({"SECRET_KEY": "short"}, "SECRET_KEY has 5 characters."),
        ({"SECRET_KEY": GOOD_KEY}, "Midline will not start: ALLOWED_HOSTS is not set."),
        ({"SECRET_KEY": GOOD_KEY, "ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS is not set."),
        ({"SECRET_KEY": GOOD_KEY, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is *"),
        (
            {"DEBUG": "on", "OIDC_ISSUER": "https://id.example"},
            "also needs OIDC_CLIENT_ID, OIDC_CLIENT_SECRET.",
        ),
        (
            {
                "SECRET_KEY": GOOD_KEY,
                "ALLOWED_HOSTS": "x.example",
                "OIDC_ISSUER": "http://id.example",
                "OIDC_CLIENT_ID": "midline",
                "OIDC_CLIENT_SECRET": "s",
            },
            "OIDC_ISSUER must start with https://",
        ),
        ({"DEBUG": "perhaps"}, "DEBUG must be on or off."),
        ({"DEBUG": "on", "DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        ({"DEBUG": "on", "DATABASE_URL": "mysql://somebody:hunter2@host/name"}, "DATABASE_URL"),
    ],
)
def test_production_refuses_to_start_half_configured_and_says_why(environment, sentence):
    answer = start(**environment)
    assert answer.returncode != 0
    assert sentence in answer.stderr.splitlines()[-1]
    assert "hunter2" not in answer.stderr.splitlines()[-1]


def test_production_starts_when_it_is_configured_and_django_finds_nothing_to_warn_of():
    answer = start(
        "manage.py",
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        SECRET_KEY="".join(chr(33 + i) for i in range(64)),
        ALLOWED_HOSTS="notes.example.org",
    )
    assert answer.returncode == 0, answer.stderr
    assert "no issues" in answer.stdout


def test_the_cookies_of_production_are_for_this_host_alone():
    words = (
        "from django.conf import settings as s\n"
        "for kind in ('SESSION', 'CSRF'):\n"
        "    of = ('NAME', 'SECURE', 'HTTPONLY', 'SAMESITE')\n"
        "    print(*(getattr(s, f'{kind}_COOKIE_{what}') for what in of))"
    )
    answer = start("-c", words, SECRET_KEY=GOOD_KEY, ALLOWED_HOSTS="notes.example.org")
    assert answer.stdout.splitlines() == ["__Host-midline True True Lax", "__Host-midline-csrf True True Lax"]


def test_djangos_admin_is_not_there_to_write_past_the_actions():
    from django.conf import settings
    from django.urls import get_resolver

    assert not [app for app in settings.INSTALLED_APPS if "admin" in app]
    assert "admin" not in get_resolver().namespace_dict
    assert not list(ROOT.glob("apps/**/admin.py"))


@pytest.mark.django_db
def test_every_answer_carries_the_headers_that_keep_patient_pages_private(client):
    answer = client.get("/no-such-page/")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.sqlite
@pytest.mark.django_db
def test_sqlite_waits_for_the_disk_and_lets_no_replace_walk_past_a_trigger():
    from django.db import connection

    with connection.cursor() as cursor:
        found = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}
    # A transaction has the write lock from its first word, and not from its first write.
    other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.close()


def test_a_logged_failure_says_where_and_not_whose():
    from config.logs import WithoutValues

    # The words stand apart from the raise, since a traceback shows the line of code.
    words = ["Key (mrn)=(48151) already exists", "Mabel Quill cannot be saved"]
    formatter = WithoutValues("{message}", style="{")
    try:
        try:
            raise KeyError(words[0])
        except KeyError as error:
            raise ValueError(words[1]) from error
    except ValueError:
        line = formatter.format(
            logging.LogRecord("django.request", logging.ERROR, "", 0, "Server Error", (), sys.exc_info())
        )
    assert "ValueError" in line and "KeyError" in line and "test_project.py" in line
    assert "Mabel" not in line and "48151" not in line


# --- What it ships --------------------------------------------------------------------------------------


def vendored():
    manifest = tomllib.loads((VENDOR / "manifest.toml").read_text())
    return {name: digest for asset in manifest["asset"] for name, digest in asset["files"].items()}


def test_every_vendored_file_is_listed_with_its_checksum():
    present = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path != VENDOR / "manifest.toml"
    }
    assert present == vendored()


def test_every_vendored_asset_comes_with_its_licence():
    manifest = tomllib.loads((VENDOR / "manifest.toml").read_text())
    for asset in manifest["asset"]:
        assert {"name", "version", "licence", "origin", "files"} <= set(asset)
        assert any(name.endswith("/LICENSE") for name in asset["files"]), asset["name"]


@pytest.mark.parametrize("name", sorted(name for name in vendored() if "/Inter-" in name))
def test_inter_has_every_sign_that_a_note_may_hold(name):
    from fontTools.ttLib import TTFont

    # A missing sign would come from another font on one machine and print as an empty box on the next.
    signs = "→←↑↓−×÷≤≥≠±°éñüß–—…“”‘’•½¼¾²³µΔ✓≈′″§€■●"
    known = TTFont(VENDOR / name).getBestCmap()
    assert not [sign for sign in signs if ord(sign) not in known]


@pytest.mark.parametrize("lock", ["run", "test"])
def test_locks_carry_hashes_and_no_addresses(lock):
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    assert "://" not in text
    assert not re.search(
        r"^\s*(-i|--index-url|--extra-index-url|-f|--find-links|--trusted-host)\b", text, re.M
    )
    requirements = re.split(r"^(?=[a-z0-9])", text, flags=re.M | re.I)[1:]
    assert requirements
    for requirement in requirements:
        assert "==" in requirement and "--hash=sha256:" in requirement, requirement.splitlines()[0]


def test_the_test_lock_contains_the_run_lock():
    def pins(lock):
        return set(re.findall(r"^([\w.-]+==\S+)", (ROOT / "requirements" / f"{lock}.txt").read_text(), re.M))

    assert pins("run") <= pins("test")


def templates():
    folders = [ROOT / "templates", *(ROOT / "apps").glob("*/templates")]
    return sorted((path, folder) for folder in folders for path in folder.rglob("*") if path.is_file())


def test_every_template_compiles():
    for path, folder in templates():
        engines["django"].get_template(path.relative_to(folder).as_posix())


def test_no_template_relies_on_what_the_content_security_policy_refuses():
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*\btype=\"application/json\")[^>]*>|\son[a-z]+\s*=\s*[\"']|\shx-on|<style\b|\sstyle\s*=",
        re.IGNORECASE,
    )
    # What is printed by WeasyPrint never meets a browser, and carries its style inside.
    on_screen = [path for path, _ in templates() if not re.search(r"pdf|print", path.as_posix())]
    wrong = [
        f"{path.relative_to(ROOT)}: {found.group().strip()}"
        for path in on_screen
        for found in inline.finditer(
            re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", path.read_text(), flags=re.S)
        )
    ]
    assert not wrong


def test_htmx_keeps_no_page_and_runs_no_text():
    page = (ROOT / "templates" / "base.html").read_text()
    config = json.loads(re.search(r"""name="htmx-config" content='([^']*)'""", page)[1])
    wanted = {"historyCacheSize": 0, "allowEval": False, "allowScriptTags": False, "selfRequestsOnly": True}
    assert {name: config.get(name) for name in wanted} == wanted


def test_no_word_is_called_safe_and_no_query_is_made_of_text():
    unsafe = re.compile(
        r"\|\s*safe\b|autoescape off|mark_safe|SafeString\(|"
        r"\.raw\(|\.extra\(|RawSQL|\*\*\s*(self\.)?request\.(GET|POST)"
    )
    files = [*ROOT.glob("apps/**/*.py"), *(path for path, _ in templates())]
    found = [
        f"{path.relative_to(ROOT)}: {one.group()}"
        for path in files
        for one in unsafe.finditer(path.read_text())
    ]
    assert len(files) > 200 and not found


# --- What its views keep to -----------------------------------------------------------------------------


def views():
    """Each module of views, and its syntax tree."""
    return [(path.relative_to(ROOT), ast.parse(path.read_text())) for path in ROOT.glob("apps/**/*views.py")]


def bare_managers(tree):
    """Lines in which rows are asked for past access.py: a manager, or a model given to a shortcut."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager"):
            yield node.lineno
        if isinstance(node, ast.Call) and getattr(node.func, "id", "").startswith("get_") and node.args:
            model = node.args[0]
            if isinstance(model, ast.Name) and model.id[0].isupper():
                yield node.lineno


def test_no_view_asks_for_rows_past_the_access_of_its_app():
    # A form's empty set of choices asks for nothing.
    wrong = []
    for path, tree in views():
        lines = (ROOT / path).read_text().splitlines()
        bare = [line for line in bare_managers(tree) if ".objects.none()" not in lines[line - 1]]
        wrong += [f"{path}:{line}: {lines[line - 1].strip()}" for line in bare]
    assert len(views()) > 20
    assert not wrong, "Ask for a queryset of access.py, which knows who asks:\n" + "\n".join(wrong)


ASKS_NOTHING = {
    "document": "an upload, read as part of the day's work; each opening is recorded",
    "pdf_file": "one note or plan, read as part of the day's work; its views record each opening",
    "verifier": "a program, with nothing about anybody in it",
    "checkpoints": "counts, hashes and times",
    "csv_of": "turns rows into a file for the views that ask",
    "_csv": "rows of the clinic's own file that were not added, to be mended; each taking is recorded",
}
"""Functions of views modules that hand out a file and ask for nothing, and why."""


def test_every_view_that_hands_out_a_file_asks_first_or_says_why_not():
    found, wrong = set(), []
    for path, tree in views():
        for node in ast.walk(tree):
            if not isinstance(node, ast.FunctionDef):
                continue
            source = ast.unparse(node)
            if not ("as_attachment" in source or "Content-Disposition" in source or "csv_of(" in source):
                continue
            found.add(node.name)
            asks = "before_it_leaves" in source or "StepUp" in source
            if node.name not in ASKS_NOTHING and not asks and node.name != "as_csv":
                wrong.append(f"{path}: {node.name}")
    assert not wrong, "Ask before_it_leaves() or a StepUp, or give the reason in ASKS_NOTHING."
    assert found >= {*ASKS_NOTHING, "build_download"}


# --- What its files never say ---------------------------------------------------------------------------


def test_no_committed_file_names_a_registry_or_this_machine():
    # Split, so that this file does not find itself.
    forbidden = re.compile(
        "|".join(
            re.escape("".join(parts))
            for parts in (
                ("py", "pi.org"),
                ("files.", "pythonhosted"),
                ("registry.", "npmjs"),
                ("/wo", "rk/"),
                ("/ro", "ot/"),
            )
        )
    )
    wrong = []
    for path in committed_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        wrong += [f"{path.relative_to(ROOT)}: {found.group()}" for found in forbidden.finditer(text)]
    assert not wrong


def test_no_lock_with_addresses_and_no_database_is_committed():
    names = {path.name for path in committed_files()}
    assert not names & {"uv.lock", "package-lock.json", "poetry.lock"}
    assert not [name for name in names if re.search(r"\.sqlite3|\.env$|\.pem$|\.key$", name)]


def test_the_scripts_that_a_person_starts_can_be_started():
    for name in (
        "bin/demo",
        "bin/work",
        "bin/witness",
        "bin/mail",
        "bin/test",
        "bin/check",
        "bin/postgres",
        "bin/sbom",
        ".ci/run",
        "manage.py",
    ):
        assert os.access(ROOT / name, os.X_OK), name
