"""What can go wrong between a program and its coprocessor.

Each error says what was expected, what came, and where; `errno` is the system's number where there is one. None is an OSError:
drivers catch OSError as a failure of the network, and would go on.
"""

from __future__ import annotations

from typing import Optional


class LinkError(Exception):
    """A failure of the link. The classes below are its kinds."""

    errno: Optional[int] = None

    def __init__(self, message: str, errno: Optional[int] = None) -> None:
        super().__init__(message)
        self.errno = errno


class AddressError(LinkError):
    """The text that names the emulator is not one of its forms."""


class NoEmulatorError(LinkError):
    """Nothing answers at the address: no emulator, or it does not let this user in."""


class NotTrustedError(LinkError):
    """Another user listens at the address. Nothing was sent."""


class LinkTimeoutError(LinkError):
    """The time given to a call is over."""


class LinkClosedError(LinkError):
    """The emulator has gone, or this end was closed."""


class ProtocolError(LinkError):
    """The other end sent what the link does not allow."""


class MisuseError(LinkError):
    """This program did what no driver may do, such as clocking bytes without chip select."""


class ThreadError(MisuseError):
    """Two threads use one board."""


class EmulatorError(LinkError):
    """An emulator could not be started, or ended by itself."""
