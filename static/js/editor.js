// The note editor: rows are added and removed here, saves are named and repeated until they are acknowledged,
// and what the server found is shown beside the fields it is about. The page works without this file, by buttons.
"use strict";
(() => {
  const editor = document.querySelector("[data-editor]");
  const form = document.getElementById("note-form");
  if (!editor || !form || !window.htmx) return;

  const state = document.getElementById("save-state");
  const signedOut = document.getElementById("signed-out");
  const RETRIES = [1000, 2000, 5000, 10000, 20000, 30000];

  let csrf = form.elements.csrfmiddlewaretoken.value;
  let unsaved = false; // typed since the last request was sent
  let sending = false;
  let stopped = false; // a conflict or a refusal waits for the person
  let failures = 0;
  let retry = 0;
  let leaveFor = "";
  let unacknowledged = []; // saves whose answer has not come: the server may have stored them

  const newId = () =>
    crypto.randomUUID
      ? crypto.randomUUID()
      : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
          (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
        );

  function say(words, kind = "") {
    state.className = kind ? `saved ${kind}` : "saved";
    if (words !== null && state.textContent !== words) state.textContent = words;
  }

  function save() {
    clearTimeout(retry);
    htmx.trigger(form, "save");
  }

  function failed(words) {
    unsaved = true;
    say(words, "is-failed");
    clearTimeout(retry);
    retry = setTimeout(save, RETRIES[Math.min(failures, RETRIES.length - 1)]);
    failures += 1;
  }

  // ---- Saving ---------------------------------------------------------------------------------------------

  form.addEventListener("input", () => {
    unsaved = true;
    stopped = false;
    // The words stay: a live region that changes with every key would be read out with every key.
    if (!sending && failures === 0) say(null, "is-behind");
  });

  document.body.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = csrf;
    if (event.detail.elt !== form) return;
    const operation = newId();
    event.detail.parameters.operation = operation;
    event.detail.parameters.unacknowledged = unacknowledged.join(",");
    event.detail.parameters.csrfmiddlewaretoken = csrf;
    unacknowledged.push(operation);
    unsaved = false;
    sending = true;
    say("Saving…", "is-saving");
  });

  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt !== form) return;
    sending = false;
    const status = event.detail.xhr ? event.detail.xhr.status : 0;
    // htmx calls an answer that it may swap a success, and that includes a refusal.
    if (event.detail.successful && status < 400) {
      unacknowledged = [];
      failures = 0;
      stopped = false;
      if (unsaved) say("Saving…", "is-saving");
      else say(null);
      return;
    }
    if (status === 409 || status === 422) {
      stopped = true;
      unsaved = true;
      unacknowledged = [];
      say("Not saved: see above the note", "is-failed");
      leaveFor = "";
    } else if (status === 401) {
      askToSignIn();
    } else if (status === 403) {
      signInAgain();
    } else {
      failed("Not saved, retrying");
    }
  });

  document.body.addEventListener("htmx:afterSettle", () => {
    annotate();
    if (leaveFor && !unsaved && !sending && !stopped) {
      const address = leaveFor;
      leaveFor = "";
      location.assign(address);
    }
  });

  window.addEventListener("online", () => unsaved && save());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && unsaved && !stopped) save();
  });

  // A page that goes away takes its requests with it; this one is allowed to finish.
  window.addEventListener("pagehide", () => {
    if (stopped || !(unsaved || sending)) return;
    const data = new URLSearchParams(new FormData(form));
    const operation = newId();
    data.set("operation", operation);
    data.set("unacknowledged", unacknowledged.join(","));
    unacknowledged.push(operation);
    fetch(form.action, {
      method: "POST",
      body: data,
      keepalive: true,
      headers: { "HX-Request": "true", "X-CSRFToken": csrf },
    }).catch(() => {});
  });

  window.addEventListener("beforeunload", (event) => {
    if ((unsaved || sending) && !leaveFor) event.preventDefault();
  });

  // Enter in a field and the buttons of the page without scripts: all of them save.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (button && button.dataset.signUrl) leave(button.dataset.signUrl);
    else save();
  });

  function leave(address) {
    if (!unsaved && !sending) {
      location.assign(address);
      return;
    }
    leaveFor = address;
    if (unsaved && !sending) save();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-leave], a[data-sign]");
    if (link && editor.contains(link) && (unsaved || sending)) {
      event.preventDefault();
      leave(link.href);
    }
    if (event.target.closest("a[data-flush]") && unsaved) save();
    const keep = event.target.closest("[data-keep-mine]");
    if (keep) {
      document.getElementById("revision").value = keep.dataset.keepMine;
      stopped = false;
      save();
    }
    if (event.target.closest("[data-take-theirs]")) {
      unsaved = false;
      stopped = true;
    }
  });

  // ---- Signed out ------------------------------------------------------------------------------------------

  function askToSignIn(problem = "") {
    unsaved = true;
    stopped = true;
    say("Not saved: you are signed out", "is-failed");
    document.getElementById("signed-out-problem").textContent = problem;
    if (!signedOut.open) signedOut.showModal();
  }

  async function signInAgain() {
    let answer;
    try {
      answer = await fetch(editor.dataset.signedIn, { headers: { "HX-Request": "true" } });
    } catch {
      failed("Not saved, retrying");
      return;
    }
    if (!answer.ok) {
      askToSignIn("You are not signed in yet.");
      return;
    }
    const who = await answer.json();
    if (who.user !== editor.dataset.who) {
      askToSignIn("Somebody else is signed in. Only the person who typed these words can save them.");
      return;
    }
    csrf = who.csrf;
    form.elements.csrfmiddlewaretoken.value = csrf;
    if (signedOut.open) signedOut.close();
    stopped = false;
    save();
  }
  document.querySelector("[data-signed-in-again]").addEventListener("click", signInAgain);

  // ---- Rows ------------------------------------------------------------------------------------------------

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

  function changed() {
    unsaved = true;
    save();
  }

  function addBlock(button) {
    const code = button.dataset.addBlock;
    const guided = code === "97112";
    const row = copyOf(document.getElementById(guided ? "blank-guided" : "blank-other"));
    if (!guided) {
      row.querySelector("input[name$='.code']").value = code;
      for (const place of row.querySelectorAll("[data-code]")) place.textContent = code;
      for (const place of row.querySelectorAll("[data-label]")) place.textContent = button.dataset.label;
    }
    document.getElementById("block-rows").append(row);
    row.querySelector(".m input").focus();
    changed();
  }

  function addMeasure(button) {
    const row = copyOf(document.getElementById(`blank-measure-${button.dataset.addMeasure}`));
    document.getElementById("measure-rows").append(row);
    row.querySelector("input:not([type=hidden])").focus();
    changed();
  }

  function setRemoved(button, removed) {
    const row = button.closest("[data-row]");
    row.querySelector("input[name$='.removed']").value = removed ? "1" : "";
    row.classList.toggle("is-removed", removed);
    row.querySelector("[data-body]").hidden = removed;
    row.querySelector(".removed-line").hidden = !removed;
    (removed ? row.querySelector("[data-put-back]") : row.querySelector("[data-body] input:not([type=hidden])")).focus();
    changed();
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const does = button.dataset;
    if (does.addBlock !== undefined) addBlock(button);
    else if (does.addMeasure !== undefined) addMeasure(button);
    else if (does.remove !== undefined) setRemoved(button, true);
    else if (does.putBack !== undefined) setRemoved(button, false);
    else return;
    event.preventDefault();
  });

  // Opening "another cue" prepares the one after it.
  form.addEventListener(
    "toggle",
    (event) => {
      const details = event.target;
      if (!details.matches("[data-another]") || !details.open || details.nextElementSibling) return;
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
    },
    true,
  );

  // ---- What was found, beside the fields --------------------------------------------------------------------

  const TONES = { stop: "is-stop", ask: "is-ask", warn: "is-ask" };

  function fieldOf(path) {
    return form.querySelector(`[data-field="${CSS.escape(path)}"]`);
  }

  function isEmpty(field) {
    return ![...field.querySelectorAll("input, textarea, select")].some((input) =>
      input.type === "checkbox" || input.type === "radio" ? input.checked : input.value.trim(),
    );
  }

  function annotate() {
    for (const field of form.querySelectorAll(".field:is(.is-stop, .is-ask, .is-todo)")) {
      field.classList.remove("is-stop", "is-ask", "is-todo");
      for (const hint of field.querySelectorAll(":scope > .hint.found")) hint.remove();
    }
    for (const finding of document.querySelectorAll("#readiness [data-path]")) {
      const field = finding.dataset.tone && finding.dataset.path && fieldOf(finding.dataset.path);
      if (!field || !TONES[finding.dataset.tone]) continue;
      field.classList.add(TONES[finding.dataset.tone]);
      // Nothing is wrong with a field that nobody has filled yet: a mark at its label, no ring around it.
      field.classList.toggle("is-todo", isEmpty(field));
      // A hint under an untouched field would only repeat the list; under a filled one it says what is asked.
      if (finding.dataset.tone !== "ask") continue;
      const hint = document.createElement("p");
      hint.className = "hint found";
      hint.textContent = finding.dataset.says;
      field.append(hint);
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

  annotate();
  if (location.hash.startsWith("#id_")) reveal(location.hash);
})();
