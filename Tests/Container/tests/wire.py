"""A driver of four commands, for the tests in this folder: enough to see firmware and a server of the module."""

import contextlib
import os
import socket
import time

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
    """Starts a server for TCP; returns its slot."""
    slot = command(link, 0x3F)
    if command(link, 0x28, port.to_bytes(2, "big"), slot, b"\0") != b"\1":
        raise AssertionError(f"the module does not listen at port {port}")
    return slot


def reach(link, server):
    """Connects to a server of the module, at NINA_ADDRESS and NINA_PORT; returns when the module has the client.

    A connection alone shows nothing: what forwards a port accepts it before it connects.
    """
    place = os.environ["NINA_ADDRESS"], int(os.environ.get("NINA_PORT", PORT))
    with socket.create_connection(place, timeout=10) as client:
        client.sendall(b"hello")
        for _ in range(100):
            if command(link, 0x2B, server) != b"\xFF\x00":
                return
            time.sleep(0.1)
    raise AssertionError(f"the module has no client after 10 s from {place}")
