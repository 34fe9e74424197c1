// A key for every part of the review desk, all with Alt+Shift as in the editor. A key goes somewhere and never acts.
"use strict";
(() => {
  const sheet = document.getElementById("keys");
  const button = document.querySelector("[data-keys]");
  if (!sheet || !button) return;

  function go(place) {
    if (!place) return;
    place.scrollIntoView({ block: "start" });
    place.focus();
  }

  const KEYS = {
    KeyC: () => go(document.getElementById("id_password") ?? document.querySelector("[data-cosign]")),
    KeyR: () => go(document.querySelector("[data-words]")),
    KeyH: () => sheet.showModal(),
  };
  // Links that a key follows, and parts of the page that a key goes to.
  for (const link of document.querySelectorAll("[data-key]")) KEYS[link.dataset.key] = () => link.click();
  for (const part of document.querySelectorAll("[data-part]")) KEYS[part.dataset.part] = () => go(part);

  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || event.isComposing) return;
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "?" && !typing && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      sheet.showModal();
      return;
    }
    if (!event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey) return;
    const does = KEYS[event.code];
    if (!does) return;
    event.preventDefault();
    does();
  });
  button.hidden = false;
  button.addEventListener("click", () => sheet.showModal());
})();
