"""rtc of CircuitPython. The clock is this machine's until a program sets it; `time` keeps to the machine's."""

from __future__ import annotations

import time


class RTC:
    """The clock. All objects are the same clock."""

    _offset = 0.0

    @property
    def datetime(self) -> time.struct_time:
        """The time."""
        return time.localtime(time.time() + RTC._offset)

    @datetime.setter
    def datetime(self, value: time.struct_time) -> None:
        RTC._offset = time.mktime(time.struct_time(value)) - time.time()

    calibration = 0


def set_time_source(source: object) -> None:
    """Has no effect."""
