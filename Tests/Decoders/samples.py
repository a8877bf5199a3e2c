"""Windows as samples of a logic analyzer: SPI mode 0, and the files that sigrok-cli reads."""

CHANNELS = ("CS", "SCK", "MOSI", "MISO")
CS, SCK, MOSI, MISO = 1, 2, 4, 8
RATE = 16_000_000  # samples a second: two for each bit, of a clock of 8 MHz
STEP = 62  # nanoseconds of a sample in a VCD
GAP = 8  # samples between windows


def windows(exchanges):
    """The chip-select windows of exchanges, as MOSI and MISO."""
    for exchange in exchanges:
        yield exchange.command, bytes(len(exchange.command))
        if exchange.reply is not None:
            clocked = exchange.clocked
            yield bytes([exchange.dummy]) * len(clocked), clocked


def byte_samples():
    """The 16 samples of each pair of bytes are those of its MOSI byte and its MISO byte, one above the other."""
    def samples(byte, line):
        return bytes(
            level for bit in range(7, -1, -1)
            for data in [line if byte >> bit & 1 else 0] for level in (data, data | (SCK if line == MOSI else 0)))
    return [samples(byte, MOSI) for byte in range(256)], [samples(byte, MISO) for byte in range(256)]


def of(bus):
    """One byte a sample, for sigrok-cli's input format `binary`."""
    mosi_samples, miso_samples = byte_samples()
    result = bytearray([CS] * GAP)
    for mosi, miso in bus:
        result += bytes([0] * 4)
        for out, back in zip(mosi, miso, strict=True):
            pair = int.from_bytes(mosi_samples[out], "big") | int.from_bytes(miso_samples[back], "big")
            result += pair.to_bytes(16, "big")
        result += bytes([0] * 2) + bytes([CS] * GAP)
    return bytes(result)


def vcd(data):
    """The same samples as a value change dump."""
    names = {CS: "c", SCK: "k", MOSI: "o", MISO: "i"}
    lines = ["$timescale 1 ns $end", "$scope module nina $end"]
    lines += [f"$var wire 1 {code} {name} $end" for name, code in zip(CHANNELS, names.values())]
    lines += ["$upscope $end", "$enddefinitions $end"]
    last = None
    for time, sample in enumerate(data):
        if sample != last:
            changed = (sample ^ last) if last is not None else 15
            lines.append(f"#{time * STEP}")
            lines += [f"{1 if sample & bit else 0}{code}" for bit, code in names.items() if changed & bit]
        last = sample
    return "\n".join(lines + [f"#{len(data) * STEP}", ""])
