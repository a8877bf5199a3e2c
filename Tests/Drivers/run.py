"""Prepares an environment for each driver version, then runs its checks against nina-emulator."""

import argparse
import os
import signal
import subprocess
import sys
import time

import environments

HERE = os.path.dirname(os.path.abspath(__file__))
DRIVERS = [
    ("requirements.txt", "esp32spi_newest.py"),
    ("requirements-8.4.3.txt", "esp32spi_8.py"),
    ("requirements-3.5.9.txt", "esp32spi_3.py"),
]
SECONDS = 180


def main():
    parser = argparse.ArgumentParser(prog="run", description=__doc__)
    parser.add_argument("emulator", help="path of nina-emulator")
    parser.add_argument("--firmware", default="modern", help="the profile it runs with (modern)")
    parser.add_argument("--only", default="", help="only checks whose title contains this")
    parser.add_argument(
        "--hostile", type=int, default=0, metavar="N", help="send N hostile frames first, through the driver's own link")
    arguments = parser.parse_args()
    emulator = os.path.abspath(arguments.emulator)
    if not os.access(emulator, os.X_OK):
        parser.error(f"{emulator} is not a program")
    pythons = [(environments.python_with(os.path.join(HERE, requirements)), script) for requirements, script in DRIVERS]
    deadline = time.monotonic() + SECONDS
    variables = dict(os.environ, PYTHONPATH=os.path.join(HERE, "stubs"), PYTHONDONTWRITEBYTECODE="1", NO_PROXY="*")
    failed = []
    has_run = False
    for python, script in pythons:
        command = [python, os.path.join(HERE, script), emulator, arguments.firmware, arguments.only, str(arguments.hostile)]
        child = subprocess.Popen(command, env=variables, start_new_session=True)
        try:
            status = child.wait(max(1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            print(f"FAILED {script}: the checks exceeded {SECONDS} s", flush=True)
            status = 1
        finally:
            if child.poll() is None:  # together with the emulator that it has started
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        has_run = has_run or status != 120
        if status not in (0, 120):
            failed.append(script)
    if not has_run:
        parser.error(f"no check is called '{arguments.only}'")
    print("failed: " + ", ".join(failed) if failed else "all driver checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
