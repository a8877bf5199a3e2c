/// The page: its text, style, script and icon.
enum Page {
    static func html(_ pictures: [Picture], _ module: DemoModule, _ watch: String?) -> String {
        let figures = pictures.map { picture in
            """
            <figure><img src="\(picture.path)" width="\(Picture.side)" height="\(Picture.side)" alt="\(picture.title)">
            <figcaption><b>\(picture.title)</b> \(picture.caption)</figcaption></figure>
            """
        }
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>nina demo</title>
            <link rel="icon" href="/icon.svg" type="image/svg+xml">
            <link rel="stylesheet" href="/style.css">
            <script src="/script.js" defer></script>
            </head>
            <body>
            <header>
            <div>
            <p class="kicker">nina demo</p>
            <h1>Served through \(module.heading)</h1>
            <p>The Swift program that serves this page opens no network connection. It puts each answer into the SPI
            frames that an Arduino board sends to its Wi&#8209;Fi module, and sends them
            \(module.target), which has the TCP connections to your browser.\(watch.map(link) ?? "")</p>
            </div>
            <ol class="way" aria-label="The way of each byte">
            <li><b>Swift program</b> WiFiNINA host library</li>
            <li class="link">\(module.channel)</li>
            <li class="module">\(module.station)</li>
            <li class="link">TCP</li>
            <li><b>Your browser</b> several connections at once</li>
            </ol>
            </header>
            <main>
            <progress id="progress" max="\(pictures.count)" value="0" aria-label="Pictures loaded"></progress>
            <dl>
            <div><dt>Pictures loaded</dt><dd id="loaded" role="status">0 of \(pictures.count)</dd></div>
            <div><dt>Page complete after</dt><dd id="time">&hellip;</dd></div>
            <div><dt>Transferred</dt><dd id="size">&hellip;</dd></div>
            <div><dt>Requests at the same time</dt><dd id="parallel">&hellip;</dd></div>
            </dl>
            <section class="gallery" aria-label="Pictures">
            \(figures.joined(separator: "\n"))
            </section>
            <section id="timing" hidden>
            <h2>Requests over time</h2>
            <p>Each line is a request: first the <span class="key wait">wait</span> for the answer, then the
            <span class="key take">transfer</span> of its bytes.</p>
            <ol id="bars"></ol>
            </section>
            </main>
            <footer>The server drew the pictures when it started.</footer>
            </body>
            </html>

            """
    }

    private static func link(to watch: String) -> String {
        " <a id=\"watch\" href=\"\(watch)\" target=\"_blank\" rel=\"noreferrer\">Watch these frames.</a>"
    }

    /// A dot and two arcs.
    static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke="#e5a13c" stroke-width="4">
        <rect width="32" height="32" rx="6" fill="#101b33" stroke="none"/><circle cx="7" cy="25" r="2.5"/>
        <path d="M6 14a12 12 0 0 1 12 12M6 6a20 20 0 0 1 20 20"/></svg>
        """

    /// Colors for light and dark mode, then the page from top to bottom.
    static let style = """
        :root { color-scheme: light dark; --ground: #faf5ea; --raised: #fffdf8; --text: #1d2438; --soft: #5a6072;
            --line: #e2d8c3; --accent: #b0432a; --wait: #d9cbb0; --take: #1f7a78; }
        @media (prefers-color-scheme: dark) {
            :root { --ground: #0e1424; --raised: #161e33; --text: #efe8da; --soft: #a3a8b8; --line: #2a3450;
                --accent: #f0a860; --wait: #3a4668; --take: #58b8ae; }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 76rem; padding: 0 clamp(1.1rem, 4vw, 3rem); background: var(--ground);
            color: var(--text); font: 1rem/1.6 system-ui, "Noto Sans", "Liberation Sans", Arial, sans-serif;
            font-variant-numeric: tabular-nums; }
        p, dl, dd, figure { margin: 0; }
        h1, h2, dd { font-family: Charter, Palatino, Georgia, "Liberation Serif", serif; font-weight: 600; line-height: 1.15; }
        h1 { margin: .4rem 0 1rem; font-size: clamp(2rem, 4.6vw, 3.1rem); letter-spacing: -.02em; text-wrap: balance; }
        h2 { margin: 0 0 .4rem; font-size: 1.6rem; }
        header { display: grid; grid-template-columns: minmax(0, 1fr) minmax(16rem, 20rem); gap: clamp(1.75rem, 6vw, 5rem);
            align-items: center; padding: clamp(1.75rem, 4vw, 3rem) 0; }
        a { color: var(--accent); font-weight: 600; }
        .kicker { color: var(--accent); font-weight: 600; }
        header p:last-child, #timing p { max-width: 42rem; color: var(--soft); }
        ol { margin: 0; padding: 0; list-style: none; font-size: .84rem; line-height: 1.4; color: var(--soft); }
        .way b { display: block; color: var(--text); font-size: .95rem; }
        .way li { padding: .6rem 1rem; border: 1px solid var(--line); border-radius: .7rem; background: var(--raised); }
        .way .module { border-color: var(--accent); box-shadow: inset 4px 0 0 var(--accent); }
        .way .link { margin-left: 1.4rem; padding: .45rem 0 .45rem 1rem; border: 0; border-left: 2px dotted var(--accent);
            border-radius: 0; background: none; }
        progress { display: block; width: 100%; height: 4px; border: 0; appearance: none; background: var(--line); }
        progress::-webkit-progress-bar { background: var(--line); }
        progress::-webkit-progress-value { background: var(--accent); }
        progress::-moz-progress-bar { background: var(--accent); }
        dl { display: grid; grid-template-columns: repeat(4, 1fr); gap: 1rem 1.5rem; padding: .9rem 0 2rem; }
        dt { color: var(--soft); font-size: .8rem; }
        dd { font-size: 1.4rem; }
        .gallery { display: grid; grid-template-columns: repeat(5, 1fr); gap: 1.7rem 1.35rem; }
        img { display: block; width: 100%; height: auto; border-radius: .6rem; background: var(--line); }
        figcaption { margin-top: .6rem; color: var(--soft); font-size: .82rem; line-height: 1.4; }
        figcaption b { display: block; color: var(--text); font-size: .95rem; }
        #timing { margin-top: 3rem; padding-top: 2rem; border-top: 1px solid var(--line); }
        .key::before { content: ""; display: inline-block; width: .7em; height: .7em; margin-right: .3em;
            background: var(--take); }
        .key.wait::before, #bars .wait { background: var(--wait); }
        #bars { margin-top: 1.2rem; }
        #bars li { display: grid; grid-template-columns: 8.2rem minmax(0, 1fr) 4.2rem; gap: .8rem; align-items: center;
            padding: .2rem 0; }
        #bars .lane { position: relative; height: .8rem; background: var(--raised); }
        #bars i { position: absolute; top: 0; bottom: 0; min-width: 2px; background: var(--take); }
        #bars span:last-child { text-align: right; }
        footer { margin-top: 2.5rem; padding: 1.5rem 0 3rem; border-top: 1px solid var(--line); color: var(--soft); }
        @media (max-width: 60rem) { .gallery { grid-template-columns: repeat(3, 1fr); } }
        @media (max-width: 46rem) {
            header { grid-template-columns: minmax(0, 1fr); }
            dl, .gallery { grid-template-columns: repeat(2, 1fr); }
            .gallery figure:first-of-type { grid-column: 1 / -1; }
            #bars li { grid-template-columns: 6.4rem minmax(0, 1fr) 3.6rem; font-size: .74rem; }
        }

        """

    /// Counts the pictures as they load, then draws the start and end of each request.
    static let script = #"""
        "use strict";
        const byId = (id) => document.getElementById(id);
        const images = Array.from(document.querySelectorAll(".gallery img"));
        let loaded = 0;
        let failed = 0;

        function settle(image) {
            if (image.naturalWidth > 0) { loaded += 1; } else { failed += 1; }
            byId("progress").value = loaded;
            byId("loaded").textContent = `${loaded} of ${images.length}` + (failed ? `, ${failed} failed` : "");
        }
        for (const image of images) {
            if (image.complete) { settle(image); continue; }
            for (const end of ["load", "error"]) { image.addEventListener(end, () => settle(image), { once: true }); }
        }

        const inSeconds = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`);

        function element(name, className, text) {
            const made = document.createElement(name);
            made.className = className;
            made.textContent = text;
            return made;
        }

        function row(entry, begin, total) {
            const lane = element("span", "lane", "");
            for (const [kind, from, to] of [["wait", entry.start, entry.first], ["take", entry.first, entry.end]]) {
                const bar = element("i", kind, "");
                bar.style.left = `${100 * (from - begin) / total}%`;
                bar.style.width = `${100 * (to - from) / total}%`;
                lane.append(bar);
            }
            const item = element("li", "", "");
            item.append(element("span", "", entry.name), lane, element("span", "", inSeconds(entry.end - entry.start)));
            return item;
        }

        function report() {
            const [page] = performance.getEntriesByType("navigation");
            const entries = [page, ...performance.getEntriesByType("resource")].filter((t) => t.responseEnd > 0).map((t) => ({
                name: new URL(t.name).pathname.split("/").pop() || "index.html",
                start: t.requestStart || t.startTime, first: t.responseStart || t.startTime, end: t.responseEnd,
                size: t.encodedBodySize,
            })).sort((a, b) => a.start - b.start);
            // Ends before starts where they have the same time.
            const changes = entries.flatMap((e) => [[e.start, 1], [e.end, -1]]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
            let open = 0;
            const most = changes.reduce((most, change) => Math.max(most, (open += change[1])), 0);
            byId("time").textContent = inSeconds(page.loadEventStart);
            byId("size").textContent = `${(entries.reduce((sum, e) => sum + e.size, 0) / 1e6).toFixed(2)} MB`;
            byId("parallel").textContent = `up to ${most}`;
            const begin = entries[0].start;
            const total = Math.max(...entries.map((e) => e.end)) - begin;
            byId("bars").replaceChildren(...entries.map((entry) => row(entry, begin, total)));
            byId("timing").hidden = false;
        }
        // The times are complete when the load event is over.
        window.addEventListener("load", () => setTimeout(report, 0), { once: true });

        """#
}
