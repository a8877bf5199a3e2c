import NINATrace

/// Records of a trace as lines for the page: those of `nina decode --strict --json`, with every event.
struct WatchLines {
    private var decoder: TraceDecoder
    private let json = ItemJSON()

    init(_ options: TraceDecoder.Options) {
        var options = options
        options.isStrict = true
        decoder = TraceDecoder(options)
    }

    /// A line, and what is counted of it.
    struct Line {
        var bytes: [UInt8]
        /// Whether it is a command.
        var isCommand: Bool
        /// Whether rows behind it cannot be understood without it.
        var isLasting: Bool
    }

    mutating func decode(_ record: TraceRecord) -> [DecodedItem] { decoder.decode(record) }

    mutating func finish() -> [DecodedItem] { decoder.finish() }

    func line(_ item: DecodedItem) -> Line {
        var bytes: [UInt8] = []
        json.append(item, to: &bytes)
        switch item {
        case .exchange: return Line(bytes: bytes, isCommand: true, isLasting: false)
        case .event(let record, _):
            let isLasting = record.kind == .time || record.kind == .coprocessor
            return Line(bytes: bytes, isCommand: false, isLasting: isLasting)
        }
    }
}

/// The newest lines, as many as a page can show and as memory allows.
struct LineWindow {
    private let longest: Int
    private let largest: Int
    /// Old lines that the others need.
    private var lasting: [[UInt8]] = []
    private var recent: [WatchLines.Line] = []
    private var first = 0
    private var size = 0
    /// How many commands were dropped.
    private(set) var droppedCommands = 0
    private(set) var commands = 0

    /// - Parameters:
    ///   - longest: the most commands.
    ///   - largest: the most bytes.
    init(longest: Int, largest: Int) {
        self.longest = longest
        self.largest = largest
    }

    mutating func append(_ line: WatchLines.Line) {
        recent.append(line)
        size += line.bytes.count
        commands += line.isCommand ? 1 : 0
        while commands - droppedCommands > longest || size > largest && recent.count - first > 1 { dropFirst() }
        guard first > 4096, first > recent.count / 2 else { return }
        recent.removeFirst(first)
        first = 0
    }

    private mutating func dropFirst() {
        let line = recent[first]
        recent[first].bytes = []
        first += 1
        size -= line.bytes.count
        droppedCommands += line.isCommand ? 1 : 0
        // Bounded, too: a trace may switch modules on and off for ever.
        if line.isLasting, lasting.count < 1000 { lasting.append(line.bytes) }
    }

    var lines: [[UInt8]] { lasting + recent[first...].map(\.bytes) }
}
