"""busio of CircuitPython: SPI to the coprocessor. There is nothing at the other buses."""

from __future__ import annotations

from typing import Optional

from .. import bus
from ..pins import Pin
from . import board


class SPI(bus.SPI):
    """The bus to the coprocessor, whatever the pins are called."""

    def __init__(
        self, clock: Pin, MOSI: Optional[Pin] = None, MISO: Optional[Pin] = None, half_duplex: bool = False
    ) -> None:
        for pin in (clock, MOSI, MISO):
            if pin is not None and not isinstance(pin, Pin):
                raise TypeError(f"expected a pin of board, got {pin!r}")
        super().__init__(lambda: board.machine().link, is_strict=False)


class _Missing:
    """A bus without anything on it."""

    def __init__(self, *_: object, **__: object) -> None:
        raise NotImplementedError(f"nina_link has no busio.{type(self).__name__}: only the coprocessor is emulated")


class I2C(_Missing):
    """Not there."""


class UART(_Missing):
    """Not there."""
