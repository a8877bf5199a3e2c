/// The script of the page.
enum Script {
    /// Counts the pictures as they load, and afterwards draws when each request began and ended.
    static let js = #"""
        "use strict";
        (() => {
            const byId = (id) => document.getElementById(id);
            const images = Array.from(document.querySelectorAll(".gallery img"));
            let loaded = 0;
            let failed = 0;

            function showCount() {
                byId("progress").value = loaded;
                byId("loaded").textContent = `${loaded} of ${images.length}` + (failed ? `, ${failed} failed` : "");
            }

            function settle(image) {
                if (image.naturalWidth > 0) {
                    loaded += 1;
                    image.classList.add("here");
                } else {
                    failed += 1;
                }
                showCount();
            }

            for (const image of images) {
                if (image.complete) {
                    settle(image);
                } else {
                    image.addEventListener("load", () => settle(image), { once: true });
                    image.addEventListener("error", () => settle(image), { once: true });
                }
            }
            showCount();

            const inSeconds = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`);
            const inBytes = (n) => (n < 1e6 ? `${Math.round(n / 1e3)} kB` : `${(n / 1e6).toFixed(2)} MB`);

            // The largest number of requests that were under way at the same time.
            function mostAtOnce(entries) {
                const turns = entries.flatMap((e) => [[e.start, 1], [e.end, -1]]);
                turns.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
                let now = 0;
                return turns.reduce((most, turn) => Math.max(most, (now += turn[1])), 0);
            }

            function nameOf(address) {
                return new URL(address).pathname.split("/").pop() || "index.html";
            }

            function collect() {
                const [page] = performance.getEntriesByType("navigation");
                const timings = [page, ...performance.getEntriesByType("resource")].filter((t) => t && t.responseEnd > 0);
                return timings.map((t) => ({
                    name: nameOf(t.name),
                    start: t.requestStart || t.startTime,
                    first: t.responseStart || t.requestStart || t.startTime,
                    end: t.responseEnd,
                    size: t.encodedBodySize,
                })).sort((a, b) => a.start - b.start || a.end - b.end);
            }

            function row(entry, total) {
                const item = document.createElement("li");
                const name = document.createElement("span");
                const lane = document.createElement("span");
                const time = document.createElement("span");
                name.className = "name";
                name.textContent = entry.name;
                lane.className = "lane";
                for (const [kind, from, to] of [["wait", entry.start, entry.first], ["take", entry.first, entry.end]]) {
                    const bar = document.createElement("i");
                    bar.className = kind;
                    bar.style.left = `${100 * from / total}%`;
                    bar.style.width = `${100 * (to - from) / total}%`;
                    lane.append(bar);
                }
                time.className = "time";
                time.textContent = inSeconds(entry.end - entry.start);
                item.append(name, lane, time);
                return item;
            }

            function report() {
                const entries = collect();
                const [page] = performance.getEntriesByType("navigation");
                const total = page && page.loadEventStart > 0 ? page.loadEventStart : performance.now();
                const span = Math.max(total, ...entries.map((e) => e.end));
                byId("time").textContent = inSeconds(total);
                byId("size").textContent = inBytes(entries.reduce((sum, e) => sum + e.size, 0));
                byId("parallel").textContent = `${mostAtOnce(entries)} requests`;
                byId("bars").replaceChildren(...entries.map((entry) => row(entry, span)));
                byId("arrival").hidden = false;
            }

            // The figures are complete only when the load event is over.
            window.addEventListener("load", () => setTimeout(report, 0), { once: true });
        })();

        """#
}
