import NINALink
import NINAWire

// Data transfer on connections of either socket family: one command per frame.

extension Driver {
    /// Reads one frame of data from the chip; empty when none is available.
    ///
    /// If the reply is lost, data may be lost with it: nothing more is read, because later bytes would leave a gap.
    func receive(_ id: SocketID) throws(WiFiError) -> ArraySlice<UInt8> {
        guard !sockets[id].gaps.contains(.input) else { throw .bytesLost(id.number) }
        let data: ArraySlice<UInt8>
        do throws(WiFiError) {
            data = try commands(id).receive(id, on: self)
        } catch {
            if mayHaveRun { sockets[id].markGap(.input) }
            throw error
        }
        sockets[id].recordReceived(data.count)
        return data
    }

    /// Sends a frame.
    ///
    /// If the reply is lost, it is unknown whether the frame was taken: nothing more is sent.
    /// - Returns: the number of bytes taken.
    func send(_ id: SocketID, _ frame: ArraySlice<UInt8>) throws(WiFiError) -> Int {
        guard !sockets[id].gaps.contains(.output) else { throw .bytesLost(id.number) }
        do throws(WiFiError) {
            return try commands(id).send(id, frame, on: self)
        } catch {
            if mayHaveRun { sockets[id].markGap(.output) }
            throw error
        }
    }

    /// Reads the chip's bytes into the socket's buffer, up to a limit.
    func drain(_ id: SocketID) throws(WiFiError) {
        while sockets[id].ahead.count < drainLimit {
            guard try fill(id) == commands(id).longestReceive else { return }
        }
    }

    /// Appends one frame of the chip's data to the socket's buffer.
    /// - Returns: the number of bytes.
    func fill(_ id: SocketID) throws(WiFiError) -> Int {
        let data = try receive(id)
        sockets[id].buffer(data)
        return data.count
    }

    /// Waits until the chip has data or a connection for a server or a client.
    /// - Returns: false on time-out.
    func waitForActivity(until deadline: MonotonicInstant) throws(WiFiError) -> Bool {
        guard pollsForActivity else { return try waitForInterrupt(until: deadline) }
        var pause = BSDCommands.firstPause
        while true {
            if try interruptLevel() { return true }
            if try bsd.lookForActivity(on: self) { return true }
            guard now < deadline else { return false }
            if try waitForInterrupt(until: min(deadline, now.advanced(byNanoseconds: pause))) { return true }
            pause = min(pause * 2, BSDCommands.longestPause)
        }
    }

    /// Whether a server or client uses a BSD socket, for which IRQ is not raised.
    private var pollsForActivity: Bool {
        sockets.hasBSDSockets
            && (0..<SocketID.limit).contains {
                let use = sockets[.bsd($0)].use
                return use == .client || use == .listener
            }
    }
}
