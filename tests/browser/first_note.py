"""From nothing to a signed note: `bin/start` on an empty database, its set-up page, the words on the screen.

    python -m tests.browser.first_note [--pictures FOLDER]

Whoever walks here knows nothing but what a page shows: links, buttons and fields are found by their visible
words, and no address is typed but the one that `bin/start` printed and the one that the administrator hands
over. It fails where axe finds anything on the pages of the first day. What is printed at the end is the time
that it took. A person reads and thinks besides: it says how much of ten minutes the pages leave to that.
"""

from __future__ import annotations

import argparse
import base64
import datetime as dt
import hashlib
import hmac
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from .charting import add_block, saved, write, write_guided
from .serving import ROOT
from .test_accessibility import problems

ADMINISTRATOR, THERAPIST = "slate harbour thimble orchard", "copper meadow lantern drift"
SOAP = {
    "What the patient reports": "Caught the left foot on the rug once since Tuesday, no fall",
    "Your judgement": "Steps start earlier; the hip still needs a tap to stay level",
    "What comes next": "Turns with a tray on Monday",
}
PATIENCE = 420
"""Seconds for `bin/start` to answer on a busy machine."""


class Start:
    """`bin/start` on a database, folders and a port of its own. `link` is what it printed."""

    def __init__(self, folder: Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        kept = {name: value for name, value in os.environ.items() if name not in ("MIDLINE_DEMO", "DEBUG")}
        places = {
            "DATABASE_URL": f"sqlite:///{folder}/clinic.sqlite3",
            "MEDIA_DIR": f"{folder}/media",
            "DOCUMENTS_DIR": f"{folder}/documents",
            "BACKUP_DIR": f"{folder}/backups",
            "LEDGER_KEY_FILE": f"{folder}/key.json",
            "LEDGER_CHECKPOINT_FILE": f"{folder}/checkpoints.jsonl",
            "PORT": str(self.port),
            "WORKERS": "1",
        }
        self.log = folder / "start.log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                ["bin/start"], cwd=ROOT, env=kept | places, stdout=log, stderr=log, start_new_session=True
            )

    def link(self) -> str:
        """The link, once the server answers."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            found = re.search(r"http://localhost:\d+/set-up/\S+", self.log.read_text())
            with socket.socket() as attempt:
                if found and attempt.connect_ex(("127.0.0.1", self.port)) == 0:
                    return found[0]
            time.sleep(0.2)
        raise RuntimeError(f"bin/start printed no link:\n{self.log.read_text()[-3000:]}")

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=30)


def code_of(secret: str) -> str:
    """The six digits that an authenticator app shows for the key on the page (RFC 6238)."""
    key = base64.b32decode(secret.replace(" ", ""))
    moment = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(key, moment, hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


class Walk:
    """One person's browser. `look` asks axe about the page and keeps a picture of it."""

    def __init__(self, browser: Browser, pictures: Path | None):
        self.page: Page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
        self.page.set_default_timeout(30_000)
        self.pictures = pictures
        self.found: list[str] = []

    def look(self, name: str) -> None:
        for width, scheme in ((1440, "light"), (390, "dark")):
            self.page.set_viewport_size({"width": width, "height": 1000})
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            self.found += problems(self.page, f"{name}, {width} px, {scheme}")
            wider = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if wider > 0:
                self.found.append(f"{name}: {wider} px wider than {width} px")
            if self.pictures:
                self.page.screenshot(path=self.pictures / f"{name}-{width}.png", full_page=True)
        self.page.set_viewport_size({"width": 1440, "height": 1000})
        self.page.emulate_media(color_scheme="light")

    def fill(self, **words: str) -> None:
        """Each field by its label: `Date_of_birth="…"`."""
        for label, text in words.items():
            self.page.get_by_label(re.compile(rf"^\s*{label.replace('_', ' ')}")).first.fill(text)

    def choose(self, label: str, words: str) -> None:
        self.page.get_by_label(re.compile(rf"^\s*{label}")).first.select_option(label=words)

    def press(self, words: str) -> None:
        """The button or link that says so."""
        begins = re.compile(rf"^\s*{re.escape(words)}")
        by_role = self.page.get_by_role("button", name=begins).or_(self.page.get_by_role("link", name=begins))
        by_role.filter(visible=True).first.click()

    def enrol(self, passphrase: str) -> None:
        """From the welcome page to the first page: a passphrase, an authenticator app, recovery codes."""
        expect(self.page.get_by_role("heading", name="Welcome")).to_be_visible()
        for place in self.page.locator("input[type=password]").all():
            place.fill(passphrase)
        self.press("Go on")
        expect(self.page.get_by_role("heading", name="Add a second factor")).to_be_visible()
        self.press("Authenticator app")
        self.page.get_by_label(re.compile("digits|code", re.I)).fill(
            code_of(self.page.locator(".secret").inner_text())
        )
        self.press("Add")
        expect(self.page.get_by_role("heading", name="Recovery codes")).to_be_visible()
        self.press("I have kept them")


def set_up(walk: Walk, link: str) -> None:
    page = walk.page
    page.goto(link)
    expect(page.get_by_role("heading", name="Set up your clinic")).to_be_visible()
    walk.look("set-up")
    walk.press("Set up")
    expect(page.get_by_text("This field is required.").first).to_be_visible()
    walk.look("set-up-refused")
    walk.fill(Name_of_the_clinic="Harbor Neuro", Address="9 Pier Road, Duluth MN 55802", Phone="218 555 0100")
    walk.fill(NPI="1234567893", Your_name="Ada Park", Your_e="ada@harbor.example")
    walk.choose("Time zone", "Central")
    page.get_by_label("Medicare Part B", exact=True).check()
    walk.fill(A_note_is_a_late_entry="72", Who_asks_for_that="Clinic policy of 11/01/2026")
    walk.press("Set up")
    walk.enrol(ADMINISTRATOR)


def invite(walk: Walk) -> str:
    """The administrator adds a therapist; the link that is handed over."""
    page = walk.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("to do now", ignore_case=True)
    walk.look("home")
    walk.press("People")
    walk.press("Add a person")
    walk.fill(Name="Noor Haddad", E="noor@harbor.example", Licence_number="PT-5501", Licence_state="MN")
    walk.choose("Role", "Therapist")
    walk.choose("Credential", "Physical therapist (PT)")
    walk.choose("Discipline", "Physical therapy")
    ends = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=400)
    page.get_by_label("Licence expires on").fill(ends.isoformat())
    again = page.get_by_label("Your password")
    if again.count() and again.is_visible():
        again.fill(ADMINISTRATOR)
    walk.press("Add")
    return page.get_by_label("The link").input_value()


def first_note(walk: Walk, link: str) -> None:
    """The therapist enrols, adds a patient, charts the visit of this hour, and signs."""
    page = walk.page
    page.goto(link)
    walk.enrol(THERAPIST)
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    walk.look("today")
    walk.press("Find a patient")
    walk.press("Add a patient")
    walk.fill(Family_name="Alder", Given_name="Robin", MRN="H-1001")
    page.get_by_label(re.compile(r"^\s*Date of birth")).fill("1951-04-02")
    page.get_by_label("Sex").select_option(index=1)
    walk.press("Add")
    walk.press("Add coverage")
    walk.choose("Payer", "Medicare Part B")
    walk.fill(Member_number="1EG4-TE5-MK73")
    page.get_by_label("Covered from").fill("2026-01-01")
    walk.press("Add")
    walk.press("Add a diagnosis")
    page.get_by_role("searchbox").last.fill("unspecified ataxia")
    page.get_by_text("R27.0").first.click()
    walk.press("Add")
    walk.press("Start a visit now")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Alder, Robin")
    for label, words in SOAP.items():
        write(page, label, words)
    guided = add_block(page, "97112")
    write_guided(guided, "24")
    write(page, "Total treatment minutes", "24")
    saved(page)
    walk.press("Sign")
    expect(page.get_by_role("heading", name="Sign this note")).to_be_visible()
    answer_what_is_asked(page)
    walk.press("Sign")
    expect(page.get_by_role("status").filter(has_text="Signed. The note is entry")).to_be_visible()
    walk.look("signed")
    for words in SOAP.values():
        expect(page.locator(".note-document")).to_contain_text(words)


def answer_what_is_asked(page: Page) -> None:
    """On the first day there is no plan of care yet: each warning takes a reason, each question an answer."""
    for warning in page.locator(".f.warn").filter(visible=True).all():
        place = warning.get_by_role("textbox")
        if place.count():
            place.first.fill("First day: the plan of care is written after this visit")
    for question in page.locator(".f.ask").filter(visible=True).all():
        question.locator("label.chip", has_text="Yes").first.click()
        place = question.get_by_role("textbox")
        if place.count() and place.first.is_visible():
            place.first.fill("Seen today")
    again = page.get_by_label("Your password")
    if again.count() and again.first.is_visible():
        again.first.fill(THERAPIST)


def main() -> int:
    parser = argparse.ArgumentParser(description="From the set-up page to a signed note, timed.")
    parser.add_argument("--pictures", type=Path, help="A folder for pictures of the pages on the way.")
    pictures = parser.parse_args().pictures
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="midline-first-") as folder, sync_playwright() as playwright:
        begun = time.monotonic()
        start = Start(Path(folder))
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        administrator, therapist = Walk(browser, pictures), Walk(browser, pictures)
        try:
            link = start.link()
            started = time.monotonic()
            set_up(administrator, link)
            enrolled = time.monotonic()
            first_note(therapist, invite(administrator))
            signed = time.monotonic()
        except Exception:
            print(start.log.read_text()[-2000:])
            for name, walk in (("administrator", administrator), ("therapist", therapist)):
                if pictures:
                    walk.page.screenshot(path=pictures / f"stuck-{name}.png", full_page=True)
            raise
        finally:
            browser.close()
            start.stop()
    print(f"bin/start until it answered: {(started - begun) / 60:.1f} minutes")
    print(f"set-up page to an administrator with a second factor: {(enrolled - started) / 60:.1f} minutes")
    print(f"from there to a signed first note: {(signed - enrolled) / 60:.1f} minutes")
    print(f"set-up page to signed note: {(signed - started) / 60:.1f} minutes of at most 10")
    found = [*administrator.found, *therapist.found]
    for problem in found:
        print(problem)
    return 1 if found or signed - started > 600 else 0


if __name__ == "__main__":
    raise SystemExit(main())
