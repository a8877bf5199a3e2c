#!/usr/bin/env python3
"""Makes a page by `nina report` and looks at it in a headless browser: report_in_browser.py PATH-OF-NINA [FOLDER [many]]

The trace has what its author cannot choose: payloads that are HTML, script and control characters, and faults. At 400 and 1,400
pixels, light and dark: no error of the script, nothing wider than the window, the rows are there, payloads are text. Then the
keys and filters. FOLDER gets the screenshots. With `many`, 100,500 commands.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from page import Page, check, finish

HOSTILE = "</script><script>document.title='taken'</script><!--<img src=x onerror=alert(1)>\u202e\u0007"


def frame(number, *fields, wide=False):
    body = bytes([0xE0, number, len(fields)])
    for field in fields:
        body += len(field).to_bytes(2 if wide else 1, "big") + field
    body += b"\xee"
    return body + bytes(-len(body) % 4)


def write_trace(path, rounds):
    """Joins, opens a server, and sends hostile text to a client that was never opened."""
    time = 0
    with open(path, "w") as file:

        def event(**members):
            file.write(json.dumps(members) + "\n")

        def command(number, *fields, reply, wide=False):
            nonlocal time
            time += 100_000
            event(t=time, c=1, event="out", bytes=frame(number, *fields, wide=wide).hex())
            time += 30_000 + number * 500
            event(t=time, c=1, event="in", bytes=frame(number | 0x80, reply).hex())

        event(t=0, c=0, event="time", format=1, unix="1790000000.000000000")
        event(t=0, c=1, event="coprocessor", state="on", firmware="<b>bold</b>", family="arduino", slots=10, address="127.1.0.1")
        event(t=0, c=1, event="reset", boots=1, mode="spi")
        event(t=0, c=1, event="lines", irq=0, reset=1)
        command(0x28, b"\x00\x50", b"\x00", b"\x00", reply=b"\x01")
        for number in range(rounds):
            command(0x20, reply=b"\x03")
            if number % 10 == 0:
                event(t=time, c=1, event="lines", irq=number // 10 % 2)
        command(0x44, b"\x05", HOSTILE.encode(), reply=b"\x01\x00", wide=True)
        event(t=time, c=1, event="failure", text=HOSTILE)


def main():
    nina = sys.argv[1]
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else scratch)
        folder.mkdir(parents=True, exist_ok=True)
        trace, report = pathlib.Path(scratch, "t.jsonl"), pathlib.Path(scratch, "report.html")
        write_trace(trace, 60)
        subprocess.run([nina, "report", trace, "-o", report], check=True, timeout=60)
        check("the report is its user's", report.stat().st_mode & 0o777 == 0o600)
        for width in (400, 1400):
            for scheme in ("light", "dark"):
                with Page(report.as_uri(), (width, 900), scheme) as page:
                    look(page, f"{width} pixels, {scheme}")
                    page.screenshot(folder / f"report-{width}-{scheme}.png")
        with Page(report.as_uri(), (1400, 900), "light") as page:
            use(page)
        if sys.argv[3:] != ["many"]:
            return finish()
        write_trace(trace, 100_500)
        subprocess.run([nina, "report", trace, "-o", report], check=True, timeout=300)
        with Page(report.as_uri(), (1400, 900), "light") as page:
            check_many(page)
    return finish()


def look(page, name):
    check(f"{name}: nothing is wider than the window", page("document.documentElement.scrollWidth <= innerWidth"))
    check(f"{name}: the commands are counted", page("byId('count').textContent") == "62")
    check(f"{name}: rows are drawn", page("document.querySelectorAll('.row').length") > 5)
    check(f"{name}: the picture is drawn", page(
        "byId('lanes').getContext('2d').getImageData(0, 0, byId('lanes').width, byId('lanes').height).data.some((v) => v > 0)"))
    check(f"{name}: faults are marked", page("byId('found').textContent") != "0")
    check(f"{name}: the script has no error", not page.errors, "; ".join(page.errors))


def use(page):
    page.key("/")
    check("/ goes to the search", page("document.activeElement.id") == "text")
    page("(byId('text').value = 'onerror', byId('text').dispatchEvent(new Event('input')), new Promise((done) => setTimeout(done, 400)))")
    check("a payload is found by its text", page("list.shown.map((item) => item.name).join()") == "SEND_DATA,failure")
    check("it is text, and runs nothing", page("document.title") == "t.jsonl – nina report" and page("document.images.length") == 0)
    page.key("Escape")
    check("Escape clears the filters", page("list.shown.length === items.all.length && byId('text').value === ''"))
    page.key("j")
    page.key("j")
    check("j goes to the next command", page("list.shown.indexOf(list.selected)") == 1)
    check("the list says which", page("byId(byId('list').getAttribute('aria-activedescendant')).getAttribute('aria-selected')") == "true")
    page.key("n")
    check("n goes to a finding", page("list.selected.found") > 0 and "stale" in page("byId('detail-body').textContent"))
    page.key("f")
    check("f leaves only findings", page("list.shown.every((item) => item.found)") and page("byId('findings').checked"))
    page.key("f")
    before = page("lanes.to - lanes.from")
    page.key("+")
    check("+ shows less of the time", page("lanes.to - lanes.from") < before)
    page.key("0")
    check("0 shows all of it", page("lanes.from < items.start && lanes.to > items.end"))
    page.key("?")
    check("? lists the keys", page("byId('keys').open"))
    check("using it has no error", not page.errors, "; ".join(page.errors))


def check_many(page):
    check("100,000 commands stay", page("items.commands") == 100_000)
    check("what is left out is said", "left out" in page("byId('note').textContent"))
    check("only the rows that are seen are there", page("document.querySelectorAll('.row').length") < 100)
    page.key("End")
    check("End goes to the last of them", page("list.selected === list.shown.at(-1) && byId('detail-title').textContent.includes('failure')"))
    check("many commands make no error", not page.errors, "; ".join(page.errors))


if __name__ == "__main__":
    sys.exit(main())
