/// The style sheet of the page.
enum Style {
    /// Colours for light and dark surroundings, then the page from top to bottom.
    static let css = #"""
        :root {
            color-scheme: light dark;
            --ground: #faf5ea;
            --raised: #fffdf8;
            --text: #1d2438;
            --soft: #5a6072;
            --line: #e2d8c3;
            --accent: #b0432a;
            --wait: #d9cbb0;
            --take: #1f7a78;
            --shadow: 0 1px 2px rgb(60 40 20 / 10%), 0 8px 24px -12px rgb(60 40 20 / 28%);
            --serif: "Iowan Old Style", Charter, "Palatino Linotype", Palatino, "URW Palladio L", Georgia,
                "Liberation Serif", serif;
            --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans",
                Arial, sans-serif;
        }
        @media (prefers-color-scheme: dark) {
            :root {
                --ground: #0e1424;
                --raised: #161e33;
                --text: #efe8da;
                --soft: #a3a8b8;
                --line: #2a3450;
                --accent: #f0a860;
                --wait: #3a4668;
                --take: #58b8ae;
                --shadow: 0 1px 2px rgb(0 0 0 / 40%), 0 10px 28px -12px rgb(0 0 0 / 70%);
            }
        }
        *, ::before, ::after { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body {
            margin: 0 auto;
            max-width: 76rem;
            padding: 0 clamp(1.1rem, 4vw, 3rem);
            background: var(--ground);
            color: var(--text);
            font: 1rem/1.6 var(--sans);
            font-variant-numeric: tabular-nums;
        }
        p { margin: 0; text-wrap: pretty; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
        .skip { position: absolute; left: -100vw; padding: .5rem 1rem; background: var(--raised); color: var(--accent); }
        .skip:focus { left: 1rem; top: 1rem; z-index: 1; }
        .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }

        .top {
            display: grid;
            grid-template-columns: minmax(0, 1fr) minmax(16rem, 20rem);
            gap: clamp(2rem, 6vw, 5rem);
            align-items: center;
            padding: clamp(2.25rem, 5vw, 3.5rem) 0 clamp(1.75rem, 3.5vw, 2.5rem);
        }
        .kicker {
            color: var(--accent);
            font-size: .78rem;
            font-weight: 600;
            letter-spacing: .11em;
            text-transform: uppercase;
        }
        h1 {
            margin: .35rem 0 1rem;
            font: 600 clamp(2.3rem, 5.4vw, 3.6rem)/1.06 var(--serif);
            letter-spacing: -.022em;
            text-wrap: balance;
        }
        .lede { margin-bottom: .85rem; max-width: 36rem; font: 1.22rem/1.45 var(--serif); }
        .intro p:last-child { max-width: 40rem; color: var(--soft); font-size: .94rem; }

        .journey { margin: 0; padding: 0; list-style: none; font-size: .86rem; line-height: 1.4; }
        .journey li:not(.link) {
            padding: .7rem 1rem;
            border: 1px solid var(--line);
            border-radius: .7rem;
            background: var(--raised);
        }
        .journey .gate { border-color: var(--accent); box-shadow: inset 4px 0 0 var(--accent); }
        .journey b, .journey span { display: block; }
        .journey b { font-size: .95rem; }
        .journey span, .journey .link { color: var(--soft); }
        .journey .link { margin-left: 1.4rem; padding: .55rem 0 .55rem 1rem; border-left: 2px dotted var(--accent); }

        .status { padding-bottom: clamp(1.5rem, 3vw, 2.25rem); }
        progress {
            display: block;
            width: 100%;
            height: 4px;
            border: 0;
            border-radius: 2px;
            overflow: hidden;
            appearance: none;
            background: var(--line);
            color: var(--accent);
        }
        progress::-webkit-progress-bar { background: var(--line); }
        progress::-webkit-progress-value { background: var(--accent); transition: inline-size .25s; }
        progress::-moz-progress-bar { background: var(--accent); }
        .status dl { display: grid; grid-template-columns: repeat(4, 1fr); gap: 1rem 1.5rem; margin: .9rem 0 0; }
        dt { color: var(--soft); font-size: .8rem; line-height: 1.3; }
        dd { margin: .1rem 0 0; font: 600 1.4rem/1.25 var(--serif); }
        noscript p { margin-top: 1rem; color: var(--soft); }

        .gallery { display: grid; grid-template-columns: repeat(5, 1fr); gap: 1.9rem 1.35rem; }
        figure { margin: 0; }
        img {
            display: block;
            width: 100%;
            height: auto;
            border-radius: .6rem;
            background: var(--line);
            box-shadow: var(--shadow);
        }
        figcaption { margin-top: .7rem; color: var(--soft); font-size: .82rem; line-height: 1.42; text-wrap: pretty; }
        figcaption b { display: block; color: var(--text); font: 600 1.02rem/1.35 var(--serif); }

        .arrival { margin-top: clamp(2.75rem, 6vw, 4.5rem); padding-top: 2rem; border-top: 1px solid var(--line); }
        h2 { margin: 0 0 .4rem; font: 600 1.6rem/1.2 var(--serif); letter-spacing: -.01em; }
        .arrival p { max-width: 42rem; color: var(--soft); font-size: .94rem; }
        .key { white-space: nowrap; color: var(--text); }
        .key::before {
            content: "";
            display: inline-block;
            width: .7em;
            height: .7em;
            margin-right: .3em;
            border-radius: 2px;
            background: var(--take);
        }
        .key.wait::before { background: var(--wait); }
        #bars { margin: 1.2rem 0 0; padding: 0; list-style: none; font-size: .8rem; line-height: 1.2; }
        #bars li {
            display: grid;
            grid-template-columns: 8.2rem minmax(0, 1fr) 4.2rem;
            gap: .8rem;
            align-items: center;
            padding: .22rem 0;
        }
        #bars .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        #bars .time { color: var(--soft); text-align: right; }
        #bars .lane { position: relative; height: .8rem; border-radius: 3px; background: var(--raised); }
        #bars i { position: absolute; top: 0; bottom: 0; min-width: 2px; border-radius: 2px; }
        #bars .wait { background: var(--wait); }
        #bars .take { background: var(--take); }

        footer {
            margin-top: clamp(2.5rem, 5vw, 4rem);
            padding: 1.5rem 0 3rem;
            border-top: 1px solid var(--line);
            color: var(--soft);
            font-size: .88rem;
        }
        footer p { max-width: 42rem; }

        @media (max-width: 60rem) {
            .gallery { grid-template-columns: repeat(3, 1fr); }
        }
        @media (max-width: 46rem) {
            .top { grid-template-columns: minmax(0, 1fr); gap: 1.75rem; }
            .status dl { grid-template-columns: repeat(2, 1fr); }
        }
        @media (max-width: 34rem) {
            .gallery { grid-template-columns: repeat(2, 1fr); gap: 1.5rem 1rem; }
            .gallery figure:first-of-type { grid-column: 1 / -1; }
            #bars li { grid-template-columns: 6.4rem minmax(0, 1fr) 3.6rem; gap: .6rem; font-size: .74rem; }
        }
        @media (prefers-reduced-motion: no-preference) {
            .gallery img.here { animation: arrive .45s ease-out; }
            @keyframes arrive { from { opacity: 0; transform: translateY(6px); } }
        }

        """#
}
