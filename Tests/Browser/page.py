"""A page in a headless browser that a test uses: expressions, keys, screenshots, errors; and checks that are printed."""

import base64
import time

from browser import Browser, BrowserError, Watch, open_session

_failed = []


def check(name, passed, detail=""):
    """Prints a line, and remembers a failure."""
    print(f"{'ok' if passed else 'FAILED'}  {name}" + (f": {detail}" if detail and not passed else ""), flush=True)
    if not passed:
        _failed.append(name)


def finish():
    """The exit status."""
    if _failed:
        print(f"{len(_failed)} checks have failed")
    return 1 if _failed else 0


class Page:
    """Opens an address, and waits until it has loaded. Use it in a with statement."""

    def __init__(self, url, size, scheme, timeout=90):
        self._url, self._size, self._scheme = url, size, scheme
        self._browser = Browser(time.monotonic() + timeout)
        self._watch = Watch()

    def __enter__(self):
        self._browser.__enter__()
        try:
            self._browser.on_event = self._watch.handle
            self._session = open_session(self._browser, self._size, self._scheme)
            failure = self._browser.call("Page.navigate", {"url": self._url}, self._session).get("errorText")
            if failure:
                raise BrowserError(f"{self._url}: {failure}")
            while not self._watch.loaded:
                if not self._browser.pump(self._browser.deadline - time.monotonic()):
                    raise BrowserError(f"{self._url} has not loaded in time")
            self("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        except BaseException:
            self._browser.close()
            raise
        return self

    def __exit__(self, *_):
        self._browser.close()

    @property
    def errors(self):
        """Errors of the script and of requests."""
        return self._watch.console + self._watch.failed

    def __call__(self, expression):
        """The value of an expression of JavaScript; of a promise what it becomes."""
        parameters = {"expression": expression, "returnByValue": True, "awaitPromise": True}
        result = self._browser.call("Runtime.evaluate", parameters, self._session)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise BrowserError(details.get("exception", {}).get("description") or details.get("text", expression))
        return result["result"].get("value")

    def wait(self, expression, seconds=30):
        """Waits until an expression is true. False when the time is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self(expression):
                return True
            self._browser.pump(0.05)
        return False

    def key(self, key):
        """Presses a key."""
        parameters = {"type": "keyDown", "key": key}
        if len(key) == 1:
            parameters["text"] = key
        self._browser.call("Input.dispatchKeyEvent", parameters, self._session)
        self._browser.call("Input.dispatchKeyEvent", {"type": "keyUp", "key": key}, self._session)

    def screenshot(self, path):
        """Writes what the window shows as PNG."""
        picture = self._browser.call("Page.captureScreenshot", {"format": "png"}, self._session)["data"]
        path.write_bytes(base64.b64decode(picture))
