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
import samples
from decoded import Failure
from recordings import all_exchanges

CHECKS = comparison.CHECKS | connections.CHECKS | checks.CHECKS


def write(folder):
    """A recording of a firmware: it joins a network, connects, sends and receives; as VCD and as pcapng."""
    scenarios = ("join-wpa2: ", "tcp-client: ")
    exchanges = [exchange for exchange in all_exchanges()["firmware"] if exchange.name.startswith(scenarios)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nina.vcd").write_text(samples.vcd(samples.of(samples.windows(exchanges))))
    comparison.trace(exchanges, "arduino", folder / "nina.pcapng")
    print(f"{folder / 'nina.vcd'} and {folder / 'nina.pcapng'}: {len(exchanges)} commands")


def main():
    parser = argparse.ArgumentParser(prog="Tests/Decoders/run", description=__doc__, allow_abbrev=False)
    parser.add_argument("--nina", metavar="PATH", type=pathlib.Path, help="compare with this program's 'nina decode', too")
    parser.add_argument("--only", metavar="CHECK", help="the checks whose names contain this")
    parser.add_argument("--write", metavar="FOLDER", type=pathlib.Path, help="write a recording to try them with")
    options = parser.parse_args()
    if options.write:
        write(options.write)
        return 0
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
