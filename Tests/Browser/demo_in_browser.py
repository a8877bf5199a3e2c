#!/usr/bin/env python3
"""Runs `nina demo` and loads its page in a headless browser: demo_in_browser.py PATH-OF-NINA [SCREENSHOT]

Checks that every picture is shown without errors, and that the server itself counted at least four connections open at
the same time.
"""

import os
import re
import subprocess
import sys
import tempfile

from browser import check_page

MIN_PICTURES = 12
MIN_OPEN = 4
SECONDS = "90"


def main() -> int:
    nina = sys.argv[1]
    screenshot = sys.argv[2] if len(sys.argv) > 2 else os.path.join(tempfile.gettempdir(), "nina-demo.png")
    demo = subprocess.Popen([nina, "demo", "--for", SECONDS], stdout=subprocess.PIPE, text=True)
    output = []
    try:
        url = None
        for line in demo.stdout:
            output.append(line)
            found = re.search(r"Open\s+(http://\S+)", line)
            if found:
                url = found.group(1)
                break
        if url is None:
            print("FAILED  the demo printed no address:\n" + "".join(output))
            return 1
        result = check_page(url, screenshot, min_pictures=MIN_PICTURES, timeout=60.0, expect_text="15 of 15")
    finally:
        demo.terminate()
        try:
            output.append(demo.communicate(timeout=15)[0])
        except subprocess.TimeoutExpired:
            demo.kill()
            output.append(demo.communicate()[0])
    text = "".join(output)
    for check in result["checks"]:
        print(f"{'ok' if check['ok'] else 'FAILED'}  {check['name']}: {check['detail']}")
    most = max((int(n) for n in re.findall(r", (\d+) open", text)), default=0)
    ended = re.search(r"served (\d+) requests, at most (\d+) connections open at once", text)
    enough = most >= MIN_OPEN and ended is not None and int(ended.group(2)) == most
    print(f"{'ok' if enough else 'FAILED'}  the server counted {most} connections open at once (at least {MIN_OPEN})")
    print(f"screenshot: {screenshot}")
    if not result["ok"] or not enough:
        print(text)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
