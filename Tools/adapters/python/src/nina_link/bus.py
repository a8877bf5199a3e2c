"""The bus with the interface of CircuitPython's busio.SPI."""

from __future__ import annotations

from typing import Callable, Optional, Union

from .errors import MisuseError
from .link import Link

Readable = Union[bytes, bytearray, memoryview]
Writable = Union[bytearray, memoryview]


class SPI:
    """The SPI bus of a board, on which the chip is the device.

    A strict bus refuses bytes while chip select is high. Another lets them pass and reads FF, because they are for another device
    of the same bus, which is not there.
    """

    def __init__(self, link: Callable[[], Link], *, is_strict: bool = True) -> None:
        self._link = link
        self._is_strict = is_strict
        self._locked = False
        self._mode = (0, 0, 8)
        self.frequency = 100_000

    def __enter__(self) -> SPI:
        return self

    def __exit__(self, *_: object) -> None:
        self.deinit()

    def deinit(self) -> None:
        """Releases the bus."""
        self._locked = False

    def try_lock(self) -> bool:
        """Takes the lock of the bus; False if it is taken."""
        if self._locked:
            return False
        self._locked = True
        return True

    def unlock(self) -> None:
        """Releases the lock."""
        self._locked = False

    def configure(self, *, baudrate: int = 100_000, polarity: int = 0, phase: int = 0, bits: int = 8) -> None:
        """Sets the mode. The chip has mode 0 with 8 bits, at any speed."""
        self._check_lock()
        if polarity not in (0, 1) or phase not in (0, 1) or bits not in (8, 9) or baudrate <= 0:
            raise ValueError(f"no such mode: baudrate={baudrate}, polarity={polarity}, phase={phase}, bits={bits}")
        self.frequency, self._mode = baudrate, (polarity, phase, bits)

    def write(self, buffer: Readable, *, start: int = 0, end: Optional[int] = None) -> None:
        """Writes bytes, and drops those read."""
        self._transfer(memoryview(buffer)[start:end])

    def readinto(self, buffer: Writable, *, start: int = 0, end: Optional[int] = None, write_value: int = 0) -> None:
        """Fills the buffer; writes this value meanwhile."""
        view = memoryview(buffer)[start:end]
        view[:] = self._transfer(bytes([write_value]) * len(view))

    def write_readinto(
        self, out_buffer: Readable, in_buffer: Writable, *, out_start: int = 0, out_end: Optional[int] = None,
        in_start: int = 0, in_end: Optional[int] = None,
    ) -> None:
        """Writes one buffer and fills another of the same length."""
        source, target = memoryview(out_buffer)[out_start:out_end], memoryview(in_buffer)[in_start:in_end]
        if len(source) != len(target):
            raise ValueError(f"buffer slices must be of equal length, got {len(source)} and {len(target)}")
        target[:] = self._transfer(source)

    def _check_lock(self) -> None:
        if not self._locked:
            raise RuntimeError("Function requires lock")

    def _transfer(self, data: Readable) -> bytes:
        self._check_lock()
        link = self._link()
        if not self._is_strict and not link.is_selected:
            return b"\xff" * len(data)
        if link.is_selected and self._mode != (0, 0, 8):
            raise MisuseError(f"the bus has (polarity, phase, bits) {self._mode}; the chip has (0, 0, 8)")
        return link.transfer(data)
