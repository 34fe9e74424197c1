// Covers the page after a quarter of an hour without a person's input, as the server does with the sign-in. The
// page stays as it is behind the cover: whoever signs in again goes on where they were, and no word is lost.
"use strict";
(() => {
  const lock = document.getElementById("lock");
  if (!lock) return;

  let touched = false; // somebody typed or pointed since the server was last told
  let timer = 0;

  for (const kind of ["keydown", "pointerdown", "wheel", "touchstart"]) {
    document.addEventListener(kind, (event) => { if (event.isTrusted && !lock.open) touched = true; }, { capture: true, passive: true });
  }

  const said = () => {
    const headers = touched ? { "Midline-Input": "1" } : {};
    touched = false;
    return headers;
  };

  // A save that follows typing says so; one that is only tried again does not.
  document.body.addEventListener("htmx:configRequest", (event) => {
    Object.assign(event.detail.headers, said());
  });

  async function ask() {
    clearTimeout(timer);
    let answer;
    try {
      answer = await fetch(lock.dataset.signedIn, { headers: { "HX-Request": "true", ...said() } });
    } catch {
      timer = setTimeout(ask, 30000); // no network: nothing can be told, and nothing new is shown
      return;
    }
    if (answer.status === 401) {
      cover();
      return;
    }
    if (!answer.ok) {
      timer = setTimeout(ask, 30000);
      return;
    }
    const state = await answer.json();
    if (state.user !== lock.dataset.who) {
      cover("Somebody else is signed in now.");
      return;
    }
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = state.csrf;
    uncover();
    // Once a minute while somebody works, so that reading for long is not taken for being away.
    timer = setTimeout(ask, Math.min(60, Math.max(state.locks_in, 1)) * 1000);
  }

  function cover(problem = "") {
    clearTimeout(timer);
    lock.querySelector("[data-lock-problem]").textContent = problem;
    // The editor has a dialog of its own for a save that was not taken.
    if (lock.open || document.querySelector("#signed-out[open]")) return;
    for (const other of document.querySelectorAll("dialog[open]")) other.close();
    lock.showModal();
  }

  function uncover() {
    if (lock.open) {
      lock.close();
      document.dispatchEvent(new CustomEvent("midline:back"));
    }
  }

  // A request of the page found nobody signed in any more. The editor asks by itself, for its save.
  document.body.addEventListener("signed-out", () => window.noteEditor || cover());
  lock.addEventListener("cancel", (event) => event.preventDefault());
  lock.querySelector("[data-unlock]").addEventListener("click", async () => {
    await ask();
    if (lock.open) {
      const problem = lock.querySelector("[data-lock-problem]");
      if (!problem.textContent) problem.textContent = "You are not signed in yet.";
    }
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") ask(); });
  timer = setTimeout(ask, 60000);
})();
