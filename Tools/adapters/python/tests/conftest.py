"""The plug-in, also where the package is not installed; and ends of a socket that are no emulator."""

import contextlib
import socket
import struct
import threading
import time

import pytest

pytest_plugins = ["nina_link.pytest_plugin", "pytester"]

GET_FW_VERSION = bytes.fromhex("E03700EE")
GREETING = bytes.fromhex("81000005") + b"NINA\x01"


def message(kind, flags=0, payload=b""):
    return struct.pack(">BBH", kind, flags, len(payload)) + payload


class Impostor:
    """A listener that says what a test tells it, and keeps what it gets."""

    def __init__(self, path):
        self.path = str(path)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen()
        self._listener.settimeout(5)
        self.connection = None

    def says(self, *pieces, then_closes=False):
        """Sends this to whoever connects next, with a pause between the pieces."""

        def serve():
            with contextlib.suppress(OSError):
                self.connection = self._listener.accept()[0]
                for piece in pieces:
                    self.connection.sendall(piece)
                    time.sleep(0.02)
                if then_closes:
                    self.connection.close()

        threading.Thread(target=serve, daemon=True).start()
        return self

    def close(self):
        self._listener.close()
        if self.connection:
            self.connection.close()


@pytest.fixture
def impostor(tmp_path):
    impostor = Impostor(tmp_path / "impostor.sock")
    yield impostor
    impostor.close()
