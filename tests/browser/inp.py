"""How soon the page answers a key while somebody types into five blocks, and whether anything moves.

    make inp

Interaction to next paint is what the browser reports itself (Event Timing): for each key the longest of its
events, from the key to the next frame. Events under 16 ms are not reported, and counted as 16. A layout shift
is what the browser reports as one that followed no input: saves are answered half a second after the last key
or later, so what their findings move is among them.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from .alone import alone
from .charting import block, field, saved

MOST_P75 = 200

OBSERVING = """
(() => {
  window.interactions = {};
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { interactionId: id, duration } = entry;
      if (id) window.interactions[id] = Math.max(window.interactions[id] ?? 0, duration);
    }
  }).observe({ type: "event", durationThreshold: 16, buffered: true });
  // Two places whose own words change with each save, in a room that does not.
  const own = "#save-state, #sign-words";
  const isOwn = (node) => !!(node?.closest ? node : node?.parentElement)?.closest(own);
  const nameOf = ({ node }) => node?.id || node?.className || node?.parentElement?.id || node?.nodeName;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const moved = entry.sources.filter(({ node }) => !isOwn(node)).map(nameOf).join(", ");
      if (!entry.hadRecentInput && moved) window.shifts.push([entry.value, moved]);
    }
  }).observe({ type: "layout-shift", buffered: true });
})();
"""

# Two frames later, what moved has been reported.
PAINTED = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"""

# "Prints as" grows with the words, as their field does; what else moves is to be seen.
PREVIEWS_HELD = """() => {
  for (const says of document.querySelectorAll(".says")) {
    says.style.height = `${says.offsetHeight}px`;
    says.style.overflow = "hidden";
  }
}"""


@dataclass
class Felt:
    """Milliseconds to the next paint, a number for each key, and the layout shifts with what moved."""

    keys: list[float]
    shifts: list[tuple[float, str]]

    @property
    def p75(self) -> float:
        return statistics.quantiles(self.keys, n=4)[2]

    @property
    def shift(self) -> float:
        return sum(value for value, _ in self.shifts)


def type_and_watch(page: Page, address: str, *, sentences: int) -> Felt:
    """Bring a finding that stops and one that asks into the first block, and type on through five blocks."""
    page.add_init_script(OBSERVING)
    page.goto(address)
    expect(page.locator("article.block")).to_have_count(5)
    page.evaluate(PREVIEWS_HELD)
    page.evaluate(PAINTED)
    page.evaluate("window.shifts.length = 0")
    typed = 0
    response = field(block(page, "97112").first, "4 · Response")
    response.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Backspace")
    expect(page.locator("#readiness li.f.stop", has_text="response")).to_be_visible()
    page.keyboard.type("tolerated well")
    expect(page.locator("#readiness li.f.ask", has_text="tolerated well").first).to_be_visible()
    saved(page)
    for number in range(sentences):
        place = page.locator("article.block").nth(number % 5).locator("textarea:visible").last
        place.click()
        page.keyboard.press("ControlOrMeta+End")
        words = f" Reached the line {number} of 9 times."
        page.keyboard.type(words, delay=20)
        typed += len(words)
        saved(page)
        page.evaluate(PAINTED)
    found = page.evaluate("[Object.values(window.interactions), window.shifts]")
    keys = found[0] + [16.0] * max(0, typed - len(found[0]))
    return Felt(keys, [(value, sources) for value, sources in found[1]])


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--sentences", type=int, default=10)
    given = asked.parse_args()
    expect.set_options(timeout=30_000)
    with alone("inp", viewport={"width": 1440, "height": 1000}) as here:
        note = here.places["notes"]["five"]
        felt = type_and_watch(here.context.new_page(), f"/notes/{note}/", sentences=given.sentences)
    say = sys.stdout.write
    for value, sources in felt.shifts:
        say(f"shift {value:.4f}: {sources}\n")
    say(f"{len(felt.keys)} keys into a note of five blocks: ")
    say(f"p75 {felt.p75:.0f} ms, longest {max(felt.keys):.0f} ms to the next paint; ")
    say(f"layout shift {felt.shift:.4f}\n")
    return int(felt.p75 > MOST_P75 or felt.shift > 0)


if __name__ == "__main__":
    sys.exit(main())
