// What the scripts of the note editor share: the page, the form, and how one tells the others that it wrote in a field.
// The page works without any of them, by buttons.
"use strict";
(() => {
  const page = document.querySelector("[data-editor]");
  const form = document.getElementById("note-form");
  if (!page || !form || !window.htmx) return;

  const newId = () =>
    crypto.randomUUID
      ? crypto.randomUUID()
      : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
          (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
        );

  // A script that wrote in a field says so here, as a person's typing does by `input`. It is saved at once.
  const changed = (field = form) => field.dispatchEvent(new CustomEvent("midline:changed", { bubbles: true }));

  // The field of a path as the server names it, such as "blocks.<id>.deficit".
  const fieldOf = (path) => form.querySelector(`[data-field="${CSS.escape(path)}"]`);

  const isEmpty = (field) =>
    ![...field.querySelectorAll("input, textarea, select")].some((input) =>
      input.type === "checkbox" || input.type === "radio" ? input.checked : input.value.trim(),
    );

  window.noteEditor = { page, form, newId, changed, fieldOf, isEmpty };
})();
