"""HCI through the coprocessor: BLE_BEGIN, BLE_WRITE and BLE_READ as WiFiNINA's transport uses them, with a
virtual controller and a second device, both of Google's Bumble. Argument: the emulator."""

import asyncio
import contextlib
import os
import random
import socket
import struct
import sys
import tempfile
import time

from bumble import controller, device, hci, link
from bumble.transport import tcp_server, unix

from nina_link import Emulator

PEER_ADDRESS = "F0:F1:F2:F3:F4:F5"
ADVERTISEMENT = bytes([2, 1, 6, 10, 9]) + b"nina-peer"
ECHO_CHANNEL = 0x3F  # an L2CAP channel that the second device echoes
PACKETS = 1000
RING = 256  # the firmware's buffer, in bytes


class Module:
    """The Bluetooth commands, as frames."""

    def __init__(self, link):
        self.link = link
        self.incoming = b""
        self.waiting = []

    def _window(self, mosi, size):
        self.link.select(10)
        reply = self.link.transfer(mosi + bytes(max(0, size - len(mosi))))
        self.link.deselect()
        return reply

    def command(self, frame, size=16):
        self._window(frame + bytes(-len(frame) % 4), 0)
        reply = self._window(b"", size)
        assert reply[0] == 0xE0 and reply[1] == frame[1] | 0x80, reply.hex()
        return reply

    def begin(self):
        return self.command(b"\xe0\x4a\x00\xee")[4]

    def end(self):
        return self.command(b"\xe0\x4b\x00\xee")[4]

    def available(self):
        return struct.unpack_from("<H", self.command(b"\xe0\x4c\x00\xee"), 4)[0]

    def write(self, packet):
        frame = b"\xe0\x4f\x01" + struct.pack(">H", len(packet)) + packet + b"\xee"
        return struct.unpack_from("<H", self.command(frame), 4)[0]

    def read(self, size):
        reply = self.command(b"\xe0\x4e\x01\x02" + struct.pack("<H", size) + b"\xee", size + 8)
        count = struct.unpack_from(">H", reply, 3)[0]
        return reply[5 : 5 + count]

    def packets(self):
        """The received packets, split as ArduinoBLE does; the device delivers complete ones only."""
        size = min(self.available(), 4000)
        if not size:
            return []
        self.incoming += self.read(size)
        found = []
        while len(self.incoming) >= 5:
            kind = self.incoming[0]
            length = 3 + self.incoming[2] if kind == 4 else 5 + struct.unpack_from("<H", self.incoming, 3)[0]
            if len(self.incoming) < length:
                break
            found.append(self.incoming[:length])
            self.incoming = self.incoming[length:]
        return found

    def event(self, code, seconds=10):
        """The next event with this code; others are skipped."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.waiting += self.packets()
            while self.waiting:
                packet = self.waiting.pop(0)
                if packet[0] == 4 and packet[1] == code:
                    return packet[3:]
        raise AssertionError(f"no event {code:02X} within {seconds} s")

    def hci(self, opcode, parameters=b""):
        """Sends an HCI command; returns the parameters of its Command Complete event."""
        packet = struct.pack("<BHB", 1, opcode, len(parameters)) + parameters
        assert self.write(packet) == len(packet)
        completed = self.event(0x0E)
        assert struct.unpack_from("<H", completed, 1)[0] == opcode, completed.hex()
        assert completed[3] == 0, f"status {completed[3]} of {opcode:04X}"
        return completed[4:]


def check_controller(module):
    assert module.begin() == 0, "BLE_BEGIN failed"
    module.hci(0x0C03)  # Reset
    version = module.hci(0x1001)  # Read Local Version Information
    assert len(version) == 8 and version[0] >= 6, version.hex()
    return f"HCI version {version[0]}"


def check_scan(module):
    module.hci(0x2001, struct.pack("<Q", 0x1F))  # LE Set Event Mask
    module.hci(0x200B, struct.pack("<BHHBB", 0, 16, 16, 0, 0))  # LE Set Scan Parameters
    module.hci(0x200C, b"\x01\x00")  # LE Set Scan Enable
    deadline = time.monotonic() + 10
    wanted = bytes.fromhex(PEER_ADDRESS.replace(":", ""))[::-1]
    while True:
        report = module.event(0x3E)
        start = {0x02: 4, 0x0D: 5}.get(report[0])  # advertising report, extended advertising report
        if start and report[start : start + 6] == wanted:
            break
        assert time.monotonic() < deadline, "the second device was not found"
    assert ADVERTISEMENT in report, report.hex()
    module.hci(0x200C, b"\x00\x00")
    return f"saw {PEER_ADDRESS}"


def check_bulk(module):
    """1,000 packets each way, far more at once than the firmware's ring buffer holds."""
    address = bytes.fromhex(PEER_ADDRESS.replace(":", ""))[::-1]
    packet = struct.pack("<BHB", 1, 0x200D, 25) + struct.pack("<HHBB6sBHHHHHH", 16, 16, 0, 1, address, 0, 24, 40, 0, 42, 0, 0)
    assert module.write(packet) == len(packet)  # LE Create Connection
    while True:
        event = module.event(0x3E)
        if event[0] in (0x01, 0x0A):
            break
    assert event[1] == 0, f"status {event[1]}"
    handle = struct.unpack_from("<H", event, 2)[0]
    source = random.Random(7)
    sent, received = [], []
    deadline = time.monotonic() + 60
    largest = 0
    while len(received) < PACKETS:
        for _ in range(min(20, PACKETS - len(sent))):
            payload = struct.pack("<I", len(sent)) + source.randbytes(source.randrange(RING, 4 * RING))
            pdu = struct.pack("<HH", len(payload), ECHO_CHANNEL) + payload
            acl = struct.pack("<BHH", 2, handle, len(pdu)) + pdu
            assert module.write(acl) == len(acl)
            sent.append(payload)
        largest = max(largest, module.available())
        for packet in module.waiting + module.packets():
            if packet[0] == 2:
                received.append(packet[9:])
        module.waiting = []
        assert time.monotonic() < deadline, f"{len(received)} of {PACKETS} came back"
    assert received == sent, "packets were altered, lost or reordered"
    assert largest > RING, f"at most {largest} bytes waited"
    return f"{PACKETS} packets each way, {sum(map(len, sent))} bytes, up to {largest} bytes waited"


def check_end(module):
    assert module.end() == 1
    assert module.available() == 0
    assert module.write(b"\x01\x03\x0c\x00") == 0
    assert module.begin() == 0, "BLE_BEGIN failed the second time"
    module.hci(0x0C03)
    return "ended and started again"


async def second_device(air):
    """A device that advertises and echoes."""
    own = controller.Controller("peer", link=air)
    own.le_acl_data_packet_length = 2000
    peer = device.Device.with_hci("peer", hci.Address(PEER_ADDRESS), own, own)
    await peer.power_on()

    def echo(handle, pdu):
        peer.send_l2cap_pdu(handle, ECHO_CHANNEL, pdu)

    peer.l2cap_channel_manager.register_fixed_channel(ECHO_CHANNEL, echo)
    await peer.start_advertising(advertising_data=ADVERTISEMENT, auto_restart=True)
    return peer


@contextlib.asynccontextmanager
async def served_controller(air, kind, folder):
    """A controller for one H4 client; yields its address."""
    if kind == "tcp":
        listener = socket.create_server(("127.0.0.1", 0))
        place = "tcp:127.0.0.1:%d" % listener.getsockname()[1]
        transport = await tcp_server.open_tcp_server_transport_with_socket(listener)
    else:
        path = os.path.join(folder, "hci")
        place = "unix:" + path
        transport = await unix.open_unix_server_transport(path)
    virtual = controller.Controller("virtual", host_source=transport.source, host_sink=transport.sink, link=air)
    virtual.le_acl_data_packet_length = 2000
    try:
        yield place
    finally:
        await transport.close()


def in_this_thread(check, module):
    module.link.adopt()
    return check(module)


async def run(emulator_path, kind):
    failures = 0
    air = link.LocalLink()
    peer = await second_device(air)
    with tempfile.TemporaryDirectory(prefix="nina-hci-") as folder:
        async with served_controller(air, kind, folder) as place:
            emulator = await asyncio.to_thread(Emulator, "--hci", place, program=emulator_path)
            module = Module(emulator.board().link)
            for check in (check_controller, check_scan, check_bulk, check_end):
                begin = time.monotonic()
                try:
                    said = await asyncio.to_thread(in_this_thread, check, module)
                    print(f"ok     Bumble {kind}: {check.__name__[6:]}: {said} ({time.monotonic() - begin:.1f} s)", flush=True)
                except Exception as error:
                    failures += 1
                    print(f"FAILED Bumble {kind}: {check.__name__[6:]}: {error!r}\n{emulator.log[-2000:]}", flush=True)
                    break
            if await asyncio.to_thread(emulator.stop) != 0:
                failures += 1
                print("FAILED the emulator exited with an error", flush=True)
    await peer.power_off()
    return failures


async def main():
    failures = 0
    for kind in ("tcp", "unix"):
        failures += await run(sys.argv[1], kind)
    print("all Bluetooth checks passed" if not failures else f"{failures} Bluetooth checks failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
