"""The plug-in for pytest: the fixture `nina`, an emulator for a test.

    @pytest.mark.nina("--firmware", "adafruit-3.3.0")
    def test_scan(nina):
        board = nina.board()
        esp = ESP_SPIcontrol(board.spi, board.cs, board.ready, board.reset)
        assert esp.scan_networks()

The emulator starts with the first use of the fixture, is the test's own, and has ended after it. A test fails whose driver broke the
rules of the link, or whose emulator ended by itself. When a test fails, the report has the last lines of the emulator's log.
"""

from __future__ import annotations

import pathlib
from typing import Any, Dict, Generator, Iterator, List, Optional

import pytest

from .board import Board
from .emulator import Emulator

#: How many of the log's last lines a report shows.
REPORTED_LINES = 60


class Nina:
    """A test's emulator and its boards."""

    def __init__(self, folder: pathlib.Path, options: List[str]) -> None:
        self._folder = folder
        self._options = options
        self._emulator: Optional[Emulator] = None
        self._was_killed = False

    def options(self, *options: str) -> None:
        """More options of nina-emulator, before it starts."""
        if self._emulator:
            raise RuntimeError("nina.options() comes too late: the emulator runs already")
        self._options += options

    @property
    def emulator(self) -> Emulator:
        """The process."""
        if self._emulator is None:
            self._emulator = Emulator(*self._options, folder=self._folder)
        return self._emulator

    def board(self) -> Board:
        """A coprocessor, freshly powered on; it is powered off after the test."""
        return self.emulator.board()

    @property
    def address(self) -> str:
        """The IP address of the test's first coprocessor, for clients of its servers."""
        return self.emulator.address

    @property
    def transport(self) -> str:
        """The transport string of the emulator's socket."""
        return self.emulator.transport

    @property
    def environment(self) -> Dict[str, str]:
        """The environment for a child process that uses this emulator."""
        return self.emulator.environment

    @property
    def log(self) -> str:
        """What the emulator has logged."""
        return self._emulator.log if self._emulator else ""

    def kill(self) -> None:
        """Ends the emulator by SIGKILL, for a test of what a driver does then."""
        self._was_killed = True
        self.emulator.kill()

    def finish(self) -> Optional[str]:
        """Ends everything; returns what the test must be told."""
        if self._emulator is None:
            return None
        status = self._emulator.stop()
        if self._was_killed:
            return None
        if status:
            return f"the emulator ended with status {status}"
        violations = self._emulator.violations
        return f"the driver broke a rule of the link: {violations[0]}" if violations else None


@pytest.fixture
def nina(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[Nina]:
    """An emulator on a private socket, for this test. Marker: nina("--option", ...)."""
    marks = reversed(list(request.node.iter_markers("nina")))
    nina = Nina(tmp_path, [str(option) for mark in marks for option in mark.args])
    request.node.stash[EMULATOR] = nina
    try:
        yield nina
    finally:
        problem = nina.finish()
    if problem:
        pytest.fail(problem, pytrace=False)


EMULATOR = pytest.StashKey[Nina]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "nina(*options): options of nina-emulator for this test's emulator")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
    outcome = yield
    report: pytest.TestReport = outcome.get_result()
    nina = item.stash.get(EMULATOR, None)
    if report.failed and nina and nina.log:
        lines = nina.log.strip().splitlines()
        skipped = len(lines) - REPORTED_LINES
        head = [f"({skipped} lines before these are in {nina.emulator.log_file})"] if skipped > 0 else []
        report.sections.append(("nina-emulator", "\n".join(head + lines[-REPORTED_LINES:])))
