"""digitalio of CircuitPython."""

from ..pins import DigitalInOut, Direction, DriveMode, Pull

__all__ = ["DigitalInOut", "Direction", "DriveMode", "Pull"]
