"""Pins with the interface of CircuitPython's digitalio.

The constants of another digitalio (Blinka's, when a driver has imported that one) are understood too, and given back as they came.
"""

from __future__ import annotations

from typing import Callable, Optional, Protocol


class _Name:
    """A constant of the module."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return f"digitalio.{self._text}"


class Direction(_Name):
    """The direction of a pin."""

    INPUT: Direction
    OUTPUT: Direction


class DriveMode(_Name):
    """How an output drives; the chip's lines see no difference."""

    PUSH_PULL: DriveMode
    OPEN_DRAIN: DriveMode


class Pull(_Name):
    """The resistor of an input."""

    UP: Pull
    DOWN: Pull


Direction.INPUT, Direction.OUTPUT = Direction("Direction.INPUT"), Direction("Direction.OUTPUT")
DriveMode.PUSH_PULL, DriveMode.OPEN_DRAIN = DriveMode("DriveMode.PUSH_PULL"), DriveMode("DriveMode.OPEN_DRAIN")
Pull.UP, Pull.DOWN = Pull("Pull.UP"), Pull("Pull.DOWN")


def _is(value: object, name: str) -> bool:
    """Whether this is the constant of that name, of whatever digitalio."""
    return value is not None and (getattr(type(value), name, None) is value or getattr(value, "name", None) == name)


class Net(Protocol):
    """What a pin is wired to."""

    def read(self) -> bool:
        """The level at an input."""

    def drive(self, level: bool) -> None:
        """The level of an output; True as well for a pin that is released, because of a pull-up."""


class Pin:
    """A pin of the board: wired to a line of the chip, or to nothing."""

    def __init__(self, name: str, net: Optional[Net] = None) -> None:
        self.name = name
        self.net = net
        self.user: Optional[DigitalInOut] = None
        #: Called when a program takes the pin, drives it, or reads it.
        self.watcher: Optional[Callable[[Pin, Optional[bool]], None]] = None

    def __repr__(self) -> str:
        return f"board.{self.name}"

    def wire(self, net: Net) -> None:
        """Connects the pin; a level that is driven already arrives now."""
        self.net = net
        if self.user and self.user.is_output:
            net.drive(self.user.value)

    def note(self, level: Optional[bool] = None) -> None:
        """Tells the watcher."""
        if self.watcher:
            self.watcher(self, level)


class DigitalInOut:
    """digitalio.DigitalInOut on a pin of the board."""

    def __init__(self, pin: Pin) -> None:
        if not isinstance(pin, Pin):
            raise TypeError(f"expected a pin of board, got {pin!r}")
        if pin.user:
            raise ValueError(f"{pin.name} in use")
        self._pin: Optional[Pin] = pin
        self._direction: object = Direction.INPUT
        self._pull: object = None
        self._drive_mode: object = DriveMode.PUSH_PULL
        self._level = True
        self.is_output = False
        pin.user = self
        pin.note()

    def __enter__(self) -> DigitalInOut:
        return self

    def __exit__(self, *_: object) -> None:
        self.deinit()

    def __repr__(self) -> str:
        return f"<DigitalInOut {self._pin}>"

    @property
    def pin(self) -> Pin:
        """The pin, until `deinit`."""
        if self._pin is None:
            raise ValueError("Object has been deinitialized and can no longer be used. Create a new object.")
        return self._pin

    def deinit(self) -> None:
        """Releases the pin."""
        if self._pin is not None:
            self.switch_to_input()
            self._pin.user = None
            self._pin = None

    def switch_to_output(self, value: bool = False, drive_mode: object = DriveMode.PUSH_PULL) -> None:
        """Drives this level at once, without another one before."""
        self._set_direction(Direction.OUTPUT, bool(value))
        self._drive_mode = drive_mode

    def switch_to_input(self, pull: object = None) -> None:
        """Reads from now on."""
        self._set_direction(Direction.INPUT, True)
        self._pull = pull

    @property
    def direction(self) -> object:
        """The constant that was set last. Setting Direction.OUTPUT drives low, as CircuitPython does."""
        return self._direction

    @direction.setter
    def direction(self, direction: object) -> None:
        if not _is(direction, "OUTPUT") and not _is(direction, "INPUT"):
            raise ValueError(f"expected digitalio.Direction.INPUT or OUTPUT, got {direction!r}")
        self._set_direction(direction, _is(direction, "INPUT"))

    def _set_direction(self, direction: object, level: bool) -> None:
        pin = self.pin
        was_output, self.is_output = self.is_output, _is(direction, "OUTPUT")
        self._direction, self._level = direction, level
        if self.is_output or was_output:
            self._drive(pin, level)

    def _drive(self, pin: Pin, level: bool) -> None:
        if pin.net:
            pin.net.drive(level)
        else:
            pin.note(level)

    @property
    def value(self) -> bool:
        """The level."""
        pin = self.pin
        if self.is_output:
            return self._level
        if pin.net is None:
            pin.note()  # it may become wired
        if pin.net is not None:
            return pin.net.read()
        return not _is(self._pull, "DOWN")

    @value.setter
    def value(self, level: bool) -> None:
        if not self.is_output:
            raise AttributeError("Cannot set value when direction is input.")
        self._level = bool(level)
        self._drive(self.pin, self._level)

    @property
    def pull(self) -> object:
        """The resistor. It has no effect on a line of the chip, which is driven."""
        if self.is_output:
            raise AttributeError("Pull not used when direction is output.")
        return self._pull

    @pull.setter
    def pull(self, pull: object) -> None:
        if self.is_output:
            raise AttributeError("Pull not used when direction is output.")
        self._pull = pull

    @property
    def drive_mode(self) -> object:
        """How the output drives."""
        if not self.is_output:
            raise AttributeError("Drive mode not used when direction is input.")
        return self._drive_mode

    @drive_mode.setter
    def drive_mode(self, mode: object) -> None:
        if not self.is_output:
            raise AttributeError("Drive mode not used when direction is input.")
        self._drive_mode = mode
