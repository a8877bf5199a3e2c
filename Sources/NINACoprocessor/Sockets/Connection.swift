import NINAWire

/// A client's TCP or TLS connection, in a slot or waiting for one.
struct Connection {
    /// Invalid if the server has already closed it (a quirk).
    var socket: NetworkSocket
    let remote: Endpoint
    /// There are unread bytes.
    var hasUnread = false
    /// Its place in the list of its server.
    var place = 0
    /// Bytes that the network has not taken yet, at most one frame.
    var unsentFrame: ArraySlice<UInt8> = []

    mutating func refreshUnread(_ streams: SecureStreams) { hasUnread = streams.hasReadableBytes(socket) }

    /// Sends the rest of the previous frame. Returns true when nothing is left.
    mutating func flush(_ streams: SecureStreams) -> Bool {
        guard !unsentFrame.isEmpty else { return true }
        guard let count = streams.send(socket, unsentFrame) else {
            unsentFrame = []
            return true
        }
        unsentFrame.removeFirst(count)
        guard unsentFrame.isEmpty else {
            streams.notifyWhenWritable(socket)
            return false
        }
        return true
    }

    /// Sends a frame completely: buffers what the network does not take now. The previous frame must have been sent.
    /// - Returns: the number of bytes accepted: all, or 0 when the connection is gone.
    mutating func send(_ data: ArraySlice<UInt8>, _ streams: SecureStreams) -> Int {
        guard !data.isEmpty, let count = streams.send(socket, data) else { return 0 }
        if count < data.count {
            unsentFrame = ArraySlice(Array(data.dropFirst(count)))
            streams.notifyWhenWritable(socket)
        }
        return data.count
    }

    /// Closes gracefully, and releases the socket's number.
    func finish(_ context: inout Context) { context.finish(socket, sending: unsentFrame) }
}

extension Context {
    /// Closes a slot's socket gracefully, and releases its number.
    mutating func finish(_ socket: NetworkSocket, sending rest: ArraySlice<UInt8>) {
        numbers.release(socket)
        streams.finish(socket, sending: rest)
    }

    /// Closes a slot's socket at once, and releases its number.
    mutating func abort(_ socket: NetworkSocket) {
        numbers.release(socket)
        streams.abort(socket)
    }
}
