"""python -m nina_link [options] code.py [arguments]

Runs a program for CircuitPython, unchanged, on this machine. Its coprocessor is
that of an emulator, which runs already: 'nina-emulator', or 'nina run --
python3 -m nina_link code.py'.

  --transport unix:PATH[,uid=N|any]
                    the emulator's socket. Default: $NINA_TRANSPORT, else the
                    socket $NINA_SOCKET, else the default one of an emulator
  --settings FILE   what os.getenv reads first. Default: settings.toml beside
                    code.py, if there is one
  --pins cs=PIN,ready=PIN,reset=PIN[,gpio0=PIN]
                    the pins that the coprocessor is wired to. Default:
                    ESP_CS, ESP_BUSY, ESP_RESET, ESP_GPIO0; otherwise those of
                    Adafruit's AirLift boards, or those that the driver uses so
  --version         print the version
  --help, -h        print this text

The program finds modules beside itself, in lib beside itself, and what is
installed by pip. Exit status: the program's; 1 after an exception; 2 for wrong
usage or a missing file; 3 without an emulator; 4 when the program resets the
board.
"""

from __future__ import annotations

import gc
import os
import pathlib
import signal
import sys
import traceback
import types
from typing import List, NoReturn, Optional

from . import circuitpython, errnos
from ._version import __version__
from .circuitpython import board
from .errors import AddressError, LinkError
from .link import Link
from .settings import Settings, getenv_of
from .wiring import Machine, Wiring

MEMORY = 128 * 1024  # what gc.mem_free() says; a program may wait for more, but not for this much
OPTIONS = ("--transport", "--settings", "--pins")


def refuse(sentence: str, status: int = 2) -> NoReturn:
    """Ends with one sentence."""
    print(f"nina_link: {sentence}", file=sys.stderr)
    raise SystemExit(status)


class Options:
    """The command line."""

    def __init__(self, arguments: List[str]) -> None:
        self.transport: Optional[str] = None
        self.settings: Optional[pathlib.Path] = None
        self.wiring: Optional[Wiring] = None
        words = list(arguments)
        while words and words[0].startswith("-"):
            name, equals, value = words.pop(0).partition("=")
            if name in ("--help", "-h"):
                print((__doc__ or "").strip())
                raise SystemExit(0)
            if name == "--version":
                print(f"nina_link {__version__}")
                raise SystemExit(0)
            if name not in OPTIONS:
                refuse(f"unknown option '{name}'; see --help")
            if not equals:
                if not words:
                    refuse(f"{name} needs a value; see --help")
                value = words.pop(0)
            self._set(name, value)
        if not words or not words[0]:
            refuse("expected the path of a program: python -m nina_link code.py")
        self.program, self.arguments = words[0], words[1:]

    def _set(self, name: str, value: str) -> None:
        if name == "--transport":
            self.transport = value
        elif name == "--pins":
            try:
                self.wiring = Wiring.parse(value)
            except AddressError as error:
                refuse(str(error))
        else:
            self.settings = pathlib.Path(value)
            if not self.settings.is_file():
                refuse(f"--settings: there is no file '{value}'")


def read_program(name: str) -> bytes:
    """The program's source."""
    try:
        return pathlib.Path(name).read_bytes()
    except OSError as error:
        refuse(f"cannot read the program {name}: {os.strerror(error.errno or 0)}")


def prepare(options: Options, link: Link) -> Machine:
    """Makes this process a board."""
    folder = pathlib.Path(options.program).absolute().parent
    settings = options.settings or folder / "settings.toml"
    if settings.is_file():
        try:
            os.getenv = getenv_of(Settings(settings), os.getenv)  # type: ignore[assignment]
        except (OSError, UnicodeDecodeError) as error:
            refuse(f"cannot read {settings}: {error}")
    # Functions of CircuitPython's gc, which programs print.
    gc.mem_free = gc.mem_alloc = lambda: MEMORY  # type: ignore[attr-defined]
    circuitpython.install()
    try:
        machine = Machine(link, board.pins, options.wiring)
    except AddressError as error:
        refuse(str(error))
    board.use(machine)
    # In place of the folder that `python -m` has put there, unless it was told not to.
    sys.path[: 0 if getattr(sys.flags, "safe_path", sys.flags.isolated) else 1] = [str(folder), str(folder / "lib")]
    errnos.FINDER.folders = [f"{folder}{os.sep}"]
    sys.argv = [options.program, *options.arguments]
    # A console shows each line at once, also through a pipe.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(line_buffering=True)
    return machine


def first_interrupt(number: int, frame: object) -> NoReturn:
    """The program may catch the first Ctrl-C, as on a board; the second one ends it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    raise KeyboardInterrupt


def report(error: BaseException, program: str) -> None:
    """A traceback that begins in the program."""
    place = error.__traceback__
    while place and place.tb_frame.f_code.co_filename != program:
        place = place.tb_next
    traceback.print_exception(type(error), error, place)


def run(options: Options, source: bytes, machine: Machine) -> int:
    """Runs the program as __main__."""
    module = types.ModuleType("__main__")
    module.__file__ = options.program
    sys.modules["__main__"] = module
    errnos.prepare(module)
    try:
        exec(errnos.compiled(source, options.program), module.__dict__)
    except SystemExit:
        raise
    except KeyboardInterrupt as error:
        report(error, options.program)
        sys.stdout.flush()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException as error:
        report(error, options.program)
        advice = machine.advice()
        if advice:
            print(f"nina_link: {advice}", file=sys.stderr)
        return 1
    return 0


def main() -> int:
    """The command."""
    options = Options(sys.argv[1:])
    source = read_program(options.program)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, first_interrupt)
    try:
        link = Link(options.transport)
    except AddressError as error:
        refuse(str(error))
    except LinkError as error:
        refuse(str(error), 3)
    with link:
        return run(options, source, prepare(options, link))


if __name__ == "__main__":
    sys.exit(main())
