// Enter goes on to the next field that is still empty: from a one-line field, and with Ctrl from any. A save needs no key.
"use strict";
(() => {
  if (!window.noteEditor) return;
  const { page, form, isEmpty } = window.noteEditor;

  // Tab comes to these too; a routine note leaves them empty.
  const SELDOM =
    /(^|\.)(starts_at|ends_at|home_program|caregiver_training|communication|adverse_event|adverse_event_action|side|condition|words|modifiers|units_billed)$/;
  const INPUT = "input:not([type=hidden]), textarea, select";

  const isOpen = (field) => field.checkVisibility() && !SELDOM.test(field.dataset.field) && isEmpty(field);
  const follows = (field, place) => place.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING;

  function goOn(from) {
    const after = from.closest(".field") ?? from;
    const next = [...form.querySelectorAll(".field[data-field]")].find(
      (field) => follows(field, after) && !after.contains(field) && !field.querySelector(".field") && isOpen(field),
    );
    const input = next?.querySelector(INPUT) ?? document.querySelector("[data-sign-url]");
    input.scrollIntoView({ block: "nearest" });
    input.focus();
  }

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.defaultPrevented || event.isComposing || event.altKey || event.shiftKey) return;
    const oneLine = event.target.matches("input:not([type=checkbox], [type=radio])");
    if (!event.target.matches(INPUT) || !(oneLine || event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    goOn(event.target);
  });

  // A note just started is begun at its first field; not by touch, where that would open a keyboard over the page, and
  // not when somebody was quicker than this script and writes somewhere already.
  const isFree = document.activeElement === document.body || document.activeElement === null;
  if (page.dataset.begin !== undefined && isFree && !location.hash && matchMedia("(hover: hover)").matches) {
    form.querySelector("textarea")?.focus({ preventScroll: true });
  }
})();
