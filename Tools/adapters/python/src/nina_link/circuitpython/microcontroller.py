"""microcontroller of CircuitPython."""

from __future__ import annotations

import sys
import time
from typing import NoReturn

from ..pins import Pin
from . import board as pin

__all__ = ["Pin", "cpu", "delay_us", "nvm", "on_next_reset", "pin", "reset", "RunMode"]

#: The exit status of a program that resets its board, or reloads itself.
RESET_STATUS = 4


class RunMode:
    """What the board does after a reset."""

    NORMAL = UF2 = SAFE_MODE = BOOTLOADER = "run mode"


class Processor:
    """The processor."""

    frequency = 120_000_000
    temperature = 25.0
    voltage = 3.3
    uid = bytearray(b"nina_link\0\0\0\0\0\0\0")


cpu = Processor()
nvm = bytearray(256)


def delay_us(delay: int) -> None:
    """Waits."""
    time.sleep(delay / 1e6)


def on_next_reset(mode: object) -> None:
    """Has no effect."""


def end(what: str) -> NoReturn:
    """A program that would start again ends here: otherwise a failing one would never end."""
    print(f"nina_link: the program called {what}, and would start again on a board", file=sys.stderr)
    raise SystemExit(RESET_STATUS)


def reset() -> NoReturn:
    """Ends the program with status 4."""
    end("microcontroller.reset()")
