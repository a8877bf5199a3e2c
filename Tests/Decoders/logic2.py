"""Runs the analyzer for Logic 2 on the frames that its SPI analyzer would give it."""

import importlib
import sys

from decoded import Window
from recordings import PACKAGE

HERE = PACKAGE / "Tests" / "Decoders"
BYTE = 1e-6  # seconds that a byte takes on the wires


def analyzer(family):
    """A fresh analyzer, as Logic 2 makes it."""
    for folder in (HERE / "standin", PACKAGE / "Tools" / "decoders" / "saleae"):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    module = importlib.import_module("HighLevelAnalyzer")
    return type("Nina", (module.Nina,), {"firmware": family})(), module.AnalyzerFrame


def feed(family, bus):
    """The frames that the analyzer returns for windows of MOSI and MISO."""
    nina, make = analyzer(family)
    time = 0.0

    def give(kind, duration, **data):
        nonlocal time
        start, time = time, time + duration
        return nina.decode(make(kind, start, time, data))

    for mosi, miso in bus:
        results = [give("enable", 0)]
        results += [give("result", BYTE, mosi=bytes([out]), miso=bytes([back])) for out, back in zip(mosi, miso)]
        results.append(give("disable", 0))
        time += 10 * BYTE
        yield from (result for result in results if result is not None)


def windows(family, bus):
    """What the analyzer says about each window."""
    for frame in feed(family, bus):
        warnings = frame.data["warnings"].split("; ") if "warnings" in frame.data else []
        yield Window(frame.data["text"], warnings=warnings), frame


def frames(family, bus):
    """The frames of the module that the decoders for sigrok and Logic 2 share, and whether each is MOSI's."""
    analyzer(family)
    commands, table = importlib.import_module("nina_frames"), importlib.import_module("nina_commands").COMMANDS
    dialogue = commands.Dialogue(commands.Commands(table, family))
    for mosi, miso in bus:
        read = dialogue.window(mosi, miso)
        if read is not None:
            yield read
