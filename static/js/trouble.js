// A request that a person began and that failed says so where they are: without this htmx shows nothing at all. The
// words come from the server (config/refusals.py). What asks by itself, and the note's own saves, say it their own way.
"use strict";
(() => {
  const AWAY = "Midline did not answer. What is on this page is kept. Look whether you are online, and try again in a moment.";
  let said = null; // the words that stand on the page, and who asked
  let asker = null;

  function clear() {
    said?.remove();
    said = asker = null;
  }

  function say(element, words) {
    clear();
    // What stands behind an open dialog is neither seen nor read out.
    const inDialog = element.closest("dialog")?.querySelector("[role='status']");
    const text = document.createElement("span");
    text.textContent = words;
    if (inDialog) {
      said = text;
      inDialog.replaceChildren(said);
    } else {
      said = document.createElement("p");
      said.className = "message error";
      said.append(text);
      document.getElementById("messages").append(said);
    }
    asker = element;
    said.scrollIntoView({ block: "nearest" });
  }

  const isOfPerson = (detail) => Boolean(detail.requestConfig?.triggeringEvent) && detail.elt !== window.noteEditor?.form;

  document.body.addEventListener("htmx:responseError", (event) => {
    const { detail } = event;
    // 401: the page asks to sign in again. 409: the answer itself stands on the page.
    if (!isOfPerson(detail) || [401, 409].includes(detail.xhr.status)) return;
    const page = new DOMParser().parseFromString(detail.xhr.responseText, "text/html");
    say(detail.elt, page.querySelector(".message")?.textContent.trim() || `${AWAY} (${detail.xhr.status})`);
  });
  for (const failure of ["htmx:sendError", "htmx:timeout"]) {
    document.body.addEventListener(failure, (event) => isOfPerson(event.detail) && say(event.detail.elt, AWAY));
  }
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.elt === asker) clear();
  });
})();
