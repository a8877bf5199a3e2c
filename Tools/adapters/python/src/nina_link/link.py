"""The link: the messages of the emulator's socket, the chip's lines, and chip-select windows.

READY is low while a transaction is queued and the chip is not selected; it is high from the selection until the next
transaction is queued. The bytes that a window clocks out were queued before it; zeros follow them.
"""

from __future__ import annotations

import contextlib
import errno
import math
import os
import threading
import time
from typing import Iterator, Optional, Union

from .address import Address
from .errors import LinkTimeoutError, MisuseError, ThreadError
from .stream import GREETING, HELLO, IRQ, PINS, QUEUED, WINDOW, Message, MessageStream

#: The longest window that a message can carry.
LONGEST_WINDOW = 0xFFFF
#: How long a read of READY or IRQ waits for a change, in milliseconds: a program that polls a line must not spin.
PAUSE = 1


class Link:
    """One coprocessor, freshly powered on, until `close()`.

    It belongs to the thread that uses it first, because a command of one thread between the two windows of another's would
    break both; `adopt()` gives it to the thread that calls.
    """

    def __init__(self, where: Union[None, str, os.PathLike[str], Address] = None, *, timeout: float = 5.0) -> None:
        """Connects and waits until the coprocessor is up, both within `timeout` seconds.

        `where`: a transport string (`unix:PATH[,uid=N|any]`), a path, or None for NINA_TRANSPORT, then NINA_SOCKET, then the
        default socket of an emulator.
        """
        deadline = time.monotonic() + timeout
        self.address = Address.of(where)
        #: The number of windows sent.
        self.windows = 0
        self._owner: Optional[threading.Thread] = None
        self._boots: Optional[int] = None  # of the current boot: QUEUED of other boots is ignored
        self._is_up = False
        self._irq = False
        self._queued: Optional[bytes] = None  # the MISO bytes of the next window; None while the chip is busy
        self._window: Optional[bytearray] = None  # the MOSI bytes of the window under way
        self._miso = b""
        self._last = b""  # the start of the last command, for messages
        self._reset, self._gpio0, self._selected = True, True, False
        self._stream = MessageStream(self.address, timeout)
        try:
            self._stream.send(HELLO, GREETING)
            if not self._wait(deadline):
                silent = "" if self._stream.is_greeted else ", and did not greet: is it an emulator?"
                raise LinkTimeoutError(
                    f"{self.address}: the coprocessor did not come up within {timeout:g} s{silent}", errno.ETIMEDOUT)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Link:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Powers the coprocessor off. May be called again, and by any thread."""
        self._stream.close()

    def adopt(self) -> None:
        """From now on the link belongs to the calling thread. The other one must have finished its command."""
        self._owner = threading.current_thread()

    # Lines

    @property
    def is_ready(self) -> bool:
        """Whether READY is low: the chip can be selected. While it is high, waits a millisecond for a change."""
        self._check_thread()
        if self._selected:
            return False
        self._receive(0 if self._queued is not None else PAUSE)
        return self._queued is not None

    @property
    def irq(self) -> bool:
        """The level of IRQ. While it is low, waits a millisecond for a change."""
        self._check_thread()
        self._receive(0)
        if not self._irq:
            self._receive(PAUSE)
        return self._irq

    @property
    def boots(self) -> int:
        """How often the chip has booted on this link, modulo 64: 1 after power-on."""
        return self._boots or 0

    @property
    def is_selected(self) -> bool:
        """Whether chip select is low."""
        return self._selected

    @property
    def is_running(self) -> bool:
        """Whether the chip is not held in reset."""
        return self._reset

    def drive_reset(self, level: bool) -> None:
        """Low holds the chip in reset, the rise boots it."""
        self._check_thread()
        if level == self._reset:
            return
        self._reset = level
        if level:
            self._boots = (self.boots + 1) % 64
        else:
            self._queued = self._window = None
            self._irq = self._is_up = False
        self._send_pins()

    def drive_gpio0(self, level: bool) -> None:
        """The level of GPIO0, which the host drives at a reset only."""
        self._check_thread()
        if level != self._gpio0:
            self._gpio0 = level
            self._send_pins()

    def drive_chip_select(self, level: bool) -> None:
        """Low begins a window, high ends it. In reset it chooses the boot mode instead: low is Bluetooth."""
        self._check_thread()
        if level != self._selected:
            return
        self._selected = not level
        if not self._reset:
            self._send_pins()
        elif level:
            self._end_window()
        else:
            self._begin_window()

    def reset(self, timeout: float = 5.0) -> None:
        """Resets the chip and waits until it is up."""
        with self._within(timeout) as deadline:
            self.drive_reset(False)
            self.drive_chip_select(True)
            self.drive_reset(True)
            if not self._wait(deadline):
                raise LinkTimeoutError(f"{self.address}: the chip is not up {timeout:g} s after its reset", errno.ETIMEDOUT)

    # Windows

    def select(self, timeout: float = 10.0) -> None:
        """Waits for READY low and begins a window."""
        self._select(time.monotonic() + timeout, timeout)

    def _select(self, deadline: float, timeout: float) -> None:
        self._check_thread()
        if self._selected or not self._reset:
            raise MisuseError("selected while " + ("a window is open" if self._selected else "the chip is held in reset"))
        if not self._wait(deadline):
            command = f" after the command {self._last.hex(' ')}" if self._last else ""
            raise LinkTimeoutError(f"{self.address}: READY stayed high for {timeout:g} s{command}", errno.ETIMEDOUT)
        self.drive_chip_select(False)

    def transfer(self, mosi: Union[bytes, bytearray, memoryview]) -> bytes:
        """Clocks these bytes out; returns as many that came in meanwhile."""
        self._check_thread()
        if self._window is None:
            raise MisuseError(
                "bytes were clocked although READY was high when chip select fell: wait until READY is low"
                if self._selected else "bytes were clocked while chip select is high")
        start, count = len(self._window), memoryview(mosi).nbytes
        if start + count > LONGEST_WINDOW:
            raise MisuseError(f"a window of more than {LONGEST_WINDOW} bytes: {count} more after {start}")
        self._window += mosi
        miso = self._miso[start : start + count]
        return miso + bytes(count - len(miso))

    def deselect(self) -> None:
        """Ends the window."""
        self.drive_chip_select(True)

    def exchange(self, command: Union[bytes, bytearray, memoryview], timeout: float = 10.0) -> bytes:
        """Both windows of a command; returns the reply as queued, with its padding."""
        with self._within(timeout) as deadline:
            self._select(deadline, timeout)
            self.transfer(command)
            self.deselect()
            self._select(deadline, timeout)
            reply = self.transfer(bytes(len(self._miso)))
            self.deselect()
            return reply

    @contextlib.contextmanager
    def _within(self, timeout: float) -> Iterator[float]:
        """The deadline of a call, which the sends in it keep too."""
        self._stream.deadline = deadline = time.monotonic() + timeout
        try:
            yield deadline
        finally:
            self._stream.deadline = None

    def _begin_window(self) -> None:
        # A fall while READY is high does no harm until bytes are clocked: drivers do it when they set the pin's direction.
        self._receive(0)
        if self._queued is not None:
            self._miso, self._queued = self._queued, None
            self._window = bytearray()

    def _end_window(self) -> None:
        if self._window is not None:
            window, self._window = bytes(self._window), None
            self._last = window[:4] if window[:1] == b"\xe0" else self._last
            self.windows += 1
            self._stream.send(WINDOW, window)

    # Messages

    def _check_thread(self) -> None:
        thread = threading.current_thread()
        if self._owner is thread:
            return
        if self._owner is not None and self._owner.is_alive():
            raise ThreadError(
                f"the board belongs to the thread '{self._owner.name}', and '{thread.name}' uses it too: "
                "use a board in one thread only, or call its adopt() in the thread that takes it over")
        self._owner = thread

    def _send_pins(self) -> None:
        self._stream.send(PINS, bytes([self._reset | self._gpio0 << 1 | self._selected << 2]))

    def _wait(self, deadline: float) -> bool:
        """Waits for READY low."""
        self._receive(0)
        while self._queued is None:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._receive(math.ceil(left * 1000))
        return True

    def _receive(self, milliseconds: int) -> None:
        """Handles the messages that are there; waits this long for the first."""
        for message in self._stream.receive(milliseconds):
            if message.kind == QUEUED:
                self._handle_queued(message)
            elif message.kind == IRQ and not message.payload:
                if self._is_up:
                    self._irq = bool(message.flags & 1)
            else:
                length = len(message.payload)
                raise self._stream.violation(f"expected QUEUED or IRQ, got type {message.kind:02X} with {length} bytes")

    def _handle_queued(self, message: Message) -> None:
        boots = message.flags >> 2
        if self._boots is None:
            self._boots = boots
        ahead = (boots - self._boots) % 64
        if not self._reset or ahead >= 32 or (ahead and message.flags & 2):
            return  # from before a reset
        if ahead:
            self._restarted(boots)
            if self._window is not None:
                return  # its bytes will be the first command
        if not message.flags & 2 and message.payload:
            raise self._stream.violation(f"{len(message.payload)} bytes to read where a command is expected")
        if self._queued is not None or self._window is not None:
            raise self._stream.violation("a second transaction was queued")
        self._is_up = True
        self._queued, self._irq = message.payload, bool(message.flags & 1)

    def _restarted(self, boots: int) -> None:
        """The chip has started by itself, as after a break-down of its supply. Wires tell nobody: what was under way is lost."""
        self._boots = boots
        self._queued, self._miso, self._irq, self._is_up = None, b"", False, True
