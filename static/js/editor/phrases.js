// Phrases: "/" at the start of a word opens a list at the field, or the button beside its label does. What is chosen
// goes in at the caret, where Ctrl+Z takes it out again; Tab goes on to the next blank, and leaves after the last.
"use strict";
(() => {
  if (!window.noteEditor) return;
  const { form, page } = window.noteEditor;
  const box = document.getElementById("phrases");
  const list = document.getElementById("phrase-list");
  const says = document.getElementById("phrases-say");
  const opener = document.getElementById("phrases-open");
  if (!box) return;

  const options = [...list.querySelectorAll("[role=option]")];
  const kinds = JSON.parse(box.dataset.kindOf);
  const BLANK = /_{3,}/g;

  let area = null; // the text area in which the list is open
  let start = 0; // where the slash stands, or the caret when the button opened it
  let typed = false; // opened by a slash that stands in the text
  let at = -1; // the option that Enter puts in

  const shown = () => options.filter((option) => !option.hidden);

  function select(index) {
    const found = shown();
    at = found.length ? (index + found.length) % found.length : -1;
    for (const option of options) option.removeAttribute("aria-selected");
    if (at < 0) return area.removeAttribute("aria-activedescendant");
    found[at].setAttribute("aria-selected", "true");
    area.setAttribute("aria-activedescendant", found[at].id);
    found[at].scrollIntoView({ block: "nearest" });
  }

  function filter(words) {
    const kind = kinds[area.name.slice(area.name.lastIndexOf(".") + 1)];
    for (const option of options) {
      option.hidden = (kind && option.dataset.kind !== kind) || !option.dataset.words.toLowerCase().includes(words);
    }
    return shown().length;
  }

  function place() {
    const field = area.getBoundingClientRect();
    const host = page.getBoundingClientRect();
    box.style.setProperty("top", `${field.bottom - host.top + 4}px`);
    box.style.setProperty("left", `${Math.max(8, Math.min(field.left, innerWidth - box.offsetWidth - 8)) - host.left}px`);
  }

  function open(into, { from, bySlash }) {
    area = into;
    start = from;
    typed = bySlash;
    if (!filter("")) return close();
    box.hidden = false;
    area.setAttribute("aria-controls", "phrase-list");
    area.setAttribute("aria-autocomplete", "list");
    place();
    select(0);
    const number = shown().length;
    says.textContent = `${number} phrases. Arrow keys choose, Enter puts one in, Escape closes.`;
  }

  function close() {
    if (!area) return;
    for (const name of ["aria-controls", "aria-autocomplete", "aria-activedescendant"]) area.removeAttribute(name);
    box.hidden = true;
    says.textContent = "";
    area = null;
  }

  // As typing does, so that the browser's undo knows of it and the editor saves it.
  function write(into, words, from, to) {
    into.focus();
    into.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, words)) {
      into.setRangeText(words, from, to, "end");
      into.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
  }

  function put(option) {
    const into = area;
    const from = start;
    const to = typed ? into.selectionEnd : from;
    close();
    write(into, option.dataset.words, from, to);
    toBlank(into, from);
  }

  function toBlank(into, from) {
    BLANK.lastIndex = from;
    const found = BLANK.exec(into.value);
    if (!found) return false;
    into.setSelectionRange(found.index, found.index + found[0].length);
    return true;
  }

  form.addEventListener("input", (event) => {
    const into = event.target;
    if (!into.matches("textarea")) return;
    const caret = into.selectionEnd;
    if (area) {
      const words = typed ? into.value.slice(start + 1, caret) : "";
      const gone = typed && (into.value[start] !== "/" || caret <= start);
      if (!typed || gone || /\s/.test(words) || !filter(words.toLowerCase())) close();
      else select(0);
    } else if (event.data === "/" && (caret === 1 || /\s/.test(into.value[caret - 2]))) {
      open(into, { from: caret - 1, bySlash: true });
    }
  });

  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !event.target.matches("textarea")) return;
    if (area === event.target) {
      if (event.key === "ArrowDown") select(at + 1);
      else if (event.key === "ArrowUp") select(at - 1);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && at >= 0) put(shown()[at]);
      else {
        if (event.key === "Tab") close();
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Tab" && !event.shiftKey && toBlank(event.target, event.target.selectionEnd)) {
      event.preventDefault();
    }
  });

  // The list and the button leave the caret where it is.
  box.addEventListener("pointerdown", (event) => event.preventDefault());
  opener.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && area) put(option);
  });
  opener.addEventListener("click", () => {
    const into = last && last.isConnected ? last : null;
    if (!into) return;
    into.focus();
    if (area) close();
    else open(into, { from: into.selectionEnd, bySlash: false });
  });

  let last = null;
  form.addEventListener("focusin", (event) => {
    if (!event.target.matches("textarea")) return;
    last = event.target;
    const field = last.closest(".field");
    const label = field && field.querySelector(":scope > .form-label");
    opener.hidden = !label;
    if (label) label.after(opener);
  });
  form.addEventListener("focusout", () => {
    setTimeout(() => area && document.activeElement !== area && close());
  });

  // From a finding: to its field, with the list open.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-phrases-for]");
    if (!link) return;
    event.preventDefault();
    const into = document.getElementById(`id_${link.dataset.phrasesFor}`);
    if (!into || !into.matches("textarea")) return;
    link.closest(".go").querySelector("[data-go]").click();
    into.focus();
    open(into, { from: into.value.length, bySlash: false });
  });
})();
