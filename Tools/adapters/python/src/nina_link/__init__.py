"""A program or driver for CircuitPython, on a PC, with an emulated Wi-Fi coprocessor.

    from nina_link import Board
    board = Board()
    esp = ESP_SPIcontrol(board.spi, board.cs, board.ready, board.reset, board.gpio0)

`python -m nina_link code.py` runs a whole program, and the fixture `nina` of the plug-in for pytest has an emulator for each test.

Importing this package makes the drivers importable: where neither Blinka nor anything else provides `busio`, `digitalio` or
`micropython`, its own are found; and `OSError(number)` in the libraries of CircuitPython has that `errno`, as it has on a board.
"""

from ._version import __version__
from .address import Address
from .board import Board
from .bus import SPI
from .circuitpython import provide_missing
from .emulator import Emulator
from .errnos import install as _install_errnos
from .errors import (
    AddressError,
    EmulatorError,
    LinkClosedError,
    LinkError,
    LinkTimeoutError,
    MisuseError,
    NoEmulatorError,
    NotTrustedError,
    ProtocolError,
    ThreadError,
)
from .link import Link
from .pins import DigitalInOut, Direction, DriveMode, Pull

__all__ = [
    "SPI", "Address", "AddressError", "Board", "DigitalInOut", "Direction", "DriveMode", "Emulator", "EmulatorError", "Link",
    "LinkClosedError", "LinkError", "LinkTimeoutError", "MisuseError", "NoEmulatorError", "NotTrustedError", "ProtocolError",
    "Pull", "ThreadError", "__version__",
]

_install_errnos()
provide_missing()
