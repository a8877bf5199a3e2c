import NINALink
import NINAWire

// Reading through a buffer of the library, or directly into the program's where whole frames fit.

extension WiFiClient {
    /// The number of bytes that can be read without waiting, up to ``WiFi/readAheadLimit``: those in the library's
    /// buffer, into which it first reads what the chip has.
    ///
    /// WiFiNINA's method counts only the buffer while that holds bytes, so that a loop which waits for a number of them
    /// may never end. To wait see ``waitForBytes(_:atLeast:)``.
    public func available() throws(WiFiError) -> Int { try available(inBuffer: try current()) }

    private func available(inBuffer id: SocketID) throws(WiFiError) -> Int {
        let count = driver.sockets[id].ahead.count
        guard count > 0 else { return try firstBytes(id) }
        guard driver.sockets[id].stream != .gone, count < driver.drainLimit,
            driver.now >= driver.sockets[id].pace.restsUntil
        else { return count }
        do throws(WiFiError) {
            guard try driver.commands(id).claimQuery(id, on: driver) else { return count }
            _ = try fill(id)
            return driver.sockets[id].ahead.count
        } catch {
            // The bytes in the buffer can still be read; a call that needs more reports the failure again.
            guard isCurrent else { throw error }
        }
        return count
    }

    /// The number of bytes in the buffer; if there are none, those of one frame that is read now.
    func firstBytes(_ id: SocketID) throws(WiFiError) -> Int {
        let count = driver.sockets[id].ahead.count
        guard count == 0, driver.sockets[id].stream != .gone else { return count }
        guard try driver.commands(id).claimQuery(id, on: driver) else { return 0 }
        return try fill(id)
    }

    /// Appends one frame to the buffer.
    private func fill(_ id: SocketID) throws(WiFiError) -> Int {
        let commands = driver.commands(id)
        let count = try driver.fill(id)
        driver.sockets[id].endRest()
        if count < commands.longestReceive {
            do throws(WiFiError) {
                guard try commands.isBlind(id, on: driver) else { return count }
                driver.sockets[id].rest(until: driver.now.advanced(byNanoseconds: driver.restNanoseconds))
            } catch {
                // The next call reports it; the bytes are read.
            }
        }
        return count
    }

    /// Reads the next byte; nil when none is available.
    public func read() throws(WiFiError) -> UInt8? {
        let id = try current()
        return try firstBytes(id) > 0 ? driver.sockets[id].takeByte() : nil
    }

    /// The next byte, without removing it; nil when none is available.
    public func peek() throws(WiFiError) -> UInt8? {
        let id = try current()
        return try firstBytes(id) > 0 ? driver.sockets[id].ahead.first : nil
    }

    /// Reads the available bytes, at most `limit`; empty when there are none.
    public func read(_ limit: Int) throws(WiFiError) -> [UInt8] {
        guard try firstBytes(try current()) > 0 else { return [] }
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
        do throws(WiFiError) {
            let isWorthwhile =
                try count == 0
                ? commands.claimQuery(id, on: driver) : commands.claimFurtherQuery(id, on: driver)
            guard isWorthwhile else { return count }
        } catch {
            guard count > 0 else { throw error }
            return count
        }
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
        driver.sockets[id].recordTaken(fitting.count)
        // A module may return more bytes than requested.
        if fitting.count < data.count { driver.sockets[id].buffer(data.dropFirst(fitting.count)) }
        return data.count
    }

    private func takeBuffered(into buffer: inout [UInt8], at offset: Int, _ id: SocketID) -> Int {
        driver.sockets[id].take(into: &buffer, at: offset)
    }

    /// Moves the library's buffered bytes to another buffer.
    func moveBuffered(to buffer: inout ReadAhead) throws(WiFiError) {
        let id = try current()
        driver.sockets[id].takeAll(to: &buffer)
    }

    /// Waits until bytes can be read.
    /// - Returns: the number of bytes; 0 when the connection has ended and everything has been read.
    /// - Throws: `.timedOut(.read)`.
    public func waitForBytes(_ time: Duration) throws(WiFiError) -> Int { try waitForBytes(time, atLeast: 1) }

    /// Waits until a number of bytes can be read.
    ///
    /// They are buffered until then, also beyond ``WiFi/readAheadLimit``.
    /// - Returns: the number of bytes that can be read; fewer than `count` when the connection has ended.
    /// - Throws: `.timedOut(.read)`; the bytes received so far can still be read.
    public func waitForBytes(_ time: Duration, atLeast count: Int) throws(WiFiError) -> Int {
        let deadline = driver.now.advanced(by: time)
        while true {
            let id = try current()
            let buffered = driver.sockets[id].ahead.count
            if buffered >= max(1, count) { return buffered }
            switch driver.sockets[id].stream {
            case .open: break
            case .ended: if buffered > 0 { return buffered }
            case .gone: return buffered
            }
            if try driver.commands(id).claimQuery(id, on: driver), try fill(id) > 0 { continue }
            // The end of a connection does not raise IRQ, so check the state too.
            guard try driver.clientState(id) == .established else {
                return isCurrent ? driver.sockets[id].ahead.count : 0
            }
            guard driver.now < deadline else { throw .timedOut(.read) }
            try driver.commands(id).waitForBytes(id, until: deadline, on: driver)
        }
    }

    /// Reads a number of bytes, waiting for them.
    /// - Throws: `.timedOut(.read)`, or `.connectionEnded` when the connection has ended before; the bytes received so
    ///   far can then still be read.
    public func read(exactly count: Int, timeout: Duration = .seconds(30)) throws(WiFiError) -> [UInt8] {
        guard count > 0 else { return [] }
        let available = try waitForBytes(timeout, atLeast: count)
        guard available >= count, let id else { throw .connectionEnded(available: available) }
        return driver.sockets[id].take(count)
    }
}
