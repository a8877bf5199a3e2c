"""supervisor of CircuitPython."""

from __future__ import annotations

import time
from typing import NoReturn

from . import microcontroller

_START = time.monotonic_ns()


class Runtime:
    """The state of the board."""

    serial_connected = True
    serial_bytes_available = 0
    usb_connected = True
    autoreload = False
    run_reason = "startup"


runtime = Runtime()


def ticks_ms() -> int:
    """Milliseconds modulo 2**29. As on a board it passes zero 65 seconds after the start."""
    return ((1 << 29) - 65_536 + (time.monotonic_ns() - _START) // 1_000_000) % (1 << 29)


def reload() -> NoReturn:
    """Ends the program with status 4."""
    microcontroller.end("supervisor.reload()")


def set_next_code_file(filename: object, **_: object) -> None:
    """Has no effect."""
