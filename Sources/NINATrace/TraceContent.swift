// The content of an event as bytes: what follows the header of a packet in pcapng, and how events wait for the thread that
// writes them.

/// The number of an event's kind.
public enum TraceKind: UInt8, CaseIterable, Sendable {
    /// A window's MOSI bytes.
    case windowOut = 1
    /// A window's MISO bytes.
    case windowIn = 2
    /// Levels of lines.
    case lines = 3
    /// A start.
    case reset = 4
    /// The wall clock.
    case time = 5
    /// A coprocessor on or off.
    case coprocessor = 6
    /// Events that are missing.
    case gap = 7
    /// A failure.
    case failure = 8

    /// Its name in JSON lines.
    var name: StaticString {
        switch self {
        case .windowOut: "out"
        case .windowIn: "in"
        case .lines: "lines"
        case .reset: "reset"
        case .time: "time"
        case .coprocessor: "coprocessor"
        case .gap: "gap"
        case .failure: "failure"
        }
    }
}

extension TraceRecord {
    /// The kind of the event.
    public var kind: TraceKind {
        switch event {
        case .windowOut: .windowOut
        case .windowIn: .windowIn
        case .lines: .lines
        case .reset: .reset
        case .time: .time
        case .coprocessor: .coprocessor
        case .gap: .gap
        case .failure: .failure
        }
    }

    /// The flags of a window; empty for other events.
    var flags: WindowFlags {
        switch event {
        case .windowOut(_, let flags), .windowIn(_, let flags): flags
        case .lines, .reset, .time, .coprocessor, .gap, .failure: []
        }
    }

    /// Appends the content of the event.
    func appendContent(to output: inout [UInt8]) {
        switch event {
        case .windowOut(let bytes, _), .windowIn(let bytes, _): output.append(contentsOf: bytes)
        case .lines(let levels):
            output.append(levels.known.rawValue)
            output.append(levels.high.rawValue)
        case .reset(let boots, let bluetooth):
            output.append(bluetooth ? 1 : 0)
            output.appendBig(boots)
        case .time(let unix):
            output.appendBig(unix)
            output.appendBig(time)
        case .coprocessor(let power):
            output.append(power.isOn ? 1 : 0)
            output.append(power.slots)
            output.appendShort(power.firmware)
            output.appendShort(power.address)
        case .gap(let count): output.appendBig(count)
        case .failure(let text): output.append(contentsOf: text.utf8)
        }
    }

    /// The event of a content.
    ///
    /// - Parameters:
    ///   - family: what the packet says of the firmware, which the content of `coprocessor` does not repeat.
    ///   - place: where the content begins, for errors.
    static func event(
        _ kind: TraceKind, flags: UInt8, family: TraceFamily?, _ content: ArraySlice<UInt8>, at place: TraceError.Place
    ) throws(TraceError) -> Event {
        func fields(_ count: Int, _ what: String) throws(TraceError) {
            guard content.count == count else {
                throw TraceError(place, what, "expected \(count) bytes, got \(content.count)")
            }
        }
        let isWindow = kind == .windowOut || kind == .windowIn
        let windowFlags = WindowFlags(rawValue: flags)
        guard isWindow ? windowFlags.isSubset(of: .all) : flags == 0 else {
            throw TraceError(place, "flags", "\(flags) has bits that have no meaning in an event of kind \(kind.name)")
        }
        switch kind {
        case .windowOut, .windowIn:
            guard content.count <= longestWindow else {
                throw TraceError(place, "window", "\(content.count) bytes, at most \(longestWindow) are possible")
            }
            return kind == .windowOut ? .windowOut(content, windowFlags) : .windowIn(content, windowFlags)
        case .lines:
            try fields(2, "lines")
            let known = LineLevels.Lines(rawValue: content[content.startIndex])
            let high = LineLevels.Lines(rawValue: content[content.startIndex + 1])
            guard known.isSubset(of: .all), high.isSubset(of: known) else {
                throw TraceError(place, "lines", "levels of lines that do not exist, or that the mask does not name")
            }
            return .lines(LineLevels(known: known, high: high))
        case .reset:
            try fields(5, "reset")
            let mode = content[content.startIndex]
            guard mode <= 1 else { throw TraceError(place, "mode", "expected 0 or 1, got \(mode)") }
            return .reset(boots: content.dropFirst().bigEndian(), bluetooth: mode == 1)
        case .time:
            try fields(16, "time")
            return .time(unix: content.prefix(8).bigEndian())
        case .coprocessor: return .coprocessor(try power(content, family, at: place))
        case .gap:
            try fields(8, "gap")
            return .gap(content.bigEndian())
        case .failure: return .failure(String(decoding: content, as: UTF8.self))
        }
    }

    private static func power(
        _ content: ArraySlice<UInt8>, _ family: TraceFamily?, at place: TraceError.Place
    ) throws(TraceError) -> CoprocessorPower {
        var rest = content
        func next(_ field: String) throws(TraceError) -> UInt8 {
            guard let byte = rest.popFirst() else { throw TraceError(place, field, "the event ends before it") }
            return byte
        }
        func text(_ field: String) throws(TraceError) -> String {
            let count = Int(try next(field))
            guard rest.count >= count else {
                throw TraceError(place, field, "expected \(count) bytes, got \(rest.count)")
            }
            defer { rest = rest.dropFirst(count) }
            return String(decoding: rest.prefix(count), as: UTF8.self)
        }
        let state = try next("state")
        guard state <= 1 else { throw TraceError(place, "state", "expected 0 or 1, got \(state)") }
        let slots = try next("slots")
        let firmware = try text("firmware")
        let address = try text("address")
        guard rest.isEmpty else { throw TraceError(place, "address", "\(rest.count) bytes follow it") }
        guard state == 1 else { return .off }
        return .on(firmware: firmware, family: family, slots: slots, address: address)
    }
}

extension [UInt8] {
    mutating func appendBig(_ number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    mutating func appendLittle(_ number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    /// A text of at most 255 bytes behind its length; a longer one is cut.
    fileprivate mutating func appendShort(_ text: String) {
        let bytes = text.utf8.prefix(255)
        append(UInt8(bytes.count))
        append(contentsOf: bytes)
    }
}

extension ArraySlice<UInt8> {
    /// The bytes as a number, most significant first.
    func bigEndian<Number: FixedWidthInteger>() -> Number {
        reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }
}
