import NINALink
import NINAWire

// Reading: by way of a buffer of the library, or straight into the program's where whole frames fit.

extension WiFiClient {
    /// Bytes that can be read without waiting. When none are in the library's buffer, the chip is read.
    public func available() throws(WiFiError) -> Int {
        let index = try index()
        let count = driver.sockets[index].bufferedCount
        guard count == 0, !driver.sockets[index].isGone else { return count }
        guard try driver.isWorthAsking(index) else { return 0 }
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
        if count == 0, try !driver.isWorthAsking(index) { return 0 }
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
            guard received == driver.longestReceive(index) else { break }
        }
        return count
    }

    /// One frame, into the program's buffer where it fits, else by way of the library's.
    /// - Returns: the bytes of the frame.
    private func receive(into buffer: inout [UInt8], at offset: Int, _ index: Int) throws(WiFiError) -> Int {
        guard buffer.count - offset >= driver.longestReceive(index) else {
            let filled = try driver.fill(index)
            _ = takeBuffered(into: &buffer, at: offset, index)
            return filled
        }
        let data = try driver.receive(index)
        let fitting = data.prefix(buffer.count - offset)
        copy(fitting, into: &buffer, at: offset)
        driver.sockets[index].takenInTurn += fitting.count
        // A module may bring more than it was asked for.
        if fitting.count < data.count { driver.keep(data.dropFirst(fitting.count), index) }
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
            try driver.waitForBytes(place, until: deadline)
        }
    }
}
