"""The decoders against each other: over all recordings, and over windows that were changed at random."""

import dataclasses
import json
import os
import random
import subprocess

import logic2
import pcapng
import samples
import sigrok
import wireshark
from decoded import Failure, compare, printable
from recordings import Exchange, all_exchanges

FAMILIES = {"wifinina": "arduino", "esp32spi": "adafruit", "firmware": "arduino"}


def trace(exchanges, family, path):
    """A trace of what was on the wires. A reply without bytes leaves nothing there."""
    result = pcapng.Trace(family)
    for exchange in exchanges:
        result.event(pcapng.OUT, exchange.command)
        if exchange.clocked:
            result.event(pcapng.IN, exchange.clocked, pcapng.CLOCKED)
    result.write(path)
    return path


def on_all(exchanges, family, folder, name):
    """What each decoder says about these exchanges."""
    bus = list(samples.windows(exchanges))
    recording = folder / f"{name}.bin"
    recording.write_bytes(samples.of(bus))
    first = sigrok.windows(recording, family)
    second = wireshark.windows(trace(exchanges, family, folder / f"{name}.pcapng"))
    third = [window for window, _ in logic2.windows(family, bus)]
    return first, second, third


def cut(window):
    """Wireshark's lines have at most 240 characters."""
    return dataclasses.replace(window, text=window.text[:200])


def agreement(exchanges, family, folder, name):
    """Fails unless the decoders agree; returns the numbers of windows and fields."""
    first, second, third = on_all(exchanges, family, folder, name)
    fields = compare(name, list(map(cut, first)), list(map(cut, second)), ("sigrok", "tshark"))
    for window in first:
        # The rows of one frame show the same; the line about all of it shortens long values.
        if not all(field in window.text for field in window.fields if len(field) < 64):
            raise Failure(f"{name}: '{window.text}' lacks a field of {window.fields}")
    lines = [(window.text, window.warnings) for window in first]
    if lines != (others := [(window.text, window.warnings) for window in third]):
        number = next(number for number, pair in enumerate(zip(lines, others)) if pair[0] != pair[1])
        raise Failure(f"{name}, window {number + 1}:\n    sigrok: {lines[number]}\n    Logic 2: {others[number]}")
    return len(first), fields


def recordings(folder, options):
    """Command, socket, parameters, reply and warnings of every recorded window are the same in all decoders."""
    windows = fields = 0
    for name, exchanges in all_exchanges().items():
        more = agreement(exchanges, FAMILIES[name], folder, name)
        windows, fields = windows + more[0], fields + more[1]
    return f"{windows} windows, {fields} fields, 0 differences"


def changed(rng, data):
    """Bytes with something wrong: cut, longer, or with other bytes."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(data) + 1)
        match rng.randrange(5):
            case 0:
                del data[place:]
            case 1:
                data[place:place] = rng.randbytes(rng.randint(1, 5))
            case 2:
                del data[place:place + rng.randint(1, 5)]
            case _ if data:
                data[place % len(data)] = rng.choice((0, 1, 2, 4, 0x7F, 0xE0, 0xEE, 0xEF, 0xFF, rng.randrange(256)))
    return bytes(data) or b"\0"


def hostile(folder, options):
    """Windows that no driver sends: every decoder survives them, and all say the same."""
    seed = int(os.environ.get("NINA_TEST_SEED") or random.randrange(1 << 32))
    print(f"NINA_TEST_SEED={seed}", flush=True)
    rng = random.Random(seed)
    everything = (exchange for part in all_exchanges().values() for exchange in part)
    recorded = [exchange for exchange in everything if exchange.reply and len(exchange.reply) < 100]
    exchanges = []
    for number in range(600):
        exchange = rng.choice(recorded)
        command = exchange.command if rng.random() < 0.2 else changed(rng, exchange.command)
        reply = rng.choice((b"\xE0", b"\xEF", b"\xFF")) + changed(rng, exchange.reply)[1:]
        # On a bus a window is known as a command by its first bytes, in a trace by its direction.
        if command[0] == 0xE0 and command[1:2] < b"\x80":
            exchanges.append(Exchange(f"changed {number}", "arduino", command, reply))
    windows, fields = agreement(exchanges, "arduino", folder, "hostile")
    return f"{windows} windows, {fields} fields"


def decode_json(nina, exchanges, family, folder):
    """`nina decode --json` of the same exchanges, as Protocol/trace.md describes it."""
    lines = [{"t": 0, "c": 0, "event": "time", "format": 1, "unix": "1790000000.000000000"},
             {"t": 0, "c": 1, "event": "coprocessor", "state": "on", "family": family}]
    for number, exchange in enumerate(exchanges):
        lines.append({"t": 2000 * number + 1, "c": 1, "event": "out", "bytes": exchange.command.hex()})
        if exchange.clocked:
            lines.append({"t": 2000 * number + 1001, "c": 1, "event": "in", "bytes": exchange.clocked.hex(), "clocked": True})
    path = folder / "trace.jsonl"
    path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    result = subprocess.run([nina, "decode", "--json", path], capture_output=True, text=True, timeout=sigrok.SECONDS)
    if result.returncode:
        raise Failure(f"nina decode --json: status {result.returncode}\n{result.stderr}")
    return [line for line in map(json.loads, result.stdout.splitlines()) if "opcode" in line]


def values(fields):
    """The fields of `nina decode --json` as the decoders write them; a repeated one has several, and texts end at a NUL."""
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            yield f"{name}={printable(str(one).split(chr(0))[0].encode())}"


def plain(field):
    """A field of ours as `nina decode --json` has it."""
    return field.raw.hex() if field.kind == "bytes" else field.text.removeprefix('"').removesuffix('"')


def with_nina_decode(folder, options):
    """The decoders' fields against `nina decode --json`."""
    has_decode = options.nina and subprocess.run([options.nina, "decode", "--help"], capture_output=True, timeout=60).returncode == 0
    if not has_decode:
        return "left out: no --nina with a command 'decode'"
    compared = 0
    for name, exchanges in all_exchanges().items():
        frames = list(logic2.frames(FAMILIES[name], samples.windows(exchanges)))
        compared += compare_with_json(name, frames, decode_json(options.nina, exchanges, FAMILIES[name], folder))
    return f"{compared} fields, 0 differences"


def compare_with_json(name, frames, decoded):
    """Walks both lists. Of frames with warnings only the names are compared: each reads them in its own way."""
    compared, lines, line = 0, iter(decoded), None
    for frame, is_command in frames:
        if is_command:
            line = next(lines, None)
            # What no module takes for a command has no name here, and at most a number there.
            their_name = line and (line["command"] or (f"0x{line['opcode'] or 0:02X}" if frame.kind == "command" else ""))
            if their_name != frame.name:
                raise Failure(f"{name}: the decoders have {frame.text}, nina decode has {line}")
        theirs = line.get("request" if is_command else "reply")
        if frame.kind == "error" and not line.get("refused"):
            raise Failure(f"{name}: the decoders have {frame.text}, nina decode has {line}")
        if frame.warnings or frame.kind not in ("command", "reply"):
            continue
        ours = [f"{field.name}={plain(field)}" for field in frame.fields]
        if theirs is None or ours != list(values(theirs)):
            raise Failure(f"{name}: {frame.text}\n    decoders: {ours}\n    nina decode: {theirs}")
        compared += len(ours)
    if (line := next(lines, None)) is not None:
        raise Failure(f"{name}: only nina decode has {line}")
    return compared


CHECKS = {
    "recordings in all decoders": recordings,
    "changed windows in all decoders": hostile,
    "recordings and nina decode": with_nina_decode,
}
