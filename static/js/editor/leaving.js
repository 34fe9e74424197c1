// Going away from a note: what is not saved yet is sent first, or asked about.
"use strict";
(() => {
  if (!window.noteEditor) return;
  const { page, form, saving } = window.noteEditor;
  let leaveFor = "";

  function leave(address) {
    if (!saving.isPending) {
      location.assign(address);
      return;
    }
    leaveFor = address;
    if (saving.isUnsaved && !saving.isSending) saving.save();
  }

  document.body.addEventListener("htmx:afterSettle", () => {
    if (leaveFor && !saving.isPending && !saving.isStopped) {
      const address = leaveFor;
      leaveFor = "";
      location.assign(address);
    }
  });
  form.addEventListener("midline:not-saved", (event) => {
    if (saving.isStopped && event.detail.status !== 401 && event.detail.status !== 403) leaveFor = "";
  });

  // A page that goes away takes its requests with it; this one is allowed to finish. Browsers let 64 KB finish,
  // and refuse to begin with more: a longer note says so (see below), and is tried without that promise.
  const MOST = 60_000;
  const isLong = (text) => text.length > MOST;

  window.addEventListener("pagehide", () => {
    if (saving.isStopped || !saving.isPending) return;
    const data = new URLSearchParams(new FormData(form));
    saving.name((key, value) => data.set(key, value));
    const body = data.toString();
    fetch(form.action, {
      method: "POST",
      body,
      keepalive: !isLong(body),
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        "HX-Request": "true",
        "X-CSRFToken": saving.csrf,
      },
    }).catch(() => {});
  });

  const longNote = document.getElementById("long-note");
  function sayWhetherLong() {
    longNote.hidden = !isLong(new URLSearchParams(new FormData(form)).toString());
  }
  document.body.addEventListener("htmx:afterSettle", sayWhetherLong);
  sayWhetherLong();

  window.addEventListener("beforeunload", (event) => {
    if (saving.isPending && !leaveFor) event.preventDefault();
  });

  // Enter in a field and the buttons of the page without scripts: all of them save.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (button && button.dataset.signUrl) leave(button.dataset.signUrl);
    else saving.save();
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-leave], a[data-sign]");
    if (link && page.contains(link) && saving.isPending) {
      event.preventDefault();
      leave(link.href);
    }
    if (event.target.closest("a[data-flush]") && saving.isUnsaved) saving.save();
  });

  // When what is here has been saved; fails when the next answer is that it was not.
  function saved() {
    if (!saving.isPending) return Promise.resolve();
    if (saving.isUnsaved && !saving.isSending) saving.save();
    return new Promise((resolve, reject) => {
      const look = (event) => {
        if (event.type !== "midline:not-saved" && saving.isPending) return;
        document.body.removeEventListener("htmx:afterSettle", look);
        form.removeEventListener("midline:not-saved", look);
        if (event.type === "midline:not-saved") reject(new Error("not saved"));
        else resolve();
      };
      document.body.addEventListener("htmx:afterSettle", look);
      form.addEventListener("midline:not-saved", look);
    });
  }

  Object.assign(window.noteEditor, { leave, saved });
})();
