// Blocks moved and duplicated. A duplicate takes the intent alone, and says so.
"use strict";
(() => {
  if (!window.noteEditor) return;
  const { page, form, changed, addBlock } = window.noteEditor;
  const said = document.getElementById("row-said");

  const shown = () => [...form.querySelectorAll("article.block:not(.measure):not(.is-removed)")];
  const nameOf = (row) => row.querySelector("h3").textContent.replace(/\s+/g, " ").trim();

  // Focus stays where it was: an element that moves loses it.
  function move(row, step) {
    const rows = shown();
    const to = rows[rows.indexOf(row) + step];
    if (!to) {
      said.textContent = step < 0 ? "This is the first block." : "This is the last block.";
      return;
    }
    const focused = document.activeElement;
    if (step < 0) to.before(row);
    else to.after(row);
    if (row.contains(focused)) focused.focus();
    said.textContent = `${nameOf(row)} is now number ${shown().indexOf(row) + 1} of ${rows.length}.`;
    changed(row);
  }

  function duplicate(row) {
    const code = row.querySelector("input[name$='.code']").value;
    const copy = addBlock(code);
    row.after(copy);
    const prefix = (of) => `blocks.${of.id.replace("block-", "")}.`;
    for (const name of page.dataset.duplicated.split(" ")) {
      const from = [...row.querySelectorAll(`[name="${prefix(row)}${name}"]`)];
      const into = [...copy.querySelectorAll(`[name="${prefix(copy)}${name}"]`)];
      into.forEach((input, at) => {
        if (input.type === "checkbox" || input.type === "radio") input.checked = from[at].checked;
        else input.value = from[at].value;
      });
    }
    copy.querySelector(".m input").focus();
    said.textContent = "Duplicated: deficit, goal, task and set-up. Minutes, cues and response are today’s, and empty.";
    changed(copy);
  }

  form.addEventListener("click", (event) => {
    const does = event.target.closest("[data-move], [data-duplicate]")?.dataset;
    if (!does) return;
    event.preventDefault();
    const row = event.target.closest("article.block");
    if (does.move) move(row, Number(does.move));
    else duplicate(row);
  });

  Object.assign(window.noteEditor, { shown });
})();
