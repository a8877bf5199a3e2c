"""A link client with the interfaces of CircuitPython's busio.SPI and digitalio.DigitalInOut, for unmodified drivers.

    board = Board("/path/of/the/socket")
    esp = ESP_SPIcontrol(board.spi, board.cs, board.ready, board.reset, board.gpio0)

The lines behave like the chip's. READY is low while a transaction is queued and the chip is not selected, high from the
moment of selection until the next transaction is queued. The bytes clocked out in a window were queued before the
selection; zeros follow them. Every wait has a deadline; misuse by the host or the device raises LinkError.
"""

import select
import socket
import struct
import time

HELLO, WINDOW, PINS = 0x01, 0x02, 0x03
DEVICE_HELLO, QUEUED, IRQ = 0x81, 0x82, 0x83
GREETING = b"NINA\x01"

INPUT, OUTPUT = "input", "output"


class LinkError(Exception):
    """The link failed, or was misused. Not an OSError, which drivers swallow."""


class Board:
    """One coprocessor and its lines."""

    def __init__(self, path, timeout=5.0):
        self.timeout = timeout
        self.irq = False
        self.windows = 0
        self._queued = None  # the MISO bytes of the next window; None while the chip is busy
        self.selected = False  # is chip select low?
        self._boot = None  # the current boot count: messages of other boots are ignored
        self._is_up = False  # has it queued something?
        self._window = None  # the MOSI bytes of a window under way
        self._miso = b""
        self._position = 0
        self._received = bytearray()
        self._pins = 0b011
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(timeout)
        self._socket.connect(path)
        self._send(HELLO, GREETING)
        self._greeted = False
        self.spi = SPI(self)
        self.cs = ChipSelect(self)
        self.ready = ReadyLine(self)
        self.reset = ResetLine(self)
        self.gpio0 = GPIO0Line(self)
        deadline = time.monotonic() + timeout
        while self._queued is None:
            if time.monotonic() > deadline:
                raise LinkError("the chip did not come up")
            self._poll(0.1)

    def close(self):
        """Powers the chip off."""
        self._socket.close()

    # Messages

    def _send(self, kind, payload=b""):
        try:
            self._socket.sendall(struct.pack(">BBH", kind, 0, len(payload)) + payload)
        except OSError as error:
            raise LinkError(f"the link is broken: {error}") from error

    def _poll(self, timeout):
        """Processes received messages; waits this long for the first."""
        if not select.select([self._socket], [], [], timeout)[0]:
            return
        try:
            data = self._socket.recv(1 << 16)
        except OSError as error:
            raise LinkError(f"the link is broken: {error}") from error
        if not data:
            raise LinkError("the chip has closed the link")
        self._received += data
        while len(self._received) >= 4:
            kind, flags, length = struct.unpack_from(">BBH", self._received)
            if len(self._received) < 4 + length:
                return
            payload = bytes(self._received[4 : 4 + length])
            del self._received[: 4 + length]
            self._take(kind, flags, payload)

    def _take(self, kind, flags, payload):
        if not self._greeted:
            if kind != DEVICE_HELLO or payload != GREETING:
                raise LinkError(f"expected a greeting, got type {kind:02X}")
            self._greeted = True
        elif kind == QUEUED:
            boots, phase = flags >> 2, flags >> 1 & 1
            if self._boot is None:
                self._boot = boots
            if boots != self._boot or not self.is_running:
                return  # from before a reset
            self._is_up = True
            if not phase and payload:
                raise LinkError("bytes to read where a command is expected")
            if self._queued is not None or self._window is not None:
                raise LinkError("a second transaction was queued")
            self._queued, self.irq = payload, bool(flags & 1)
        elif kind == IRQ:
            if payload:
                raise LinkError("an IRQ message with a payload")
            if self._is_up:
                self.irq = bool(flags & 1)
        else:
            raise LinkError(f"unknown type {kind:02X}")

    # Lines

    @property
    def is_running(self):
        """Whether the chip is not held in reset."""
        return bool(self._pins & 1)

    def ready_level(self):
        """High when busy. Sleeps briefly then, so that a polling driver uses no processor."""
        if self._window is not None:
            return True
        self._poll(0.02 if self._queued is None else 0)
        return self._queued is None

    def irq_level(self):
        self._poll(0)
        return self.irq

    def set_pins(self, mask, level):
        """Changes the levels that the host drives, and reports them to the chip. Bit 2: chip select is low."""
        was = self._pins
        pins = (was | mask if level else was & ~mask) & 0b011
        if pins == was & 0b011 and not mask & 0b100:
            return
        pins |= 0b100 if self.selected else 0
        if pins == was:
            return
        self._pins = pins
        if was & ~pins & 1:  # reset falls
            self._queued = self._window = None
            self.irq = self._is_up = False
        if pins & ~was & 1:  # reset rises
            self._boot = (self._boot + 1) % 64
        self._send(PINS, bytes([pins]))

    # Windows

    def select(self):
        if self._window is not None:
            return
        self._poll(0)
        if self._queued is None:
            raise LinkError("selected while READY was high")
        self._miso, self._queued = self._queued, None
        self._window, self._position = bytearray(), 0

    def deselect(self):
        if self._window is None:
            return
        window, self._window = bytes(self._window), None
        self.windows += 1
        self._send(WINDOW, window)

    def clock(self, mosi):
        """Clocks these bytes out; returns the bytes read meanwhile."""
        if self._window is None:
            raise LinkError("clocked without chip select")
        self._window += mosi
        if len(self._window) > 0xFFFF:
            raise LinkError("a window of more than 65535 bytes")
        miso = self._miso[self._position : self._position + len(mosi)]
        self._position += len(mosi)
        return miso + bytes(len(mosi) - len(miso))


class SPI:
    """The interface of busio.SPI."""

    def __init__(self, board):
        self._board = board
        self._locked = False

    def try_lock(self):
        if self._locked:
            return False
        self._locked = True
        return True

    def unlock(self):
        self._locked = False

    def configure(self, *, baudrate=100000, polarity=0, phase=0, bits=8):
        if not self._locked or (polarity, phase, bits) != (0, 0, 8):
            raise LinkError("the bus is not locked, or its mode is not the chip's")

    def write(self, buffer, *, start=0, end=None):
        self._board.clock(bytes(memoryview(buffer)[start:end]))

    def readinto(self, buffer, *, start=0, end=None, write_value=0):
        view = memoryview(buffer)[start:end]
        view[:] = self._board.clock(bytes([write_value]) * len(view))

    def write_readinto(self, buffer_out, buffer_in, *, out_start=0, out_end=None, in_start=0, in_end=None):
        view = memoryview(buffer_in)[in_start:in_end]
        view[:] = self._board.clock(bytes(memoryview(buffer_out)[out_start:out_end]))


class Line:
    """The interface of digitalio.DigitalInOut."""

    def __init__(self, board):
        self._board = board
        self._direction = INPUT
        self._level = True  # pulled up
        self.pull = None
        self.drive_mode = None

    def read(self):
        """The level that the chip drives."""
        return self._level

    def drive(self, level):
        """The host sets the level, or releases the line (True, because of the pull-up)."""

    @property
    def direction(self):
        return self._direction

    @direction.setter
    def direction(self, direction):
        self._direction = direction
        if direction == INPUT:
            self._level = True
            self.drive(True)
        else:
            self.value = False  # CircuitPython's default

    @property
    def value(self):
        return self._level if self._direction == OUTPUT else self.read()

    @value.setter
    def value(self, level):
        if self._direction != OUTPUT:
            raise AttributeError("Cannot set value when direction is input.")
        self._level = bool(level)
        self.drive(self._level)

    def switch_to_output(self, value=False, drive_mode=None):
        self._direction = OUTPUT
        self.value = value

    def switch_to_input(self, pull=None):
        self.pull = pull
        self.direction = INPUT

    def deinit(self):
        self.direction = INPUT


class ChipSelect(Line):
    """Low starts a window, high ends it; during a reset it only selects the boot mode."""

    def drive(self, level):
        board = self._board
        board.selected = not level
        if not board.is_running:
            board.set_pins(0b100, not level)
        elif level:
            board.deselect()
        else:
            board.select()


class ReadyLine(Line):
    def read(self):
        return self._board.ready_level()


class ResetLine(Line):
    def drive(self, level):
        self._board.set_pins(0b001, level)


class GPIO0Line(Line):
    """Driven by the host during a reset, then the chip's IRQ line."""

    def read(self):
        return self._board.irq_level()

    def drive(self, level):
        self._board.set_pins(0b010, level)
