#!/usr/bin/env python3
"""Opens the watch page of `nina demo` in a headless browser: watch_in_browser.py PATH-OF-NINA [FOLDER]

The demo's page links to it. It shows the frames that have carried the demo's page, and those of a request made now; it pauses;
its buttons make a fault, end it, and lose the network; nothing of it is an error. FOLDER gets the screenshots.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

from page import Page, check, finish

PORT = 8097


def main():
    nina = sys.argv[1]
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else scratch)
        folder.mkdir(parents=True, exist_ok=True)
        command = [nina, "demo", "--port", str(PORT), "--for", "120"]
        demo = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            site, watch = addresses(demo)
            watch_the_demo(demo, site, watch, folder)
        finally:
            demo.terminate()
            demo.communicate(timeout=30)
    return finish()


def addresses(demo):
    site = watch = None
    for line in demo.stdout:
        if found := re.search(r"Open +(http://\S+)", line):
            site = found.group(1)
        if found := re.search(r"Watch +(http://\S+)", line):
            watch = found.group(1)
            return site, watch
    raise SystemExit("FAILED  the demo printed no addresses")


def fetch(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read().decode()


def watch_the_demo(demo, site, watch, folder):
    html = fetch(site)
    check("the demo's page links to the watch page", f'href="{watch}"' in html)
    for width in (400, 1400):
        for scheme in ("light", "dark"):
            with Page(watch, (width, 900), scheme) as page:
                name = f"{width} pixels, {scheme}"
                check(f"{name}: what was carried before is there", page.wait("items.all.length > 20 && document.querySelectorAll('.row').length > 5"))
                check(f"{name}: the state of the module is there", page.wait("byId('station').textContent.startsWith('lab-net')"))
                check(f"{name}: nothing is wider than the window", page("document.documentElement.scrollWidth <= innerWidth"))
                if width == 400:
                    page("byId('control').scrollIntoView()")
                    page.screenshot(folder / f"watch-{width}-{scheme}-below.png")
                    page("scrollTo(0, 0)")
                page.screenshot(folder / f"watch-{width}-{scheme}.png")
                check(f"{name}: the script has no error", not page.errors, "; ".join(page.errors))
    with Page(watch, (1400, 900), "light") as page:
        check("it is live", page.wait("byId('state').textContent === 'live'"))
        use(page, site)
        check("using it has no error", not page.errors, "; ".join(page.errors))
        demo.terminate()
        check("the page says that the module is gone", page.wait("byId('state').textContent !== 'live'"))


def use(page, site):
    # A command that is seen only now: no page was asked for before under this name.
    sees = "items.all.some((item) => item.line.includes(toHex('GET /watched-now ')))"
    check("a request that was not made is not seen", not page(sees))
    try:
        fetch(site + "watched-now")
    except urllib.error.HTTPError as error:
        check("there is no such page", error.code == 404)
    check("commands are shown as they come", page.wait(sees))

    page.key("p")
    check("p pauses", page("byId('pause').getAttribute('aria-pressed')") == "true")
    before = page("items.all.length")
    check("commands wait while it is paused", page.wait("byId('state').textContent.includes('since')") and page("items.all.length") == before)
    page.key("p")
    check("and come afterwards", page.wait(f"items.all.length > {before} && byId('state').textContent === 'live'"))

    page("(byId('fault').value = 'dns_fails', byId('when').selectedIndex = 2, byId('fault-form').requestSubmit())")
    check("a button makes a fault", page.wait("byId('faults').textContent.startsWith('names not found')"), page("byId('answer').textContent"))
    page("byId('faults').querySelector('button').click()")
    check("another ends it", page.wait("byId('faults').children.length === 0"), page("byId('answer').textContent"))
    page("(byId('network').value = 'lab-net', byId('network-form').requestSubmit())")
    check("the network is lost", page.wait("byId('station').textContent === 'not joined'"), page("byId('answer').textContent"))
    check("the list says so", page("list.shown.some((item) => item.name === 'left')"))


if __name__ == "__main__":
    sys.exit(main())
