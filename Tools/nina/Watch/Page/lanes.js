"use strict";
// Lines and slots over time, drawn: what two pixels cannot tell apart is drawn once, so that any number of commands can be seen.

class Lanes extends View {
    static laneHeight = 22;
    static axisHeight = 22;

    constructor(items, onPick) {
        super(items, byId("lanes"));
        this.onPick = onPick;
        this.readout = byId("readout");
        this.module = null;
        this.requested = false;
        this.listen();
        new ResizeObserver(() => this.draw()).observe(this.canvas);
        matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    }

    listen() {
        this.canvas.addEventListener("wheel", (event) => {
            event.preventDefault();
            if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
                this.pan((event.deltaX || event.deltaY) / this.width);
            } else {
                this.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.time(event.offsetX));
            }
        }, { passive: false });
        let drag = null;
        this.canvas.addEventListener("pointerdown", (event) => {
            drag = { x: event.offsetX, moved: false };
            this.canvas.setPointerCapture(event.pointerId);
        });
        this.canvas.addEventListener("pointermove", (event) => {
            if (!drag) { this.tell(event.offsetX, event.offsetY); return; }
            if (Math.abs(event.offsetX - drag.x) < 3 && !drag.moved) { return; }
            drag.moved = true;
            this.pan((drag.x - event.offsetX) / this.width);
            drag.x = event.offsetX;
        });
        this.canvas.addEventListener("pointerup", (event) => {
            const item = drag && !drag.moved && this.nearest(event.offsetX, event.offsetY);
            drag = null;
            if (item) { this.onPick(item); }
        });
        this.canvas.addEventListener("pointercancel", () => { drag = null; });
        this.canvas.addEventListener("pointerleave", () => { this.readout.textContent = ""; });
        this.canvas.addEventListener("dblclick", () => this.all());
    }

    draw() {
        if (this.requested) { return; }
        this.requested = true;
        requestAnimationFrame(() => {
            this.requested = false;
            this.paint();
        });
    }

    /** The lanes of the module that is shown, from top to bottom. */
    lanes() {
        const module = this.items.modules.get(this.module);
        const slots = module ? [...module.slots.keys()].sort((a, b) => a - b) : [];
        return ["CS", "READY", "IRQ", "RESET", ...slots];
    }

    paint() {
        const lanes = this.lanes();
        const height = Lanes.axisHeight + lanes.length * Lanes.laneHeight + 4;
        if (this.canvas.style.height !== `${height}px`) { this.canvas.style.height = `${height}px`; }
        const scale = devicePixelRatio || 1;
        const width = this.canvas.clientWidth;
        if (!width) { return; }
        if (this.canvas.width !== Math.round(width * scale) || this.canvas.height !== Math.round(height * scale)) {
            this.canvas.width = Math.round(width * scale);
            this.canvas.height = Math.round(height * scale);
        }
        if (this.follows !== null) {
            this.to = this.now ? this.now() : this.items.end;
            this.from = this.to - this.follows;
        }
        const style = getComputedStyle(document.documentElement);
        const colors = new Map();
        this.color = (name) => {
            if (!colors.has(name)) { colors.set(name, style.getPropertyValue(`--${name}`)); }
            return colors.get(name);
        };
        const g = this.canvas.getContext("2d");
        g.setTransform(scale, 0, 0, scale, 0, 0);
        g.clearRect(0, 0, width, height);
        g.font = `12px ${style.fontFamily || "sans-serif"}`;
        g.textBaseline = "middle";
        this.axis(g, height);
        lanes.forEach((lane, i) => {
            const y = Lanes.axisHeight + i * Lanes.laneHeight;
            g.fillStyle = this.color("line");
            g.fillRect(this.left, y + Lanes.laneHeight - 1, this.width, 1);
            g.fillStyle = this.color("soft");
            g.fillText(typeof lane === "number" ? `slot ${lane}` : lane, 2, y + Lanes.laneHeight / 2);
        });
        g.save();
        g.beginPath();
        g.rect(this.left, 0, this.width, height);
        g.clip();
        this.paintLines(g, lanes);
        this.paintSlots(g, lanes);
        this.paintCommands(g, lanes);
        if (this.selected) {
            g.fillStyle = this.color("accent");
            g.fillRect(Math.round(this.x(this.selected.t)), 0, 1.5, height);
        }
        g.restore();
    }

    axis(g, height) {
        const length = this.to - this.from;
        const least = length / Math.max(1, this.width / 90);
        let step = 10 ** Math.floor(Math.log10(least));
        for (const factor of [2, 2.5, 2]) { if (step < least) { step *= factor; } }
        const digits = Math.max(0, Math.min(9, 9 - Math.floor(Math.log10(step) + 1e-9)));
        g.textAlign = "center";
        for (let t = Math.ceil(this.from / step) * step; t <= this.to; t += step) {
            const x = Math.round(this.x(t));
            g.fillStyle = this.color("line");
            g.fillRect(x, Lanes.axisHeight - 4, 1, height);
            g.fillStyle = this.color("soft");
            const label = `${(t / 1e9).toFixed(digits)} s`;
            if (t >= 0 && x > this.left + 24 && x < this.left + this.width - 24) { g.fillText(label, x, 9); }
        }
        g.textAlign = "left";
    }

    /** Levels: a line above where it is high, below where it is low. */
    paintLines(g, lanes) {
        const module = this.items.modules.get(this.module);
        if (!module) { return; }
        for (const [line, lane] of [["cs", "CS"], ["irq", "IRQ"], ["reset", "RESET"], ["ready", "READY"]]) {
            const levels = module.lines.get(line) || [];
            // Chip select is only modelled in most traces: then the windows are drawn.
            if (!levels.length || ((line === "cs" || line === "ready") && levels.length < 2)) { continue; }
            const y = Lanes.axisHeight + lanes.indexOf(lane) * Lanes.laneHeight;
            g.fillStyle = this.color(line === "irq" ? "accent" : "take");
            let drawn = -1;
            for (let i = 0; i < levels.length; i += 1) {
                const [t, level] = levels[i];
                const end = i + 1 < levels.length ? levels[i + 1][0] : Math.max(this.items.end, this.to);
                if (end < this.from || t > this.to) { continue; }
                const x = this.x(t);
                const right = Math.max(this.x(end), x + 1);
                if (right <= drawn) { continue; }
                drawn = right;
                g.fillRect(x, level ? y + 4 : y + 17, right - x, 1.5);
                g.fillRect(x, y + 4, 1, 14.5);
                if (level && line === "irq") {
                    g.globalAlpha = 0.18;
                    g.fillRect(x, y + 4, right - x, 14);
                    g.globalAlpha = 1;
                }
            }
        }
        g.fillStyle = this.color("accent");
        const y = Lanes.axisHeight + lanes.indexOf("RESET") * Lanes.laneHeight;
        for (const t of module.resets) { if (t >= this.from && t <= this.to) { g.fillRect(this.x(t) - 1, y + 3, 2.5, 16); } }
    }

    paintSlots(g, lanes) {
        const module = this.items.modules.get(this.module);
        if (!module) { return; }
        for (const [slot, uses] of module.slots) {
            const y = Lanes.axisHeight + lanes.indexOf(slot) * Lanes.laneHeight;
            for (const use of uses) {
                const end = Math.min(use.to, this.to);
                if (end < this.from || use.from > this.to) { continue; }
                const x = this.x(Math.max(use.from, this.from));
                g.fillStyle = this.color({ server: "server", datagrams: "datagrams" }[use.kind] || "client");
                g.globalAlpha = 0.35;
                g.fillRect(x, y + 3, Math.max(1, this.x(end) - x), 15);
                g.globalAlpha = 1;
            }
        }
    }

    paintCommands(g, lanes) {
        const tops = new Map(lanes.map((lane, i) => [lane, Lanes.axisHeight + i * Lanes.laneHeight]));
        const module = this.items.modules.get(this.module);
        const hasLevels = (line) => Boolean(module) && (module.lines.get(line) || []).length > 1;
        const [hasReady, hasChipSelect] = [hasLevels("ready"), hasLevels("cs")];
        // Bars by lane: start, end, start, end, ... What would be drawn over what is there is left out.
        const bars = new Map(lanes.map((lane) => [lane, []]));
        const add = (lane, x, end) => {
            const list = bars.get(lane);
            if (list && !(list[list.length - 1] >= end - 0.5)) { list.push(x, end); }
        };
        const marks = [];
        const names = [];
        const scale = this.width / (this.to - this.from);
        // What began before the view may reach into it: no command takes longer than this.
        const begin = this.items.from(this.from - Math.min(this.longest || 0, 60e9));
        for (let i = begin; i < this.items.all.length; i += 1) {
            const item = this.items.all[i];
            if (item.t > this.to) { break; }
            if (item.c !== this.module) { continue; }
            const x = this.left + (item.t - this.from) * scale;
            const end = x + Math.max(1, (item.d || 0) * scale);
            if (item.isCommand) {
                if (!hasReady) { add("READY", x, end); }
                if (!hasChipSelect) { add("CS", x, x + 1); }
                if (end - x > 60) { names.push(item.name, x, end); }
            }
            if (item.slot !== undefined) { add(item.slot, x, end); }
            if (item.found && !(marks[marks.length - 1] > x - 2)) { marks.push(x); }
        }
        for (const [lane, list] of bars) {
            g.fillStyle = this.color(lane === "CS" ? "soft" : "busy");
            const [inset, height] = typeof lane === "number" ? [6, 9] : [4, 14];
            for (let i = 0; i < list.length; i += 2) {
                g.fillRect(list[i], tops.get(lane) + inset, list[i + 1] - list[i], height);
            }
        }
        g.fillStyle = this.color("on-busy");
        for (let i = 0; i < names.length && !hasReady; i += 3) {
            g.fillText(names[i], names[i + 1] + 4, tops.get("READY") + 11, names[i + 2] - names[i + 1] - 8);
        }
        g.fillStyle = this.color("finding");
        for (const x of marks) {
            g.beginPath();
            g.moveTo(x, Lanes.axisHeight + 2);
            g.lineTo(x - 4, Lanes.axisHeight - 6);
            g.lineTo(x + 4, Lanes.axisHeight - 6);
            g.fill();
        }
    }

    /** The command nearest to a place: of the slot, if the place is in a slot's lane. */
    nearest(x, y) {
        const lane = this.lanes()[Math.floor((y - Lanes.axisHeight) / Lanes.laneHeight)];
        const t = this.time(x);
        const reach = 8 * (this.to - this.from) / this.width;
        let best = null;
        let distance = reach;
        for (let i = this.items.from(t - reach - Math.min(this.longest || 0, 60e9)); i < this.items.all.length; i += 1) {
            const item = this.items.all[i];
            if (item.t > t + reach) { break; }
            if (item.c !== this.module || (typeof lane === "number" && item.slot !== lane)) { continue; }
            const away = item.t > t ? item.t - t : Math.max(0, t - item.t - (item.d || 0));
            if (away <= distance) { [best, distance] = [item, away]; }
        }
        return best;
    }

    tell(x, y) {
        const item = x >= this.left && this.nearest(x, y);
        this.readout.textContent = x < this.left ? "" : item
            ? `${seconds(item.t)} s  ${item.name}${item.d === undefined ? "" : `  ${span(item.d)}`}` : `${seconds(Math.max(0, this.time(x)))} s`;
    }
}
