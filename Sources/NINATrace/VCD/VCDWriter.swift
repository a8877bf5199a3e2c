/// Writes the lines of one coprocessor as a VCD (IEEE 1364), at a modelled clock. Protocol/trace.md says how windows are drawn.
public struct VCDWriter: Sendable {
    /// The clock unless chosen, in hertz: that of WiFiNINA's driver.
    public static let standardClock = 8_000_000
    /// READY rises so long after chip select has fallen, in nanoseconds.
    private static let readyDelay: UInt64 = 100
    /// The first bit follows chip select after this time, and chip select rises so long after the last one.
    private static let selectDelay: UInt64 = 1000

    /// The wires, by the characters that stand for them.
    enum Wire: UInt8, CaseIterable {
        case chipSelect = 0x21
        case clock, mosi, miso, ready, reset, interrupt

        var name: StaticString {
            switch self {
            case .chipSelect: "CS"
            case .clock: "SCK"
            case .mosi: "MOSI"
            case .miso: "MISO"
            case .ready: "READY"
            case .reset: "RESET"
            case .interrupt: "IRQ"
            }
        }
    }

    private let program: String
    private let clock: UInt64
    private var coprocessor: UInt32?
    /// The end of what is drawn.
    private var now: UInt64 = 0
    /// The time that the file has stated last.
    private var stated: UInt64?
    private var high: Set<Wire> = [.chipSelect, .ready, .reset]

    init(program: String, coprocessor: UInt32?, clock: Int) {
        self.program = program
        self.coprocessor = coprocessor
        self.clock = UInt64(max(1, min(clock, 500_000_000)))
    }

    /// Appends the head of a file.
    mutating func begin(to output: inout [UInt8]) {
        output.append("$version ")
        output.append(text: program)
        output.append(" $end\n$timescale 1 ns $end\n$scope module nina $end\n")
        for wire in Wire.allCases {
            output.append("$var wire 1 ")
            output.append(wire.rawValue)
            output.append(UInt8(ascii: " "))
            output.append(wire.name)
            output.append(" $end\n")
        }
        output.append("$upscope $end\n$enddefinitions $end\n#")
        output.append(decimal: now)
        output.append("\n$dumpvars\n")
        for wire in Wire.allCases {
            output.append(high.contains(wire) ? UInt8(ascii: "1") : UInt8(ascii: "0"))
            output.append(wire.rawValue)
            output.append(UInt8(ascii: "\n"))
        }
        output.append("$end\n")
        stated = now
    }

    /// Appends the end of a file: the last levels last a while, or nobody would see them.
    mutating func end(to output: inout [UInt8]) {
        output.append(UInt8(ascii: "#"))
        output.append(decimal: now + Self.selectDelay)
        output.append(UInt8(ascii: "\n"))
    }

    mutating func append(_ record: TraceRecord, to output: inout [UInt8]) {
        guard record.coprocessor > 0 else { return }
        if coprocessor == nil { coprocessor = record.coprocessor }
        guard coprocessor == record.coprocessor else { return }
        switch record.event {
        // The window that reads a reply is drawn with the reply.
        case .windowOut(_, let flags) where flags.contains(.readsReply): break
        case .windowOut(let bytes, _):
            start(record.time, length: bytes.count)
            window(mosi: bytes, miso: [], to: &output)
        case .windowIn(let bytes, let flags):
            if flags.contains(.clocked) { start(record.time, length: bytes.count) } else { now = max(now, record.time) }
            set(.ready, false, to: &output)
            now += Self.selectDelay
            window(mosi: [], miso: bytes, to: &output)
            now += Self.selectDelay
            set(.ready, false, to: &output)
        case .lines(let levels):
            now = max(now, record.time)
            for (line, wire) in [(LineLevels.Lines.ready, Wire.ready), (.interrupt, .interrupt), (.reset, .reset)]
            where levels.known.contains(line) {
                set(wire, levels.high.contains(line), to: &output)
            }
            if levels.known.contains(.reset), !levels.high.contains(.reset) { set(.ready, true, to: &output) }
        case .reset(_, let bluetooth):
            now = max(now, record.time)
            set(.ready, bluetooth, to: &output)
        case .time, .coprocessor, .gap, .failure: break
        }
    }

    /// Moves to the start of a window that ends at a time, or to the end of what is drawn.
    private mutating func start(_ end: UInt64, length: Int) {
        let duration = edge(16 * UInt64(length)) + 2 * Self.selectDelay
        now = max(now, end > duration ? end - duration : 0)
    }

    /// The time of a half period after the first.
    private func edge(_ count: UInt64) -> UInt64 { count * 500_000_000 / clock }

    private mutating func window(mosi: ArraySlice<UInt8>, miso: ArraySlice<UInt8>, to output: inout [UInt8]) {
        set(.chipSelect, false, to: &output)
        let start = now + Self.selectDelay
        now += Self.readyDelay
        set(.ready, true, to: &output)
        var half: UInt64 = 0
        for index in 0..<max(mosi.count, miso.count) {
            let out = index < mosi.count ? mosi[mosi.startIndex + index] : 0
            let `in` = index < miso.count ? miso[miso.startIndex + index] : 0
            for bit in stride(from: 7, through: 0, by: -1) {
                now = start + edge(half)
                set(.clock, false, to: &output)
                set(.mosi, out >> UInt8(bit) & 1 == 1, to: &output)
                set(.miso, `in` >> UInt8(bit) & 1 == 1, to: &output)
                now = start + edge(half + 1)
                set(.clock, true, to: &output)
                half += 2
            }
        }
        now = start + edge(half)
        set(.clock, false, to: &output)
        now += Self.selectDelay
        set(.chipSelect, true, to: &output)
    }

    private mutating func set(_ wire: Wire, _ level: Bool, to output: inout [UInt8]) {
        guard high.contains(wire) != level else { return }
        if level { high.insert(wire) } else { high.remove(wire) }
        if stated != now {
            stated = now
            output.append(UInt8(ascii: "#"))
            output.append(decimal: now)
            output.append(UInt8(ascii: "\n"))
        }
        output.append(level ? UInt8(ascii: "1") : UInt8(ascii: "0"))
        output.append(wire.rawValue)
        output.append(UInt8(ascii: "\n"))
    }
}
