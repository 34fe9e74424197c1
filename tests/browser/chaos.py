"""Not a word lost: somebody types, something breaks, and in the end the server has what was typed.

    make chaos                      200 runs, seed 1
    … --runs 40 --seed 7            fewer, other ones

Each run types into a note in a real browser, does one of FAULTS in the middle, and ends when the page says
that everything is saved, or shows a conflict, which the person then decides. Then the saved note is read by a
request of its own and compared with what was typed, field by field. Times are compressed: offline lasts until
the page has noticed and the person typed on, and a slow answer is one that comes only after the person typed
on. test_chaos.py does each once at full length: 30 seconds offline, an answer after 5. What was injected is
counted where it happened; a fault that was never injected fails the whole.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page, expect

from .alone import alone
from .charting import field, saved
from .serving import Server

SAVES = re.compile(r"/notes/[0-9a-f-]{36}/$")
FIELDS = {"What the patient reports": "subjective", "Your judgement": "assessment", "What comes next": "plan"}
WORDS = ("steps", "turn", "left", "rail", "foam", "tap", "hip", "slower", "held", "reach", "porch", "again")


class Run:
    """One run: a page of Dana's, what was typed so far, and what was injected."""

    def __init__(
        self, context: BrowserContext, server: Server, note: str, seed: int, counted: Counter, in_full: bool
    ):
        self.context, self.server, self.note, self.counted = context, server, note, counted
        self.in_full = in_full
        self.random = random.Random(seed)
        self.typed: dict[str, str] = {}
        self.page = context.new_page()
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.page.goto("/")
        self.page.goto(self.address)
        expect(self.page.locator("#note-form")).to_be_visible()

    @property
    def address(self) -> str:
        return f"/notes/{self.note}/"

    def sentence(self) -> str:
        return " ".join(self.random.choices(WORDS, k=self.random.randint(4, 9))) + ". "

    def type(self, page: Page | None = None, label: str = "") -> None:
        """A sentence at the end of a field: some of it key by key, the rest at once, as dictation writes."""
        label = label or self.random.choice(list(FIELDS))
        place = field(page or self.page, label)
        if label not in self.typed:
            place.fill("")
            self.typed[label] = ""
        words = self.sentence()
        place.click()
        place.press("ControlOrMeta+End")
        at = self.random.randint(3, len(words))
        (page or self.page).keyboard.type(words[:at])
        (page or self.page).keyboard.insert_text(words[at:])
        self.typed[label] += words
        expect(place).to_have_value(self.typed[label])

    def type_on(self) -> None:
        for _ in range(self.random.randint(1, 3)):
            self.type()

    def last(self, seconds: float) -> None:
        """What goes wrong goes on for so long, where times are not compressed."""
        if self.in_full:
            self.page.wait_for_timeout(seconds * 1000)

    def in_form(self) -> dict[str, str]:
        """What the server has, asked apart from the page."""
        text = self.context.request.get(self.address).text()
        return {
            label: re.search(rf'<textarea name="{name}"[^>]*>\r?\n?(.*?)</textarea>', text, re.S)[1]
            for label, name in FIELDS.items()
        }

    def settle(self) -> None:
        """Wait for "Saved"; a conflict is decided for what is here, field by field."""
        conflict = self.page.locator("#conflict")
        settled = self.page.locator("#save-state.saved:not(.is-behind, .is-saving, .is-failed)")
        expect(conflict.or_(settled).first).to_be_attached(timeout=60_000)
        if conflict.count():
            self.counted["conflict shown"] += 1
            conflict.get_by_role("button", name="Save what is chosen").click()
            expect(conflict).to_have_count(0)
        saved(self.page)

    def check(self) -> None:
        stored = self.in_form()
        for _ in range(50):
            if all(stored[label] == words for label, words in self.typed.items()):
                return
            # Only a page that went away may still be sending.
            self.page.wait_for_timeout(100)
            stored = self.in_form()
        lost = [label for label, words in self.typed.items() if stored[label] != words]
        raise AssertionError(f"{', '.join(lost)}: {self.typed} was typed, {stored} is stored")


def killed(run: Run) -> None:
    """The server is killed, worker and all, in the middle of typing, and started again."""
    run.type()
    pid = run.server.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    run.server.process.kill()
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    run.server.process.wait()
    run.counted["killed"] += 1
    run.type_on()
    expect(run.page.locator("#save-state")).to_have_text("Not saved, retrying")
    run.server.__enter__()


def burst(run: Run) -> None:
    """Saves are answered with 500, some of them after the server had stored them."""
    least = run.random.randint(1, 3)
    answered = 0
    is_seen = False

    # Until the page said so, and somebody had time to read it: one failure is retried after a second.
    def fail(route) -> None:
        nonlocal answered
        if route.request.method != "POST" or (answered >= least and is_seen):
            route.fallback()
            return
        answered += 1
        if run.random.random() < 0.5:
            route.fetch()
            run.counted["stored, and answered with 500"] += 1
        run.counted["500"] += 1
        route.fulfill(status=500, body="")

    run.page.route(SAVES, fail)
    run.type_on()
    expect(run.page.locator("#save-state")).to_have_text("Not saved, retrying")
    is_seen = True
    run.type_on()
    run.settle()
    run.page.unroute(SAVES, fail)


def signed_out(run: Run) -> None:
    """The session ends in the middle of typing; the same person signs in again."""
    from .conftest import sign_in

    run.type()
    # An answer that is still under way would bring the session back.
    run.settle()
    run.context.clear_cookies()
    # One sentence: the dialog waits for a pause, and then takes the keys.
    run.type()
    dialog = run.page.get_by_role("dialog", name="You are signed out")
    expect(dialog).to_be_visible()
    run.counted["401"] += 1
    sign_in(run.context, "dana")
    dialog.get_by_role("button", name="I have signed in: save").click()
    expect(dialog).to_be_hidden()
    run.type_on()


def offline(run: Run) -> None:
    """No network while the person types on."""
    run.type()
    run.context.set_offline(True)
    run.counted["offline"] += 1
    run.type_on()
    expect(run.page.locator("#save-state")).to_have_text("Not saved, retrying")
    run.last(30)
    run.type_on()
    run.context.set_offline(False)


def slow(run: Run) -> None:
    """The answer to a save comes only after the person typed on."""
    held: list = []

    def hold(route) -> None:
        if route.request.method == "POST" and not held:
            held.append(route)
        else:
            route.fallback()

    run.page.route(SAVES, hold)
    run.type()
    expect(run.page.locator("#save-state")).to_have_text("Saving…")
    run.type_on()
    run.counted["slow"] += 1
    run.last(5)
    held[0].fallback()
    run.settle()
    run.page.unroute(SAVES, hold)


def two_tabs(run: Run) -> None:
    """Another window saves the same note in between."""
    run.type()
    run.settle()
    other = run.context.new_page()
    other.goto(run.address)
    theirs = field(other, "Communication")
    theirs.fill(run.sentence())
    theirs.press("Tab")
    saved(other)
    other.close()
    run.type_on()
    expect(run.page.locator("#conflict")).to_be_visible()
    run.counted["two tabs"] += 1


def back(run: Run) -> None:
    """The back button right after typing."""
    run.type_on()
    run.page.go_back()
    run.counted["back"] += 1
    expect(run.page.get_by_role("heading", level=1)).to_have_text("Today")


def reload(run: Run) -> None:
    """The page is loaded again right after typing."""
    run.type_on()
    run.page.reload()
    run.counted["reload"] += 1


FAULTS: dict[str, Callable[[Run], None]] = {
    "killed": killed,
    "500": burst,
    "401": signed_out,
    "offline": offline,
    "slow": slow,
    "two tabs": two_tabs,
    "back": back,
    "reload": reload,
}
LEAVES = {"back", "reload"}


def one(
    context: BrowserContext,
    server: Server,
    note: str,
    fault: str,
    seed: int,
    counted: Counter,
    *,
    in_full: bool = False,
) -> None:
    run = Run(context, server, note, seed, counted, in_full)
    try:
        FAULTS[fault](run)
        if fault not in LEAVES:
            run.settle()
        run.check()
    finally:
        context.set_offline(False)
        run.page.close(run_before_unload=False)


def said(counted: Counter) -> str:
    return ", ".join(f"{number} × {fault}" for fault, number in counted.items())


def lane(numbers: range, runs: int, seed: int) -> tuple[Counter[str], int]:
    """These of the runs, with a server and a browser of their own: what was injected, and how many ended with
    other words than were typed.
    """
    from .conftest import sign_in

    expect.set_options(timeout=60_000)
    counted: Counter[str] = Counter()
    lost = 0
    # A machine that does other things as well is slow, and that is no lost word.
    with alone("chaos", timeout=120_000, reduced_motion="reduce") as here:
        for number in numbers:
            fault = list(FAULTS)[number % len(FAULTS)]
            try:
                one(here.context, here.server, here.places["notes"]["chaos"], fault, seed + number, counted)
            except (AssertionError, Error) as error:
                lost += 1
                say(f"run {number} ({fault}): {str(error)[:600]}\n")
                sign_in(here.context, "dana")
            if number % 20 == 19:
                say(f"at run {number + 1} of {runs}\n")
    return counted, lost


def say(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--runs", type=int, default=200)
    asked.add_argument("--seed", type=int, default=1)
    # Half of the time a run waits: for the page to notice, for the server to come back.
    asked.add_argument("--at-once", type=int, default=2)
    given = asked.parse_args()
    counted: Counter[str] = Counter()
    lost = 0
    with ProcessPoolExecutor(given.at_once, multiprocessing.get_context("spawn")) as lanes:
        numbers = [range(first, given.runs, given.at_once) for first in range(given.at_once)]
        for injected, others in lanes.map(lane, numbers, repeat(given.runs), repeat(given.seed * 100_003)):
            counted += injected
            lost += others
    missing = [fault for fault in FAULTS if not counted[fault]]
    say(f"{given.runs} runs, seed {given.seed}; injected: {said(counted)}\n")
    say(f"{given.runs - lost} ended with the server's text = the typed text, {lost} did not\n")
    if missing:
        say(f"NOT INJECTED, so nothing is shown about: {', '.join(missing)}\n")
    return 1 if lost or missing else 0


if __name__ == "__main__":
    sys.exit(main())
