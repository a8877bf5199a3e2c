import NINALink
import NINAWire

// Reading through a buffer of the library, or directly into the program's where whole frames fit.

extension WiFiClient {
    /// The number of bytes that can be read without waiting. If the library's buffer is empty, reads from the chip
    /// first.
    public func available() throws(WiFiError) -> Int {
        let id = try current()
        let count = driver.sockets[id].ahead.count
        guard count == 0, driver.sockets[id].stream != .gone else { return count }
        guard try driver.commands(id).isWorthAsking(id, on: driver) else { return 0 }
        return try driver.fill(id)
    }

    /// Reads the next byte; nil when none is available.
    public func read() throws(WiFiError) -> UInt8? {
        guard let byte = try peek() else { return nil }
        let id = try current()
        driver.sockets[id].ahead.drop(1)
        driver.sockets[id].quantum.taken += 1
        return byte
    }

    /// The next byte, without removing it; nil when none is available.
    public func peek() throws(WiFiError) -> UInt8? {
        guard try available() > 0 else { return nil }
        return driver.sockets[try current()].ahead.first
    }

    /// Reads the available bytes, at most `limit`; empty when there are none.
    public func read(_ limit: Int) throws(WiFiError) -> [UInt8] {
        guard try available() > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: max(0, min(limit, 64 * 1024)))
        bytes.removeLast(bytes.count - (try read(into: &bytes)))
        return bytes
    }

    /// Reads the available bytes into the buffer, from its start, with the largest frames.
    /// - Returns: the number of bytes read; 0 when none are available.
    public func read(into buffer: inout [UInt8]) throws(WiFiError) -> Int {
        let id = try current()
        let commands = driver.commands(id)
        var count = takeBuffered(into: &buffer, at: 0, id)
        guard count < buffer.count, driver.sockets[id].stream != .gone else { return count }
        if count == 0, try !commands.isWorthAsking(id, on: driver) { return 0 }
        while count < buffer.count {
            let received: Int
            do throws(WiFiError) {
                received = try receive(into: &buffer, at: count, id, atMost: commands.longestReceive)
            } catch {
                // Keep the bytes read before the failure; the next call reports it again.
                guard count > 0, isCurrent else { throw error }
                return count
            }
            count += min(received, buffer.count - count)
            guard received == commands.longestReceive else { break }
        }
        return count
    }

    /// Receives one frame into the program's buffer if it fits, otherwise through the library's.
    /// - Returns: the number of bytes in the frame.
    private func receive(
        into buffer: inout [UInt8], at offset: Int, _ id: SocketID, atMost longest: Int
    ) throws(WiFiError) -> Int {
        guard buffer.count - offset >= longest else {
            let filled = try driver.fill(id)
            _ = takeBuffered(into: &buffer, at: offset, id)
            return filled
        }
        let data = try driver.receive(id)
        let fitting = data.prefix(buffer.count - offset)
        buffer.replaceSubrange(offset..<offset + fitting.count, with: fitting)
        driver.sockets[id].quantum.taken += fitting.count
        // A module may return more bytes than requested.
        if fitting.count < data.count { driver.sockets[id].ahead.append(data.dropFirst(fitting.count)) }
        return data.count
    }

    private func takeBuffered(into buffer: inout [UInt8], at offset: Int, _ id: SocketID) -> Int {
        let count = driver.sockets[id].ahead.move(into: &buffer, at: offset)
        driver.sockets[id].quantum.taken += count
        return count
    }

    /// Moves the library's buffered bytes to another buffer.
    func moveBuffered(to buffer: inout ReadAhead) throws(WiFiError) {
        let id = try current()
        driver.sockets[id].quantum.taken += driver.sockets[id].ahead.count
        driver.sockets[id].ahead.move(to: &buffer)
    }

    /// Waits until bytes can be read.
    /// - Returns: the number of bytes; 0 when the connection has ended and everything has been read.
    /// - Throws: `.timedOut(.read)`.
    public func waitForBytes(_ time: Duration) throws(WiFiError) -> Int {
        let deadline = driver.now.advanced(by: time)
        while true {
            let count = try available()
            if count > 0 { return count }
            // The end of a connection does not raise IRQ, so check the state too.
            guard try connected() else { return 0 }
            guard driver.now < deadline else { throw .timedOut(.read) }
            let id = try current()
            try driver.commands(id).waitForBytes(id, until: deadline, on: driver)
        }
    }
}
