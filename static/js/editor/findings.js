// What the server found, shown beside the fields that it is about.
"use strict";
(() => {
  if (!window.noteEditor) return;
  const { form, fieldOf, isEmpty } = window.noteEditor;

  const TONES = { stop: "is-stop", ask: "is-ask", warn: "is-ask" };

  // Nothing moves under somebody who types. So a mark at the label comes at once, and words under a field only when the
  // field is entered; they keep their place when they are settled.
  const asked = new Map();

  function showHint(field) {
    if (!asked.has(field) || field.querySelector(":scope > .hint.found")) return;
    const hint = document.createElement("p");
    hint.className = "hint found";
    hint.textContent = asked.get(field);
    field.append(hint);
  }

  function annotate() {
    asked.clear();
    for (const field of form.querySelectorAll(".field:is(.is-stop, .is-ask, .is-todo)")) {
      field.classList.remove("is-stop", "is-ask", "is-todo");
    }
    for (const finding of document.querySelectorAll("#readiness [data-path]")) {
      const field = finding.dataset.tone && finding.dataset.path && fieldOf(finding.dataset.path);
      if (!field || !TONES[finding.dataset.tone]) continue;
      field.classList.add(TONES[finding.dataset.tone]);
      // Nothing is wrong with a field that nobody has filled yet: a mark at its label, no ring around it.
      field.classList.toggle("is-todo", isEmpty(field));
      // A hint under an untouched field would only repeat the list; under a filled one it says what is asked.
      if (finding.dataset.tone === "ask") asked.set(field, finding.dataset.says);
    }
    for (const hint of form.querySelectorAll(".hint.found")) {
      const says = asked.get(hint.parentElement);
      hint.classList.toggle("is-settled", !says);
      if (says && hint.textContent !== says) hint.textContent = says;
    }
    for (const field of form.querySelectorAll("[data-problem]")) {
      field.removeAttribute("data-problem");
      field.querySelector(":scope > .invalid-feedback.live").remove();
      for (const input of field.querySelectorAll("[aria-invalid]")) {
        input.removeAttribute("aria-invalid");
        input.removeAttribute("aria-describedby");
      }
    }
    for (const problem of document.querySelectorAll("#problems [data-path]")) {
      const field = fieldOf(problem.dataset.path);
      if (!field || field.querySelector(":scope > .invalid-feedback")) continue;
      field.setAttribute("data-problem", "");
      const words = document.createElement("div");
      words.className = "invalid-feedback live";
      words.id = `problem_${problem.dataset.path}`;
      const line = document.createElement("p");
      line.textContent = problem.textContent;
      words.append(line);
      field.append(words);
      for (const input of field.querySelectorAll("input, textarea, select")) {
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", words.id);
      }
    }
  }

  // A link from a finding opens what hides its field.
  function reveal(hash) {
    const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
    if (!target) return;
    for (let details = target.closest("details"); details; details = details.parentElement.closest("details")) {
      details.open = true;
    }
    target.scrollIntoView({ block: "center" });
    target.focus();
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-go]");
    if (!link) return;
    event.preventDefault();
    reveal(link.hash);
  });

  form.addEventListener("focusin", (event) => {
    for (let field = event.target.closest(".field"); field; field = field.parentElement.closest(".field")) showHint(field);
  });
  document.body.addEventListener("htmx:afterSettle", annotate);
  annotate();
  for (const field of asked.keys()) showHint(field);
  if (location.hash.startsWith("#id_")) reveal(location.hash);
})();
