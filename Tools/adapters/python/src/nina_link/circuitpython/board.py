"""board of CircuitPython: the pins of AirLift boards, and of common boards that an AirLift is wired to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Dict, List, NoReturn, Optional

from ..pins import Pin

if TYPE_CHECKING:
    from ..bus import SPI as Bus
    from ..wiring import Machine

board_id = "nina_link"

_NAMES: List[str] = [
    "ESP_CS", "ESP_BUSY", "ESP_RESET", "ESP_GPIO0", "ESP_TX", "ESP_RX", "ESP_RTS", "ESP_CTS",
    "SCK", "MOSI", "MISO", "SDA", "SCL", "TX", "RX", "LED", "NEOPIXEL", "BUTTON", "SD_CS",
    *(f"D{number}" for number in range(54)), *(f"A{number}" for number in range(16)), *(f"GP{number}" for number in range(30)),
]
#: All pins by name.
pins: Dict[str, Pin] = {name: Pin(name) for name in _NAMES}
# Arduino's Nano RP2040 Connect has the coprocessor on a second bus.
pins.update({"CS1": pins["ESP_CS"], "SCK1": pins["SCK"], "MOSI1": pins["MOSI"], "MISO1": pins["MISO"]})
globals().update(pins)

_machine: Optional[Machine] = None
_bus: Optional[Bus] = None


def use(machine: Machine) -> None:
    """Gives this board its coprocessor."""
    global _machine, _bus
    _machine, _bus = machine, None


def machine() -> Machine:
    """The board's coprocessor."""
    if _machine is None:
        raise RuntimeError("this board has no coprocessor: run the program by 'python -m nina_link code.py'")
    return _machine


def SPI() -> Bus:
    """The board's bus, always the same object."""
    global _bus
    if _bus is None:
        _bus = machine().spi()
    return _bus


def _no_bus(name: str) -> Callable[[], NoReturn]:
    def refuse() -> NoReturn:
        raise NotImplementedError(f"board.{name}(): this board has no such bus; nina_link has SPI, with the coprocessor at it")

    return refuse


I2C, STEMMA_I2C, UART = _no_bus("I2C"), _no_bus("STEMMA_I2C"), _no_bus("UART")


def __getattr__(name: str) -> Pin:
    raise AttributeError(f"board has no pin {name}; its pins are ESP_CS and family, D0 to D53, A0 to A15, GP0 to GP29, SCK, MOSI, MISO")


def __dir__() -> List[str]:
    return [*pins, "SPI", "board_id"]
