"""micropython of CircuitPython."""

from typing import TypeVar

_T = TypeVar("_T")


def const(value: _T) -> _T:
    """The value."""
    return value
