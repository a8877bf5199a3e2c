"use strict";
// Puts the parts together: the filters, the keys, and where the lines come from.

const items = new Items();
const filter = new Filter();
const detail = new Detail(items);
const figures = new Figures();
const lanes = new Lanes(items, (item) => { chooseModule(item); list.select(item); });
const list = new List(items, filter, (item) => {
    chooseModule(item);
    detail.show(item);
    lanes.show(item);
});
const fieldset = { text: byId("text"), name: byId("command"), slot: byId("slot"), module: byId("module") };

function chooseModule(item) {
    if (item.c) { lanes.module = item.c; }
}

/** Shows the choices of a filter, and keeps what was chosen. */
function choices(select, entries) {
    const now = [["", "all"], ...entries];
    const same = select.options.length === now.length && now.every(([v, text], i) => select.options[i].value === v && select.options[i].text === text);
    if (same) { return; }
    const chosen = select.value;
    select.replaceChildren(...now.map(([v, text]) => new Option(text, v)));
    select.value = now.some(([v]) => v === chosen) ? chosen : "";
}

function showChoices() {
    const names = [...items.names].filter(([, count]) => count > 0).sort((a, b) => a[0].localeCompare(b[0]));
    // A list that is open must not change.
    if (document.activeElement !== fieldset.name) { choices(fieldset.name, names.map(([name, count]) => [name, `${name} (${count.toLocaleString("en")})`])); }
    const slots = new Set();
    for (const module of items.modules.values()) { for (const slot of module.slots.keys()) { slots.add(slot); } }
    if (document.activeElement !== fieldset.slot) { choices(fieldset.slot, [...slots].sort((a, b) => a - b).map((n) => [String(n), String(n)])); }
    const modules = [...items.modules.values()].filter((module) => module.number > 0);
    byId("module-label").hidden = modules.length < 2;
    if (document.activeElement !== fieldset.module) { choices(fieldset.module, modules.map((m) => [String(m.number), m.name])); }
    if (!items.modules.has(lanes.module) && modules.length) { lanes.module = modules[0].number; }
}

/** Shows figures and choices again after something has changed. */
function showAll() {
    showChoices();
    const longest = figures.show(list.shown);
    list.longest = longest;
    lanes.longest = Math.max(lanes.longest || 0, longest);
    byId("shown").textContent = filter.isActive ? `${list.shown.length.toLocaleString("en")} of ${items.all.length.toLocaleString("en")} rows` : "";
    lanes.draw();
}

function filterAgain() {
    filter.text = fieldset.text.value.trim();
    filter.name = fieldset.name.value;
    filter.slot = fieldset.slot.value;
    filter.module = fieldset.module.value;
    filter.onlyFindings = byId("findings").checked;
    filter.hidesRepeats = byId("repeats").checked;
    if (filter.module) { lanes.module = Number(filter.module); }
    list.refresh();
    showAll();
}

function clearFilters() {
    byId("filters").reset();
    filterAgain();
    list.box.focus();
}

let typing = 0;
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("filters").addEventListener("change", filterAgain);
fieldset.text.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(filterAgain, 120);
});
byId("nearer").addEventListener("click", () => lanes.zoom(0.5));
byId("wider").addEventListener("click", () => lanes.zoom(2));
byId("all").addEventListener("click", () => lanes.all());
byId("help").addEventListener("click", () => byId("keys").showModal());

const keys = {
    "/": () => { fieldset.text.focus(); fieldset.text.select(); },
    "f": () => { byId("findings").checked = !byId("findings").checked; filterAgain(); },
    "r": () => { byId("repeats").checked = !byId("repeats").checked; filterAgain(); },
    "j": () => list.move(1), "ArrowDown": () => list.move(1),
    "k": () => list.move(-1), "ArrowUp": () => list.move(-1),
    "PageDown": () => list.move(20), "PageUp": () => list.move(-20),
    "Home": () => list.move(-Infinity), "End": () => list.move(Infinity),
    "n": () => list.moveToFinding(1), "N": () => list.moveToFinding(-1),
    "+": () => lanes.zoom(0.5), "=": () => lanes.zoom(0.5), "-": () => lanes.zoom(2), "0": () => lanes.all(),
    "ArrowLeft": () => lanes.pan(-0.2), "ArrowRight": () => lanes.pan(0.2),
    "p": () => { if (!byId("pause").hidden) { byId("pause").click(); } },
    "?": () => byId("keys").showModal(),
    "Escape": clearFilters,
};

document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || byId("keys").open) { return; }
    const field = event.target.closest("input, select, textarea, pre, button");
    const isTyping = field && (field.type === "search" || field.tagName === "SELECT");
    if (isTyping && event.key !== "Escape") { return; }
    // What scrolls, and what has keys of its own, keeps them.
    if (field && field.tagName !== "BUTTON" && event.key.length > 1 && event.key !== "Escape") { return; }
    const action = keys[event.key];
    if (!action) { return; }
    event.preventDefault();
    action();
});

function note(text) {
    byId("note").textContent = text;
    byId("note").hidden = !text;
}

/** Reads the trace that the page has. */
function readTrace(lines) {
    const about = JSON.parse(lines[0]);
    for (let i = 1; i < lines.length; i += 1) { items.add(lines[i]); }
    document.title = `${printable(about.name)} – nina report`;
    const when = items.wall(items.start);
    byId("state").textContent = [printable(about.name), when && when.slice(0, 19), printable(about.program)].filter(Boolean).join(" · ");
    note(printable(about.note || ""));
    filterAgain();
    lanes.all();
}

const trace = byId("trace").textContent.trim();
if (trace) { readTrace(trace.split("\n")); } else if (location.protocol !== "file:") { new Live().start(); } else { filterAgain(); }
