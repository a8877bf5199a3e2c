"use strict";
// The commands and events of a trace, one JSON object a line as `nina decode --strict --json` prints them, and what is derived of them.

const byId = (id) => document.getElementById(id);

function element(name, className, text) {
    const made = document.createElement(name);
    if (className) { made.className = className; }
    if (text !== undefined) { made.textContent = text; }
    return made;
}

/** Foreign text on one line: characters that are not seen, or that turn the direction, by their numbers. */
const printable = (text) => String(text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu,
    (c) => (c === "\n" ? "\\n" : c === "\r" ? "\\r" : c === "\t" ? "\\t" : `\\u{${c.codePointAt(0).toString(16)}}`));

const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

/** Nanoseconds in a unit that fits. */
function span(ns) {
    for (const [unit, size] of [["s", 1e9], ["ms", 1e6], ["µs", 1e3]]) {
        if (ns >= size) { return `${(ns / size).toPrecision(3).replace(/e\+.*/, "")} ${unit}`; }
    }
    return `${ns} ns`;
}

const encoder = new TextEncoder();
const toHex = (text) => Array.from(encoder.encode(text), (b) => b.toString(16).padStart(2, "0")).join("");
const toBytes = (hex) => Uint8Array.from({ length: hex.length >> 1 }, (_, i) => parseInt(hex.substr(2 * i, 2), 16));

/** Bytes as text, a dot for each that is none. */
const toText = (bytes) => Array.from(bytes, (b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : "·")).join("");

/** The levels of a line over time, or the intervals in which a slot is open, of one module. */
class Module {
    constructor(number) {
        this.number = number;
        this.name = `${number}`;
        this.lines = new Map();     // name: [[time, level]]
        this.slots = new Map();     // number: [{from, to, kind}]
        this.resets = [];
        this.isUncertain = false;   // events are missing, and may have been about slots
        this.answers = new Map();   // a command's bytes: those of its last reply
    }

    /** Whether a command has got the same reply the last time, as when a program polls. */
    repeats(data) {
        const last = this.answers.get(data.out);
        if (this.answers.size > 1000) { this.answers.clear(); }
        this.answers.set(data.out, data.in);
        return data.in !== undefined && last === data.in;
    }

    level(line, time, value) {
        if (!this.lines.has(line)) { this.lines.set(line, []); }
        const levels = this.lines.get(line);
        if (!levels.length || levels[levels.length - 1][1] !== value) { levels.push([time, value]); }
    }

    open(slot, time, kind) {
        this.close(slot, time);
        if (!this.slots.has(slot)) { this.slots.set(slot, []); }
        this.slots.get(slot).push({ from: time, to: Infinity, kind });
    }

    close(slot, time) {
        const last = (this.slots.get(slot) || []).at(-1);
        if (last && last.to === Infinity) { last.to = time; }
    }

    /** What is open now, as the emulator says it, where the commands do not. */
    reconcile(uses, time) {
        if (!this.isUncertain) { return; }
        this.isUncertain = false;
        for (const slot of this.slots.keys()) { if (!uses.has(slot)) { this.close(slot, time); } }
        for (const [slot, kind] of uses) {
            if ((this.slots.get(slot) || []).at(-1)?.to !== Infinity) { this.open(slot, time, kind); }
        }
    }

    closeAll(time) { for (const slot of this.slots.keys()) { this.close(slot, time); } }

    /** Forgets what ended before a time. */
    forget(time) {
        for (const levels of this.lines.values()) {
            const kept = levels.findIndex((level, i) => i + 1 === levels.length || levels[i + 1][0] >= time);
            if (kept > 0) { levels.splice(0, kept); }
        }
        for (const [slot, uses] of this.slots) { this.slots.set(slot, uses.filter((use) => use.to >= time)); }
        this.resets = this.resets.filter((t) => t >= time);
    }
}

/** Everything that has been read, oldest first. */
class Items {
    /** The most that is kept; older ones go, a tenth at a time. */
    static limit = 100000;

    constructor() {
        this.clear();
    }

    clear() {
        this.all = [];
        this.modules = new Map();
        this.names = new Map();
        this.findings = 0;
        this.commands = 0;
        this.dropped = 0;
        this.unix = null;
        this.start = 0;
        this.end = 0;
    }

    module(number) {
        if (!this.modules.has(number)) { this.modules.set(number, new Module(number)); }
        return this.modules.get(number);
    }

    /** Takes a line. Returns whether it is shown in the list. */
    add(line) {
        const data = JSON.parse(line);
        if (!this.all.length && !this.unix) { this.start = data.t; }
        this.end = Math.max(this.end, data.t + (data.duration || 0));
        const isCommand = "out" in data || "in" in data;
        const found = data.findings ? data.findings.length : 0;
        if (!isCommand && !this.event(data) && !found) { return false; }
        const name = isCommand ? data.command || (data.opcode === null ? "no command" : `number ${hexByte(data.opcode)}`)
            : data.event;
        const repeats = isCommand && this.module(data.c).repeats(data) && !data.opens && !("closes" in data) && !found;
        this.all.push({
            repeats, t: data.t, c: data.c, d: data.duration, name, slot: data.slot, found, isCommand, line,
            bad: Boolean(data.error || data.reply_error || data.refused || data.event === "failure" || data.event === "gap"),
        });
        this.findings += found;
        if (isCommand) {
            this.commands += 1;
            this.names.set(name, (this.names.get(name) || 0) + 1);
            const module = this.module(data.c);
            if (data.opens) { module.open(data.opens.slot, data.t + (data.duration || 0), data.opens.kind); }
            if ("closes" in data) { module.close(data.closes, data.t); }
            if (data.slot < 255 && !module.slots.has(data.slot)) { module.slots.set(data.slot, []); }
        }
        return true;
    }

    /** What an event changes. Returns whether it is worth a row. */
    event(data) {
        switch (data.event) {
        case "time":
            if (this.unix === null) {
                const [seconds, fraction] = data.unix.split(".");
                this.unix = { ms: Number(seconds) * 1000, ns: Number(fraction) - data.t };
            }
            return false;
        case "lines": {
            const module = this.module(data.c);
            for (const line of ["cs", "ready", "irq", "reset", "gpio0"]) {
                if (line in data) { module.level(line, data.t, data[line]); }
            }
            return false;
        }
        case "reset":
            this.module(data.c).resets.push(data.t);
            this.module(data.c).closeAll(data.t);
            return true;
        case "coprocessor":
            if (data.state === "on") {
                this.module(data.c).name = [data.c, data.firmware, data.address].filter(Boolean).map(printable).join(", ");
            } else {
                this.module(data.c).closeAll(data.t);
            }
            return true;
        case "gap":
            // What was opened and closed meanwhile is not known.
            for (const module of this.modules.values()) {
                if (data.c && module.number !== data.c) { continue; }
                module.closeAll(data.t);
                module.isUncertain = true;
            }
            return true;
        case "out": return false;
        default: return true;
        }
    }

    /** Drops the oldest when there are too many. Returns how many went. */
    trim() {
        if (this.all.length <= Items.limit) { return 0; }
        const gone = this.all.splice(0, this.all.length - Items.limit + Items.limit / 10);
        for (const item of gone) {
            this.findings -= item.found;
            if (!item.isCommand) { continue; }
            this.commands -= 1;
            this.names.set(item.name, this.names.get(item.name) - 1);
        }
        this.dropped += gone.length;
        this.start = this.all[0].t;
        for (const module of this.modules.values()) { module.forget(this.start); }
        return gone.length;
    }

    /** The wall clock at a time of the trace; "" if the trace does not have it. */
    wall(t) {
        if (this.unix === null) { return ""; }
        const ns = this.unix.ns + t;
        const date = new Date(this.unix.ms + Math.floor(ns / 1e6));
        const rest = String(Math.floor(((ns % 1e6) + 1e6) % 1e6 / 1e3)).padStart(3, "0");
        return `${date.toISOString().replace("T", " ").replace("Z", "")}${rest} UTC`;
    }

    /** The position of the first item that is not before a time. */
    from(time) {
        let low = 0;
        let high = this.all.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (this.all[middle].t < time) { low = middle + 1; } else { high = middle; }
        }
        return low;
    }
}

const hexByte = (number) => `0x${number.toString(16).toUpperCase().padStart(2, "0")}`;
const seconds = (t) => (t / 1e9).toFixed(6);
