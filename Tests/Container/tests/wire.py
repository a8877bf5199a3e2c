"""A driver of five commands, for the tests in this folder: enough to see firmware and a server of the module."""

import contextlib
import os
import socket

import nina_link

PORT = 80


@contextlib.contextmanager
def module():
    with nina_link.Link() as link:
        yield link


def command(link, opcode, *parameters):
    """The first value of the reply."""
    frame = bytes([0xE0, opcode, len(parameters)]) + b"".join(bytes([len(text)]) + text for text in parameters) + b"\xEE"
    reply = link.exchange(frame + b"\xFF" * (-len(frame) % 4), timeout=10)
    start = reply.index(bytes([0xE0, opcode | 0x80]))
    return reply[start + 4:start + 4 + reply[start + 3]]


def firmware(link):
    return command(link, 0x37).rstrip(b"\0").decode()


def serve(link, port=PORT):
    """Starts a server for TCP; returns the place at which the tests reach it: NINA_PORT if another port leads there."""
    slot = command(link, 0x3F)
    if command(link, 0x28, port.to_bytes(2, "big"), slot, b"\0") != b"\1":
        raise AssertionError(f"the module does not listen at port {port}")
    return os.environ["NINA_ADDRESS"], int(os.environ.get("NINA_PORT", port))


def reach(place):
    socket.create_connection(place, timeout=10).close()
