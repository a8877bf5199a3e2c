import WiFiNINA

/// A chat room as in a sketch: a line from one client is sent to all others.
///
/// Each client uses a bounded amount of memory, whatever it sends: a line that is too long is discarded, and its client
/// is notified once. A client that can no longer be written to is dropped.
final class ChatServer {
    /// The maximum length of a line in bytes, without its end.
    static let lineLimit = 500
    static let complaint = "error: a line has at most 500 bytes\n"

    struct Guest {
        let client: WiFiClient
        let port: UInt16
        /// The received bytes of an incomplete line.
        var line: [UInt8] = []
        /// The line is too long: everything up to its end is discarded.
        var isSkipping = false
        var lines = 0
    }

    private let wifi: WiFi
    private let server: WiFiServer
    private(set) var guests: [Guest] = []
    /// The most bytes ever buffered for the lines of all guests together.
    private(set) var mostKept = 0
    /// The most guests at the same time.
    private(set) var mostGuests = 0
    /// The number of lines that were too long.
    private(set) var complaints = 0

    init(_ wifi: WiFi, port: UInt16) throws {
        self.wifi = wifi
        server = WiFiServer(wifi, port: port)
        try server.begin()
    }

    /// The body of the sketch's loop: accepts new clients and forwards lines. Waits a little when idle.
    func loop() throws {
        var isBusy = false
        while let client = try server.accept() {
            guests.append(Guest(client: client, port: try client.remotePort()))
            mostGuests = max(mostGuests, guests.count)
            isBusy = true
        }
        for guest in guests where try hear(guest.port) { isBusy = true }
        if !isBusy { try wifi.waitForActivity(.milliseconds(50)) }
    }

    /// Drops clients whose connection has ended; a sketch does this from time to time. Not in each loop, because a
    /// client that has ended only its own stream is still reading.
    func sweep() throws {
        for guest in guests where try !guest.client.connected() { try letGo(guest.port) }
    }

    /// The number of lines from a guest; nil when the guest has left.
    func lines(of port: UInt16) -> Int? { guests.first { $0.port == port }?.lines }

    private func letGo(_ port: UInt16) throws {
        guard let index = guests.firstIndex(where: { $0.port == port }) else { return }
        try guests.remove(at: index).client.stop()
    }

    /// - Returns: whether the guest has sent anything.
    private func hear(_ port: UInt16) throws -> Bool {
        guard let index = guests.firstIndex(where: { $0.port == port }) else { return false }
        let bytes = try guests[index].client.read(1024)
        guard !bytes.isEmpty else { return false }
        var said: [UInt8] = []
        var isTooLong = false
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if !guests[index].isSkipping {
                    said += guests[index].line + [byte]
                    guests[index].lines += 1
                }
                guests[index].line.removeAll(keepingCapacity: true)
                guests[index].isSkipping = false
            } else if guests[index].line.count < Self.lineLimit {
                if !guests[index].isSkipping { guests[index].line.append(byte) }
            } else {
                guests[index].line.removeAll(keepingCapacity: true)
                guests[index].isSkipping = true
                isTooLong = true
                complaints += 1
            }
        }
        mostKept = max(mostKept, guests.reduce(0) { $0 + $1.line.count })
        if isTooLong { try tell(port, Array(Self.complaint.utf8)) }
        if !said.isEmpty { for other in guests where other.port != port { try tell(other.port, said) } }
        return true
    }

    /// Sends bytes to a guest; drops a guest that is gone.
    private func tell(_ port: UInt16, _ bytes: [UInt8]) throws {
        guard let guest = guests.first(where: { $0.port == port }) else { return }
        do throws(WiFiError) {
            try guest.client.writeAll(bytes)
        } catch {
            switch error {
            case .connectionClosed, .staleHandle, .timedOut: try letGo(port)
            default: throw error
            }
        }
    }
}
