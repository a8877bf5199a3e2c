"""A coprocessor with its lines as objects of CircuitPython, for tests of a driver."""

from __future__ import annotations

import os
from typing import Union

from .address import Address
from .bus import SPI
from .link import Link
from .pins import DigitalInOut, Pin


class ChipSelectNet:
    """The chip's CS."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def read(self) -> bool:
        return True

    def drive(self, level: bool) -> None:
        self._link.drive_chip_select(level)


class ReadyNet:
    """The chip's READY, also called BUSY or ACK."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def read(self) -> bool:
        return not self._link.is_ready

    def drive(self, level: bool) -> None:
        """The chip drives it, stronger."""


class ResetNet:
    """The chip's RESET."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def read(self) -> bool:
        return True

    def drive(self, level: bool) -> None:
        self._link.drive_reset(level)


class GPIO0Net:
    """The chip's GPIO0: driven by the host at a reset, then the IRQ line."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def read(self) -> bool:
        return self._link.irq

    def drive(self, level: bool) -> None:
        self._link.drive_gpio0(level)


class Board:
    """One coprocessor, powered on until `close()`:

        with Board() as board:
            esp = ESP_SPIcontrol(board.spi, board.cs, board.ready, board.reset, board.gpio0)
    """

    def __init__(self, where: Union[None, str, os.PathLike[str], Address] = None, *, timeout: float = 5.0) -> None:
        """Connects as `Link` does."""
        self.link = link = Link(where, timeout=timeout)
        self.spi = SPI(lambda: link)
        self.cs = DigitalInOut(Pin("ESP_CS", ChipSelectNet(link)))
        self.ready = DigitalInOut(Pin("ESP_BUSY", ReadyNet(link)))
        self.reset = DigitalInOut(Pin("ESP_RESET", ResetNet(link)))
        self.gpio0 = DigitalInOut(Pin("ESP_GPIO0", GPIO0Net(link)))

    def __enter__(self) -> Board:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Powers the coprocessor off."""
        self.link.close()

    def adopt(self) -> None:
        """From now on the board belongs to the calling thread; see `Link`."""
        self.link.adopt()
