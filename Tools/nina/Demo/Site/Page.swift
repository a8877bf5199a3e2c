/// The page.
enum Page {
    /// The whole document, with a figure for each of the pictures.
    static func html(_ pictures: [Picture]) -> String {
        let count = pictures.count
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="description" content="A gallery served through an emulated Wi-Fi coprocessor.">
            <title>Through a Narrow Gate</title>
            <link rel="icon" href="/favicon.ico" sizes="32x32">
            <link rel="stylesheet" href="/style.css">
            <script src="/script.js" defer></script>
            </head>
            <body>
            <a class="skip" href="#gallery">Skip to the pictures</a>
            <header class="top">
            <div class="intro">
            <p class="kicker">A gallery without a network card</p>
            <h1>Through a Narrow&nbsp;Gate</h1>
            <p class="lede">Every byte of this page travelled in the small frames that an Arduino board exchanges with
            its Wi-Fi coprocessor. There is no board, and no coprocessor either.</p>
            <p>The program that serves this page opens no network connection of its own. It packs each answer into
            NINA SPI frames and sends them over a Unix socket to an emulated ESP32, which faces the network in its
            place. Your browser asks for several things at once, and all of it passes through that one gate.</p>
            </div>
            \(journey)
            </header>
            <main>
            \(status(count))
            <section id="gallery" class="gallery" aria-labelledby="gallery-title">
            <h2 id="gallery-title" class="unseen">The pictures</h2>
            \(pictures.map(figure).joined(separator: "\n"))
            </section>
            \(arrival)
            </main>
            <footer>
            <p>The pictures were computed when the server started, from arithmetic and a handful of inks. Nothing
            was read from a disk, and nothing here was fetched from anywhere else.</p>
            </footer>
            </body>
            </html>

            """
    }

    /// The stations between the program and the browser.
    private static let journey = """
        <ol class="journey" aria-label="The way of every byte, from the program to you">
        <li><b>Swift program</b><span>has the page in memory</span></li>
        <li class="link">NINA SPI frames, over a Unix socket</li>
        <li class="gate"><b>Emulated ESP32</b><span>answers as the WiFiNINA firmware would</span></li>
        <li class="link">TCP</li>
        <li><b>Your browser</b><span>notices nothing</span></li>
        </ol>
        """

    /// The figures that the script keeps up to date.
    private static func status(_ count: Int) -> String {
        """
        <section class="status" aria-label="Progress">
        <progress id="progress" max="\(count)" value="0" aria-label="Pictures loaded"></progress>
        <dl>
        <div><dt>Pictures loaded</dt><dd id="loaded" role="status">0 of \(count)</dd></div>
        <div><dt>Page complete after</dt><dd id="time">&hellip;</dd></div>
        <div><dt>Through the gate</dt><dd id="size">&hellip;</dd></div>
        <div><dt>Most at once</dt><dd id="parallel">&hellip;</dd></div>
        </dl>
        <noscript><p>Without scripts the pictures come just the same; only nobody counts them.</p></noscript>
        </section>
        """
    }

    private static func figure(_ picture: Picture) -> String {
        """
        <figure>
        <img src="\(picture.path)" width="\(Canvas.side)" height="\(Canvas.side)" alt="\(picture.description)">
        <figcaption><b>\(picture.title)</b> \(picture.caption)</figcaption>
        </figure>
        """
    }

    /// The section that the script fills with a bar for each request.
    private static let arrival = """
        <section id="arrival" class="arrival" aria-labelledby="arrival-title" hidden>
        <h2 id="arrival-title">How it arrived</h2>
        <p>One line for each request, from left to right as time went by: first the
        <span class="key wait">wait</span> for an answer, then the <span class="key take">bytes</span> coming
        in.</p>
        <ol id="bars"></ol>
        </section>
        """
}
