"""How many keys and presses a routine note costs beyond its words, counted in a real browser.

    make keystrokes

The script and its text are in keystrokes.toml: from the day's list to the signed note. The browser's own
events are counted, not the script's lines. A keystroke is every key that went down and did not become a
stored character of the script, Shift, Ctrl and the password's keys included. A selection is each time the
pointer went down, and each time a key pressed a control or chose in one; such a key is a keystroke as well.
That every text of the script stands in the signed note, letter for letter, is checked at the end: else there
is no count.
"""

from __future__ import annotations

import argparse
import itertools
import re
import subprocess
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from .alone import alone
from .serving import PASSPHRASE, ROOT, environment

SCRIPT = Path(__file__).with_suffix(".toml")
MOST_KEYSTROKES, MOST_SELECTIONS = 60, 12
WORDS_A_MINUTE = 40

COUNTING = """
(() => {
  let byKey = false;
  const listen = (type, does) => addEventListener(type, (event) => event.isTrusted && does(event), true);
  const activated = () => {
    if (byKey) window.counted("activated");
    byKey = false;
  };
  listen("keydown", (event) => {
    if (event.repeat) return;
    byKey = true;
    window.counted("key");
  });
  listen("pointerdown", () => {
    byKey = false;
    window.counted("pointer");
  });
  listen("click", activated);
  listen("input", (event) => event.target.matches("select, [type=radio], [type=checkbox]") && activated());
})();
"""
SHIFTED = set('~!@#$%^&*()_+{}|:"<>?')


@dataclass
class Count:
    """What the browser said, and what was typed to be stored."""

    events: Counter = field(default_factory=Counter)
    typed: list[str] = field(default_factory=list)

    @property
    def keystrokes(self) -> int:
        return self.events["key"] - sum(map(len, self.typed))

    @property
    def selections(self) -> int:
        return self.events["pointer"] + self.events["activated"]

    @property
    def minutes(self) -> float:
        """The words at 40 a minute, a word being five characters. Keys and presses come on top."""
        return sum(map(len, self.typed)) / 5 / WORDS_A_MINUTE


def steps() -> list[dict]:
    return tomllib.loads(SCRIPT.read_text(encoding="utf-8"))["step"]


def keys(page: Page, text: str) -> None:
    """Key by key, as hands do it: Shift goes down for capitals and signs, and up again."""
    for needs_shift, letters in itertools.groupby(
        text, key=lambda letter: letter.isupper() or letter in SHIFTED
    ):
        if needs_shift:
            page.keyboard.down("Shift")
        page.keyboard.type("".join(letters))
        if needs_shift:
            page.keyboard.up("Shift")


def control(page: Page, words: str):
    begins = re.compile(rf"^\s*{re.escape(words)}")
    found = page.locator("button, label.chip, a.btn, input[type=password]")
    if words == "Your password":
        return page.get_by_label(words)
    return found.filter(has_text=begins).filter(visible=True).first


def go(context: BrowserContext, *, patient: str) -> Count:
    """The script from the day's list on, for the visit of `patient` (a family name)."""
    count = Count()
    context.expose_binding("counted", lambda source, what: count.events.update([what]))
    context.add_init_script(COUNTING)
    page = context.new_page()
    page.goto("/")
    for step in steps():
        if "point" in step:
            named = f"Start note of {patient}" if step["point"] == "Start note of" else step["point"]
            place = page.get_by_role("button", name=named) if named != step["point"] else control(page, named)
            place.click()
            if "then" in step:
                expect(page.locator(step["then"])).to_be_visible()
        elif "press" in step:
            for key in (parts := step["press"].split("+"))[:-1]:
                page.keyboard.down(key)
            page.keyboard.press(parts[-1])
            for key in reversed(parts[:-1]):
                page.keyboard.up(key)
        elif "secret" in step:
            keys(page, PASSPHRASE)
        else:
            keys(page, step["type"])
            count.typed.append(step["type"])
    signed, open_still = page.locator(".note-document"), page.locator(".side-by .f")
    try:
        expect(page.get_by_role("status").filter(has_text="Signed. The note is entry")).to_be_visible()
    except AssertionError as error:
        raise AssertionError(f"not signed: {open_still.all_inner_texts()}") from error
    for text in count.typed:
        expect(signed).to_contain_text(text)
    page.close()
    return count


def let_the_password_age(database_url: str) -> None:
    """As if it had been given longer ago than signing accepts."""
    made = """
import django; django.setup()
from django.contrib.sessions.models import Session
from django.contrib.sessions.backends.db import SessionStore
from apps.accounts.password import PASSWORD_GIVEN_AT
for each in Session.objects.all():
    session = SessionStore(each.session_key); session[PASSWORD_GIVEN_AT] = 0; session.save()
"""
    subprocess.run([sys.executable, "-c", made], cwd=ROOT, env=environment(database_url), check=True)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--keep", type=Path, help="a folder for the clinic, to be used again")
    given = asked.parse_args()
    expect.set_options(timeout=30_000)
    looks = {"reduced_motion": "reduce", "viewport": {"width": 1440, "height": 1000}}
    with alone("keystrokes", keep=given.keep, **looks) as here:
        let_the_password_age(here.database_url)
        count = go(here.context, patient="Ashdown")
    say = sys.stdout.write
    say(f"{len(count.typed)} texts, {sum(map(len, count.typed))} characters stored: ")
    say(f"{count.minutes:.1f} minutes at {WORDS_A_MINUTE} words a minute\n")
    say(f"{dict(count.events)}; {len(PASSPHRASE)} keys are the password, asked after five minutes\n")
    say(f"{count.keystrokes} keystrokes, {count.selections} selections\n")
    return int(count.keystrokes > MOST_KEYSTROKES or count.selections > MOST_SELECTIONS)


if __name__ == "__main__":
    sys.exit(main())
