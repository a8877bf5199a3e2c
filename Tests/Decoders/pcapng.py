"""Traces as pcapng, written from Protocol/trace.md alone, so that the dissector is not tested against this package's writer."""

import struct

LINKTYPE_USER0 = 147
OUT, IN, LINES, RESET, TIME, COPROCESSOR, GAP, FAILURE = range(1, 9)
READS_REPLY, LOST, CUT, HIDDEN, CLOCKED = (1 << bit for bit in range(5))
FAMILIES = {"arduino": 1, "adafruit": 2}
EPOCH = 1_790_000_000_000_000_000  # nanoseconds


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


class Trace:
    """A trace; its packets are those of `coprocessor`, which may change."""

    def __init__(self, family, coprocessor=1):
        self.family, self.coprocessor, self.time = FAMILIES.get(family, 0), coprocessor, 0
        self.blocks = [block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + option(4, b"tests") + option(0, b""))]
        name = option(2, b"coprocessor %d" % coprocessor) + option(9, b"\x09") + option(0, b"")
        self.blocks.append(block(1, struct.pack("<HHI", LINKTYPE_USER0, 0, 0) + name))
        self.numbers = 0

    def event(self, kind, content, flags=0):
        """Adds a packet, and returns its number, from 1."""
        self.time += 1000
        data = struct.pack(">BBBBI", 1, kind, flags, self.family, self.coprocessor) + content
        time = EPOCH + self.time
        header = struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(data), len(data))
        self.blocks.append(block(6, header + data + bytes(-len(data) % 4)))
        self.numbers += 1
        return self.numbers

    def write(self, path):
        path.write_bytes(b"".join(self.blocks))
