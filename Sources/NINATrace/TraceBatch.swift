/// Events that wait to be written, as bytes, so that adding one is a copy and no allocation for each.
public struct TraceBatch: Sendable {
    private var bytes: [UInt8] = []
    /// The number of events.
    public private(set) var count = 0

    /// An empty batch.
    /// - Parameter capacity: the bytes that it holds without another allocation.
    public init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// The bytes that it holds.
    public var size: Int { bytes.count }
    /// The bytes that it holds without another allocation.
    public var capacity: Int { bytes.capacity }
    /// Whether there is no event in it.
    public var isEmpty: Bool { bytes.isEmpty }

    private struct Header {
        var time: UInt64
        var coprocessor: UInt32
        var length: UInt32
        var kind: UInt8
        var flags: UInt8
        var family: UInt8

        static let lengthOffset = 12
    }

    private mutating func append(_ header: Header) {
        withUnsafeBytes(of: header) { bytes.append(contentsOf: $0) }
        count += 1
    }

    /// Adds a window.
    public mutating func append(
        window: ArraySlice<UInt8>, isOut: Bool, _ flags: WindowFlags, coprocessor: UInt32, time: UInt64
    ) {
        let kind = isOut ? TraceKind.windowOut : .windowIn
        append(
            Header(
                time: time, coprocessor: coprocessor, length: UInt32(window.count), kind: kind.rawValue,
                flags: flags.rawValue, family: 0))
        bytes.append(contentsOf: window)
    }

    /// Adds any event.
    public mutating func append(_ record: TraceRecord) {
        var family: UInt8 = 0
        if case .coprocessor(let power) = record.event { family = power.family?.rawValue ?? 0 }
        append(
            Header(
                time: record.time, coprocessor: record.coprocessor, length: 0,
                kind: record.kind.rawValue, flags: record.flags.rawValue, family: family))
        let start = bytes.count
        record.appendContent(to: &bytes)
        // Known only now.
        let length = UInt32(bytes.count - start)
        let offset = start - MemoryLayout<Header>.size + Header.lengthOffset
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: length, toByteOffset: offset, as: UInt32.self) }
    }

    /// Removes all events.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        count = 0
    }

    /// Calls a body with each event, in order. Windows share the storage of the batch.
    public func forEach(_ body: (TraceRecord) -> Void) {
        var position = 0
        while position + MemoryLayout<Header>.size <= bytes.count {
            let start = position
            let header = bytes.withUnsafeBytes { bytes in
                Header(
                    time: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self),
                    coprocessor: bytes.loadUnaligned(fromByteOffset: start + 8, as: UInt32.self),
                    length: bytes.loadUnaligned(fromByteOffset: start + Header.lengthOffset, as: UInt32.self),
                    kind: bytes[start + 16], flags: bytes[start + 17], family: bytes[start + 18])
            }
            position += MemoryLayout<Header>.size
            let content = bytes[position..<position + Int(header.length)]
            position += content.count
            guard let kind = TraceKind(rawValue: header.kind),
                let event = try? TraceRecord.event(
                    kind, flags: header.flags, family: TraceFamily(rawValue: header.family), content, at: .offset(0))
            else { continue }
            body(TraceRecord(time: header.time, coprocessor: header.coprocessor, event))
        }
    }
}
