// Signed out in the middle of a note: the words stay, the person signs in again, and only that person saves them.
"use strict";
(() => {
  if (!window.noteEditor) return;
  const { page, form, saving } = window.noteEditor;
  const dialog = document.getElementById("signed-out");
  let renewed = false; // the token was just fetched anew: a second refusal has another reason

  // A dialog takes the keys. So it waits for a pause: what is being typed still goes where it was meant to.
  const PAUSE = 800;
  let typedAt = -PAUSE;
  let waiting = 0;
  form.addEventListener("input", () => (typedAt = performance.now()));

  function ask(problem = "") {
    saving.stop("Not saved: you are signed out");
    clearTimeout(waiting);
    const pause = typedAt + PAUSE - performance.now();
    if (!dialog.open && pause > 0) {
      waiting = setTimeout(ask, pause, problem);
      return;
    }
    document.getElementById("signed-out-problem").textContent = problem;
    if (!dialog.open) dialog.showModal();
  }

  async function signInAgain() {
    let answer;
    try {
      answer = await fetch(page.dataset.signedIn, { headers: { "HX-Request": "true" } });
    } catch {
      saving.failed("Not saved, retrying");
      return;
    }
    if (!answer.ok) {
      ask("You are not signed in yet.");
      return;
    }
    const who = await answer.json();
    if (who.user !== page.dataset.who) {
      ask("Somebody else is signed in. Only the person who typed these words can save them.");
      return;
    }
    if (dialog.open) dialog.close();
    saving.resume(who.csrf);
  }

  form.addEventListener("midline:not-saved", (event) => {
    if (event.detail.status === 401) ask();
    // The token of a page dies when the person signs in elsewhere: ask for the new one.
    if (event.detail.status !== 403) return;
    if (renewed) saving.stop("Not saved: refused (403)");
    else signInAgain();
    renewed = !renewed;
  });
  document.body.addEventListener("htmx:afterSettle", () => (renewed = false));
  dialog.querySelector("[data-signed-in-again]").addEventListener("click", signInAgain);
  // Back from the tab in which they signed in: no need to say so.
  document.addEventListener("visibilitychange", () => {
    if (dialog.open && document.visibilityState === "visible") signInAgain();
  });
  // Back from the cover of lock.js: what was typed before it is saved now.
  document.addEventListener("midline:back", () => saving.isUnsaved && signInAgain());
})();
