"""Which pins of the board are wired to the coprocessor.

The pins ESP_... always are. A program that uses others tells by its choice which board it is for: those of Adafruit's add-on
boards are known, and the rest are recognized by what the driver does at its start. The chip does not see the driver's first reset
then; it is freshly powered on anyway.
"""

from __future__ import annotations

import sys
from typing import Dict, List, NamedTuple, Optional

from .board import ChipSelectNet, GPIO0Net, ReadyNet, ResetNet
from .bus import SPI
from .errors import AddressError
from .link import Link
from .pins import Net, Pin


class Wiring(NamedTuple):
    """The names of pins."""

    cs: str
    ready: str
    reset: str
    gpio0: Optional[str] = None

    def __str__(self) -> str:
        return ",".join(f"{line}={pin}" for line, pin in self._asdict().items() if pin)

    @classmethod
    def parse(cls, text: str) -> Wiring:
        """Reads `cs=PIN,ready=PIN,reset=PIN[,gpio0=PIN]`."""
        words = [word.partition("=") for word in text.split(",")]
        pins = {line: pin for line, _, pin in words}
        if set(pins) - {"gpio0"} != {"cs", "ready", "reset"} or len(pins) != len(words) or not all(pins.values()):
            raise AddressError(f"pins '{text}': expected cs=PIN,ready=PIN,reset=PIN[,gpio0=PIN]")
        return cls(**pins)


#: The one whose READY a program reads while it drives the CS and the RESET.
KNOWN = [
    Wiring("D13", "D11", "D12", "D10"),  # AirLift FeatherWing, ItsyBitsy AirLift
    Wiring("D10", "D7", "D5", "D6"),  # AirLift Shield
    Wiring("D9", "D10", "D5", "D6"),  # AirLift breakout, as its guide wires it
    Wiring("GP7", "GP10", "GP11", "GP2"),  # Pico Wireless Pack
    Wiring("GP13", "GP14", "GP15"),  # AirLift breakout on a Pico, as its guide wires it
]


class Machine:
    """The board that a program runs on."""

    def __init__(self, link: Link, pins: Dict[str, Pin], wiring: Optional[Wiring] = None) -> None:
        self.link = link
        self._pins = pins
        self._used: List[Pin] = []
        self._first: Dict[Pin, bool] = {}  # the first level that each output drove
        self._chosen = wiring
        self._is_wired = wiring is not None
        for pin in pins.values():
            pin.watcher = self._note if self._is_wired else self._watch
        self._wire(Wiring("ESP_CS", "ESP_BUSY", "ESP_RESET", "ESP_GPIO0"))
        if wiring:
            unknown = [name for name in wiring if name and name not in pins]
            if unknown:
                raise AddressError(f"pins '{wiring}': board has no pin {unknown[0]}")
            self._wire(wiring)

    def spi(self) -> SPI:
        """A bus; all buses of the board lead to the coprocessor."""
        return SPI(lambda: self.link, is_strict=False)

    def _nets(self) -> Dict[str, Net]:
        link = self.link
        return {"cs": ChipSelectNet(link), "ready": ReadyNet(link), "reset": ResetNet(link), "gpio0": GPIO0Net(link)}

    def _wire(self, wiring: Wiring) -> None:
        nets = self._nets()
        for line, name in wiring._asdict().items():
            if name:
                self._pins[name].wire(nets[line])

    def _settle(self, wiring: Wiring) -> None:
        self._is_wired = True
        self._wire(wiring)
        for pin in self._pins.values():
            pin.watcher = None

    def _note(self, pin: Pin, level: Optional[bool]) -> None:
        if pin not in self._used:
            self._used.append(pin)

    def _watch(self, pin: Pin, level: Optional[bool]) -> None:
        if pin not in self._used:
            if pin.net is not None:  # a pin ESP_...: nothing to find out
                self._is_wired = True
                return
            self._used.append(pin)
        elif level is not None:
            self._first.setdefault(pin, level)
        elif not self._is_wired:
            self._recognize(pin)

    def _recognize(self, ready: Pin) -> None:
        """At a read of an input. A driver has configured CS high by then, and has pulsed RESET low."""
        high = [pin for pin in self._used if pin.user and pin.user.is_output and pin.user.value]
        names = {pin.name for pin in high}
        for wiring in KNOWN:
            if wiring.ready == ready.name and names >= {wiring.cs, wiring.reset}:
                return self._settle(wiring)
        selects = [pin for pin in high if self._first.get(pin)]
        resets = [pin for pin in high if not self._first.get(pin, True)]
        if len(selects) == len(resets) == 1 and ready.user and ready.user.pull is None:
            guess = Wiring(selects[0].name, ready.name, resets[0].name)
            print(f"nina_link: the pins are taken for {guess}; --pins says otherwise", file=sys.stderr)
            self._settle(guess)

    def advice(self) -> Optional[str]:
        """After a failure of the program: what it may have lacked."""
        if not self._used:
            return None
        used = ", ".join(f"{pin.name} ({'output' if pin.user and pin.user.is_output else 'input'})" for pin in self._used)
        if self._chosen:
            names = {pin.name for pin in self._used}
            idle = [f"{line}={name}" for line, name in self._chosen._asdict().items() if name and name not in names and line != "gpio0"]
            return f"--pins has {', '.join(idle)}, and the program uses {used}" if idle else None
        if self._is_wired:
            return None
        return f"no pin was recognized as the coprocessor's; the program uses {used}: name them, --pins cs=PIN,ready=PIN,reset=PIN"
