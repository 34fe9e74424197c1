// A presentation chosen in the editor: a block if there is none, and the page anew with its fields open.
"use strict";
(() => {
  if (!window.noteEditor) return;
  const { form, changed, addBlock, shown, saved } = window.noteEditor;

  form.addEventListener("click", async (event) => {
    const button = event.target.closest("button[name=open_for]");
    if (!button) return;
    event.preventDefault();
    form.elements.presentation.value = button.value;
    if (button.value && !shown().length) {
      const codes = button.dataset.blocks.split(" ");
      const rows = codes.map((code) => addBlock(code));
      const minutes = rows[0].querySelector(".m input");
      history.replaceState(null, "", `#${minutes.id}`);
    }
    changed(form);
    try {
      await saved();
      location.reload();
    } catch {
      // The page says itself that it is not saved. What was chosen is saved with the next try.
    }
  });
})();
