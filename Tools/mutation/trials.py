"""Runs tests of the mutated build: first each suite without a mutant, which shows the mutants that it reaches, then for each
mutant the suites that reach it."""

import concurrent.futures
import contextlib
import os
import pathlib
import re
import resource
import select
import signal
import subprocess
import tempfile
import time

from tree import TESTS

# Test targets that use processes and sockets: run last, and a failure must happen twice to count.
LAST = "EndToEndTests"
ON_LINUX = ["LinuxIOTests", "NINATransportTests", "NINACoprocessorLinuxTests", LAST]
# The test targets of each folder of Sources, which are run first.
OWN = {
    "LinuxBoards": ["LinuxIOTests", "NINATransportTests"],
    "LinuxProcesses": ["LinuxIOTests"],
    "WiFiNINATesting": ["WiFiNINATests"],
    "WiFiNINAFoundation": ["WiFiNINATests"],
}
FAILURE = re.compile(r"^\S+ Test (\S.*?) recorded an issue|^\S+ Test (\S+) failed", re.M)
MEMORY = 12 << 30  # bytes of address space; a mutant may never stop to allocate


def own_tests(folder):
    return OWN.get(folder, [folder + "Tests"])


def stages(suites, folder, is_whole):
    """The suites that reach a mutant, in the groups in which they are run: the folder's own, those in memory, on Linux. The end-to-end
    tests, which take most of the time, are the whole's alone."""
    own = own_tests(folder)
    groups = [[], [], []]
    for suite in suites:
        target = suite.split(".")[0]
        if (target == LAST) == is_whole:
            groups[0 if target in own else 2 if target in ON_LINUX else 1].append(suite)
    return [group for group in groups if group]


running = set()  # processes


def kill(process):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


class Run:
    """One run of some suites."""

    def __init__(self, folder, suites, limit, environment, stops_early=True):
        patterns = "|".join(re.escape(suite) + "/" for suite in suites)
        command = [str(folder / TESTS), "--testing-library", "swift-testing", "--filter", f"^({patterns})"]
        start = time.monotonic()
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                command, cwd=folder, env=dict(os.environ, SWIFT_BACKTRACE="enable=no", **environment), stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=limit_memory)
            running.add(process)
            end = os.pidfd_open(process.pid)
            self.is_late = False
            seen = 0
            try:
                while not select.select([end], [], [], 0.25)[0]:
                    self.is_late = time.monotonic() - start > limit
                    text = os.pread(output.fileno(), 1 << 20, seen)
                    cut = text.rfind(b"\n") + 1
                    seen += cut
                    if self.is_late or (stops_early and FAILURE.search(text[:cut].decode(errors="replace"))):
                        break
            finally:
                os.close(end)
                kill(process)
                self.status = process.wait()
                running.discard(process)
            output.seek(0)
            self.text = output.read().decode(errors="replace")
        self.seconds = time.monotonic() - start
        self.failed = sorted({name for pair in FAILURE.findall(self.text) for name in pair if name})
        self.is_failure = self.is_late or bool(self.failed) or self.status != 0

    @property
    def reason(self):
        if self.is_late:
            return "time"
        return self.failed[0] if self.failed else f"ended with status {self.status}"


def limit_memory():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


class Trials:
    def __init__(self, folder, seed, jobs):
        self.folder = folder
        self.jobs = jobs
        self.is_ending = False
        self.environment = {"NINA_TEST_SEED": str(seed)}
        self.reach = {}  # by suite: the seconds it takes, and the numbers of the mutants that it reaches

    def suites(self):
        output = subprocess.run(
            [str(self.folder / TESTS), "--testing-library", "swift-testing", "--list-tests"], cwd=self.folder, check=True,
            stdout=subprocess.PIPE, text=True).stdout
        return sorted({line.split("/")[0] for line in output.split("\n") if re.match(r"\w+\.\w+/", line)})

    def measure(self, suites):
        """Runs suites without a mutant; returns those that fail, which are not used."""
        failing = []
        for suite, (run, reached) in self.parallel(self.measure_one, [(suite,) for suite in suites]):
            if run.is_failure:
                failing.append((suite, run.reason))
            else:
                self.reach[suite] = (round(run.seconds, 2), reached)
        return failing

    def measure_one(self, suite):
        with tempfile.TemporaryDirectory() as folder:
            # Tests run programs as another user.
            os.chmod(folder, 0o755)
            trace = pathlib.Path(folder) / "trace"
            trace.touch()
            trace.chmod(0o666)
            run = Run(self.folder, [suite], 600, self.environment | {"NINA_MUTANT_TRACE": str(trace)}, stops_early=False)
            if run.is_failure:
                trace.write_text("")
                run = Run(self.folder, [suite], 600, self.environment | {"NINA_MUTANT_TRACE": str(trace)}, stops_early=False)
            return run, sorted({int(line) for line in trace.read_text().split()})

    def attempt(self, number, folder, is_whole):
        """Whether a mutant is killed by the tests before the end-to-end tests, or by these; and why."""
        suites = [suite for suite, (_, reached) in self.reach.items() if number in reached]
        if not suites:
            return False, "no test reaches it"
        environment = self.environment | {"NINA_MUTANT": str(number)}
        for group in stages(sorted(suites, key=lambda suite: self.reach[suite][0]), folder, is_whole):
            if self.is_ending:
                break
            limit = 60 + 5 * sum(self.reach[suite][0] for suite in group)
            run = Run(self.folder, group, limit, environment)
            if run.is_failure and group[0].split(".")[0] in ON_LINUX and not run.is_late:
                run = Run(self.folder, group, limit, environment)
            if run.is_failure:
                return True, run.reason
        return False, f"{len(suites)} suites pass"

    def attempts(self, mutants, is_whole):
        """Tries mutants, a dictionary by number; yields the number and the result of each."""
        jobs = [(number, site.folder, is_whole) for number, site in mutants.items()]
        for number, result in self.parallel(self.attempt, jobs):
            yield number, *result

    def parallel(self, work, jobs):
        """Calls `work` with each tuple of arguments; yields the first argument and the result as each call ends."""
        pool = concurrent.futures.ThreadPoolExecutor(self.jobs)
        self.is_ending = False
        futures = {pool.submit(work, *arguments): arguments[0] for arguments in jobs}
        try:
            for future in concurrent.futures.as_completed(futures):
                yield futures[future], future.result()
        finally:
            # When the tool is ended, what still runs is killed, and nothing follows.
            self.is_ending = True
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(running):
                kill(process)
