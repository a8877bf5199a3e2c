"""Hostile frames, over the lines that a driver uses afterwards."""

import json
import os
import random

from nina_link import LinkTimeoutError

HERE = os.path.dirname(os.path.abspath(__file__))
# WRITE_FILE, READ_FILE: real firmware answers some of them with bytes that are not a frame.
WITHOUT_FRAME = {0x60, 0x61}
RECORDING = os.path.join(HERE, "..", "..", "Protocol", "vectors", "host-esp32spi-11.1.4.json")
# START_CLIENT, REQ_HOST_BY_NAME, SEND_UDP, PING, downloads, BSD connect and sendto: random ones could reach other machines.
REACHING_OUT = {0x2D, 0x34, 0x39, 0x3E, 0x64, 0x67, 0x76, 0x79}


def frames(count, seed):
    """Noise, wrong counts and lengths, and damaged recorded commands."""
    source = random.Random(seed)
    with open(RECORDING) as file:
        recorded = [bytes.fromhex(exchange["mosi"]) for vector in json.load(file)["vectors"] for exchange in vector["exchanges"]]
    recorded = [frame for frame in recorded if frame]
    while count:
        kind = source.randrange(3)
        if kind == 0:
            frame = bytes([0xE0]) * source.randrange(2) + source.randbytes(source.choice((1, 4, 30, 300, 5000)))
        elif kind == 1:
            length = source.choice((b"\x00", b"\x01", b"\xff", b"\x00\x00", b"\x00\xff", b"\xff\xff"))
            slot = bytes([source.choice((0, 1, 9, 10, 54, 63, 64, 255))])
            frame = bytes([0xE0, source.randrange(0x80), source.choice((0, 1, 4, 255))]) + (length + slot) * 4
        else:
            damaged = bytearray(source.choice(recorded))
            for _ in range(source.randrange(1, 4)):
                damaged[source.randrange(len(damaged))] = source.randrange(256)
            frame = bytes(damaged[: source.randrange(1, len(damaged) + 1)])
        if len(frame) < 2 or frame[1] not in REACHING_OUT:
            count -= 1
            yield frame


def attack(link, count, seed):
    """Sends frames and reads the replies; RESET ends a command that waits. Returns the number of resets."""
    resets = 0
    for frame in frames(count, seed):
        reply = _exchange(link, frame)
        if reply is None:
            resets += 1
            link.reset(5)
        else:
            is_frame = reply[0] == 0xE0 and reply[1] == frame[1] | 0x80 or reply[:3] == b"\xef\x00\xee"
            assert frame[1:2] and frame[1] in WITHOUT_FRAME or is_frame, (frame.hex(), reply.hex())
    return resets


def _exchange(link, frame):
    """Both windows of a command; None when READY stays high."""
    _window(link, frame, 5)
    try:
        return _window(link, bytes(4096), 0.3)
    except LinkTimeoutError:
        return None


def _window(link, mosi, seconds):
    link.select(seconds)
    miso = link.transfer(mosi)
    link.deselect()
    return miso
