// Who else has this draft open: asked now and then, and told by each save. Nobody typed, so it keeps no sign-in alive.
"use strict";
(() => {
  const place = document.getElementById("presence");
  if (!place) return;

  // A live region is read out when it changes: the same words again are no news.
  function say(words) {
    if (place.textContent !== words) place.textContent = words;
  }

  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]").value;

  async function ask() {
    let answer;
    try {
      answer = await fetch(place.dataset.here, {
        method: "POST",
        headers: { "HX-Request": "true", "X-CSRFToken": token() },
      });
    } catch {
      return; // no network: the save line says so
    }
    say(answer.ok ? await answer.text() : "");
  }

  setInterval(ask, Number(place.dataset.every) * 1000);
  document.body.addEventListener("midline:company", (event) => say(event.detail.value));
  window.addEventListener("pageshow", (event) => event.persisted && ask());
  window.addEventListener("pagehide", () => {
    const going = new FormData();
    going.set("csrfmiddlewaretoken", token());
    going.set("gone", "1");
    navigator.sendBeacon(place.dataset.here, going);
  });
})();
