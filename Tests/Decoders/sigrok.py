"""Runs sigrok-cli with the decoder, and reads its annotations."""

import os
import re
import subprocess

import samples
from decoded import Failure, Window
from recordings import PACKAGE

DECODERS = PACKAGE / "Tools" / "decoders" / "sigrok"
SECONDS = 300  # far beyond what a run takes, so that only a hang ends so
# sigrok-cli does not escape what its JSON quotes, so that it is read by line.
EVENT = re.compile(r'\{"ph": "B", .*?"tid": "(.*?)", "name": "(.*)"\},?')


def run(arguments):
    environment = os.environ | {"SIGROKDECODE_DIR": str(DECODERS), "PYTHONDONTWRITEBYTECODE": "1"}
    result = subprocess.run(["sigrok-cli", *arguments], env=environment, capture_output=True, timeout=SECONDS)
    if result.returncode or result.stderr:
        raise Failure(f"sigrok-cli {' '.join(arguments)}: status {result.returncode}\n{result.stderr.decode()}")
    return result.stdout


def arguments(path, family, show, chip_select=True):
    """The arguments for a file of samples."""
    if path.suffix == ".vcd":
        # One sample for each step of the clock.
        source, channels = f"vcd:downsample={samples.STEP}", dict(zip(samples.CHANNELS, samples.CHANNELS))
    else:
        source = f"binary:numchannels={len(samples.CHANNELS)}:samplerate={samples.RATE}"
        channels = {name: str(number) for number, name in enumerate(samples.CHANNELS)}
    spi = f"spi:clk={channels['SCK']}:mosi={channels['MOSI']}:miso={channels['MISO']}" + (f":cs={channels['CS']}" if chip_select else "")
    return ["-i", str(path), "-I", source, "-P", f"{spi},nina:firmware={family}", *show]


def annotations(path, family, rows="frames:fields:payload:warnings", **options):
    """The annotations of these rows, in order: row and text."""
    output = run(arguments(path, family, ["-A", f"nina={rows}", "--protocol-decoder-jsontrace"], **options)).decode()
    return [match.groups() for match in map(EVENT.fullmatch, output.splitlines()) if match]


def windows(path, family):
    """What the decoder says about each window."""
    result = []
    for row, text in annotations(path, family):
        if row == "Frames":
            result.append(Window(text))
        else:
            getattr(result[-1], row.lower()).append(text)
    return result
