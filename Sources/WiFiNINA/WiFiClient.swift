import NINALink
import NINAWire

/// A TCP connection: WiFiNINA's `WiFiClient`.
///
/// It is a handle: a socket and the number of the connection on it. Copies are the same connection. A handle whose
/// connection has ended throws `.staleHandle`; it never touches the connection that came after on the same socket.
public struct WiFiClient: Equatable {
    private let driver: Driver
    private var socketNumber = SocketNumber.unavailable
    private var generation: UInt32 = 0

    /// A client that is not connected yet.
    public init(_ wifi: WiFi) { driver = wifi.driver }

    init(_ driver: Driver, socket: SocketNumber, generation: UInt32) {
        self.driver = driver
        self.socketNumber = socket
        self.generation = generation
    }

    /// The same connection.
    public static func == (left: WiFiClient, right: WiFiClient) -> Bool {
        left.driver === right.driver && left.socketNumber == right.socketNumber && left.generation == right.generation
    }

    /// The coprocessor's socket, 255 for none (WiFiNINA's `operator bool` is this not being 255).
    public var socket: SocketNumber { isCurrent ? socketNumber : .unavailable }

    private var isCurrent: Bool {
        let index = Int(socketNumber.rawValue)
        return index < driver.sockets.count && driver.sockets[index].isOpen
            && driver.sockets[index].generation == generation
    }

    private func index() throws(WiFiError) -> Int {
        guard socketNumber != .unavailable else { throw .notConnected }
        guard isCurrent else { throw .staleHandle(socketNumber) }
        let index = Int(socketNumber.rawValue)
        driver.sockets[index].usedAt = driver.now
        return index
    }

    // MARK: Connecting

    /// Connects to an address; a connection that stood before is stopped.
    /// - Throws: `.connectFailed` when it is refused or nobody answered in time, `.noSocketAvailable`.
    public mutating func connect(
        _ address: IPv4Address, port: UInt16, timeout: Duration = .seconds(10)
    ) throws(WiFiError) {
        var command = StartClient(form: .hostAndTimeout)
        command.address = address
        try connect(command, port: port, timeout: timeout)
    }

    /// Connects to a host, whose name the coprocessor looks up.
    /// - Throws: `.connectFailed` also when the name is not known.
    public mutating func connect(
        _ host: String, port: UInt16, timeout: Duration = .seconds(10)
    ) throws(WiFiError) {
        // Without a name the coprocessor would take the address, which is 0.0.0.0: on many systems the machine itself.
        guard !host.isEmpty else { throw .connectFailed }
        var command = StartClient(form: .hostAndTimeout)
        command.host = ArraySlice(host.utf8)
        try connect(command, port: port, timeout: timeout)
    }

    private mutating func connect(_ command: StartClient, port: UInt16, timeout: Duration) throws(WiFiError) {
        if isCurrent { try stop() }
        var command = command
        command.port = port
        command.socket = try driver.freeSocket()
        let milliseconds = min(max(timeout.wholeNanoseconds / 1_000_000, 1), UInt64(UInt16.max))
        command.timeoutMilliseconds = UInt16(milliseconds)
        // The coprocessor keeps the time; the link waits a little longer for its answer.
        let patience = milliseconds * 1_000_000 + driver.commandNanoseconds
        guard try driver.runTaking(command.socket, command, nanoseconds: patience).isConnected else {
            throw .connectFailed
        }
        socketNumber = command.socket
        generation = driver.opened(command.socket)
    }

    /// Closes the connection; what was written is still delivered. Nothing happens when it is closed already.
    public func stop() throws(WiFiError) {
        guard isCurrent else { return }
        try driver.stopClient(Int(socketNumber.rawValue))
    }

    /// Whether the connection stands or has unread bytes. A connection found dead is closed here, so no socket leaks.
    public func connected() throws(WiFiError) -> Bool {
        guard isCurrent else { return false }
        return try status() == .established
    }

    /// Established while the connection stands or has unread bytes; when it is closed this handle is stale from then on.
    public func status() throws(WiFiError) -> ClientState {
        guard isCurrent else { return .closed }
        let index = Int(socketNumber.rawValue)
        // The chip would free the socket, and these bytes would be lost with the next connection on it.
        if driver.sockets[index].bufferedCount > 0 { return .established }
        return try driver.clientState(index)
    }

    /// The address of the other end.
    public func remoteIP() throws(WiFiError) -> IPv4Address { try remote().address }
    /// The port of the other end.
    public func remotePort() throws(WiFiError) -> UInt16 { try remote().port }

    private func remote() throws(WiFiError) -> GetRemoteData.Reply {
        guard try !driver.sockets[index()].isGone else { throw .staleHandle(socketNumber) }
        return try driver.run(GetRemoteData(socket: socketNumber))
    }

    // MARK: Reading

    /// Bytes that can be read without waiting. When none are in the library's buffer, the chip is read.
    public func available() throws(WiFiError) -> Int {
        let index = try index()
        let count = driver.sockets[index].bufferedCount
        guard count == 0, !driver.sockets[index].isGone else { return count }
        guard try driver.isWorthAsking(&driver.sockets[index].askedAt) else { return 0 }
        return try driver.fill(index)
    }

    /// The next byte, nil when there is none now.
    public func read() throws(WiFiError) -> UInt8? {
        guard try available() > 0 else { return nil }
        let index = try index()
        let byte = driver.sockets[index].buffer[driver.sockets[index].head]
        took(1, index)
        return byte
    }

    /// The next byte, which stays where it is; nil when there is none now.
    public func peek() throws(WiFiError) -> UInt8? {
        guard try available() > 0 else { return nil }
        let index = try index()
        return driver.sockets[index].buffer[driver.sockets[index].head]
    }

    /// Reads what is there, at most `limit` bytes; an empty array when there is nothing now.
    public func read(_ limit: Int) throws(WiFiError) -> [UInt8] {
        guard try available() > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: max(0, min(limit, 64 * 1024)))
        bytes.removeLast(bytes.count - (try read(into: &bytes)))
        return bytes
    }

    /// Reads what is there into the buffer, from its start on, with the largest frames.
    /// - Returns: the number of bytes read, 0 when there is nothing now.
    public func read(into buffer: inout [UInt8]) throws(WiFiError) -> Int {
        let index = try index()
        var count = takeBuffered(into: &buffer, at: 0, index)
        guard count < buffer.count, !driver.sockets[index].isGone else { return count }
        if count == 0, try !driver.isWorthAsking(&driver.sockets[index].askedAt) { return 0 }
        while count < buffer.count {
            let received: Int
            do throws(WiFiError) {
                received = try receive(into: &buffer, at: count, index)
            } catch {
                // The bytes before the failure are not to be lost; the next call meets it again.
                guard count > 0, isCurrent else { throw error }
                return count
            }
            count += min(received, buffer.count - count)
            guard received == Frame.longestReceive else { break }
        }
        return count
    }

    /// One frame, into the program's buffer where it fits, else by way of the library's.
    /// - Returns: the bytes of the frame.
    private func receive(into buffer: inout [UInt8], at offset: Int, _ index: Int) throws(WiFiError) -> Int {
        guard buffer.count - offset >= Frame.longestReceive else {
            let filled = try driver.fill(index)
            _ = takeBuffered(into: &buffer, at: offset, index)
            return filled
        }
        let data = try driver.run(GetDatabuf(socket: socketNumber, size: UInt16(Frame.longestReceive))).data
        copy(data, into: &buffer, at: offset)
        driver.sockets[index].readInTurn += data.count
        driver.sockets[index].takenInTurn += data.count
        return data.count
    }

    private func copy(_ bytes: ArraySlice<UInt8>, into buffer: inout [UInt8], at offset: Int) {
        buffer.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }

    private func takeBuffered(into buffer: inout [UInt8], at offset: Int, _ index: Int) -> Int {
        let head = driver.sockets[index].head
        let count = min(buffer.count - offset, driver.sockets[index].bufferedCount)
        guard count > 0 else { return 0 }
        copy(driver.sockets[index].buffer[head..<head + count], into: &buffer, at: offset)
        took(count, index)
        return count
    }

    private func took(_ count: Int, _ index: Int) {
        driver.sockets[index].head += count
        driver.sockets[index].takenInTurn += count
    }

    /// Waits until bytes can be read.
    /// - Returns: their number; 0 when the connection has ended and everything was read.
    /// - Throws: `.timedOut(.read)`.
    public func waitForBytes(_ time: Duration) throws(WiFiError) -> Int {
        let deadline = driver.now.advanced(by: time)
        while true {
            let count = try available()
            if count > 0 { return count }
            // The end of a connection does not raise IRQ, so the state is looked at too.
            guard try connected() else { return 0 }
            guard driver.now < deadline else { throw .timedOut(.read) }
            let next = min(deadline, driver.now.advanced(byNanoseconds: driver.pollNanoseconds / 2))
            // IRQ may be high for another socket: do not ask without a pause.
            if try driver.waitForInterrupt(until: next) { try driver.sleep(nanoseconds: 200_000) }
        }
    }

    // MARK: Writing

    /// Sends a byte.
    /// - Returns: 1, or 0 when the coprocessor could not take it now.
    public func write(_ byte: UInt8) throws(WiFiError) -> Int { try write([byte]) }

    /// Sends bytes with the largest frames.
    /// - Returns: the number of bytes the coprocessor has taken; fewer than given when the other end does not read.
    /// - Throws: `.connectionClosed` with the number of bytes taken before.
    public func write(_ bytes: [UInt8]) throws(WiFiError) -> Int { try write(bytes[...]) }

    /// Sends bytes with the largest frames.
    /// - Returns: the number of bytes the coprocessor has taken.
    public func write(_ bytes: ArraySlice<UInt8>) throws(WiFiError) -> Int {
        try write(bytes, until: driver.now.advanced(byNanoseconds: driver.commandNanoseconds), isPatient: false)
    }

    /// Sends frames until all bytes are taken, or the time is up.
    /// - Parameter isPatient: goes on when the coprocessor takes nothing for the moment.
    private func write(
        _ bytes: ArraySlice<UInt8>, until deadline: MonotonicInstant, isPatient: Bool
    ) throws(WiFiError) -> Int {
        let index = try index()
        guard !driver.sockets[index].isGone else { throw .connectionClosed(written: 0) }
        var rest = bytes
        while !rest.isEmpty {
            let frame = rest.prefix(Frame.longestSend)
            let count = Int(try driver.run(SendData(socket: socketNumber, data: frame)).count)
            rest = rest.dropFirst(min(count, frame.count))
            if count == 0 {
                // Unread bytes keep a connection established that is long broken: they are taken over first.
                try driver.drain(index)
                guard try driver.clientState(index) == .established else {
                    throw .connectionClosed(written: bytes.count - rest.count)
                }
                guard isPatient else { break }
                // Some firmware answers at once that it has no room: do not flood it.
                try driver.sleep(nanoseconds: 1_000_000)
            }
            guard driver.now < deadline else { break }
        }
        return bytes.count - rest.count
    }

    /// Sends text whole, waiting until the coprocessor has taken it.
    /// - Throws: as ``writeAll(_:timeout:)``.
    public func print(_ text: String) throws(WiFiError) { try writeAll(ArraySlice(text.utf8)) }

    /// Sends text and the end of a line, CR and LF, as Arduino's `println` does.
    /// - Throws: as ``writeAll(_:timeout:)``.
    public func println(_ text: String = "") throws(WiFiError) { try print(text + "\r\n") }

    /// Sends all bytes, waiting until the coprocessor has taken them.
    /// - Throws: `.timedOut(.write)`, `.connectionClosed`.
    public func writeAll(_ bytes: ArraySlice<UInt8>, timeout: Duration = .seconds(30)) throws(WiFiError) {
        let deadline = driver.now.advanced(by: timeout)
        guard try write(bytes, until: deadline, isPatient: true) == bytes.count else { throw .timedOut(.write) }
    }

    /// Sends all bytes, waiting until the coprocessor has taken them.
    public func writeAll(_ bytes: [UInt8], timeout: Duration = .seconds(30)) throws(WiFiError) {
        try writeAll(bytes[...], timeout: timeout)
    }
}

#if !hasFeature(Embedded)
extension WiFiClient: CustomStringConvertible {
    /// The socket, for logs.
    public var description: String { "WiFiClient on socket \(socket)" }
}
#endif
