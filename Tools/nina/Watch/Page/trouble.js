"use strict";
// The state of the modules as the emulator says it, and buttons that make trouble for them: Protocol/control.md.

const faultKinds = [
    ["reply_late", "reply half a second late", { seconds: 0.5 }], ["reply_lost", "reply lost", {}], ["reply_wrong", "a byte of the reply wrong", {}],
    ["reply_cut", "reply cut after 2 bytes", { bytes: 2 }], ["ready_high", "READY stuck high", {}], ["ready_low", "READY stuck low", {}],
    ["irq_high", "IRQ stuck high", {}], ["irq_low", "IRQ stuck low", {}], ["window_bit", "a bit of the window flipped", {}],
    ["brown_out", "brown-out", {}], ["dns_fails", "names not found", {}], ["tcp_reset", "connection reset", {}],
    ["tls_fails", "TLS fails", {}], ["disk_full", "storage full", {}],
];
const faultTimes = [
    ["the next time", { count: 1 }], ["the next 10 times", { count: 10 }], ["always", {}], ["1 time in 10", { probability: 0.1 }],
    ["1 time in 100", { probability: 0.01 }],
];

class Trouble {
    constructor() {
        byId("fault").replaceChildren(...faultKinds.map(([kind, label]) => new Option(label, kind)));
        byId("when").replaceChildren(...faultTimes.map(([label], i) => new Option(label, i)));
        byId("network-form").addEventListener("submit", (event) => {
            event.preventDefault();
            const ssid = byId("network").value;
            const time = Number(byId("loss").value);
            this.send({ do: "network_loss", ssid, for: time }, `${printable(ssid)} is gone for ${time} s.`);
        });
        byId("fault-form").addEventListener("submit", (event) => {
            event.preventDefault();
            const [kind, label, parts] = faultKinds[byId("fault").selectedIndex];
            const [when, trigger] = faultTimes[byId("when").selectedIndex];
            this.send({ do: "fault_add", kind, ...parts, ...trigger }, `From now on: ${label}, ${when}.`);
        });
        byId("reset").addEventListener("click", () => this.send({ do: "reset" }, "The module starts again."));
        this.faults = "";
    }

    async send(order, done) {
        const answer = byId("answer");
        try {
            const reply = await fetch("do", {
                method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ...order, module: lanes.module || 1 }),
            });
            const said = await reply.json();
            answer.textContent = said.error ? printable([said.error.field, said.error.text].filter(Boolean).join(": ")) : done;
            answer.classList.toggle("error", Boolean(said.error));
        } catch {
            answer.textContent = "nina watch does not answer.";
            answer.classList.add("error");
        }
    }

    /** Takes the state of all modules. */
    show(report) {
        const modules = report.modules || [];
        for (const one of modules) {
            const uses = (one.sockets || []).filter((s) => s.slot !== undefined)
                .map((s) => [s.slot, s.state === "listening" ? "server" : s.kind === "udp" ? "datagrams" : "client"]);
            items.module(one.number).reconcile(new Map(uses), items.end);
        }
        const module = modules.find((m) => m.number === lanes.module) || modules[0];
        byId("control").hidden = byId("sockets").hidden = !module;
        if (!module) { return; }
        const station = module.station || {};
        byId("station").textContent = station.joined
            ? `${printable(station.ssid)}${station.rssi === undefined ? "" : `, ${station.rssi} dBm`}` : station.joining ? "joining" : "not joined";
        byId("station-tile").hidden = false;
        byId("slots-used").textContent = module.slots ? `${module.slots.used} of ${module.slots.of}` : "–";
        byId("slots-tile").hidden = false;
        this.showSockets(module.sockets || []);
        if (document.activeElement !== byId("network")) {
            const names = [...new Set((module.networks || []).map((network) => network.ssid))];
            const chosen = byId("network").value;
            byId("network").replaceChildren(...names.map((name) => new Option(printable(name), name, false, name === chosen)));
        }
        this.showFaults(module.faults || []);
    }

    showSockets(sockets) {
        const rows = sockets.map((socket) => {
            const row = element("tr");
            const age = socket.age === undefined ? "" : socket.age < 100 ? `${socket.age.toFixed(1)} s` : `${Math.round(socket.age)} s`;
            const place = socket.peer || (socket.port === undefined ? "" : `port ${socket.port}`);
            for (const text of [socket.slot ?? "–", `${socket.kind}, ${socket.state}`, place, `${socket.unread}, ${socket.unsent}`, age]) {
                row.append(element("td", "", printable(text)));
            }
            return row;
        });
        byId("socket-rows").replaceChildren(...rows);
        byId("sockets-none").hidden = rows.length > 0;
    }

    showFaults(faults) {
        // Buttons stay as long as they are the same, so that a click or the focus is not lost.
        const now = JSON.stringify(faults.map((f) => [f.fault, f.fired, f.remaining]));
        if (now === this.faults) { return; }
        this.faults = now;
        const label = (fault) => (faultKinds.find(([kind]) => kind === fault.kind) || [0, fault.kind])[1];
        const focused = document.activeElement && document.activeElement.dataset.fault;
        byId("faults").replaceChildren(...faults.map((fault) => {
            const row = element("li");
            const left = fault.remaining === undefined ? "" : `, ${fault.remaining} to come`;
            const button = element("button", "", "Remove");
            button.type = "button";
            button.dataset.fault = fault.fault;
            button.setAttribute("aria-label", `Remove: ${label(fault)}`);
            button.addEventListener("click", () => this.send({ do: "fault_remove", fault: fault.fault }, `Removed: ${label(fault)}.`));
            row.append(element("span", "", printable(`${label(fault)}: ${plural(fault.fired, "time")}${left}`)), button);
            return row;
        }));
        const again = focused && [...byId("faults").querySelectorAll("button")].find((button) => button.dataset.fault === focused);
        if (again) { again.focus(); }
    }
}
