import NINALink
import NINAWire

// The bytes of connections, whichever family of commands they go by: one command for each frame.

extension Driver {
    /// The most bytes that one command brings.
    func longestReceive(_ index: Int) -> Int { isBSD(index) ? Self.longestBSDReceive : Frame.longestReceive }

    /// One frame of what the chip has, empty when it has nothing now.
    ///
    /// A reply that is lost may have had bytes in it: what would come after it is not read, as it does not follow on.
    func receive(_ index: Int) throws(WiFiError) -> ArraySlice<UInt8> {
        guard !sockets[index].hasLostInput else { throw .bytesLost(number(index)) }
        let size = UInt16(longestReceive(index))
        let data: ArraySlice<UInt8>
        do throws(WiFiError) {
            if isBSD(index) {
                data = try run(BSDRecv(socket: number(index), size: size)).data
            } else {
                data = try run(GetDatabuf(socket: number(index), size: size)).data
            }
        } catch {
            sockets[index].hasLostInput = mayHaveRun
            throw error
        }
        sockets[index].readInTurn += data.count
        return data
    }

    /// Sends a frame.
    ///
    /// When the reply is lost nobody knows whether the frame was taken: nothing is sent after it.
    /// - Returns: the bytes taken.
    func send(_ index: Int, _ frame: ArraySlice<UInt8>) throws(WiFiError) -> Int {
        guard !sockets[index].hasLostOutput else { throw .bytesLost(number(index)) }
        do throws(WiFiError) {
            if isBSD(index) { return Int(try run(BSDSend(socket: number(index), data: frame)).count) }
            return Int(try run(SendData(socket: number(index), data: frame)).count)
        } catch {
            sockets[index].hasLostOutput = mayHaveRun
            throw error
        }
    }

    /// The most bytes that are kept for a program that does not read while it writes.
    static let drainLimit = 64 * 1024

    /// Takes the chip's unread bytes over into the socket's buffer, up to a limit.
    func drain(_ index: Int) throws(WiFiError) {
        while sockets[index].bufferedCount < Self.drainLimit {
            guard try takeOver(index) == longestReceive(index) else { return }
        }
    }

    /// Adds one frame of the chip's unread bytes to the socket's buffer.
    /// - Returns: their number.
    func takeOver(_ index: Int) throws(WiFiError) -> Int {
        let data = try receive(index)
        sockets[index].buffer.removeFirst(sockets[index].head)
        sockets[index].head = 0
        sockets[index].buffer.append(contentsOf: data)
        return data.count
    }

    /// Reads from the chip into the socket's buffer, which must be empty.
    /// - Returns: the number of bytes now in the buffer.
    func fill(_ index: Int) throws(WiFiError) -> Int {
        let data = try receive(index)
        keep(data, index)
        return data.count
    }

    /// Puts bytes into the socket's buffer, which must be empty.
    func keep(_ data: ArraySlice<UInt8>, _ index: Int) {
        sockets[index].buffer.removeAll(keepingCapacity: true)
        sockets[index].buffer.append(contentsOf: data)
        sockets[index].head = 0
    }

    /// After no byte was taken: whether the connection is only full. Its unread bytes are taken over in any case.
    func isOnlyFull(_ index: Int) throws(WiFiError) -> Bool {
        if isBSD(index) { return try isBSDOnlyFull(index) }
        // Unread bytes keep a connection established that is long broken.
        try drain(index)
        return try clientState(index) == .established
    }

    // MARK: Waiting

    /// Whether it is worth asking the chip for bytes of a client.
    func isWorthAsking(_ index: Int) throws(WiFiError) -> Bool {
        isBSD(index) ? !sockets[index].hasEnded : try isWorthAsking(&sockets[index].askedAt)
    }

    /// Waits a while for bytes of a client, or its end.
    func waitForBytes(_ index: Int, until deadline: MonotonicInstant) throws(WiFiError) {
        guard !isBSD(index) else {
            _ = try waitBSD(number(index), for: [.readable, .error], until: whileOfBSD(deadline))
            return
        }
        let next = min(deadline, now.advanced(byNanoseconds: pollNanoseconds / 2))
        // IRQ may be high for another socket: do not ask without a pause.
        if try waitForInterrupt(until: next) { try sleep(nanoseconds: 200_000) }
    }

    /// Waits a while for a client to take bytes again.
    func waitForRoom(_ index: Int, until deadline: MonotonicInstant) throws(WiFiError) {
        if isBSD(index) { return try waitForBSDRoom(index, until: whileOfBSD(deadline)) }
        // Some firmware answers at once that it has no room: do not flood it.
        try sleep(nanoseconds: 1_000_000)
    }

    /// Waits until the chip has something for a server or a client.
    /// - Returns: false when the time was up first.
    func waitForActivity(until deadline: MonotonicInstant) throws(WiFiError) -> Bool {
        let isAsking = sockets[Firmware.slotLimit...].contains { $0.isOpen && !$0.isRaw }
        guard isAsking else { return try waitForInterrupt(until: deadline) }
        var pause = Self.firstPause
        while true {
            if try interruptLevel() { return true }
            if try hasBSDActivity() { return true }
            guard now < deadline else { return false }
            if try waitForInterrupt(until: min(deadline, now.advanced(byNanoseconds: pause))) { return true }
            pause = min(pause * 2, Self.longestPause)
        }
    }
}
