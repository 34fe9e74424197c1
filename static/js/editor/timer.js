// The timer of a block: start, pause, stop; then a press puts its whole minutes into the block, and none without it.
// What it counts stands in a hidden field that is saved like every other, so a reload or a lost network costs nothing.
// The words of the field: apps/notes/timer.py.
"use strict";
(() => {
  if (!window.noteEditor) return;
  const { page, form, changed } = window.noteEditor;
  const said = document.getElementById("row-said");
  // The server's clock, as it stood when the page came.
  const ahead = Number(page.dataset.now) * 1000 - Date.now();
  const now = () => Math.floor((Date.now() + ahead) / 1000);
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: page.dataset.zone });
  const at = (moment) => clock.format(new Date(moment * 1000));

  // As the clinic writes it: 14:05 is 2:05 PM.
  const worded = (time) => `${Number(time.slice(0, 2)) % 12 || 12}${time.slice(2)} ${time < "12" ? "AM" : "PM"}`;

  const fieldOf = (row) => row.querySelector("input[name$='.timer']");
  const part = (row, name) => row.querySelector(`[data-timer-${name}]`);
  const own = (row) => row.querySelector(".m input");

  function read(row) {
    const text = fieldOf(row).value;
    if (!text) return { stretches: [], mark: "" };
    const mark = /[.=]$/.test(text) ? text.at(-1) : "";
    const stretches = text
      .slice(0, text.length - mark.length)
      .split(",")
      .map((pair) => pair.split("-").map(Number));
    if (text.endsWith("-")) stretches.at(-1)[1] = null;
    return { stretches, mark };
  }

  function stateOf({ stretches, mark }) {
    if (!stretches.length) return "none";
    if (stretches.at(-1)[1] === null) return "running";
    return { ".": "stopped", "=": "used" }[mark] || "paused";
  }

  function write(row, { stretches, mark }) {
    fieldOf(row).value = stretches.map(([start, end]) => `${start}-${end ?? ""}`).join(",") + mark;
    show(row);
    changed(row);
  }

  const seconds = ({ stretches }) => stretches.reduce((sum, [start, end]) => sum + ((end ?? now()) - start), 0);
  const minutes = (timer) => Math.floor(seconds(timer) / 60);
  const span = ({ stretches }) => [at(stretches[0][0]), at(stretches.at(-1)[1] ?? now())];

  function tick(row, timer) {
    const all = seconds(timer);
    const words = `${Math.floor(all / 60)}:${String(all % 60).padStart(2, "0")}`;
    const place = part(row, "clock");
    if (place.textContent !== words) place.textContent = words;
  }

  // The buttons say what they would write, and over what.
  function label(row, timer) {
    const [from, to] = span(timer);
    const [starts, ends] = ["starts_at", "ends_at"].map((name) => row.querySelector(`input[name$='.${name}']`).value);
    const written = own(row).value.trim();
    const gives = `${minutes(timer)} min`;
    const over = written && written !== String(minutes(timer)) ? `${written} min` : "";
    const overClock = (starts && starts !== from) || (ends && ends !== to) ? [starts, ends].map((time) => (time ? worded(time) : "no time")).join(" to ") : "";
    part(row, "use").textContent = over ? `Put ${gives} in place of ${over}` : `Put ${gives} in`;
    const both = [over, overClock].filter(Boolean).join(", ");
    part(row, "use-clock").textContent = `Put ${gives}, ${worded(from)} to ${worded(to)} in${both ? ` place of ${both}` : ""}`;
  }

  function show(row) {
    const timer = read(row);
    const state = stateOf(timer);
    const box = part(row, "box");
    box.dataset.state = state;
    if (state !== "none") tick(row, timer);
    if (state === "stopped") label(row, timer);
    if (state === "used") part(row, "kept").textContent = `${minutes(timer)} min, ${span(timer).map(worded).join(" to ")}`;
  }

  function pauseAt(timer) {
    const last = timer.stretches.at(-1);
    if (last && last[1] === null) last[1] = Math.max(last[0], now());
    return timer;
  }

  const nameOf = (row) => row.querySelector("h3").textContent.replace(/\s+/g, " ").trim();
  const rows = () => [...form.querySelectorAll("article.block:not(.measure)")].filter(fieldOf);

  const DOES = {
    start(row, timer) {
      if (stateOf(timer) === "running") return "";
      let others = "";
      for (const other of rows()) {
        const running = read(other);
        if (other === row || stateOf(running) !== "running") continue;
        write(other, pauseAt(running));
        others = ` The one of ${nameOf(other)} is paused: each minute belongs to one code.`;
      }
      const before = stateOf(timer) === "used" ? [] : timer.stretches;
      write(row, { stretches: [...before, [now(), null]], mark: "" });
      return `The timer of ${nameOf(row)} runs.${others}`;
    },
    pause(row, timer) {
      if (stateOf(timer) !== "running") return "";
      write(row, { ...pauseAt(timer), mark: "" });
      return `Paused at ${part(row, "clock").textContent}.`;
    },
    stop(row, timer) {
      if (["none", "used"].includes(stateOf(timer))) return "";
      write(row, { ...pauseAt(timer), mark: "." });
      part(row, "use").focus();
      return `Stopped. Nothing is written before you press a button.`;
    },
    use(row, timer, withClock = false) {
      const gives = minutes(timer);
      own(row).value = String(gives);
      if (withClock) {
        const [from, to] = span(timer);
        row.querySelector("input[name$='.starts_at']").value = from;
        row.querySelector("input[name$='.ends_at']").value = to;
        row.querySelector("details.time").open = true;
      }
      write(row, { ...timer, mark: "=" });
      own(row).focus();
      return `${gives} minutes are in the block.`;
    },
    "use-clock": (row, timer) => DOES.use(row, timer, true),
    drop(row) {
      write(row, { stretches: [], mark: "" });
      part(row, "start").focus();
      return "The timer is empty.";
    },
  };

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-timer]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("article.block");
    const words = DOES[button.dataset.timer](row, read(row));
    if (words) said.textContent = words;
  });

  // What a button would replace changes when somebody types there.
  form.addEventListener("input", (event) => {
    const row = event.target.closest("article.block:not(.measure)");
    if (row && fieldOf(row) && stateOf(read(row)) === "stopped") label(row, read(row));
  });

  setInterval(() => {
    if (document.visibilityState === "hidden") return;
    for (const row of rows()) {
      const timer = read(row);
      if (stateOf(timer) === "running") tick(row, timer);
    }
  }, 1000);
  for (const row of rows()) show(row);
})();
