// Ctrl+K or ⌘K from anywhere: the palette. Arrows choose, Enter opens, Escape closes and focus goes back.
"use strict";

(() => {
  const palette = document.getElementById("palette");
  if (!palette || !palette.showModal) return;
  const words = document.getElementById("palette-words");
  const found = document.getElementById("palette-found");
  const said = document.getElementById("palette-said");
  let shownFor = null;
  let entered = false;

  const options = () => [...found.querySelectorAll("[role='option']")];
  const chosen = () => found.querySelector("[aria-selected='true']");

  function choose(option) {
    for (const other of options()) other.setAttribute("aria-selected", String(other === option));
    if (option) {
      words.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      words.removeAttribute("aria-activedescendant");
    }
  }

  function open() {
    palette.showModal();
    words.value = "";
    shownFor = null;
    entered = false;
    words.focus();
    htmx.trigger(words.form, "submit");
  }

  // What was found is about patients: it does not stay on the page when the palette is closed.
  palette.addEventListener("close", () => {
    htmx.trigger(words.form, "htmx:abort");
    found.replaceChildren();
    said.textContent = "";
    words.value = "";
    choose(null);
  });
  palette.addEventListener("click", (event) => {
    if (event.target === palette) palette.close();
  });

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    // Nothing opens above the lock, or above another dialog.
    if (palette.open) words.select();
    else if (!document.querySelector("dialog[open]")) open();
  });
  for (const link of document.querySelectorAll("[data-palette]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      link.closest("details")?.removeAttribute("open");
      open();
    });
  }

  words.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const all = options();
    const at = all.indexOf(chosen());
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 5, PageUp: at - 5 }[event.key];
    if (to !== undefined && all.length) {
      event.preventDefault();
      const far = event.key.startsWith("Page");
      choose(all[far ? Math.min(Math.max(to, 0), all.length - 1) : (to + all.length) % all.length]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      // Faster than the answer: what stands there is of other words, so nothing of it is opened.
      if (shownFor !== words.value) entered = true;
      else if (chosen()) chosen().click();
    }
  });

  words.form.addEventListener("htmx:beforeRequest", (event) => {
    event.detail.xhr.wordsAsked = words.value;
  });
  found.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== found) return;
    if (!palette.open) {
      found.replaceChildren();
      return;
    }
    shownFor = event.detail.xhr.wordsAsked;
    choose(options()[0] ?? null);
    // Enter came first: one alone is opened; of several the person chooses.
    if (entered && shownFor === words.value) {
      entered = false;
      if (options().length === 1) chosen().click();
    }
  });
})();
