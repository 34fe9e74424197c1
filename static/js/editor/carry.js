// Words of the note before: brought by a press into fields that are empty, tinted until they are changed or confirmed.
// Where they came from is decided by the server; here only what was pressed is written down.
"use strict";
(() => {
  if (!window.noteEditor) return;
  const { form, changed, fieldOf, isEmpty, addBlock } = window.noteEditor;
  const panel = document.getElementById("carry");

  const pathOf = (row) => `blocks.${row.querySelector("input[name='blocks']").value}`;
  const hidden = (path, name) => form.querySelector(`[name="${CSS.escape(`${path}.${name}`)}"]`);
  const rowOf = (element) => element.closest("article[data-row]");

  function note(input, ...items) {
    input.value = [...new Set([...input.value.split(","), ...items].filter(Boolean))].join(",");
  }

  // ---- Marks -----------------------------------------------------------------------------------------------

  function mark(field, path) {
    field.classList.add("is-inherited");
    const hint = document.getElementById("inherited-mark").content.firstElementChild.cloneNode(true);
    hint.querySelector("button").value = path;
    field.append(hint);
    const bar = rowOf(field).querySelector("[data-inherited-block]");
    bar.hidden = false;
    bar.querySelector("[data-origin]").textContent = `From ${panel.dataset.on}, ${panel.dataset.by}`;
    settle(rowOf(field));
  }

  function unmark(field) {
    field.classList.remove("is-inherited");
    for (const hint of field.querySelectorAll(":scope > .hint.inherited")) hint.remove();
    settle(rowOf(field));
  }

  // The bar of a block keeps its place when its last word is settled: nothing moves under somebody who types.
  function settle(row) {
    row.querySelector("[data-inherited-block]").classList.toggle("is-settled", !row.querySelector(".is-inherited"));
  }

  function confirm(fields) {
    for (const field of fields) {
      const path = pathOf(rowOf(field));
      note(hidden(path, "confirmed"), field.dataset.field.slice(path.length + 1));
      if (field.contains(document.activeElement) && document.activeElement.matches("button")) {
        field.querySelector("textarea, select, input:not([type=hidden])").focus();
      }
      unmark(field);
    }
    if (fields.length) changed(fields[0]);
  }

  for (const type of ["input", "change"]) {
    form.addEventListener(type, (event) => {
      const field = event.target.closest(".field.is-inherited");
      if (field) unmark(field);
    });
  }

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyY") return;
    const row = rowOf(event.target);
    const field = event.target.closest(".field.is-inherited");
    if (!row || !(event.shiftKey || field)) return;
    event.preventDefault();
    confirm(event.shiftKey ? [...row.querySelectorAll(".field.is-inherited")] : [field]);
  });

  // ---- Bringing --------------------------------------------------------------------------------------------

  const rowsOf = (code) =>
    [...form.querySelectorAll("#block-rows > article[data-row]:not(.is-removed)")].filter(
      (row) => hidden(pathOf(row), "code").value === code,
    );

  // What somebody typed is never replaced: true if the field was empty, and is not any more.
  function fill(row, button) {
    const path = pathOf(row);
    const name = button.dataset.bringField;
    const field = fieldOf(`${path}.${name}`);
    if (!field || !isEmpty(field)) return false;
    const values = JSON.parse(button.dataset.values);
    for (const input of field.querySelectorAll("input, textarea, select")) {
      if (input.type === "checkbox") input.checked = values.includes(input.value);
      else [input.value] = values;
    }
    note(hidden(path, "brought"), `${name}:${button.dataset.bring}`);
    mark(field, field.dataset.field);
    return true;
  }

  function bringBlock(planned) {
    const row = addBlock(planned.dataset.code);
    for (const button of planned.querySelectorAll("[data-bring-field]")) fill(row, button);
    return row;
  }

  function bringField(button) {
    const planned = button.closest("[data-planned]");
    const last = lastRow && lastRow.isConnected ? [lastRow] : [];
    const open = [...last, ...rowsOf(planned.dataset.code)].filter((row) => rowsOf(planned.dataset.code).includes(row));
    const into = open.find((row) => fill(row, button));
    if (into) return into;
    const row = addBlock(planned.dataset.code);
    fill(row, button);
    return row;
  }

  const isBrought = (planned) =>
    rowsOf(planned.dataset.code).some((row) => hidden(pathOf(row), "brought").value.includes(planned.dataset.planned));

  function refresh() {
    if (!panel) return;
    const all = [...panel.querySelectorAll("[data-planned]")];
    for (const planned of all) planned.querySelector(".carry-done").hidden = !isBrought(planned);
    panel.classList.toggle("is-brought", all.every(isBrought));
  }

  let lastRow = null;
  form.addEventListener("focusin", (event) => {
    lastRow = rowOf(event.target) || lastRow;
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const does = button.dataset;
    let row;
    if (does.confirm !== undefined) confirm([button.closest(".field")]);
    else if (does.confirmBlock !== undefined) {
      const whole = rowOf(button);
      confirm([...whole.querySelectorAll(".field.is-inherited")]);
      whole.querySelector(".m input").focus();
    } else if (does.bringField !== undefined) {
      row = bringField(button);
      fieldOf(`${pathOf(row)}.${does.bringField}`).querySelector("textarea, select, input").focus();
    } else if (does.bring === "all") {
      const rows = [...panel.querySelectorAll("[data-planned]")].filter((one) => !isBrought(one)).map(bringBlock);
      [row] = rows;
      if (row) row.querySelector(".m input").focus();
    } else if (does.bring !== undefined) {
      row = bringBlock(button.closest("[data-planned]"));
      row.querySelector(".m input").focus();
    } else return;
    event.preventDefault();
    if (row) changed(row);
  });

  form.addEventListener("midline:changed", refresh);
  refresh();
})();
