// What every page needs a script for, and nothing else. Each part of a page works without it.
"use strict";

// A menu closes when the person turns elsewhere; Escape gives focus back to where it was opened.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("focusin", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
    return;
  }
  const sheet = document.querySelector(".side-toggle[aria-expanded='true']");
  if (sheet && sheet.closest(".side").contains(document.activeElement)) {
    sheet.setAttribute("aria-expanded", "false");
    sheet.focus();
  }
});

// − and + beside a number. An empty field stays empty at −, because "not entered" is not zero.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-step]");
  if (!button) return;
  const input = button.closest(".step").querySelector("input");
  const text = input.value.trim();
  if (text !== "" && !/^[0-9]{1,4}$/.test(text)) return;
  if (text === "" && Number(button.dataset.step) < 0) return;
  input.value = String(Math.max(0, Number(text || 0) + Number(button.dataset.step)));
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

// The sheet with units and findings, on screens too narrow to show it beside the note.
document.addEventListener("click", (event) => {
  const toggle = event.target.closest(".side-toggle");
  if (toggle) toggle.setAttribute("aria-expanded", String(toggle.getAttribute("aria-expanded") !== "true"));
  // A link from a finding to its field: the sheet makes room.
  const link = event.target.closest(".side a[href^='#']");
  if (link) closeSheet();
});
document.addEventListener("focusin", (event) => {
  if (event.target.closest("main") && !event.target.closest(".side")) closeSheet();
});
function closeSheet() {
  const toggle = document.querySelector(".side-toggle[aria-expanded='true']");
  if (toggle && getComputedStyle(toggle).display !== "none") toggle.setAttribute("aria-expanded", "false");
}

// What somebody typed while the scripts were still on their way is heard now: a search is run, a note is saved.
// htmx listens from this same event on, and asked for it first.
document.addEventListener("DOMContentLoaded", () => {
  for (const field of document.querySelectorAll("form input:not([type='hidden']), form textarea, form select")) {
    if (isTouched(field)) field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
function isTouched(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
  const named = [...field.options].findIndex((option) => option.defaultSelected);
  return field.selectedIndex !== Math.max(named, 0);
}

// How tall the patient's banner is depends on its words, and what sticks below it has to know.
const banner = document.querySelector(".banner");
if (banner && "ResizeObserver" in window) {
  const id = banner.querySelector(".id");
  const observer = new ResizeObserver(() => {
    const stuck = getComputedStyle(banner).display === "contents" ? id : banner;
    document.documentElement.style.setProperty("--banner-h", `${stuck.offsetHeight}px`);
  });
  observer.observe(banner);
  observer.observe(id);
}
