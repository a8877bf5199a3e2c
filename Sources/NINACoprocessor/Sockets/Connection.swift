import NINAWire

/// A TCP or TLS connection of a client, in a slot or waiting for one.
struct Connection {
    /// Invalid when the server has closed it already (a quirk).
    var socket: NetworkSocket
    let remote: Endpoint
    /// There are bytes that the host has not read.
    var hasUnread = false
    /// The order in which clients came.
    var arrival: UInt32 = 0
    /// What the network has not taken yet, at most one frame.
    var unsentFrame: ArraySlice<UInt8> = []

    mutating func refreshUnread(_ streams: SecureStreams) { hasUnread = streams.readableBytes(socket) > 0 }

    /// Sends the rest of the frame before; true when nothing is left.
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

    /// Sends a frame whole: what the network does not take now is kept. The frame before must have been sent.
    /// - Returns: the bytes accepted: all, or none when the connection is gone.
    mutating func send(_ data: ArraySlice<UInt8>, _ streams: SecureStreams) -> Int {
        guard !data.isEmpty, let count = streams.send(socket, data) else { return 0 }
        if count < data.count {
            unsentFrame = ArraySlice(Array(data.dropFirst(count)))
            streams.notifyWhenWritable(socket)
        }
        return data.count
    }

    /// Closes in good order, and gives the socket's number back.
    func finish(_ context: inout Context) { context.finish(socket, sending: unsentFrame) }
}

extension Context {
    /// Closes a slot's socket in good order, and gives its number back.
    mutating func finish(_ socket: NetworkSocket, sending rest: ArraySlice<UInt8>) {
        numbers.release(socket)
        streams.finish(socket, sending: rest)
    }

    /// Closes a slot's socket at once, and gives its number back.
    mutating func abort(_ socket: NetworkSocket) {
        numbers.release(socket)
        streams.abort(socket)
    }
}
