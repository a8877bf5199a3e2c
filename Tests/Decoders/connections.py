"""Payload in Wireshark's stream view: which connection it belongs to, in which direction, and what other dissectors make of it."""

import pcapng
import wireshark
from decoded import Failure
from recordings import all_exchanges


def expect(what, found, wanted):
    if found != wanted:
        raise Failure(f"{what}: expected {repr(wanted)[:1000]}, found {repr(found)[:1000]}")


def number(value):
    return bytes([1, value])


def ports(value):
    return b"\x02" + value.to_bytes(2, "big")


def frame(opcode, *parameters):
    data = bytes([0xE0, opcode, len(parameters)]) + b"".join(parameters) + b"\xEE"
    return data + bytes(-len(data) % 4)


def wide(data):
    return len(data).to_bytes(2, "big") + data


class Script:
    """A trace, written by hand."""

    def __init__(self):
        self.trace = pcapng.Trace("arduino")

    def exchange(self, command, *reply):
        self.trace.event(pcapng.OUT, command)
        self.trace.event(pcapng.IN, frame(command[1] | 0x80, *reply))

    def connect(self, socket, address, port, kind=0):
        self.exchange(frame(0x2D, b"\x04" + bytes(address), ports(port), number(socket), number(kind)), number(1))

    def send(self, socket, data, taken=None):
        taken = len(data) if taken is None else taken
        self.exchange(frame(0x44, wide(bytes([socket])), wide(data)), b"\x02" + taken.to_bytes(2, "little"))

    def receive(self, socket, data):
        self.exchange(frame(0x45, wide(bytes([socket])), wide(b"\xDC\x05")), wide(data))


def follow(path, stream, protocol="tcp"):
    """Both directions of a stream, as `Follow` shows them: first node's bytes, second node's bytes."""
    lines = wireshark.run("-r", path, "-q", "-z", f"follow,{protocol},raw,{stream}").splitlines()
    data = [line for line in lines if line.strip() and set(line.strip().lower()) <= set("0123456789abcdef")]
    # The second node's lines are indented.
    return [b"".join(bytes.fromhex(line) for line in data if line.startswith("\t") == is_second) for is_second in (False, True)]


def table(path, *names):
    """The values of these fields in each packet."""
    # Two passes, because a command's packet knows its reply only in the second.
    output = wireshark.run("-2", "-r", path, "-T", "fields", *(word for name in names for word in ("-e", name)))
    return [dict(zip(names, line.split("\t"))) for line in output.splitlines()]


def select(packets, *names):
    """These fields of the packets that have the first one."""
    return [tuple(packet[name] for name in names) for packet in packets if packet[names[0]]]


def recorded(folder, options):
    """What ESP32SPI wrote to a socket, and read from it, is what Follow > TCP Stream shows."""
    trace = pcapng.Trace("adafruit")
    sent, received = b"", b""
    for exchange in all_exchanges()["esp32spi"]:
        trace.event(pcapng.OUT, exchange.command)
        trace.event(pcapng.IN, exchange.reply)
        # Read here from fixed places: E0 44 02, 0001 socket, length, data; the reply's count is little endian.
        if exchange.command[1] == 0x44 and exchange.command[5] == 0:
            sent += exchange.command[8:8 + int.from_bytes(exchange.reply[4:6], "little")]
        if exchange.command[1] == 0x45 and exchange.command[5] == 0:
            received += exchange.reply[5:5 + int.from_bytes(exchange.reply[3:5], "big")]
    path = folder / "written.pcapng"
    trace.write(path)
    # The driver opened the slot several times before it wrote.
    packets = table(path, "tcp.len", "tcp.stream")
    streams = {packet["tcp.stream"] for packet in packets if packet["tcp.len"] not in ("", "0")}
    expect("the number of streams", len(streams), 1)
    expect("the stream's bytes", follow(path, streams.pop()), [sent, received])
    return f"{len(sent)} bytes out, {len(received)} in"


def written(folder, options):
    """A slot used twice has two streams, bytes that the module did not take are in none; HTTP, DNS and servers are recognized."""
    script = Script()
    addresses = ((10, 0, 0, 7), (255, 255, 255, 0), (10, 0, 0, 1))
    script.exchange(frame(0x21), *(b"\x04" + bytes(address) for address in addresses))
    script.connect(0, (10, 0, 0, 9), 80)
    script.send(0, b"GET /first HTTP/1.1\r\nHo")
    script.send(0, b"st: a\r\n\r\n", taken=4)
    script.send(0, b" a\r\n\r\n")
    script.receive(0, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
    script.exchange(frame(0x2E, number(0)), number(1))
    # A name whose address was looked up before.
    script.exchange(frame(0x34, b"\x01a"), number(1))
    script.exchange(frame(0x35), b"\x04" + bytes([10, 0, 0, 8]))
    script.exchange(frame(0x2D, b"\x01a", bytes([4, 0, 0, 0, 0]), ports(80), number(0), number(0)), number(1))
    script.send(0, b"GET /second HTTP/1.1\r\n\r\n")
    # A datagram in two pieces: a query for example.com.
    script.connect(1, (10, 0, 0, 1), 53, kind=1)
    query = bytes.fromhex("000101000001000000000000076578616d706c6503636f6d0000010001")
    for piece in (query[:10], query[10:]):
        script.exchange(frame(0x46, wide(b"\x01"), wide(piece)), number(1))
    script.exchange(frame(0x39, number(1)), number(1))
    # A server on port 8080 with two clients; a write to its slot goes to both.
    script.exchange(frame(0x28, ports(8080), number(2), number(0)), number(1))
    for client in (3, 4):
        script.exchange(frame(0x2B, number(2)), b"\x02" + bytes([client, 0]))
        script.receive(client, b"from %d" % client)
    script.send(2, b"to all", taken=12)
    path = folder / "connections.pcapng"
    script.trace.write(path)
    packets = table(
        path, "nina.command", "_ws.col.Info", "http.request.uri", "http.response.code", "ip.src", "ip.dst", "dns.qry.name", "udp.dstport",
        "tcp.stream", "tcp.flags.syn", "tcp.flags.fin", "tcp.seq_raw", "tcp.srcport", "tcp.dstport", "tcp.analysis.flags")
    requests = select(packets, "http.request.uri", "tcp.stream", "ip.dst")
    expect("requests", requests, [("/first", "0", "10.0.0.9"), ("/second", "1", "10.0.0.8")])
    lines = [packet["_ws.col.Info"].strip() for packet in packets if packet["http.request.uri"]]
    expect("lines", lines, [f"SEND_DATA -> count={count}, HTTP GET /{name} HTTP/1.1" for count, name in ((6, "first"), (24, "second"))])
    expect("the response", select(packets, "http.response.code", "ip.src", "ip.dst"), [("200", "10.0.0.9", "10.0.0.7")])
    expect("the query", select(packets, "dns.qry.name", "udp.dstport", "nina.command"), [("example.com", "53", "SEND_UDP")])
    opened = select([packet for packet in packets if packet["tcp.flags.syn"] == "1"], "nina.command", "tcp.dstport", "tcp.seq_raw")
    expect("what opens", opened, [("START_CLIENT", "80", "0")] * 2 + [("AVAIL_DATA", "8080", "0")] * 2)
    closed = select([packet for packet in packets if packet["tcp.flags.fin"] == "1"], "nina.command", "tcp.stream")
    expect("what closes", closed, [("STOP_CLIENT", "0")])
    expect("gaps", select(packets, "tcp.analysis.flags"), [])
    both = select([packet for packet in packets if "8080" in packet["tcp.srcport"]], "tcp.srcport", "tcp.stream")
    expect("a write to all clients", both, [("8080,8080", "2,3")])
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    expect("the first connection", follow(path, 0), [b"GET /first HTTP/1.1\r\nHost:  a\r\n\r\n", answer])
    expect("a client", follow(path, 2), [b"from 3", b"to all"])
    expect("another client", follow(path, 3), [b"from 4", b"to all"])
    return "6 streams"


def several(folder, options):
    """Coprocessors have the same slots and connections of their own, even while their packets alternate; a reset ends them, and what
    the next file of a trace repeats does not."""
    script = Script()
    for coprocessor in (1, 2):
        script.trace.coprocessor = coprocessor
        script.trace.event(pcapng.COPROCESSOR, b"\x01\x0a\x06modern\x09127.1.0.%d" % coprocessor)
        script.connect(0, (10, 0, 0, 9), 80)
    commands = [frame(0x44, wide(b"\0"), wide(b"from %d" % coprocessor)) for coprocessor in (1, 2)]
    for coprocessor, command in enumerate(commands, 1):
        script.trace.coprocessor = coprocessor
        script.trace.event(pcapng.OUT, command)
        script.trace.event(pcapng.COPROCESSOR, b"\x01\x0a\x06modern\x09127.1.0.%d" % coprocessor)
    for coprocessor in (1, 2):
        script.trace.coprocessor = coprocessor
        script.trace.event(pcapng.IN, frame(0xC4, b"\x02\x06\0"))
    script.trace.event(pcapng.RESET, b"\0\0\0\0\2")
    script.send(0, b"after")
    path = folder / "several.pcapng"
    script.trace.write(path)
    names = ("tcp.len", "nina.stream", "ip.src", "nina.coprocessor")
    sent = select([packet for packet in table(path, *names) if packet["tcp.len"] != "0"], *names)
    expect("what was sent", sent, [("6", "0", "127.1.0.1", "1"), ("6", "1", "127.1.0.2", "2"), ("5", "2", "127.1.0.2", "2")])
    return "2 coprocessors"


CHECKS = {"a recorded connection in Follow": recorded, "connections in Follow": written, "connections of several coprocessors": several}
