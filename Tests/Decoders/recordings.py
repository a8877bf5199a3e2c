"""The recordings in Protocol/vectors, as the windows of a bus. No encoder of this package wrote them."""

import dataclasses
import json
import pathlib

PACKAGE = pathlib.Path(__file__).resolve().parent.parent.parent
VECTORS = PACKAGE / "Protocol" / "vectors"


@dataclasses.dataclass
class Exchange:
    """A command and its reply: the bytes that a driver or a firmware had on the wires."""
    name: str
    family: str
    command: bytes
    reply: bytes | None  # None: the device stalls, or the driver does not read it
    read: int | None = None  # how many bytes of the reply the driver clocked, where that was recorded
    dummy: int = 0  # what MOSI has while the reply is clocked

    @property
    def clocked(self):
        """The bytes of the reply that were on MISO."""
        if self.reply is None:
            return None
        return self.reply if self.read is None else self.reply[:self.read].ljust(self.read, b"\0")


def load(name):
    return json.loads((VECTORS / name).read_text())


def wifinina():
    for vector in load("host-wifinina-2.1.0.json"):
        for number, command in enumerate(vector["mosi"]):
            # One command of the library leaves its reply unread.
            read = vector["read"][number] if number < len(vector["read"]) else None
            reply = bytes.fromhex(vector["miso"][number]) if read is not None else None
            yield Exchange(vector["api"], "arduino", bytes.fromhex(command), reply, read, dummy=0xFF)


def esp32spi():
    for vector in load("host-esp32spi-11.1.4.json")["vectors"]:
        for exchange in vector["exchanges"]:
            command, reply = bytes.fromhex(exchange["mosi"]), bytes.fromhex(exchange["miso"])
            yield Exchange(vector["call"], "adafruit", command, reply, exchange["read_len"])


def firmware():
    for vector in load("firmware-arduino-2.0.0.json"):
        reply = None if vector["response"] is None else bytes.fromhex(vector["response"])
        yield Exchange(f"{vector['scenario']}: {vector['name']}", "arduino", bytes.fromhex(vector["command"]), reply)


RECORDINGS = {"wifinina": wifinina, "esp32spi": esp32spi, "firmware": firmware}


def all_exchanges():
    """The exchanges of each recording."""
    return {name: list(read()) for name, read in RECORDINGS.items()}
