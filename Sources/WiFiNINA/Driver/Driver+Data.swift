import NINALink
import NINAWire

// The bytes of connections, whichever family of commands they go by: one command for each frame.

extension Driver {
    /// One frame of what the chip has, empty when it has nothing now.
    ///
    /// A reply that is lost may have had bytes in it: what would come after it is not read, as it does not follow on.
    func receive(_ id: SocketID) throws(WiFiError) -> ArraySlice<UInt8> {
        guard !sockets[id].gaps.contains(.input) else { throw .bytesLost(id.number) }
        let data: ArraySlice<UInt8>
        do throws(WiFiError) {
            data = try commands(id).receive(id.number, on: self)
        } catch {
            if mayHaveRun { sockets[id].gaps.insert(.input) }
            throw error
        }
        sockets[id].quantum.read += data.count
        return data
    }

    /// Sends a frame.
    ///
    /// When the reply is lost it is unknown whether the frame was taken: nothing is sent after it.
    /// - Returns: the bytes taken.
    func send(_ id: SocketID, _ frame: ArraySlice<UInt8>) throws(WiFiError) -> Int {
        guard !sockets[id].gaps.contains(.output) else { throw .bytesLost(id.number) }
        do throws(WiFiError) {
            return try commands(id).send(id.number, frame, on: self)
        } catch {
            if mayHaveRun { sockets[id].gaps.insert(.output) }
            throw error
        }
    }

    /// The most bytes that are kept for a program that does not read while it writes.
    static let drainLimit = 64 * 1024

    /// Reads the chip's bytes into the socket's buffer, up to a limit.
    func drain(_ id: SocketID) throws(WiFiError) {
        while sockets[id].ahead.count < Self.drainLimit {
            guard try fill(id) == commands(id).longestReceive else { return }
        }
    }

    /// Adds one frame of the chip's bytes to the socket's buffer.
    /// - Returns: their number.
    func fill(_ id: SocketID) throws(WiFiError) -> Int {
        let data = try receive(id)
        sockets[id].ahead.append(data)
        return data.count
    }

    /// Waits until the chip has something for a server or a client.
    /// - Returns: false when the deadline came first.
    func waitForActivity(until deadline: MonotonicInstant) throws(WiFiError) -> Bool {
        guard pollsForActivity else { return try waitForInterrupt(until: deadline) }
        var pause = BSDCommands.firstPause
        while true {
            if try interruptLevel() { return true }
            if try bsd.hasActivity(on: self) { return true }
            guard now < deadline else { return false }
            if try waitForInterrupt(until: min(deadline, now.advanced(byNanoseconds: pause))) { return true }
            pause = min(pause * 2, BSDCommands.longestPause)
        }
    }

    /// Whether there is a BSD socket of a server or a client: IRQ says nothing of them.
    private var pollsForActivity: Bool {
        sockets.hasBSDSockets
            && (0..<SocketID.limit).contains {
                let use = sockets[.bsd($0)].use
                return use == .client || use == .listener
            }
    }
}
