"use strict";
// The list of commands: as many rows as are seen, whatever the number of commands.

/** What is asked for. */
class Filter {
    constructor() {
        this.clear();
    }

    clear() {
        Object.assign(this, { text: "", name: "", slot: "", module: "", onlyFindings: false, hidesRepeats: false });
    }

    get isActive() { return Boolean(this.text || this.name || this.slot || this.module || this.onlyFindings || this.hidesRepeats); }

    /** A text is looked for in the line, and its bytes in the windows: payloads are hex there. */
    prepare() {
        this.lower = this.text.toLowerCase();
        this.hex = this.text.length > 1 ? toHex(this.text) : "";
    }

    takes(item) {
        if (this.onlyFindings && !item.found) { return false; }
        if (this.hidesRepeats && item.repeats) { return false; }
        if (this.name && item.name !== this.name) { return false; }
        if (this.slot && String(item.slot) !== this.slot) { return false; }
        if (this.module && String(item.c) !== this.module) { return false; }
        if (!this.lower) { return true; }
        return item.name.toLowerCase().includes(this.lower) || item.line.toLowerCase().includes(this.lower)
            || (this.hex !== "" && item.line.includes(this.hex));
    }
}

/** The value of a field. Bytes are hex in JSON as texts may be: they are what stands in the window like this. */
function value(value, window) {
    if (Array.isArray(value)) { return value.map((v) => fieldText(v, window)).join(", "); }
    return fieldText(value, window);
}

const isBytes = (text, window) => /^([0-9a-f]{2})+$/.test(text) && window !== undefined && window.includes(text)
    && !window.includes(toHex(text));

function fieldText(value, window) {
    if (typeof value !== "string") { return String(value); }
    if (value === "") { return "empty"; }
    if (!isBytes(value, window)) { return `“${printable(value)}”`; }
    const bytes = toBytes(value.slice(0, 160));
    const text = toText(bytes);
    const readable = text.replaceAll("·", "").length * 2 > text.length;
    return `${plural(value.length / 2, "byte")} ${readable ? `“${text}”` : value.slice(0, 48)}`;
}

const quoted = /^[0-9.]+$|^([0-9A-F]{2}:){5}[0-9A-F]{2}$/;

/** Fields on one line. */
function fields(object, window) {
    return Object.entries(object || {}).map(([name, v]) => {
        const text = typeof v === "string" && quoted.test(v) && !isBytes(v, window) ? v : value(v, window);
        return `${name} ${text.length > 90 ? `${text.slice(0, 90)}…` : text}`;
    }).join(", ");
}

/** What stands in the last column. */
function summary(data) {
    if (data.event) { return eventText(data); }
    const parts = [];
    if (data.error) { parts.push(`✗ ${printable(data.error)}`); } else { parts.push(fields(data.request, data.out)); }
    if (data.refused) { parts.push("→ refused"); } else if (data.reply_error) { parts.push(`→ ✗ ${printable(data.reply_error)}`); }
    else if (data.reply) { parts.push(`→ ${fields(data.reply, data.in)}`); } else { parts.push("→ no reply"); }
    return parts.filter(Boolean).join(" ");
}

function eventText(data) {
    switch (data.event) {
    case "coprocessor":
        if (data.state === "off") { return "off"; }
        return ["on", data.firmware, data.slots && plural(data.slots, "slot"), data.address].filter(Boolean).map(printable).join(", ");
    case "reset": return `start ${data.boots}, ${data.mode === "spi" ? "SPI" : "Bluetooth"}`;
    case "gap": return `${plural(data.events, "event")} left out: the disk or the page was slower than the traffic`;
    case "failure": return printable(data.text);
    default:
        return Object.entries(data).filter(([k]) => !["t", "c", "event", "findings"].includes(k))
            .map(([k, v]) => `${k} ${printable(typeof v === "object" ? JSON.stringify(v) : v)}`).join(", ");
    }
}

class List {
    constructor(items, filter, onSelect) {
        this.items = items;
        this.filter = filter;
        this.onSelect = onSelect;
        this.box = byId("list");
        this.rows = byId("rows");
        this.shown = [];
        this.selected = null;
        this.follows = false;
        this.longest = 1;
        this.box.addEventListener("scroll", () => this.draw(), { passive: true });
        this.rows.addEventListener("click", (event) => {
            const row = event.target.closest("[data-index]");
            if (row) { this.select(this.shown[Number(row.dataset.index)]); }
        });
        new ResizeObserver(() => this.draw()).observe(this.box);
    }

    get rowHeight() { return parseFloat(getComputedStyle(this.box).getPropertyValue("--row")) || 26; }

    /** Filters everything again. */
    refresh() {
        this.filter.prepare();
        this.shown = this.items.all.filter((item) => this.filter.takes(item));
        if (this.selected && !this.shown.includes(this.selected)) { this.mark(null); }
        this.changed();
    }

    /** Takes what is new at the end. */
    append(items) {
        for (const item of items) { if (this.filter.takes(item)) { this.shown.push(item); } }
        this.changed();
    }

    changed() {
        if (this.isDue) { return; }
        this.isDue = true;
        requestAnimationFrame(() => {
            this.isDue = false;
            this.rows.style.height = `${this.shown.length * this.rowHeight}px`;
            if (this.follows) { this.box.scrollTop = this.box.scrollHeight; }
            this.draw();
        });
    }

    draw() {
        const height = this.rowHeight;
        const first = Math.max(0, Math.floor(this.box.scrollTop / height) - 4);
        const count = Math.ceil(this.box.clientHeight / height) + 8;
        const rows = [];
        for (let i = first; i < Math.min(this.shown.length, first + count); i += 1) { rows.push(this.row(i, height)); }
        this.rows.replaceChildren(...rows);
        const selected = rows.find((row) => row.getAttribute("aria-selected") === "true");
        this.box.setAttribute("aria-activedescendant", selected ? selected.id : "");
    }

    row(index, height) {
        const item = this.shown[index];
        const data = JSON.parse(item.line);
        const row = element("div", `row${item.isCommand ? "" : " event"}${item.bad ? " bad" : ""}${item.found ? " found" : ""}`);
        row.id = `row-${index}`;
        row.dataset.index = index;
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", String(item === this.selected));
        row.setAttribute("aria-posinset", index + 1);
        row.setAttribute("aria-setsize", this.shown.length);
        row.style.top = `${index * height}px`;
        const took = element("span", "took", item.d === undefined ? "" : span(item.d));
        if (item.d !== undefined) {
            const bar = element("i");
            bar.style.width = `${Math.max(2, 100 * Math.log1p(item.d / 1e3) / Math.log1p(this.longest / 1e3))}%`;
            took.append(bar);
        }
        const name = element("span", "name", item.name);
        if (item.found) { name.append(element("b", "mark", data.findings.map((f) => f.rule).join(", "))); }
        row.append(element("span", "time", seconds(item.t)), took, name,
            element("span", "slot", item.slot === undefined || item.slot === 255 ? "" : item.slot),
            element("span", "fields", summary(data)));
        return row;
    }

    mark(item) {
        this.selected = item;
    }

    select(item, scrolls = true) {
        if (!item) { return; }
        this.mark(item);
        this.follows = false;
        const index = this.shown.indexOf(item);
        if (scrolls && index >= 0) {
            const height = this.rowHeight;
            const top = index * height;
            if (top < this.box.scrollTop) { this.box.scrollTop = top; }
            if (top + height > this.box.scrollTop + this.box.clientHeight) {
                this.box.scrollTop = top + height - this.box.clientHeight;
            }
        }
        this.draw();
        this.onSelect(item);
    }

    /** Selects the item so many rows further; without a selection, the first that is seen. */
    move(step) {
        if (!this.shown.length) { return; }
        const now = this.shown.indexOf(this.selected);
        const from = now < 0 ? Math.ceil(this.box.scrollTop / this.rowHeight) - Math.sign(step) : now;
        this.select(this.shown[Math.min(this.shown.length - 1, Math.max(0, from + step))]);
    }

    /** Selects the next item with a finding, or the one before. */
    moveToFinding(step) {
        for (let i = this.shown.indexOf(this.selected) + step; i >= 0 && i < this.shown.length; i += step) {
            if (this.shown[i].found) { this.select(this.shown[i]); return; }
        }
    }
}
