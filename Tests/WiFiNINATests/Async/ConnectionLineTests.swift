import NINACoprocessor
import NINALink
import NINAWire
import Testing

@testable import WiFiNINA

/// Lines of a connection's bytes, without a module's tasks.
@Suite(.timeLimit(.minutes(10))) struct ConnectionLineTests {
    private func connection(_ text: String) throws -> Connection {
        let wifi = WiFi(link: try MessageLink.loopback(to: Coprocessor(network: VirtualNetwork())))
        let connection = Connection(WiFiClient(wifi), at: wifi.now)
        connection.putBack(Array(text.utf8))
        return connection
    }

    /// The next line as text; nil when none is complete.
    private func line(_ connection: Connection, limit: Int = 3, isLast: Bool = false) throws -> String? {
        try connection.takeLine(limit: limit, isLast: isLast).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func aLineOfAsManyBytesAsTheLimitIsTaken() throws {
        for end in ["\n", "\r\n"] {
            let connection = try connection("abc" + end + "abcd" + end + end + "\r" + end + "ab")
            #expect(try line(connection) == "abc")
            #expect(throws: WiFiError.lineTooLong(limit: 3)) { try line(connection) }
            // The next call continues behind it.
            #expect(try line(connection) == "")
            #expect(try line(connection) == (end == "\n" ? "" : "\r"))
            #expect(try line(connection) == nil)
            #expect(connection.count == 2)
            #expect(try line(connection, isLast: true) == "ab")
            #expect(try line(connection, isLast: true) == nil)
        }
    }

    /// One byte more may be the carriage return of the end; a second one cannot.
    @Test func anUnfinishedLineMayHaveOneByteMore() throws {
        var connection = try connection("abcd")
        #expect(try line(connection) == nil)
        #expect(connection.count == 4)
        connection = try self.connection("abcde")
        #expect(throws: WiFiError.lineTooLong(limit: 3)) { try line(connection) }
        #expect(!connection.hasBytes)
    }

    /// The rest of a line that was too long is left out, however it comes; the next one is whole.
    @Test func theRestOfALongLineIsLeftOut() throws {
        let connection = try connection("abcde")
        #expect(throws: WiFiError.lineTooLong(limit: 3)) { try line(connection) }
        for rest in ["fgh", "", "\r"] {
            connection.putBack(Array(rest.utf8))
            #expect(try line(connection) == nil)
            #expect(!connection.hasBytes)
        }
        connection.putBack(Array("i\r\nok\n".utf8))
        #expect(try line(connection) == "ok")
        // One that ends with the stream is left out, too.
        connection.putBack(Array("12345".utf8))
        #expect(throws: WiFiError.lineTooLong(limit: 3)) { try line(connection) }
        connection.putBack(Array("6".utf8))
        #expect(try line(connection, isLast: true) == nil)
        connection.putBack(Array("7".utf8))
        #expect(try line(connection, isLast: true) == "7")
    }

    /// A carriage return without a line feed belongs to the last line.
    @Test func onlyAWholeLineEndIsLeftOut() throws {
        let connection = try connection("a\rb\r\nc\r")
        #expect(try line(connection) == "a\rb")
        #expect(try line(connection) == nil)
        #expect(try line(connection, isLast: true) == "c\r")
    }

    /// What is taken by other calls in between neither hides a line nor shows one twice.
    @Test func linesFollowOtherReads() throws {
        let connection = try connection("abc")
        #expect(try line(connection, limit: 100) == nil)
        #expect(connection.take(2) == Array("ab".utf8))
        #expect(try line(connection, limit: 100) == nil)
        connection.putBack(Array("x\ny".utf8))
        #expect(try line(connection, limit: 100) == "x")
        #expect(connection.take(100) == Array("yc".utf8))
        #expect(connection.take(1).isEmpty && !connection.hasBytes && connection.count == 0)
    }

    /// Bytes that a loop has taken of those it was lent are gone; the rest is still there.
    @Test func whatIsLentIsTakenOnce() throws {
        let connection = try connection("abc\n")
        let lease = connection.lend()
        #expect(lease.take() == UInt8(ascii: "a") && lease.take() == UInt8(ascii: "b"))
        #expect(connection.count == 2)
        #expect(lease.take() == nil, "a lease ends with the next use of the connection")
        #expect(try line(connection) == "c")
        connection.putBack([1])
        let last = connection.lend()
        #expect(last.take() == 1 && last.take() == nil)
        #expect(!connection.hasBytes)
    }
}
