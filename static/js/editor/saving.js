// Saves: each has a name, and is repeated until the server has acknowledged it. Nothing here writes into a field.
// What a person does about an answer other than "saved" is in session.js (signed out) and merge.js (two windows).
"use strict";
(() => {
  if (!window.noteEditor) return;
  const { form, newId } = window.noteEditor;

  const state = document.getElementById("save-state");
  const RETRIES = [1000, 2000, 5000, 10000, 20000, 30000];

  const REFUSED = {
    400: "Not saved: Midline could not read what was sent. Your words are still here; reload the note in a second window and copy them over",
    404: "Not saved: this note is out of your reach now",
    413: "Not saved: this is more than Midline takes at once. Your words are still here: shorten what was added last",
  };

  let csrf = form.elements.csrfmiddlewaretoken.value;
  let unsaved = false; // typed since the last request was sent
  let sending = false;
  let stopped = false; // a conflict, a refusal or the sign-in waits for the person
  let failures = 0;
  let retry = 0;
  let unacknowledged = []; // saves whose answer has not come: the server may have stored them

  function say(words, kind = "") {
    state.className = kind ? `saved ${kind}` : "saved";
    if (words !== null && state.textContent !== words) state.textContent = words;
  }

  function save() {
    clearTimeout(retry);
    htmx.trigger(form, "save");
  }

  // The next try comes later each time.
  function failed(words, { atLeast = 0 } = {}) {
    unsaved = true;
    say(words, "is-failed");
    clearTimeout(retry);
    // Not all at the same moment: a server that comes back meets everybody's retry.
    const wait = RETRIES[Math.min(failures, RETRIES.length - 1)] * (0.85 + Math.random() * 0.3);
    retry = setTimeout(save, Math.max(wait, atLeast));
    failures += 1;
  }

  // No further try until the person has decided something.
  function stop(words) {
    unsaved = true;
    stopped = true;
    clearTimeout(retry);
    say(words, "is-failed");
  }

  function resume(token) {
    if (token) {
      csrf = token;
      form.elements.csrfmiddlewaretoken.value = token;
    }
    stopped = false;
    save();
  }

  // Names a save, beside those that the server may have stored although their answer never came.
  function name(set) {
    const operation = newId();
    set("operation", operation);
    set("unacknowledged", unacknowledged.join(","));
    set("csrfmiddlewaretoken", csrf);
    unacknowledged.push(operation);
  }

  let byPerson = false; // somebody typed or pointed since the last request; a retry is no sign of a person

  function edited(event) {
    byPerson ||= event.isTrusted;
    unsaved = true;
    stopped = false;
    // The words stay: a live region that changes with every key would be read out with every key.
    if (!sending && failures === 0) say(null, "is-behind");
  }
  form.addEventListener("input", edited);
  form.addEventListener("midline:changed", (event) => {
    edited(event);
    save();
  });

  document.body.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = csrf;
    if (event.detail.elt !== form) return;
    name((key, value) => (event.detail.parameters[key] = value));
    // Where somebody is still writing, the server compares nothing with other notes.
    event.detail.parameters.writing = document.activeElement?.name ?? "";
    if (byPerson) event.detail.headers["Midline-Input"] = "1";
    byPerson = false;
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
      unacknowledged = [];
      stop("Not saved: see above the note");
    } else if (status === 401 || status === 403) {
      stop("Not saved: you are signed out");
    } else if (status === 0 || status >= 500 || status === 408 || status === 429) {
      const after = Number(event.detail.xhr?.getResponseHeader("Retry-After")) || 0;
      failed("Not saved, retrying", { atLeast: Math.min(after, 60) * 1000 });
    } else {
      // Asking again would be answered alike, and to say "retrying" would be untrue.
      stop(REFUSED[status] ?? `Not saved: refused (${status}). Your words are still here`);
    }
    form.dispatchEvent(new CustomEvent("midline:not-saved", { detail: { status } }));
  });

  window.addEventListener("online", () => unsaved && !stopped && save());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && unsaved && !stopped) save();
  });

  window.noteEditor.saving = {
    save,
    failed,
    stop,
    resume,
    name,
    // What is here is given up: nothing waits to be saved any more.
    drop() {
      unsaved = false;
      stopped = true;
    },
    get csrf() {
      return csrf;
    },
    get isSending() {
      return sending;
    },
    get isStopped() {
      return stopped;
    },
    get isUnsaved() {
      return unsaved;
    },
    get isPending() {
      return unsaved || sending;
    },
  };
})();
