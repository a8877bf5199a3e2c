"""The messages of the emulator's socket: `type`, `flags`, `length` (16 bits, big endian), and a payload."""

from __future__ import annotations

import errno
import select
import socket
import struct
import time
from typing import Iterator, NamedTuple, Optional

from .address import Address
from .errors import LinkClosedError, LinkTimeoutError, ProtocolError

HELLO, WINDOW, PINS = 0x01, 0x02, 0x03
DEVICE_HELLO, QUEUED, IRQ = 0x81, 0x82, 0x83
GREETING = b"NINA\x01"
GONE = "the emulator has closed the link; its log says why"


class Message(NamedTuple):
    """A message of the device."""

    kind: int
    flags: int
    payload: bytes


class MessageStream:
    """The socket, as messages. The host's greeting is sent at once; the device's is checked here."""

    def __init__(self, address: Address, timeout: float) -> None:
        self.address = address
        self.is_greeted = False
        #: When the current call must end (of time.monotonic); None: a send may take the stream's time-out.
        self.deadline: Optional[float] = None
        self._timeout = timeout
        self._received = bytearray()
        self._why_closed = "the link was closed"
        self._socket: Optional[socket.socket] = address.connect(timeout)
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)

    def close(self) -> None:
        """Closes the socket; may be called again."""
        if self._socket:
            self._socket.close()
            self._socket = None

    def send(self, kind: int, payload: bytes) -> None:
        """Sends a message, until the deadline. A failure closes the stream: the next message would begin inside this one."""
        connection = self._open()
        message = struct.pack(">BBH", kind, 0, len(payload)) + payload
        timeout = self._timeout if self.deadline is None else max(0.001, self.deadline - time.monotonic())
        connection.settimeout(timeout)
        try:
            connection.sendall(message)
        except socket.timeout:
            self._close_after_failure("the link was closed when a message could not be sent whole")
            raise LinkTimeoutError(
                f"{self.address}: the emulator did not take a message of {len(message)} bytes within {timeout:.3g} s, "
                "and the link is closed", errno.ETIMEDOUT) from None
        except OSError as error:
            self._close_after_failure(GONE)
            raise self._gone(error.errno) from None
        except BaseException:  # KeyboardInterrupt
            self._close_after_failure("the link was closed when the sending of a message was interrupted")
            raise

    def receive(self, milliseconds: int) -> Iterator[Message]:
        """The messages that are there; waits this long for the first bytes."""
        connection = self._open()
        if not self._poll.poll(milliseconds):
            return
        try:
            data = connection.recv(1 << 17)
        except OSError as error:
            raise self._gone(error.errno) from None
        if not data:
            raise self._gone(errno.EPIPE)
        self._received += data
        if not self.is_greeted and self._received[0] != DEVICE_HELLO:
            raise self.violation(f"expected the greeting of an emulator, got {bytes(self._received[:9]).hex(' ')}")
        while len(self._received) >= 4:
            kind, flags, length = struct.unpack_from(">BBH", self._received)
            if len(self._received) < 4 + length:
                return
            payload = bytes(self._received[4 : 4 + length])
            del self._received[: 4 + length]
            if self.is_greeted:
                yield Message(kind, flags, payload)
            elif payload != GREETING:
                raise self.violation(f"expected the greeting {GREETING.hex(' ')}, got {payload[:16].hex(' ')}")
            self.is_greeted = True

    def violation(self, what: str) -> ProtocolError:
        """The error for something that the device may not send."""
        return ProtocolError(f"{self.address}: {what}", errno.EPROTO)

    def _open(self) -> socket.socket:
        if self._socket is None:
            raise LinkClosedError(f"{self.address}: {self._why_closed}")
        return self._socket

    def _close_after_failure(self, reason: str) -> None:
        if self._socket:
            self._why_closed = reason
        self.close()

    def _gone(self, number: Optional[int]) -> LinkClosedError:
        return LinkClosedError(f"{self.address}: {GONE}", number)
