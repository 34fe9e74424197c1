#!/usr/bin/env python3
"""Pictures of Midline, to look at and for the README: .venv/bin/python docs/screenshots.py [FOLDER]

Builds the demo clinic in a temporary place, serves it, and photographs the main pages at three widths, light
and dark, into FOLDER (var/screenshots unless told). The picture of the README, docs/note-editor.png, and
those of the help pages, static/help/, are replaced each time. Needs the test environment, Chromium, and
pdftoppm for the picture of the PDF.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

from tests.browser.serving import PASSPHRASE, Server, environment  # noqa: E402

README = ROOT / "docs" / "note-editor.png"
HELP = ROOT / "static" / "help"
MOST_BYTES = 300_000
MOST_BYTES_OF_HELP = 90_000
SIZES = {1440: 1000, 1024: 768, 390: 844}
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="midline-screenshots-") as scratch:
        database_url = f"sqlite:///{scratch}/demo.sqlite3"
        built = subprocess.run(
            [sys.executable, "-m", "tests.browser.serving", "--demo-alone"],
            cwd=ROOT,
            env=environment(database_url),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        places = json.loads(built.stdout)
        with Server(database_url, Path(scratch) / "server.log") as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox"] if os.geteuid() == 0 else []
            )
            page = browser.new_page(base_url=server.url, reduced_motion="reduce", viewport=size(1440))
            for name in views(page, places, folder):
                photograph(page, folder, name)
            browser.close()
    sys.stdout.write(
        f"{len(list(folder.glob('*.png')))} pictures in {folder}; "
        f"{README.relative_to(ROOT)} and static/help/ replaced\n"
    )


def size(width: int) -> dict[str, int]:
    return {"width": width, "height": SIZES[width]}


def views(page: Page, places: dict, folder: Path) -> Iterator[str]:
    """Goes from page to page, and stops at each with its name."""
    page.goto("/sign-in/")
    yield "sign-in"
    sign_in(page, "dana@riverside.example")
    for_help(page, "today")
    yield "today"
    page.goto(f"/patients/{places['patients']['stroke']}/")
    yield "patient"
    half = f"/notes/{places['notes']['half']}/"
    page.goto(half)
    yield "editor-half-written"
    for_readme(page)
    page.goto(f"{half}sign/")
    yield "sign-half-written"
    page.goto("/")
    page.get_by_role("button", name="Start note of").first.click()
    page.wait_for_url(re.compile("/notes/"))
    yield "editor-fresh"
    page.get_by_role("button", name="+ 97112").first.click()
    page.locator("#save-state.saved:has-text('Saved at')").wait_for()
    yield "editor-first-block"
    page.goto(f"/notes/{places['notes']['ready']}/")
    for_help(page, "editor", "#interventions")
    yield "editor-ready"
    page.goto(f"/notes/{places['notes']['ready']}/sign/")
    for_help(page, "sign")
    yield "sign-ready"
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_text("Signed", exact=True).wait_for()
    yield "signed"
    pdf = page.context.request.get(f"/notes/{places['notes']['ready']}/pdf/")
    if pdf.ok and (tool := shutil.which("pdftoppm")):
        file = folder / "note.pdf"
        file.write_bytes(pdf.body())
        subprocess.run(  # noqa: S603 - our own file, and a tool found on the PATH
            [tool, "-png", "-r", "80", str(file), str(folder / "pdf")], check=True
        )
    page.goto("/patients/")
    yield "patients"
    page.goto("/rules/")
    yield "rules"
    page.goto(f"{half}review/")
    page.get_by_role("button", name="Send for review").click()
    as_somebody_else(page, "sam@riverside.example")
    page.goto("/review/")
    for_help(page, "desk")
    yield "desk"
    page.get_by_role("link", name="Start with the first").click()
    for_help(page, "review")
    yield "review"
    as_somebody_else(page, "rae@riverside.example")
    page.goto(f"/packets/{places['one']['packet']}/")
    for_help(page, "packet")
    yield "packet"
    as_somebody_else(page, "alex@riverside.example")
    page.goto("/people/")
    for_help(page, "people")
    yield "people"
    page.goto("/rules/severities/")
    for_help(page, "severities")


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in/")
    page.locator("input[name=username]").fill(email)
    page.locator("input[name=password]").fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(r"(/|/people/)$"))


def as_somebody_else(page: Page, email: str) -> None:
    page.context.clear_cookies()
    sign_in(page, email)


def photograph(page: Page, folder: Path, name: str) -> None:
    for width in SIZES:
        page.set_viewport_size(size(width))
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.evaluate("scrollTo(0, 0)")
            # A window as tall as the page, or what sticks to its edges would stand in the middle.
            tall = max(page.evaluate("document.documentElement.scrollHeight"), SIZES[width])
            page.set_viewport_size({"width": width, "height": tall})
            page.screenshot(path=folder / f"{name}-{width}-{scheme}.png")
            page.set_viewport_size(size(width))
    page.set_viewport_size(size(1440))
    page.emulate_media(color_scheme="light")


def for_readme(page: Page) -> None:
    """What the README shows: the window of a desk, with a note half written."""
    page.evaluate("document.getElementById('interventions').scrollIntoView(); document.activeElement.blur()")
    page.screenshot(path=README)
    shrink(README, MOST_BYTES)


def for_help(page: Page, name: str, place: str | None = None) -> None:
    """What templates/help/_picture.html shows: the top of a page, or of a part of it, light and dark."""
    page.set_viewport_size({"width": 1100, "height": 620})
    if place:
        page.evaluate("place => document.querySelector(place).scrollIntoView()", place)
    page.evaluate("document.activeElement.blur()")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        file = HELP / f"{name}-{scheme}.png"
        page.screenshot(path=file)
        shrink(file, MOST_BYTES_OF_HELP)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(size(1440))


def shrink(file: Path, most_bytes: int) -> None:
    picture = Image.open(file).convert("RGB")
    for colours in (256, 128, 64, 32):
        picture.quantize(colours, dither=Image.Dither.NONE).save(file, optimize=True)
        if file.stat().st_size < most_bytes:
            return
    raise SystemExit(f"{file} has {file.stat().st_size:,} bytes, and {most_bytes:,} are allowed.")


if __name__ == "__main__":
    main()
