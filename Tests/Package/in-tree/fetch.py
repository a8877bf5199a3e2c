"""fetch.py URL: prints the body; tries again for 20 s while nobody listens."""

import sys
import time
import urllib.error
import urllib.request

deadline = time.monotonic() + 20
while True:
    try:
        with urllib.request.urlopen(sys.argv[1], timeout=20) as reply:
            print(reply.read().decode(errors="replace"))
        break
    except urllib.error.URLError as error:
        if not isinstance(error.reason, ConnectionRefusedError) or time.monotonic() > deadline:
            raise
        time.sleep(0.05)
