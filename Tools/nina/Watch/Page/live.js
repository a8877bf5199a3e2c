"use strict";
// A page that goes on: lines by server-sent events, and trouble that is made by buttons.

class Live {
    constructor() {
        this.held = [];
        this.isPaused = false;
        this.clock = { t: 0, at: performance.now() };
        this.isDue = false;
        this.trouble = new Trouble();
        byId("kind").textContent = "watch";
        document.title = "nina watch";
        byId("pause").hidden = false;
        byId("rate-tile").hidden = false;
        byId("pause").addEventListener("click", () => this.pause());
        // Programs poll all the time: what they do between is what is worth to be seen.
        byId("repeats").checked = byId("repeats").defaultChecked = true;
        list.follows = true;
        list.box.addEventListener("scroll", () => {
            list.follows = list.box.scrollTop + list.box.clientHeight >= list.box.scrollHeight - 2 * list.rowHeight;
        }, { passive: true });
        lanes.isLive = true;
        lanes.follows = 10e9;
        lanes.now = () => (this.isPaused || this.hasEnded ? this.clock.t : this.clock.t + (performance.now() - this.clock.at) * 1e6);
    }

    start() {
        this.state("connecting");
        this.source = new EventSource("events");
        this.source.addEventListener("open", () => {
            // The server begins again with what it has kept.
            items.clear();
            this.held = [];
            filterAgain();
            this.state("live");
        });
        this.source.addEventListener("message", (event) => this.take(event.data.split("\n")));
        this.source.addEventListener("report", (event) => this.trouble.show(JSON.parse(event.data).ok || {}));
        this.source.addEventListener("end", (event) => {
            this.source.close();
            this.hasEnded = true;
            this.state("ended");
            note(`${printable(event.data)}. What was seen until then stays here.`);
        });
        this.source.addEventListener("error", () => { if (!this.hasEnded) { this.state("connecting"); } });
        setInterval(() => this.tick(), 250);
        const frame = () => {
            if (lanes.follows !== null && !this.isPaused && !document.hidden) { lanes.paint(); }
            requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
    }

    state(word) {
        byId("state").textContent = this.isPaused ? "paused" : word;
        byId("state").dataset.state = byId("state").textContent;
        this.word = word;
    }

    pause() {
        this.isPaused = !this.isPaused;
        byId("pause").setAttribute("aria-pressed", String(this.isPaused));
        byId("pause").firstElementChild.textContent = this.isPaused ? "Go on" : "Pause";
        this.state(this.word);
        if (!this.isPaused) { this.take(this.held.splice(0)); }
    }

    /** Lines that have come. While the page is paused they wait, as many as the page would keep. */
    take(lines) {
        if (this.isPaused) {
            this.held.push(...lines);
            if (this.held.length > Items.limit) { this.held.splice(0, this.held.length - Items.limit); }
            byId("state").textContent = `paused, ${plural(this.held.length, "line")} since`;
            return;
        }
        const before = items.all.length;
        for (const line of lines) { if (line) { items.add(line); } }
        const fresh = items.all.slice(before);
        const at = performance.now();
        if (items.end >= this.clock.t) { this.clock = { t: items.end, at }; }
        if (items.trim()) { list.refresh(); } else { list.append(fresh); }
        this.isDue = true;
    }

    tick() {
        let count = 0;
        for (let i = items.from(lanes.now() - 1e9); i < items.all.length; i += 1) { count += items.all[i].isCommand ? 1 : 0; }
        byId("rate").textContent = count.toLocaleString("en");
        if (!this.isDue) { return; }
        this.isDue = false;
        showAll();
        if (items.dropped) { note(`The page keeps the last ${Items.limit.toLocaleString("en")} rows; ${plural(items.dropped, "older one")} left out.`); }
    }
}
