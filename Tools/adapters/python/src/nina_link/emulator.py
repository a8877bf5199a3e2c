"""An emulator process of this program's own."""

from __future__ import annotations

import os
import pathlib
import select
import shutil
import signal
import subprocess
import tempfile
import time
from typing import IO, Dict, List, Optional, Union

from .address import Address, make_private_folder
from .board import Board
from .errors import EmulatorError

#: A socket's path has at most 107 bytes.
LONGEST_PATH = 107
#: What the log says about a host that broke a rule of the link.
VIOLATIONS = ("the host sent a window while a command ran", "the other end broke the link protocol")
#: How many of the log's last lines a message shows.
LAST_LINES = 12


def find_emulator() -> str:
    """The program: NINA_EMULATOR, else `nina-emulator` in PATH."""
    named = os.environ.get("NINA_EMULATOR")
    program = shutil.which(named or "nina-emulator")
    if program is None and named:
        raise EmulatorError(f"NINA_EMULATOR names {named}, which is no program that this user may run")
    if program is None:
        raise EmulatorError("no nina-emulator in PATH: install the package nina, or set NINA_EMULATOR to the program's path")
    return os.path.abspath(program)


class Emulator:
    """nina-emulator on a private socket. It ends with `stop()`, and with this process, however that ends."""

    def __init__(
        self, *options: str, program: Optional[str] = None, folder: Union[None, str, os.PathLike[str]] = None,
        timeout: float = 10.0,
    ) -> None:
        """Starts it and waits until hosts can connect.

        `options` are those of `nina-emulator`; `program` is its path; `folder` is for the log and the socket. Without it the
        socket is in this user's private folder, and the log is a file without a name: nothing is left, whatever happens.
        """
        program = program or find_emulator()
        self._boards: List[Board] = []
        #: The IP address of the first board, where its servers are, known before that is on. The board after it has it again.
        self.address = ""
        self.folder = pathlib.Path(folder).absolute() if folder else None
        #: The log's file; level debug, so that it has each command.
        self.log_file = self.folder / "nina-emulator.log" if self.folder else None
        self._log: Optional[IO[bytes]] = open(self.log_file, "w+b") if self.log_file else tempfile.TemporaryFile()
        self._whole_log = ""  # after the end
        self.socket = self._choose_socket()
        command = [
            program, "--socket", self.socket, "--end-with", str(os.getpid()), "--log-level", "debug", "--keep-address", *options]
        try:
            # Its own session: Ctrl-C is for this program, which then ends it. --end-with is for all other ends.
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._log, start_new_session=True)
        except OSError as error:
            self._log.close()
            raise EmulatorError(f"{program} cannot be started: {os.strerror(error.errno or 0)}", error.errno) from None
        try:
            self._wait_until_ready(timeout)
        except BaseException:
            self.kill()
            raise

    def __enter__(self) -> Emulator:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _choose_socket(self) -> str:
        path = str(self.folder / "nina.sock") if self.folder else ""
        if path and len(os.fsencode(path)) <= LONGEST_PATH:
            return path
        return f"{make_private_folder()}/{os.getpid()}-{id(self):x}.sock"

    def _wait_until_ready(self, timeout: float) -> None:
        """Reads the two lines that it prints: its first board's address, and that hosts can connect."""
        deadline = time.monotonic() + timeout
        self.address = self._read_line("nina-emulator address ", deadline, timeout)
        self._read_line("nina-emulator ready ", deadline, timeout)

    def _read_line(self, start: str, deadline: float, timeout: float) -> str:
        """The rest of its next line, which starts so."""
        output = self._process.stdout
        assert output is not None
        line = b""
        poll = select.poll()
        poll.register(output, select.POLLIN)
        while not line.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                raise EmulatorError(f"the emulator was not ready within {timeout:g} s{self._last_lines()}")
            piece = os.read(output.fileno(), 1)
            if not piece:
                status = self._process.wait(5)
                raise EmulatorError(f"the emulator did not start, status {status}{self._last_lines()}")
            line += piece
        if not line.startswith(start.encode()):
            raise EmulatorError(f"expected '{start.strip()}', got {line!r}: is {self._process.args!r} an emulator?")
        return line.decode(errors="replace").strip()[len(start) :]

    def _last_lines(self) -> str:
        lines = self.log.strip().splitlines()[-LAST_LINES:]
        return ": " + lines[0] if len(lines) == 1 else "".join("\n    " + line for line in ["", *lines] if line)

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def transport(self) -> str:
        """Its transport string, for NINA_TRANSPORT."""
        return f"unix:{self.socket}"

    @property
    def environment(self) -> Dict[str, str]:
        """This process's environment with NINA_SOCKET and NINA_TRANSPORT of this emulator, for a child process."""
        return dict(os.environ, NINA_SOCKET=self.socket, NINA_TRANSPORT=self.transport)

    @property
    def log(self) -> str:
        """What it has logged."""
        if self._log is None:
            return self._whole_log
        descriptor = self._log.fileno()
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode(errors="replace")

    @property
    def violations(self) -> List[str]:
        """The lines of the log about rules of the link that a host broke."""
        return [line for line in self.log.splitlines() if any(words in line for words in VIOLATIONS)]

    def board(self, timeout: float = 5.0) -> Board:
        """A coprocessor, freshly powered on; `stop()` powers it off."""
        board = Board(Address(self.socket), timeout=timeout)
        self._boards.append(board)
        return board

    def stop(self, timeout: float = 5.0) -> int:
        """Ends the process; returns its exit status, 0 normally. May be called again."""
        for board in self._boards:
            board.close()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout)
            except subprocess.TimeoutExpired:
                pass
        self.kill()
        return self._process.returncode

    def kill(self) -> None:
        """Ends the process at once, under its boards, and removes its socket."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._process.returncode == -signal.SIGKILL:
            pathlib.Path(self.socket).unlink(missing_ok=True)
        if self._process.stdout:
            self._process.stdout.close()
        if self._log:
            self._whole_log = self.log
            self._log.close()
            self._log = None
