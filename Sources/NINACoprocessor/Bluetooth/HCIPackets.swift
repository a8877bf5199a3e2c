/// The boundaries of HCI packets in a stream with H4 type bytes.
///
/// | type | packet | header behind the type | length |
/// |---|---|---|---|
/// | 1 | command | 3 bytes | 1 byte, the last of the header |
/// | 2 | ACL data | 4 bytes | 2 bytes, low first, the last of the header |
/// | 3 | synchronous data | 3 bytes | 1 byte, the last of the header |
/// | 4 | event | 2 bytes | 1 byte, the last of the header |
/// | 5 | isochronous data | 4 bytes | 14 bits, low byte first |
///
/// Source: Bluetooth Core 5.4, volume 4, parts A and E.
enum HCIPacket {
    /// The start of a byte sequence.
    enum Head: Equatable {
        /// A packet with this length including its type byte; it may be incomplete.
        case packet(length: Int)
        /// The header is incomplete.
        case incomplete
        /// An invalid packet type.
        case unknown(type: UInt8)
    }

    /// Parses the start of a byte sequence.
    static func head(_ bytes: ArraySlice<UInt8>) -> Head {
        guard let type = bytes.first else { return .incomplete }
        let start = bytes.startIndex
        let header: Int
        switch type {
        case 1, 3: header = 4
        case 2, 5: header = 5
        case 4: header = 3
        default: return .unknown(type: type)
        }
        guard bytes.count >= header else { return .incomplete }
        let low = Int(bytes[start + header - (header == 5 ? 2 : 1)])
        let high = header == 5 ? Int(bytes[start + 4]) & (type == 5 ? 0x3F : 0xFF) : 0
        return .packet(length: header + (high << 8 | low))
    }

    /// Whether the bytes are exactly one packet.
    static func isWhole(_ bytes: ArraySlice<UInt8>) -> Bool { head(bytes) == .packet(length: bytes.count) }
}

/// Packets from a controller that wait for the host. The host sees only complete packets, as in the firmware's buffer.
struct HCIInbox {
    /// While more bytes than this are buffered, nothing is received from the controller. The firmware's ring has 256
    /// bytes and drops what does not fit. The longest packet, 65,540 bytes, fits.
    static let limit = 128 * 1024

    /// Received bytes: complete packets, then the start of another.
    private var bytes: [UInt8] = []
    private var start = 0
    /// The end of the last complete packet.
    private var end = 0

    /// The number of bytes in complete packets.
    var count: Int { end - start }
    /// Whether more can be received from the controller.
    var hasRoom: Bool { bytes.count - start < Self.limit }

    /// Appends received bytes.
    /// - Returns: the type byte if it is invalid: the rest of the stream cannot be parsed.
    mutating func append(_ new: ArraySlice<UInt8>) -> UInt8? {
        if start > 0 {
            bytes.removeFirst(start)
            end -= start
            start = 0
        }
        bytes.append(contentsOf: new)
        while true {
            switch HCIPacket.head(bytes[end...]) {
            case .incomplete: return nil
            case .unknown(let type):
                bytes.removeSubrange(end...)
                return type
            case .packet(let length):
                guard bytes.count - end >= length else { return nil }
                end += length
            }
        }
    }

    /// The first bytes, without removing them.
    func peek(_ count: Int) -> ArraySlice<UInt8> { bytes[start..<end].prefix(count) }

    /// Removes the first bytes.
    mutating func remove(_ count: Int) { start += min(count, self.count) }
}
