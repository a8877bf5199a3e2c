import NINALink

extension LinkMessage {
    /// The bytes of a message.
    public static func bytes(_ kind: Kind, flags: UInt8 = 0, payload: [UInt8] = []) -> [UInt8] {
        var queue = ByteQueue()
        append(kind, flags: flags, payload: payload, to: &queue)
        return queue.bytes
    }
}

extension ByteQueue {
    /// The bytes in hexadecimal digits.
    public var hex: String { bytes.hex }
}
