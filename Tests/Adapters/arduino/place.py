"""What the checks of the Arduino core share: a folder of its own for each, in which it runs nina sketch."""

import os
import pathlib
import subprocess

from device import Failure

HERE = pathlib.Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent.parent
COPROCESSOR = ["--library", str(HERE / "libraries/Coprocessor")]
GREETING = ["--library", str(HERE / "libraries/Greeting")]
EXAMPLES = CHECKOUT / "Tools/adapters/arduino/examples"
API = ["--api", str(EXAMPLES)]
# Seconds until a hang is a failure.
LIMIT = 120
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def expect(condition, *details):
    if not condition:
        raise Failure("\n".join(str(detail) for detail in details))


class Place:
    """A folder for the temporary files of one check, and the command in it."""

    def __init__(self, nina, path):
        self.nina, self.path = nina, path
        self.temporary = path / "tmp"
        self.temporary.mkdir()
        self.environment = {
            key: value for key, value in os.environ.items() if not key.startswith("NINA_") and key not in ("CXX", "XDG_RUNTIME_DIR")
        } | {"TMPDIR": str(self.temporary)}

    def start(self, *arguments, **environment):
        return subprocess.Popen(
            [self.nina, "sketch", *arguments], env=self.environment | environment, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def sketch(self, *arguments, text="", **environment):
        """Runs to the end: status, output, errors."""
        with self.start(*arguments, **environment) as process:
            try:
                output, errors = process.communicate(text, timeout=LIMIT)
            except subprocess.TimeoutExpired:
                process.terminate()
                raise Failure(f"nina sketch {' '.join(arguments)} did not end")
        return process.returncode, output, errors

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)
