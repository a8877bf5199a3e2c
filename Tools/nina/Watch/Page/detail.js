"use strict";
// One command with all that is known of it, and how long the commands took.

class Detail {
    constructor(items) {
        this.items = items;
        this.title = byId("detail-title");
        this.body = byId("detail-body");
    }

    show(item) {
        const data = JSON.parse(item.line);
        const parts = [];
        this.title.textContent = item.isCommand ? item.name : `${item.name} of coprocessor ${item.c}`;
        const facts = [["at", `${(item.t / 1e9).toFixed(9)} s`], ["clock", this.items.wall(item.t)],
            ["coprocessor", data.c ? (this.items.modules.get(data.c) || { name: data.c }).name : ""],
            ["number", data.opcode === undefined || data.opcode === null ? "" : hexByte(data.opcode)],
            ["took", item.d === undefined ? (item.isCommand ? "no reply" : "") : `${span(item.d)} (${plural(item.d, "ns").replace("nss", "ns")})`]];
        if (!item.isCommand) { facts.push(["event", eventText(data)]); }
        parts.push(this.table(facts.filter(([, text]) => text !== "")));
        if (data.findings) {
            const list = element("ul", "findings");
            for (const finding of data.findings) {
                const entry = element("li");
                entry.append(element("b", "mark", finding.rule), ` ${printable(finding.text)}`);
                list.append(entry);
            }
            parts.push(list);
        }
        if (item.isCommand) {
            parts.push(...this.message("Command", data.request, data.error, data.out));
            parts.push(...this.message(data.refused ? "Reply: refused" : "Reply", data.reply, data.reply_error, data.in));
        }
        this.body.replaceChildren(...parts);
    }

    table(rows) {
        const table = element("table");
        for (const [name, text] of rows) {
            const row = element("tr");
            const head = element("th", "", name);
            head.scope = "row";
            row.append(head, element("td", "", text));
            table.append(row);
        }
        return table;
    }

    message(title, object, error, window) {
        const parts = [element("h3", "", title)];
        if (error) { parts.push(element("p", "error", printable(error))); }
        const rows = Object.entries(object || {}).map(([name, v]) => [name, value(v, window)]);
        if (rows.length) { parts.push(this.table(rows)); }
        if (window === undefined) {
            parts.push(element("p", "soft", "There is none."));
        } else {
            const dump = element("pre", "", this.dump(toBytes(window)));
            dump.tabIndex = 0;
            dump.setAttribute("aria-label", `The ${plural(window.length / 2, "byte")} of the window`);
            parts.push(dump);
        }
        return parts;
    }

    /** Eight bytes a line, as numbers and as text. */
    dump(bytes) {
        const lines = [];
        for (let i = 0; i < bytes.length; i += 8) {
            const row = bytes.subarray(i, i + 8);
            const hex = Array.from(row, (b) => b.toString(16).padStart(2, "0")).join(" ");
            lines.push(`${i.toString(16).padStart(4, "0")}  ${hex.padEnd(24)} ${toText(row)}`);
        }
        return lines.join("\n");
    }
}

/** Figures of the commands that the filters let through. */
class Figures {
    constructor() {
        this.bars = byId("histogram");
    }

    show(shown) {
        const times = new Float64Array(shown.length);
        let count = 0;
        let found = 0;
        let commands = 0;
        for (const item of shown) {
            found += item.found;
            commands += item.isCommand ? 1 : 0;
            if (item.d !== undefined) { times[count] = item.d; count += 1; }
        }
        const sorted = times.subarray(0, count).sort();
        const at = (share) => (count ? span(sorted[Math.min(count - 1, Math.floor(share * count))]) : "–");
        byId("count").textContent = commands.toLocaleString("en");
        byId("median").textContent = at(0.5);
        byId("most").textContent = at(0.95);
        byId("longest").textContent = at(1);
        byId("found").textContent = found.toLocaleString("en");
        byId("found").classList.toggle("some", found > 0);
        this.histogram(sorted);
        return count ? sorted[count - 1] : 1;
    }

    /** Bars from 1, 2 or 5 of a unit to the next. */
    histogram(sorted) {
        if (!sorted.length) {
            this.bars.replaceChildren(element("li", "soft", "No command has a reply yet."));
            return;
        }
        const edges = [];
        for (let power = 3; power < 12; power += 1) { for (const n of [1, 2, 5]) { edges.push(n * 10 ** power); } }
        const counts = new Array(edges.length).fill(0);
        let edge = 0;
        for (const time of sorted) {
            while (edge + 1 < edges.length && time >= edges[edge]) { edge += 1; }
            counts[edge] += 1;
        }
        const first = counts.findIndex((n) => n > 0);
        const last = counts.findLastIndex((n) => n > 0);
        const most = Math.max(...counts);
        const bars = [];
        for (let i = first; i <= last; i += 1) {
            const bar = element("li");
            const lane = element("span", "lane");
            const fill = element("i");
            fill.style.width = `${counts[i] ? Math.max(0.6, 100 * counts[i] / most) : 0}%`;
            lane.append(fill);
            bar.append(element("span", "", `< ${span(edges[i]).replace(/\.0+(?= )/, "")}`), lane, element("span", "", counts[i].toLocaleString("en")));
            bars.push(bar);
        }
        this.bars.replaceChildren(...bars);
    }
}
