/// Reads pcapng of either byte order. Blocks that a trace does not use are skipped, as the format asks.
struct PcapngReader {
    private let bytes: [UInt8]
    private var position = 0
    private var isLittle = true
    /// Those of the section. Each takes 20 bytes of the file at least, so that the file's size limits them.
    private var interfaces: [Interface] = []
    private var origin: UInt64?
    private var order = TimeOrder()

    private struct Interface {
        var isTrace: Bool
        var linkType: UInt16
        /// The exponent of the resolution, and whether its base is 2 instead of 10.
        var exponent: UInt8 = 6
        var isBinary = false
        /// Seconds to add to each time.
        var offset: UInt64 = 0
    }

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Calls a body with each record of a trace.
    static func read(_ bytes: [UInt8], _ body: (TraceRecord) -> Void) throws(TraceError) {
        var reader = PcapngReader(bytes)
        guard bytes.count >= 4, bytes.prefix(4).elementsEqual([0x0A, 0x0D, 0x0D, 0x0A]) else {
            throw TraceError(.offset(0), "block type", "a pcapng file begins with 0A 0D 0D 0A")
        }
        while reader.position < bytes.count { try reader.block(body) }
    }

    private mutating func block(_ body: (TraceRecord) -> Void) throws(TraceError) {
        let start = position
        guard bytes.count - start >= 12 else {
            throw TraceError(.offset(start), "block", "the file ends inside a block")
        }
        // The same in both orders.
        let isSection = bytes[start..<start + 4].elementsEqual([0x0A, 0x0D, 0x0D, 0x0A])
        if isSection { try readOrder(start) }
        let type: UInt32 = number(start)
        let length: UInt32 = number(start + 4)
        guard length >= 12, length % 4 == 0, Int(length) <= bytes.count - start else {
            throw TraceError(
                .offset(start + 4), "block length",
                "\(length) is not a multiple of 4 from 12 to \(bytes.count - start), the rest of the file")
        }
        let end = start + Int(length) - 4
        let repeated: UInt32 = number(end)
        guard repeated == length else {
            throw TraceError(.offset(end), "block length", "\(repeated) at the end, \(length) at the start")
        }
        position = end + 4
        switch type {
        case Pcapng.sectionHeader:
            let major: UInt16 = number(start + 12)
            guard major == 1 else { throw TraceError(.offset(start + 12), "version", "expected 1, got \(major)") }
            interfaces = []
        case Pcapng.interfaceDescription: try readInterface(start + 8..<end)
        case Pcapng.enhancedPacket: try readPacket(start + 8..<end, body)
        default: break
        }
    }

    private mutating func readOrder(_ start: Int) throws(TraceError) {
        guard bytes.count - start >= 28 else {
            throw TraceError(.offset(start), "section header", "the file ends inside it")
        }
        let magic = Array(bytes[start + 8..<start + 12])
        switch magic {
        case [0x4D, 0x3C, 0x2B, 0x1A]: isLittle = true
        case [0x1A, 0x2B, 0x3C, 0x4D]: isLittle = false
        default: throw TraceError(.offset(start + 8), "byte-order magic", "expected 1A2B3C4D in one of two orders")
        }
    }

    private mutating func readInterface(_ body: Range<Int>) throws(TraceError) {
        guard body.count >= 8 else {
            throw TraceError(.offset(body.lowerBound), "interface description", "it is too short")
        }
        let linkType: UInt16 = number(body.lowerBound)
        var interface = Interface(isTrace: linkType == Pcapng.linkType, linkType: linkType)
        var position = body.lowerBound + 8
        while body.upperBound - position >= 4 {
            let code: UInt16 = number(position)
            let length = Int(number(position + 2) as UInt16)
            let value = position + 4
            guard code != Pcapng.endOfOptions else { break }
            guard body.upperBound - value >= length else {
                throw TraceError(.offset(position), "option \(code)", "its \(length) bytes go past its block")
            }
            if code == Pcapng.timeResolution {
                guard length == 1 else { throw TraceError(.offset(position), "if_tsresol", "expected 1 byte") }
                interface.isBinary = bytes[value] & 0x80 != 0
                interface.exponent = bytes[value] & 0x7F
                guard interface.exponent <= (interface.isBinary ? 63 : 18) else {
                    throw TraceError(.offset(value), "if_tsresol", "\(bytes[value]) is finer than this program reads")
                }
            } else if code == Pcapng.timeOffset {
                guard length == 8 else { throw TraceError(.offset(position), "if_tsoffset", "expected 8 bytes") }
                interface.offset = number(value)
            }
            position = value + (length + 3) / 4 * 4
        }
        interfaces.append(interface)
    }

    private mutating func readPacket(
        _ block: Range<Int>, _ body: (TraceRecord) -> Void
    ) throws(TraceError) {
        let start = block.lowerBound
        guard block.count >= 20 else { throw TraceError(.offset(start), "packet", "the block is too short") }
        let number = Int(self.number(start) as UInt32)
        guard number < interfaces.count else {
            throw TraceError(.offset(start), "interface", "\(number) is not described, \(interfaces.count) are")
        }
        let interface = interfaces[number]
        guard interface.isTrace else {
            throw TraceError(
                .offset(start), "link type", "expected \(Pcapng.linkType) (USER0), got \(interface.linkType)")
        }
        let captured = Int(self.number(start + 12) as UInt32)
        let original = Int(self.number(start + 16) as UInt32)
        let data = start + 20
        guard captured <= block.upperBound - data else {
            throw TraceError(.offset(start + 12), "captured length", "\(captured) bytes go past the block")
        }
        guard captured == original else {
            throw TraceError(.offset(start + 12), "captured length", "only \(captured) of \(original) bytes are there")
        }
        let ticks = UInt64(self.number(start + 4) as UInt32) << 32 | UInt64(self.number(start + 8) as UInt32)
        guard let time = Self.nanoseconds(ticks, interface) else {
            throw TraceError(.offset(start + 4), "timestamp", "it is out of range")
        }
        body(try record(bytes[data..<data + captured], unix: time, at: .offset(data)))
    }

    private mutating func record(
        _ packet: ArraySlice<UInt8>, unix: UInt64, at place: TraceError.Place
    ) throws(TraceError) -> TraceRecord {
        guard packet.count >= Pcapng.headerLength else {
            throw TraceError(place, "packet", "\(packet.count) bytes, its header has \(Pcapng.headerLength)")
        }
        let header = Array(packet.prefix(Pcapng.headerLength))
        guard header[0] == Pcapng.version else {
            throw TraceError(place, "version", "expected \(Pcapng.version), got \(header[0]): another use of USER0?")
        }
        guard let kind = TraceKind(rawValue: header[1]) else {
            throw TraceError(place, "kind", "expected 1 to \(TraceKind.allCases.count), got \(header[1])")
        }
        let family = TraceFamily(rawValue: header[3])
        guard family != nil || header[3] == 0 else {
            throw TraceError(place, "family", "expected 0 to 2, got \(header[3])")
        }
        let content = packet.dropFirst(Pcapng.headerLength)
        let event = try TraceRecord.event(kind, flags: header[2], family: family, content, at: place)
        if case .time = event, origin == nil {
            // The content has the time of the trace at which the clock was read.
            let elapsed: UInt64 = content.dropFirst(8).bigEndian()
            guard elapsed <= unix else { throw TraceError(place, "time", "the trace began before 1970") }
            origin = unix - elapsed
        }
        let start = origin ?? unix
        origin = start
        guard unix >= start, unix - start < TraceRecord.timeLimit else {
            throw TraceError(place, "timestamp", "it is before the start of the trace")
        }
        try order.check(unix - start, at: place)
        let record = TraceRecord(time: unix - start, coprocessor: header[4...].bigEndian(), event)
        try record.checkClock(at: place)
        return record
    }

    /// A timestamp in nanoseconds since 1970; nil where that does not fit.
    private static func nanoseconds(_ ticks: UInt64, _ interface: Interface) -> UInt64? {
        var result: UInt64
        if interface.isBinary {
            let (high, low) = ticks.multipliedFullWidth(by: 1_000_000_000)
            let shift = UInt64(interface.exponent)
            guard shift > 0 ? high >> shift == 0 : high == 0 else { return nil }
            result = shift > 0 ? high << (64 - shift) | low >> shift : low
        } else {
            var factor: UInt64 = 1
            for _ in 0..<abs(9 - Int(interface.exponent)) { factor *= 10 }
            guard interface.exponent <= 9 else { return ticks / factor }
            let (product, isOver) = ticks.multipliedReportingOverflow(by: factor)
            guard !isOver else { return nil }
            result = product
        }
        let (offset, isOver) = interface.offset.multipliedReportingOverflow(by: 1_000_000_000)
        guard !isOver else { return nil }
        let (sum, isOverAgain) = result.addingReportingOverflow(offset)
        result = sum
        return isOverAgain ? nil : result
    }

    /// A number in the order of the section. The caller has checked that it is there.
    private func number<Number: FixedWidthInteger>(_ position: Int) -> Number {
        let raw = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: Number.self) }
        return isLittle ? Number(littleEndian: raw) : Number(bigEndian: raw)
    }
}
