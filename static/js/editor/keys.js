// A key for every action of the editor, all with Alt+Shift, so that no typing, browser or screen reader is in the way.
"use strict";
(() => {
  if (!window.noteEditor) return;
  const { form, shown } = window.noteEditor;
  const sheet = document.getElementById("keys");
  const said = document.getElementById("row-said");

  const press = (selector, scope = document) => scope.querySelector(selector)?.click();

  // The block that one is in, or the only one.
  function here() {
    const row = document.activeElement?.closest("article.block:not(.measure)") ?? (shown().length === 1 ? shown()[0] : null);
    if (!row) said.textContent = "Go into a block first.";
    return row;
  }
  const inBlock = (selector) => () => {
    const row = here();
    if (row) press(selector, row);
  };

  function section(number) {
    const place = document.querySelectorAll("#note-form > section.card")[number - 1];
    const field = place?.querySelector("input:not([type=hidden]), textarea, select, button");
    field?.scrollIntoView({ block: "center" });
    field?.focus();
  }

  let last = -1;
  function nextFinding() {
    const links = [...document.querySelectorAll("#readiness a[data-go]")];
    if (!links.length) {
      said.textContent = "Nothing to look at.";
      return;
    }
    last = (last + 1) % links.length;
    links[last].click();
  }

  // The one that was removed last.
  function putBack() {
    const removed = [...form.querySelectorAll("article.is-removed")];
    removed.sort((one, other) => Number(other.dataset.removedAt || 0) - Number(one.dataset.removedAt || 0));
    if (removed.length) press("[data-put-back]", removed[0]);
    else said.textContent = "Nothing was removed.";
  }

  // In a tab of its own, at the field that one is in: the note stays as it is.
  function why() {
    const name = document.activeElement?.closest("[name]")?.name ?? document.activeElement?.closest("[data-field]")?.dataset.field ?? "";
    const path = name.split(".").filter((part, at) => !(at === 1 && /^(blocks|measures)\./.test(name)) && !/^\d+$/.test(part));
    window.open(`${document.querySelector("[data-why]").href}#${path.join("-")}`, "_blank", "noopener");
  }

  const KEYS = {
    KeyN: nextFinding,
    KeyB: () => press("[data-add-block='97112']"),
    Equal: inBlock(".m [data-step='1']"),
    Minus: inBlock(".m [data-step='-1']"),
    ArrowUp: inBlock("[data-move='-1']"),
    ArrowDown: inBlock("[data-move='1']"),
    KeyM: () => {
      const row = here();
      if (!row) return;
      const runs = row.querySelector("[data-timer-box]").dataset.state === "running";
      press(`[data-timer='${runs ? "pause" : "start"}']`, row);
    },
    KeyE: inBlock("[data-timer='stop']"),
    KeyD: inBlock("[data-duplicate]"),
    Delete: inBlock("[data-remove]"),
    KeyZ: putBack,
    KeyW: why,
    KeyC: () => press("[data-copy-note]"),
    KeyS: () => press("[data-sign-url]"),
    KeyH: () => sheet.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || event.isComposing) return;
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "?" && !typing && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      sheet.showModal();
      return;
    }
    if (!event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey) return;
    const digit = /^Digit([1-6])$/.exec(event.code);
    const does = digit ? () => section(Number(digit[1])) : KEYS[event.code];
    if (!does) return;
    event.preventDefault();
    does();
  });
  document.querySelector("[data-keys]").addEventListener("click", () => sheet.showModal());
})();
