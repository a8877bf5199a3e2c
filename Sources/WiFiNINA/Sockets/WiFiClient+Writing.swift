import NINALink
import NINAWire

// Writing with the largest frames, as far as the coprocessor takes them.

extension WiFiClient {
    /// Sends a byte.
    /// - Returns: 1, or 0 when the coprocessor cannot take it now.
    public func write(_ byte: UInt8) throws(WiFiError) -> Int { try write([byte]) }

    /// Sends bytes with the largest frames.
    /// - Returns: the number of bytes taken by the coprocessor; fewer than given when the other end does not read.
    /// - Throws: `.connectionClosed` with the number of bytes taken so far.
    public func write(_ bytes: [UInt8]) throws(WiFiError) -> Int { try write(bytes[...]) }

    /// Sends bytes with the largest frames.
    /// - Returns: the number of bytes taken by the coprocessor.
    public func write(_ bytes: ArraySlice<UInt8>) throws(WiFiError) -> Int {
        let nanoseconds = retriesWrites ? 500_000_000 : driver.commandNanoseconds
        return try write(bytes, until: driver.now.advanced(byNanoseconds: nanoseconds), isPatient: retriesWrites)
    }

    /// Sends frames until all bytes are taken, or the time is up.
    /// - Parameter isPatient: whether to retry when the coprocessor takes nothing.
    private func write(
        _ bytes: ArraySlice<UInt8>, until deadline: MonotonicInstant, isPatient: Bool
    ) throws(WiFiError) -> Int {
        let id = try current()
        guard driver.sockets[id].stream != .gone else { throw .connectionClosed(written: 0) }
        var rest = bytes
        while !rest.isEmpty {
            let frame = rest.prefix(Frame.longestSend)
            let count = try driver.send(id, frame)
            rest = rest.dropFirst(min(count, frame.count))
            if count == 0 {
                guard try driver.commands(id).drainAndCheckFull(id, on: driver) else {
                    throw .connectionClosed(written: bytes.count - rest.count)
                }
                guard isPatient else { break }
                try driver.commands(id).waitForRoom(id, until: deadline, on: driver)
            }
            guard driver.now < deadline else { break }
        }
        return bytes.count - rest.count
    }

    /// Sends the whole text, waiting until the coprocessor has taken it.
    /// - Throws: see ``writeAll(_:timeout:)-([UInt8],_)``.
    public func print(_ text: String) throws(WiFiError) { try writeAll(ArraySlice(text.utf8)) }

    /// Sends text and CR LF, as Arduino's `println` does.
    /// - Throws: see ``writeAll(_:timeout:)-([UInt8],_)``.
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

    /// Does nothing: bytes already written are on their way (WiFiNINA's `flush` does nothing either).
    public func flush() {}
}
