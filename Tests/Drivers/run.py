"""Prepares an environment for each driver version, then runs its checks against nina-emulator.

The jobs run three at a time, because they mostly wait; each prints its lines when it has ended.
"""

import argparse
import concurrent.futures
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

import environments

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.dirname(environments.PACKAGE)
# A driver's packages and the checks of all that it offers.
DRIVERS = [
    ("requirements.txt", "esp32spi_newest.py"),
    ("requirements-9.0.4.txt", "esp32spi_8.py"),
    ("requirements-8.4.3.txt", "esp32spi_8.py"),
    ("requirements-3.5.9.txt", "esp32spi_3.py"),
]
# The drivers that the programs run on, each without and with Blinka.
PROGRAMS = ["requirements.txt", "requirements-9.0.4.txt", "requirements-8.4.3.txt"]
# What a second profile runs (--also): the rest of the older drivers' checks, and Blinka, do not depend on the firmware.
ALSO = [("requirements.txt", "esp32spi_newest.py"), ("requirements-3.5.9.txt", "esp32spi_3.py")]
ALSO_PROGRAMS = ["requirements.txt"]
PYTEST = ["-m", "pytest", "-q", "-p", "no:cacheprovider"]
NOTHING_TO_DO = 120
AT_A_TIME = 3
# Two quiet cores need 130; a build beside it may take most of both.
SECONDS = 400


class Job:
    """A command in an environment."""

    def __init__(self, name, requirements, command, folder=HERE, **variables):
        self.name = name
        self.requirements = [os.path.join(HERE, file) for file in requirements]
        self._command, self._folder, self._variables = command, folder, variables
        self.child = None

    def run(self, deadline, folder):
        """Its exit status and its output. The folder is for its temporary files."""
        python = environments.python_with(*self.requirements)
        variables = dict(
            os.environ, PYTHONPATH=environments.PACKAGE, PYTHONDONTWRITEBYTECODE="1", NO_PROXY="*", TMPDIR=folder,
            **self._variables)
        child = subprocess.Popen(
            [python, *self._command], env=variables, cwd=self._folder, start_new_session=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        self.child = child
        try:
            output, _ = child.communicate(timeout=max(1, deadline - time.monotonic()))
            return child.returncode, output
        except subprocess.TimeoutExpired:
            self.kill()
            output, _ = child.communicate()
            return 1, f"{output}FAILED {self.name}: the checks exceeded {SECONDS} s\n"

    def kill(self):
        """Ends it with all that it has started."""
        if self.child and self.child.poll() is None:
            os.killpg(self.child.pid, signal.SIGKILL)


def jobs(arguments, emulator):
    """All jobs, the longest ones first."""
    yield from checks(arguments, emulator, arguments.firmware, DRIVERS)
    if arguments.also:
        yield from checks(arguments, emulator, arguments.also, ALSO)
    if arguments.only or arguments.hostile:
        return
    yield from programs(emulator, arguments.firmware, PROGRAMS, ["no", "yes"])
    if arguments.also:
        yield from programs(emulator, arguments.also, ALSO_PROGRAMS, ["no"])
    tools = ["requirements-package.txt", "requirements-pytest.txt"]
    if arguments.firmware == "modern":
        yield Job("nina-link's own tests", tools, PYTEST, PACKAGE, NINA_EMULATOR=emulator)
        yield Job("nina-link's types", tools, ["-m", "mypy", "--cache-dir", os.devnull], PACKAGE)


def checks(arguments, emulator, firmware, drivers):
    for requirements, script in drivers:
        yield Job(
            f"{script} ({requirements}) on {firmware}", [requirements],
            [os.path.join(HERE, script), emulator, firmware, arguments.only, str(arguments.hostile)])


def programs(emulator, firmware, drivers, with_blinka):
    for requirements in drivers:
        for blinka in with_blinka:
            files = [requirements, "requirements-pytest.txt"] + ["requirements-blinka.txt"] * (blinka == "yes")
            yield Job(
                f"programs ({requirements}, Blinka: {blinka}) on {firmware}", files, [*PYTEST, os.path.join(HERE, "programs")],
                NINA_EMULATOR=emulator, NINA_TEST_FIRMWARE=firmware, NINA_TEST_BLINKA=blinka)


def run(work, folder):
    """Runs all jobs; returns their statuses."""
    deadline = time.monotonic() + SECONDS
    printing = threading.Lock()

    def do(job):
        begin = time.monotonic()
        status, output = job.run(deadline, folder)
        if status != NOTHING_TO_DO:
            with printing:
                print(f"{output.rstrip()}\n-- {job.name}: {time.monotonic() - begin:.0f} s", flush=True)
        return status

    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        try:
            return [done.result() for done in [pool.submit(do, job) for job in work]]
        except BaseException:  # Ctrl-C
            pool.shutdown(wait=False, cancel_futures=True)
            for job in work:
                job.kill()
            raise


def main():
    parser = argparse.ArgumentParser(prog="run", description=__doc__.partition("\n")[0])
    parser.add_argument("emulator", help="path of nina-emulator")
    parser.add_argument("--firmware", default="modern", help="the profile it runs with (modern)")
    parser.add_argument(
        "--also", metavar="PROFILE", help="run what may differ by firmware on this profile, too, and not the rest")
    parser.add_argument("--only", default="", help="only checks of drivers whose title contains this")
    parser.add_argument(
        "--hostile", type=int, default=0, metavar="N", help="send N hostile frames first, through the driver's own link")
    arguments = parser.parse_args()
    emulator = os.path.abspath(arguments.emulator)
    if not os.access(emulator, os.X_OK):
        parser.error(f"{emulator} is not a program")
    work = list(jobs(arguments, emulator))
    for job in work:  # one after the other, because they share environments
        environments.python_with(*job.requirements)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="nina-drivers-") as folder:
        statuses = run(work, folder)
    failed = [job.name for job, status in zip(work, statuses) if status not in (0, NOTHING_TO_DO)]
    if set(statuses) == {NOTHING_TO_DO}:
        parser.error(f"no check is called '{arguments.only}'")
    print("failed: " + ", ".join(failed) if failed else "all driver checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
