"""The built-in modules of CircuitPython that programs for AirLift boards import."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from typing import Optional, Sequence

#: All of them; `python -m nina_link` puts them in front of others of the same name, such as Blinka's.
MODULES = ("board", "busio", "digitalio", "microcontroller", "micropython", "neopixel", "rtc", "storage", "supervisor")
#: Those that drivers import.
DRIVERS_NEED = ("busio", "digitalio", "micropython")


def install() -> None:
    """Replaces the modules in this process, for a program that is about to run."""
    for name in MODULES:
        sys.modules[name] = importlib.import_module(f"{__name__}.{name}")


class _LastFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds what a driver needs if nobody else does."""

    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]], target: Optional[types.ModuleType] = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        return importlib.util.spec_from_loader(fullname, self) if fullname in DRIVERS_NEED else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> Optional[types.ModuleType]:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        own = importlib.import_module(f"{__name__}.{module.__name__}")
        module.__dict__.update({name: value for name, value in own.__dict__.items() if not name.startswith("__")})


_LAST = _LastFinder()


def provide_missing() -> None:
    """Makes drivers importable where Blinka is not installed."""
    if _LAST not in sys.meta_path:
        sys.meta_path.append(_LAST)
