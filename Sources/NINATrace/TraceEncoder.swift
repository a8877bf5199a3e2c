/// Writes a trace in one of the formats, and hides secrets.
public struct TraceEncoder: Sendable {
    private enum Writer {
        case jsonLines(JSONLinesWriter)
        case pcapng(PcapngWriter)
        case vcd(VCDWriter)
    }

    private var writer: Writer
    private var hider: SecretHider?
    private var hasBegun = false
    /// The wall clock at the start of the trace; nil until a `time` event says it.
    private var origin: UInt64?
    private var lastTime: UInt64 = 0
    /// What has been said of coprocessors that are on, to be repeated in the next file.
    private var powered: [UInt32: CoprocessorPower] = [:]

    /// Begins a trace.
    /// - Parameters:
    ///   - format: its format.
    ///   - program: the name and version of the program that writes it.
    ///   - showsSecrets: whether secrets stay as they are.
    ///   - coprocessor: the one that a VCD shows; nil for the first.
    ///   - clock: the SPI clock of a VCD, in hertz.
    public init(
        _ format: TraceFormat, program: String, showsSecrets: Bool = false, coprocessor: UInt32? = nil,
        clock: Int = VCDWriter.standardClock
    ) {
        switch format {
        case .jsonLines: writer = .jsonLines(JSONLinesWriter())
        case .pcapng: writer = .pcapng(PcapngWriter(program: program))
        case .vcd: writer = .vcd(VCDWriter(program: program, coprocessor: coprocessor, clock: clock))
        }
        hider = showsSecrets ? nil : SecretHider()
    }

    /// Appends the bytes of a record.
    public mutating func append(_ record: TraceRecord, to output: inout [UInt8]) {
        if !hasBegun {
            hasBegun = true
            begin(to: &output)
        }
        lastTime = max(lastTime, record.time)
        switch record.event {
        case .time(let unix): origin = unix &- record.time
        case .coprocessor(let power): powered[record.coprocessor] = power.isOn ? power : nil
        case .windowOut, .windowIn, .lines, .reset, .gap, .failure: break
        }
        write(hider?.hide(record) ?? record, to: &output)
    }

    /// At least as many bytes as ``append(_:to:)`` appends for a record, the head of the file aside.
    public func longest(_ record: TraceRecord) -> Int {
        var content = 0
        var isWindow = false
        switch record.event {
        case .windowOut(let bytes, _), .windowIn(let bytes, _):
            content = bytes.count
            isWindow = true
        case .coprocessor(let power): content = power.firmware.utf8.count + power.address.utf8.count
        case .failure(let text): content = text.utf8.count
        case .time, .lines, .reset, .gap: break
        }
        return switch writer {
        // A character of a text may take six: \u0000.
        case .jsonLines: 256 + (isWindow ? 2 : 6) * content
        // Besides the packet, the description of an interface.
        case .pcapng: 512 + 2 * content
        // Two edges a bit, each with a time of 20 digits, and at most a change of each data line.
        case .vcd: 512 + (isWindow ? 8 * (2 * 25 + 2 * 3) * content : 0)
        }
    }

    /// Begins another file of the same trace: says again what a reader of this file alone must know.
    public mutating func beginNextFile(to output: inout [UInt8]) {
        hasBegun = true
        begin(to: &output)
        if let origin {
            write(TraceRecord(time: lastTime, coprocessor: 0, .time(unix: origin &+ lastTime)), to: &output)
        }
        for (number, power) in powered.sorted(by: { $0.key < $1.key }) {
            write(TraceRecord(time: lastTime, coprocessor: number, .coprocessor(power)), to: &output)
        }
    }

    /// Appends what belongs behind the last record.
    public mutating func end(to output: inout [UInt8]) {
        guard case .vcd(var vcd) = writer, hasBegun else { return }
        vcd.end(to: &output)
        writer = .vcd(vcd)
    }

    private mutating func begin(to output: inout [UInt8]) {
        switch writer {
        case .jsonLines: break
        case .pcapng(var pcapng):
            pcapng.begin(to: &output)
            writer = .pcapng(pcapng)
        case .vcd(var vcd):
            vcd.begin(to: &output)
            writer = .vcd(vcd)
        }
    }

    private mutating func write(_ record: TraceRecord, to output: inout [UInt8]) {
        switch writer {
        case .jsonLines(let json): json.append(record, to: &output)
        case .pcapng(var pcapng):
            // Taken out for the call, or its dictionary would be copied.
            writer = .jsonLines(JSONLinesWriter())
            pcapng.append(record, to: &output)
            writer = .pcapng(pcapng)
        case .vcd(var vcd):
            vcd.append(record, to: &output)
            writer = .vcd(vcd)
        }
    }
}
