"""What each decoder has for itself: files, rows, options, events, and recordings that lack something."""

import ast
import subprocess

import logic2
import pcapng
import samples
import sigrok
import wireshark
from connections import expect, frame, number, select, table
from decoded import Failure
from recordings import PACKAGE, all_exchanges


def current(folder, options):
    """The generated files are those of Protocol/commands.json, and a changed one is noticed."""
    result = subprocess.run([PACKAGE / "Tools/decoders/generate", "--check"], capture_output=True, text=True, timeout=60)
    if result.returncode:
        raise Failure(result.stderr)
    # Which text is a URL is known by the table's kind, as a secret is, and not by the parameter's name in each decoder.
    for name in ("shared/nina_frames.py", "wireshark/nina_frames.lua"):
        text = (PACKAGE / "Tools/decoders" / name).read_text()
        expect(f"the kind in {name}", ('kind == "url"' in text, 'name == "url"' in text), (True, False))
    return "all files"


def sigrok_rows(folder, options):
    """A VCD gives the same rows as samples; times are told; without chip select the decoder says what it needs."""
    exchanges = all_exchanges()["wifinina"][:12]
    data = samples.of(samples.windows(exchanges))
    raw, dump = folder / "rows.bin", folder / "rows.vcd"
    raw.write_bytes(data)
    dump.write_text(samples.vcd(data))
    rows = "frames:fields:payload:warnings"
    expect("the VCD's annotations", sigrok.annotations(dump, "arduino", rows), sigrok.annotations(raw, "arduino", rows))
    timing = [text for row, text in sigrok.annotations(raw, "arduino", "timing")]
    # Four bytes of 16 samples and six at their ends, of 62.5 ns; then the eight between windows.
    expect("the timing", timing[:3], ["4.4 us", "reply after 0.5 us", "6.4 us"])
    warnings = [text for row, text in sigrok.annotations(raw, "arduino", "warnings", chip_select=False)]
    expect("the warning", warnings, ["Assign the CS# channel of the SPI decoder"])
    return "5 rows"


def sigrok_payload(folder, options):
    """The binary output has what programs sent, and nothing else."""
    exchanges = all_exchanges()["esp32spi"]
    path = folder / "payload.bin"
    path.write_bytes(samples.of(samples.windows(exchanges)))
    sent = sigrok.run(sigrok.arguments(path, "adafruit", ["-B", "nina=sent"]))
    wanted = b"".join(
        exchange.command[8:8 + int.from_bytes(exchange.command[6:8], "big")]
        for exchange in exchanges if exchange.command[1] in (0x44, 0x46, 0x77))
    expect("the payload", sent, wanted)
    return f"{len(sent)} bytes"


def families(folder, options):
    """A number with two meanings has the name of the family that the option, the trace or the preference tells."""
    script = pcapng.Trace(None)
    script.event(pcapng.OUT, frame(0x4A))
    path = folder / "family.pcapng"
    script.write(path)
    for preference, name in (("Arduino", "BLE_BEGIN"), ("Adafruit", "SET_ENT_IDENT")):
        output = wireshark.run("-r", path, "-o", f"nina.firmware:{preference}", "-T", "fields", "-e", "nina.command")
        expect("the preference's name", output.strip(), name)
    raw = folder / "family.bin"
    raw.write_bytes(samples.of([(frame(0x4A), bytes(4))]))
    for family, name in (("arduino", "BLE_BEGIN"), ("adafruit", "SET_ENT_IDENT")):
        expect("the option's name", sigrok.annotations(raw, family)[0][1].split()[0], name)
    return "2 families"


def secrets(folder, options):
    """No passphrase is shown, nor the parts of a URL that may be secrets."""
    url = b"http://user:word@10.0.0.1/file?token=abc"
    windows = [exchange.command for exchange in all_exchanges()["firmware"] if exchange.command[1:2] in (b"\x11", b"\x12")]
    windows.append(frame(0x67, bytes([len(url)]) + url))
    bus = [(window, bytes(len(window))) for window in windows]
    raw = folder / "secrets.bin"
    raw.write_bytes(samples.of(bus))
    trace = pcapng.Trace("arduino")
    for window in windows:
        trace.event(pcapng.OUT, window)
    path = folder / "secrets.pcapng"
    trace.write(path)
    shown = {
        "sigrok": sigrok.run(sigrok.arguments(raw, "arduino", ["-A", "nina"])).decode(),
        "tshark": wireshark.run("-r", path, "-V"),
        "Logic 2": "\n".join(str(frame.data) for frame in logic2.feed("arduino", bus)),
    }
    for decoder, text in shown.items():
        for secret in ("correct-horse", "whatever", "user:", "word@", "token", "abc"):
            if secret in text:
                raise Failure(f"{decoder} shows '{secret}'")
        if "http://*********@10.0.0.1/file?*********" not in text or "*************" not in text:
            raise Failure(f"{decoder} does not show that there is something hidden:\n{text}")
    return "3 decoders"


def events(folder, options):
    """Events that are not windows, flags, what a reply belongs to, and packets that are none of ours."""
    trace = pcapng.Trace("arduino")
    trace.event(pcapng.TIME, (1_790_000_000 * 10**9).to_bytes(8, "big") + bytes(8))
    trace.event(pcapng.COPROCESSOR, b"\x01\x0a\x0darduino-2.0.0\x09127.1.0.1")
    trace.event(pcapng.RESET, b"\x00\x00\x00\x00\x03")
    trace.event(pcapng.LINES, b"\x06\x04")
    command = trace.event(pcapng.OUT, frame(0x20))
    trace.event(pcapng.OUT, frame(0x37), pcapng.LOST)
    trace.event(pcapng.OUT, b"\xFF" * 6, pcapng.READS_REPLY)
    reply = trace.event(pcapng.IN, frame(0xA0, number(3)))
    trace.event(pcapng.OUT, frame(0x37))
    trace.event(pcapng.RESET, b"\x01\x00\x00\x00\x04")
    unasked = trace.event(pcapng.IN, frame(0xA0, number(3)))
    trace.event(pcapng.OUT, frame(0x20))
    trace.event(pcapng.GAP, (12).to_bytes(8, "big"))
    missed = trace.event(pcapng.IN, frame(0xA0, number(3)))  # the reply to a command in the gap
    trace.event(pcapng.FAILURE, "timed out: no reply".encode())
    for kind in range(1, 9):
        trace.event(kind, b"")  # content that is missing
        trace.event(kind, b"\x05")
    strangers = [trace.event(9, b"abc"), trace.event(0, b"")]
    path = folder / "events.pcapng"
    trace.write(path)
    packets = table(
        path, "frame.number", "_ws.col.Info", "_ws.col.Protocol", "nina.request_in", "nina.reply_in", "nina.duration", "nina.warning",
        "nina.line.reset", "nina.line.irq", "nina.line.ready")
    ours, others = packets[:15], packets[15:]
    expect("the reply", select(ours, "nina.reply_in", "frame.number"), [(str(reply), str(command))])
    expect("the command", select(ours, "nina.request_in", "frame.number", "nina.duration"), [(str(command), str(reply), "0.000003000")])
    expect("warnings", select(ours, "nina.warning", "frame.number"), [("no command before this reply", str(place)) for place in (unasked, missed)])
    expect("lines", select(ours, "nina.line.reset", "nina.line.irq", "nina.line.ready"), [("1", "0", "")])
    found = [packet["frame.number"] for packet in others if packet["_ws.col.Protocol"] != "NINA"]
    expect("strangers", found, [str(stranger) for stranger in strangers])
    lines = [packet["_ws.col.Info"] for packet in ours]
    for text in ("reads the reply", "coprocessor on arduino-2.0.0 127.1.0.1", "reset boot 3", "lines IRQ low RESET high", "GET_FW_VERSION [lost]",
                 "reset boot 4, Bluetooth", "gap 12 events were left out", "failure timed out: no reply"):
        if text not in lines:
            raise Failure(f"no line '{text}' in {lines}")
    return f"{trace.numbers} packets"


def filters(folder, options):
    """Display filters select the recorded commands that have these bytes."""
    exchanges = all_exchanges()["firmware"]
    trace = pcapng.Trace("arduino")
    wanted = {"nina.command == \"SEND_DATA\" && nina.socket == 0": [], "nina.opcode == 0x2d && nina.port == 19101": [], "nina.refused": []}
    sends, connects, refused = wanted.values()
    for exchange in exchanges:
        place = str(trace.event(pcapng.OUT, exchange.command))
        if exchange.command[:6] == bytes.fromhex("e04402000100"):
            sends.append(place)
        if exchange.command[:2] == b"\xE0\x2D" and (19101).to_bytes(2, "big") in exchange.command:
            connects.append(place)
        if exchange.reply:
            place = str(trace.event(pcapng.IN, exchange.reply))
            if exchange.reply[0] == 0xEF:
                refused.append(place)
    path = folder / "filters.pcapng"
    trace.write(path)
    for display_filter, places in wanted.items():
        output = wireshark.run("-r", path, "-Y", display_filter, "-T", "fields", "-e", "frame.number")
        expect(display_filter, output.split(), places)
    return ", ".join(str(len(places)) for places in wanted.values()) + " packets"


def logic2_frames(folder, options):
    """Logic 2 gets frames in order that do not overlap, with columns for fields, payload and time, from what its Python 3.8 can read."""
    exchanges = [exchange for exchange in all_exchanges()["esp32spi"] if exchange.command[1] in (0x27, 0x44)]
    results = list(logic2.feed("adafruit", samples.windows(exchanges)))
    expect("the number of frames", len(results), 2 * len(exchanges))
    for one, other in zip(results, results[1:]):
        if one.end_time > other.start_time:
            raise Failure(f"{one.data} overlaps {other.data}")
    sent = next(result.data for result in results if result.data["command"] == "SEND_DATA")
    expect("the columns", (sent["socket"], sent["data"], sent["payload"]), ("0", "1 bytes", "\\x00"))
    scan = next(result.data for result in results if result.type == "reply")
    expect("a repeated parameter", scan["ssid"], '"home-net", "cafe"')
    expect("the time of a reply", scan["reply_after_us"], 10.0)
    nina, make = logic2.analyzer("arduino")
    notes = [nina.decode(make("result", time, time + 1, {"mosi": b"\xE0", "miso": b"\0"})) for time in (0.0, 1.0)]
    for path in (PACKAGE / "Tools/decoders/saleae").glob("*.py"):
        ast.parse(path.read_text(), feature_version=(3, 8))
    expect("a recording without an enable line", [note and note.type for note in notes], ["warning", None])
    return f"{len(results)} frames"


CHECKS = {
    "generated files": current,
    "rows in sigrok": sigrok_rows,
    "payload from sigrok": sigrok_payload,
    "families": families,
    "secrets": secrets,
    "events in Wireshark": events,
    "filters in Wireshark": filters,
    "frames in Logic 2": logic2_frames,
}
