// Blocks and measures: added from blank rows, removed with their words, and put back.
"use strict";
(() => {
  if (!window.noteEditor) return;
  const { form, newId, changed } = window.noteEditor;

  // A blank row is named NEW; its copy gets an id of its own, which the server keeps.
  function copyOf(template) {
    const id = newId();
    const row = template.content.firstElementChild.cloneNode(true);
    for (const element of [row, ...row.querySelectorAll("*")]) {
      for (const attribute of [...element.attributes]) {
        if (/\bNEW\b/.test(attribute.value)) attribute.value = attribute.value.replace(/\bNEW\b/g, id);
      }
    }
    return row;
  }

  // A new block of a code, at the end. Who adds it decides about the focus, and says `changed`.
  function addBlock(code) {
    const guided = code === "97112";
    const row = copyOf(document.getElementById(guided ? "blank-guided" : "blank-other"));
    if (!guided) {
      row.querySelector("input[name$='.code']").value = code;
      for (const place of row.querySelectorAll("[data-code]")) place.textContent = code;
      const { label } = form.querySelector(`[data-add-block="${CSS.escape(code)}"]`).dataset;
      for (const place of row.querySelectorAll("[data-label]")) place.textContent = label;
    }
    document.getElementById("block-rows").append(row);
    return row;
  }

  function addAndEnter(code) {
    const row = addBlock(code);
    row.querySelector(".m input").focus();
    changed(row);
  }

  function addMeasure(button) {
    const row = copyOf(document.getElementById(`blank-measure-${button.dataset.addMeasure}`));
    document.getElementById("measure-rows").append(row);
    row.querySelector("input:not([type=hidden])").focus();
    changed(row);
  }

  function showRemoved(row, removed) {
    row.querySelector("input[name$='.removed']").value = removed ? "1" : "";
    row.classList.toggle("is-removed", removed);
    if (removed) row.dataset.removedAt = String(performance.now());
    row.querySelector("[data-body]").hidden = removed;
    row.querySelector(".removed-line").hidden = !removed;
  }

  function setRemoved(button, removed) {
    const row = button.closest("[data-row]");
    showRemoved(row, removed);
    (removed ? row.querySelector("[data-put-back]") : row.querySelector("[data-body] input:not([type=hidden])")).focus();
    changed(row);
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const does = button.dataset;
    if (does.addBlock !== undefined) addAndEnter(does.addBlock);
    else if (does.addMeasure !== undefined) addMeasure(button);
    else if (does.remove !== undefined) setRemoved(button, true);
    else if (does.putBack !== undefined) setRemoved(button, false);
    else return;
    event.preventDefault();
  });

  // Opening "another cue" prepares the one after it.
  function prepareNext(details) {
    if (details.nextElementSibling) return;
    const next = details.cloneNode(true);
    next.open = false;
    for (const element of next.querySelectorAll("*")) {
      for (const attribute of [...element.attributes]) {
        attribute.value = attribute.value.replace(/\.cues\.(\d+)\./g, (_, at) => `.cues.${Number(at) + 1}.`);
      }
      if (element.matches("textarea")) element.value = "";
      if (element.matches("input")) element.checked = false;
    }
    details.after(next);
  }
  form.addEventListener(
    "toggle",
    (event) => {
      if (event.target.matches("[data-another]") && event.target.open) prepareNext(event.target);
    },
    true,
  );

  // Opens cues of a block until there is one of this number.
  function openCue(row, number) {
    for (let last = row.querySelectorAll(".cue").length; last <= number + 1 && last < 20; last += 1) {
      const details = [...row.querySelectorAll("[data-another]")].at(-1);
      details.open = true;
      prepareNext(details);
    }
  }

  Object.assign(window.noteEditor, { addBlock, showRemoved, openCue });
})();
