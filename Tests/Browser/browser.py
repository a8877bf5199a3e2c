#!/usr/bin/env python3
"""Opens a page in a real browser and checks that it has loaded completely.

    python3 browser.py URL --screenshot OUT.png [--min-pictures 12] [--timeout 60]

Starts chromium-headless-shell (Debian package of the same name), drives it over --remote-debugging-pipe, waits until
the page and all its pictures have loaded, and checks:

    loaded       the load event arrived, every picture has loaded, and no request is pending
    console      no console errors, no log entries of level error, no uncaught exceptions
    requests     no request failed, and none was answered with a status of 400 or more
    pictures     every <img> has pixels, and there are at least --min-pictures of them
    connections  the browser used at least --min-connections connections (only if asked for)
    text         the page shows the text given by --expect-text (only if asked for)
    screenshot   a picture of the whole page was written

Prints one line per check, then one line of JSON with everything that was found. The exit status is 0 if all checks
passed, 1 if one failed, and 2 if the arguments are invalid. The browser is killed in any case, after at most --timeout
seconds (plus a moment for cleaning up).

Needs Python 3.9 and its standard library only. As a module:

    from browser import check_page
    report = check_page("http://127.0.0.1:8080/", "page.png", min_pictures=12)
    assert report["ok"], report

The browser runs without its sandbox, which does not work for root or in most containers: open pages of your own only.
"""

import argparse
import base64
import fcntl
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import time

#: Names under which the browser may be installed; the first one found in PATH is taken.
BROWSERS = ("chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome")

#: A loaded page counts as settled after this many seconds without activity.
QUIET = 0.4

#: Evaluated in the page. Lazy pictures are made to load at once.
PROBE = """(() => {
    const images = Array.from(document.images);
    images.forEach((image) => { image.loading = "eager"; });
    return {
        ready: document.readyState,
        title: document.title,
        text: document.body ? document.body.innerText : "",
        images: images.map((image) => ({
            src: image.currentSrc || image.src,
            complete: image.complete,
            width: image.naturalWidth,
            height: image.naturalHeight,
        })),
    };
})()"""


class BrowserError(Exception):
    """The browser failed: it is missing, has ended, or did not answer in time."""


class Browser:
    """A running browser and the pipe to it. Use it in a with statement, whose end kills the browser.

    Messages are JSON objects that end with a zero byte. Commands go to the browser's descriptor 3, and replies and
    events come from its descriptor 4. No wait exceeds the deadline, a value of time.monotonic().
    """

    def __init__(self, deadline, browser=None):
        self.deadline = deadline
        self.on_event = lambda session, method, params: None
        self._program = find_browser(browser)
        self._process = None
        self._profile = None
        self._commands = self._replies = -1
        self._buffer = bytearray()
        self._searched = 0
        self._last_id = 0
        self._results = {}

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def _start(self):
        self._profile = tempfile.mkdtemp(prefix="browser-check-")
        arguments = [
            self._program,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-breakpad",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-default-apps",
            "--disable-extensions",
            "--disable-sync",
            "--hide-scrollbars",
            "--mute-audio",
            "--no-default-browser-check",
            "--no-first-run",
            "--no-proxy-server",
            "--remote-debugging-pipe",
            "--user-data-dir=" + self._profile,
            "about:blank",
        ]
        # The browser's ends get numbers above 3 and 4, to which they are copied in the child. All descriptors here
        # close on exec; only the copies stay open.
        pipes = [_high(end) for end in os.pipe() + os.pipe()]
        their_commands, self._commands, self._replies, their_replies = pipes
        try:
            self._process = os.posix_spawn(
                self._program,
                arguments,
                dict(os.environ, HOME=self._profile),
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 2, self._log(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
                    (os.POSIX_SPAWN_DUP2, their_commands, 3),
                    (os.POSIX_SPAWN_DUP2, their_replies, 4),
                ],
                setpgroup=0,
            )
        except OSError as error:
            raise BrowserError(f"{self._program} could not be started: {error}") from error
        finally:
            os.close(their_commands)
            os.close(their_replies)
        os.set_blocking(self._commands, False)
        os.set_blocking(self._replies, False)

    def _log(self):
        return os.path.join(self._profile, "stderr.log")

    def close(self):
        """Kills the browser with all its helpers, and removes its profile. May be called again."""
        if self._process is not None:
            # It is the leader of its own process group, to which its helpers belong too.
            try:
                os.killpg(self._process, signal.SIGKILL)
            except ProcessLookupError:
                pass
            try:
                os.waitpid(self._process, 0)
            except ChildProcessError:
                pass
            self._process = None
        for end in (self._commands, self._replies):
            if end >= 0:
                os.close(end)
        self._commands = self._replies = -1
        if self._profile is not None:
            # Helpers that are being killed may still write, so that another attempt may be necessary.
            for _ in range(5):
                shutil.rmtree(self._profile, ignore_errors=True)
                if not os.path.exists(self._profile):
                    break
                time.sleep(0.05)
            self._profile = None

    def call(self, method, params=None, session=None):
        """Sends a command and returns its result. Earlier events are passed to on_event."""
        self._last_id += 1
        number = self._last_id
        message = {"id": number, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        self._send(json.dumps(message).encode() + b"\0", method)
        while number not in self._results:
            if not self.pump(self.deadline - time.monotonic()):
                raise BrowserError(f"no answer to {method} in time")
        reply = self._results.pop(number)
        if "error" in reply:
            raise BrowserError(f"{method}: {reply['error'].get('message', reply['error'])}")
        return reply.get("result", {})

    def pump(self, seconds):
        """Handles messages of the browser, waiting up to this many seconds. False on time-out."""
        ready, _, _ = select.select([self._replies], [], [], max(0, seconds))
        if not ready:
            return False
        data = os.read(self._replies, 1 << 20)
        if not data:
            raise BrowserError("the browser ended unexpectedly" + self._last_words())
        self._buffer += data
        while True:
            end = self._buffer.find(b"\0", self._searched)
            if end < 0:
                self._searched = len(self._buffer)
                return True
            message = json.loads(self._buffer[:end].decode("utf-8", "replace"))
            del self._buffer[: end + 1]
            self._searched = 0
            if "id" in message:
                self._results[message["id"]] = message
            else:
                self.on_event(message.get("sessionId"), message["method"], message.get("params", {}))

    def _send(self, data, method):
        while data:
            _, ready, _ = select.select([], [self._commands], [], max(0, self.deadline - time.monotonic()))
            if not ready:
                raise BrowserError(f"{method} could not be sent in time")
            try:
                data = data[os.write(self._commands, data) :]
            except BrokenPipeError as error:
                raise BrowserError("the browser ended unexpectedly" + self._last_words()) from error

    def _last_words(self):
        try:
            with open(self._log(), errors="replace") as log:
                lines = [line.strip() for line in log if line.strip() and "dbus" not in line]
        except OSError:
            return ""
        return ": " + " | ".join(lines[-3:]) if lines else ""


class Watch:
    """Collects the events of one page: errors, requests and their results, connections."""

    def __init__(self):
        self.console = []
        self.failed = []
        self.statuses = {}
        self.connections = set()
        self.received = 0
        self.requests = 0
        self.most_open = 0
        self.loaded = False
        self.crashed = False
        self.changed = time.monotonic()
        self._open = {}

    @property
    def open(self):
        """The addresses of the pending requests."""
        return list(self._open.values())

    def handle(self, _session, method, params):
        """Handles one event."""
        self.changed = time.monotonic()
        action = getattr(self, "_" + method.replace(".", "_"), None)
        if action:
            action(params)

    def _Runtime_consoleAPICalled(self, params):
        if params["type"] in ("error", "assert"):
            words = [str(a.get("value", a.get("description", a.get("type")))) for a in params["args"]]
            self.console.append("console: " + " ".join(words))

    def _Runtime_exceptionThrown(self, params):
        details = params["exceptionDetails"]
        text = details.get("exception", {}).get("description") or details.get("text", "exception")
        self.console.append("exception: " + text)

    def _Log_entryAdded(self, params):
        entry = params["entry"]
        if entry["level"] == "error":
            self.console.append(f"log: {entry['text']} {entry.get('url', '')}".rstrip())

    def _Inspector_targetCrashed(self, _params):
        self.crashed = True

    def _Page_loadEventFired(self, _params):
        self.loaded = True

    def _Network_requestWillBeSent(self, params):
        url = params["request"]["url"]
        if url.startswith(("data:", "blob:", "about:")):
            return
        if "redirectResponse" in params:
            self._note(params["redirectResponse"])
        self.requests += 1
        self._open[params["requestId"]] = url
        self.most_open = max(self.most_open, len(self._open))

    def _Network_responseReceived(self, params):
        self._note(params["response"])

    def _note(self, response):
        if response["url"].startswith(("data:", "blob:", "about:")):
            return
        status = response["status"]
        self.statuses[str(status)] = self.statuses.get(str(status), 0) + 1
        if status >= 400:
            self.failed.append(f"{status} {response['url']}")
        if response.get("connectionId"):
            self.connections.add(response["connectionId"])

    def _Network_loadingFinished(self, params):
        if self._open.pop(params["requestId"], None):
            self.received += int(params.get("encodedDataLength", 0))

    def _Network_loadingFailed(self, params):
        url = self._open.pop(params["requestId"], None)
        if url:
            self.failed.append(f"{params.get('errorText') or 'failed'} {url}")


def find_browser(name=None):
    """The path of the browser: the given one, or the first of BROWSERS. Raises BrowserError if there is none."""
    for candidate in (name,) if name else BROWSERS:
        path = shutil.which(candidate)
        if path:
            return path
    if name:
        raise BrowserError(f"there is no browser {name}")
    raise BrowserError(
        "no browser found (looked for " + ", ".join(BROWSERS) + "); on Debian: apt-get install chromium-headless-shell"
    )


def check_page(
    url,
    screenshot=None,
    min_pictures=12,
    timeout=60.0,
    *,
    size=(1200, 900),
    scheme="light",
    min_connections=0,
    expect_text=None,
    browser=None,
):
    """Opens a page, checks it, and returns a report; see the description of this module for the checks.

    screenshot is the path of the PNG to write, or None for none; size is the browser's window in pixels; scheme is
    "light" or "dark". The report is a dictionary that can be written as JSON:

        ok           whether all checks passed
        checks       a list of {"name", "ok", "detail"} in the order they were made
        title        the title of the page
        pictures     a list of {"src", "complete", "width", "height"}
        console      the errors, as text
        failed       the requests that failed, as text
        statuses     how many answers had each HTTP status
        requests     the number of requests, and most_open the most pending at once
        connections  how many different connections carried the responses
        bytes        how many bytes were received, including headers
        seconds      the time from the request of the page until everything had loaded
        screenshot   the path of the file, if it was written

    Never raises for a fault of the page or the browser: instead a check fails (a fault of the browser: "browser").
    """
    watch = Watch()
    report = {
        "ok": False, "url": url, "checks": [], "title": "", "pictures": [], "console": watch.console,
        "failed": watch.failed, "statuses": watch.statuses, "requests": 0, "most_open": 0, "connections": 0,
        "bytes": 0, "seconds": None, "screenshot": None,
    }

    def check(name, passed, detail):
        # One line each, even if the page's errors contain line breaks.
        report["checks"].append({"name": name, "ok": bool(passed), "detail": " ".join(detail.split())})

    began = time.monotonic()
    deadline = began + timeout
    try:
        with Browser(deadline, browser) as running:
            running.on_event = watch.handle
            session = open_session(running, size, scheme)
            # Reserves time for the screenshot, which is most useful after a failure.
            page, seconds, trouble = _load(running, session, watch, url, deadline - min(8.0, timeout * 0.2))
            report.update(title=page["title"], pictures=page["images"], seconds=seconds)
            report.update(requests=watch.requests, most_open=watch.most_open, bytes=watch.received)
            report.update(connections=len(watch.connections))
            _judge(check, report, watch, page, trouble, min_pictures, min_connections, expect_text)
            if screenshot:
                try:
                    width, height = _capture(running, session, screenshot)
                    report["screenshot"] = screenshot
                    check("screenshot", True, f"{screenshot}, {width} x {height}")
                except (BrowserError, OSError) as error:
                    check("screenshot", False, str(error))
    except BrowserError as error:
        check("browser", False, str(error))
    report["ok"] = all(item["ok"] for item in report["checks"])
    return report


def open_session(running, size, scheme):
    """Opens a tab, enables the required events, and returns the tab's session."""
    target = running.call("Target.createTarget", {"url": "about:blank"})["targetId"]
    session = running.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
    for domain in ("Page", "Runtime", "Log", "Network", "Inspector"):
        running.call(domain + ".enable", session=session)
    running.call("Network.setCacheDisabled", {"cacheDisabled": True}, session)
    metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
    running.call("Emulation.setDeviceMetricsOverride", metrics, session)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    running.call("Emulation.setEmulatedMedia", {"features": features}, session)
    return session


def _load(running, session, watch, url, until):
    """Navigates to the page and waits until it has settled. Returns the result of PROBE, the seconds, and the error."""
    watch.loaded = False
    start = time.monotonic()
    page = {"ready": "", "title": "", "text": "", "images": []}
    # The command is answered when the page starts to load, so it is bounded like the rest.
    whole, running.deadline = running.deadline, until
    try:
        error = running.call("Page.navigate", {"url": url}, session).get("errorText")
        if error:
            return page, None, f"the page did not open: {error}"
        while True:
            page = _evaluate(running, session, PROBE)
            whole_page = watch.loaded and page["ready"] == "complete"
            if whole_page and not watch.open and all(image["complete"] for image in page["images"]):
                if time.monotonic() - watch.changed >= QUIET:
                    return page, round(watch.changed - start, 3), None
            if watch.crashed:
                return page, None, "the page crashed"
            if time.monotonic() >= until - 0.1:
                break
            running.pump(min(0.1, until - time.monotonic()))
    except BrowserError:
        # Only a late answer is the page's fault; other failures are the browser's.
        if time.monotonic() < until:
            raise
    finally:
        running.deadline = whole
    waiting = watch.open or [image["src"] for image in page["images"] if not image["complete"]]
    # Requests aborted from here on are not the page's fault. A loading page cannot be captured.
    running.on_event = lambda *_: None
    running.call("Page.stopLoading", session=session)
    reason = "still waiting for " + ", ".join(waiting[:5]) if waiting else "it did not come to rest"
    return page, None, f"not loaded in {max(0, until - start):.1f} s: {reason}"


def _evaluate(running, session, expression):
    """The value of an expression in the page."""
    answer = running.call("Runtime.evaluate", {"expression": expression, "returnByValue": True}, session)
    if "exceptionDetails" in answer:
        raise BrowserError("the page could not be examined: " + str(answer["exceptionDetails"].get("text")))
    return answer["result"]["value"]


def _judge(check, report, watch, page, trouble, min_pictures, min_connections, expect_text):
    """Makes all checks except for the screenshot."""
    amount = f"{watch.requests} requests, {watch.received} bytes, {len(watch.connections)} connections"
    check("loaded", trouble is None, trouble or f"{report['seconds']:.2f} s, {amount}")
    check("console", not watch.console, "; ".join(watch.console[:5]) or "no errors")
    check("requests", not watch.failed, "; ".join(watch.failed[:5]) or "none failed")

    images = page["images"]
    broken = [image["src"] for image in images if image["width"] <= 0]
    enough = len(images) >= min_pictures
    detail = f"{len(images) - len(broken)} of {len(images)} have pixels, {min_pictures} wanted"
    check("pictures", enough and not broken, detail + ("; broken: " + ", ".join(broken[:5]) if broken else ""))

    if min_connections:
        count = len(watch.connections)
        check("connections", count >= min_connections, f"{count} used, {min_connections} wanted")
    if expect_text:
        shown = " ".join(expect_text.split()) in " ".join(page["text"].split())
        check("text", shown, f"{expect_text!r} is {'shown' if shown else 'not shown'}")


def _capture(running, session, path):
    """Writes a picture of the whole page, and returns its width and height."""
    # Finishes animations instead of capturing them midway.
    _evaluate(running, session, "document.getAnimations().forEach((a) => { try { a.finish(); } catch (e) {} })" + "; 0")
    content = running.call("Page.getLayoutMetrics", session=session)["cssContentSize"]
    # The browser limits the height of a screenshot; this is far above a reasonable page.
    width, height = int(content["width"]), min(int(content["height"]), 16000)
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    options = {"format": "png", "captureBeyondViewport": True, "clip": clip}
    picture = base64.b64decode(running.call("Page.captureScreenshot", options, session)["data"])
    with open(path, "wb") as file:
        file.write(picture)
    return width, height


def _high(descriptor):
    """Replaces a descriptor by a close-on-exec copy with a number of at least 10."""
    copy = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return copy


def _window(text):
    """Reads a window size such as 1200x900."""
    try:
        width, height = (int(part) for part in text.split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError("write the size as 1200x900") from None
    return width, height


def main(arguments=None):
    """Runs the checks of the command line, prints them, and returns the exit status."""
    parser = argparse.ArgumentParser(description="Opens a page in a real browser and checks that it arrived whole.")
    parser.add_argument("url", metavar="URL")
    parser.add_argument("--screenshot", metavar="FILE", help="where to save a picture of the whole page")
    parser.add_argument("--min-pictures", type=int, default=12, metavar="N", help="default: 12")
    parser.add_argument("--min-connections", type=int, default=0, metavar="N", help="default: do not check")
    parser.add_argument("--expect-text", metavar="TEXT", help="text that the page must show")
    parser.add_argument("--timeout", type=float, default=60, metavar="SECONDS", help="for everything; default: 60")
    parser.add_argument("--size", type=_window, default=(1200, 900), metavar="WxH", help="default: 1200x900")
    parser.add_argument("--scheme", choices=("light", "dark"), default="light", help="default: light")
    parser.add_argument("--browser", metavar="PROGRAM", help="default: the first of " + ", ".join(BROWSERS))
    options = parser.parse_args(arguments)

    # SIGTERM must also kill the browser.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    report = check_page(
        options.url,
        options.screenshot,
        options.min_pictures,
        options.timeout,
        size=options.size,
        scheme=options.scheme,
        min_connections=options.min_connections,
        expect_text=options.expect_text,
        browser=options.browser,
    )
    for item in report["checks"]:
        print(f"{'ok  ' if item['ok'] else 'FAIL'} {item['name']}: {item['detail']}")
    print(json.dumps(report))
    return 0 if report["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
