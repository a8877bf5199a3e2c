"""Checks the decoders of Tools/decoders with sigrok-cli, tshark and a stand-in for Logic 2, on recordings of real drivers and firmware."""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

import checks
import comparison
import connections
from decoded import Failure

CHECKS = comparison.CHECKS | connections.CHECKS | checks.CHECKS


def main():
    parser = argparse.ArgumentParser(prog="Tests/Decoders/run", description=__doc__, allow_abbrev=False)
    parser.add_argument("--nina", metavar="PATH", type=pathlib.Path, help="compare with this program's 'nina decode', too")
    parser.add_argument("--only", metavar="CHECK", help="the checks whose names contain this")
    options = parser.parse_args()
    chosen = {name: check for name, check in CHECKS.items() if (options.only or "") in name}
    if not chosen:
        parser.error(f"no check has '{options.only}' in its name; checks are: {', '.join(CHECKS)}")
    failures = 0
    with tempfile.TemporaryDirectory(prefix="nina-decoders-") as folder:
        for name, check in chosen.items():
            start = time.monotonic()
            try:
                note = check(pathlib.Path(folder), options)
                print(f"ok      {name}: {note} ({time.monotonic() - start:.1f} s)", flush=True)
            except (Failure, subprocess.TimeoutExpired, FileNotFoundError) as failure:
                print(f"FAILED  {name}: {failure}", flush=True)
                failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
