// Two windows wrote one note: the person chooses, field by field, and nothing changes before they press Save.
"use strict";
(() => {
  if (!window.noteEditor) return;
  const { form, saving, showRemoved, openCue } = window.noteEditor;
  const beside = document.getElementById("beside");
  const chosen = new Map(); // path → what to keep; typing on asks the server again, and that must not undo a choice

  const rows = () => [...beside.querySelectorAll("[data-merge]")];

  function inputsOf(path) {
    const cue = /^blocks\.([^.]+)\.cues\.(\d+)\./.exec(path);
    if (cue && !form.elements[path]) openCue(document.getElementById(`block-${cue[1]}`), Number(cue[2]));
    return [...form.querySelectorAll(`[name="${CSS.escape(path)}"]`)];
  }

  function put(path, values, both) {
    for (const input of inputsOf(path)) {
      if (input.type === "checkbox" || input.type === "radio") input.checked = values.includes(input.value);
      else if (both) input.value = `${input.value}\n${values[0]}`;
      else input.value = values[0] ?? "";
      if (path.endsWith(".removed")) showRemoved(input.closest("[data-row]"), input.value === "1");
    }
  }

  function save(revision) {
    let addedThere = Boolean(beside.querySelector("[data-added-there]"));
    for (const row of rows()) {
      const keep = row.querySelector("input:checked");
      if (keep && keep.value !== "here") put(row.dataset.merge, JSON.parse(row.dataset.saved), keep.value === "both");
    }
    chosen.clear();
    document.getElementById("revision").value = revision;
    saving.resume();
    // What was added in the other window has no fields here yet.
    if (addedThere) window.noteEditor.leave(location.pathname);
  }

  beside.addEventListener("change", (event) => {
    const row = event.target.closest("[data-merge]");
    if (row) chosen.set(row.dataset.merge, event.target.value);
  });
  beside.addEventListener("click", (event) => {
    const does = event.target.closest("[data-keep-mine], [data-choose], [data-take-theirs]")?.dataset;
    if (!does) return;
    if (does.keepMine) save(does.keepMine);
    if (does.takeTheirs !== undefined) saving.drop();
    if (does.choose) {
      for (const radio of beside.querySelectorAll(`[data-merge] input[value="${does.choose}"]`)) {
        radio.checked = true;
        chosen.set(radio.closest("[data-merge]").dataset.merge, does.choose);
      }
    }
  });
  document.body.addEventListener("htmx:afterSettle", () => {
    for (const row of rows()) {
      const radio = row.querySelector(`input[value="${chosen.get(row.dataset.merge)}"]`);
      if (radio) radio.checked = true;
    }
  });
})();
