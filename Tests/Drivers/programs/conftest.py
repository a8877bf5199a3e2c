"""The peers of the programs, and the emulator's profile."""

import contextlib
import ctypes
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import time

import pytest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

pytest_plugins = ["nina_link.pytest_plugin"]

MOSQUITTO = "/usr/sbin:" + os.environ.get("PATH", "")
LONG = 60  # seconds; a wait that takes them has failed


LIBRARY = ctypes.CDLL(None)  # loaded here: a child of a process with threads must not load anything


def die_with_parent():
    """In a child: it is killed when the process that started it ends, however that ends."""
    LIBRARY.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


@pytest.fixture(autouse=True)
def profile(request):
    """The firmware of the run, from its command line."""
    profile = os.environ.get("NINA_TEST_FIRMWARE", "modern")
    if "nina" in request.fixturenames:
        request.getfixturevalue("nina").options("--firmware", profile)
    return profile


class Program:
    """A running program."""

    def __init__(self, nina, name, arguments):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nina_link", str(HERE / name), *map(str, arguments)], stdout=subprocess.PIPE, text=True,
            env=nina.environment, preexec_fn=die_with_parent)

    def output(self):
        """All that it prints until it ends, which must be well."""
        output, _ = self.process.communicate(timeout=LONG)
        assert self.process.returncode == 0, output
        return output

    def stop(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def start(nina):
    """Starts a program of this folder by `python -m nina_link`."""
    with contextlib.ExitStack() as programs:

        def start(name, *arguments):
            program = Program(nina, name, arguments)
            programs.callback(program.stop)
            return program

        yield start


def free_port():
    """A port that nobody listens at, below those that the system gives to clients."""
    while True:
        port = random.randrange(20_000, 30_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@pytest.fixture
def broker(tmp_path):
    """mosquitto on 127.0.0.1: its ports without and with TLS."""
    from support import certificate_file

    plain, secure = free_port(), free_port()
    configuration = tmp_path / "mosquitto.conf"
    configuration.write_text(
        f"user {'root' if os.geteuid() == 0 else 'mosquitto'}\nallow_anonymous true\npersistence false\n"
        f"listener {plain} 127.0.0.1\nlistener {secure} 127.0.0.1\n"
        f"certfile {certificate_file('good.pem')}\nkeyfile {certificate_file('good.key')}\n")
    log = tmp_path / "mosquitto.log"
    with open(log, "wb") as output:
        process = subprocess.Popen(
            ["mosquitto", "-v", "-c", str(configuration)], stdout=output, stderr=subprocess.STDOUT,
            env=dict(os.environ, PATH=MOSQUITTO), preexec_fn=die_with_parent)
    try:
        deadline = time.monotonic() + 10
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", secure), 1):
                break
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)
        yield plain, secure
    finally:
        process.kill()
        process.wait()
