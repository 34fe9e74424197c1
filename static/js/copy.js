// The note as text to the clipboard, with one press. Where a browser keeps its clipboard shut, the link leads to the
// page that shows the text.
"use strict";
(() => {
  const said = document.getElementById("copied");

  async function textAt(address) {
    const answer = await fetch(address, { headers: { Accept: "text/plain" }, cache: "no-store" });
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    return answer.blob();
  }

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-copy-note]");
    if (!link || !navigator.clipboard?.write || !window.ClipboardItem) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    said.textContent = "Copying…";
    let problem = "";
    // In the editor what is typed is saved first. The clipboard is asked at once and the words come after: some
    // browsers allow it only within the press.
    const saved = window.noteEditor?.saved() ?? Promise.resolve();
    const text = saved
      .catch(() => (problem = "Not copied: what you typed is not saved yet."))
      .then(() => (problem ? Promise.reject(new Error(problem)) : textAt(link.href)));
    try {
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": text })]);
      said.textContent = "Copied. It holds the patient’s data until you copy something else.";
    } catch {
      said.textContent = problem;
      if (!problem) location.assign(link.href);
    }
  });

  for (const button of document.querySelectorAll("[data-copy-from]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const area = document.getElementById(button.dataset.copyFrom);
      area.select();
      try {
        await navigator.clipboard.writeText(area.value);
        said.textContent = "Copied. It holds the patient’s data until you copy something else.";
      } catch {
        said.textContent = "Your browser keeps its clipboard shut: press Ctrl C now.";
      }
    });
  }
})();
