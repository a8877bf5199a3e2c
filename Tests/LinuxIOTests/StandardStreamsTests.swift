import Glibc
import Testing

@testable import LinuxIO

/// What programs print to their standard output and error, here to descriptors of the test.
@Suite(.timeLimit(.minutes(10))) struct StandardStreamsTests {
    @Test func theWholeTextIsWritten() throws {
        let pair = try UnixSocket.pair(nonblocking: false)
        let (reader, writer) = (pair.first.rawValue, pair.second.rawValue)
        let stream = TextStream(writer)
        stream.write("")
        stream.write("one ä")
        stream.write("two\n")
        #expect(receiveText(reader) == "one ätwo\n")
        #expect(stream.failure == nil)
    }

    /// More than the pipe takes at once: the writer waits for the reader, who gets every byte once.
    @Test func aSlowReaderGetsAll() throws {
        let pair = try UnixSocket.pair(nonblocking: false)
        let (reader, writer) = (pair.first.rawValue, pair.second.rawValue)
        let text = String((0..<1_000_000).map { Character(UnicodeScalar(UInt8(0x20 + $0 % 89))) })
        let bytes = Array(text.utf8)
        let stream = TextStream(writer)
        try DetachedThread.start {
            stream.write(text)
            UnixSocket.shutdownWrite(writer)
        }
        var got: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case .received(let count) = buffer.withUnsafeMutableBytes({
            UnixSocket.receiveWaiting(reader, into: $0)
        }) { got += buffer[..<count] }
        #expect(got == bytes)
        #expect(stream.failure == nil)
    }

    @Test func theFirstFailureStays() throws {
        // A full buffer of a socket that does not wait, then one that nobody has open.
        let pair = try UnixSocket.pair(nonblocking: true)
        let number = pair.second.rawValue
        let stream = TextStream(number)
        _ = fill(number)
        stream.write("text")
        #expect(stream.failure == LinuxError("write", .wouldBlock, "descriptor \(number)"))
        #expect(drain(pair.first.rawValue) > 0)
        stream.write("text")
        #expect(receiveText(pair.first.rawValue) == "text", "a later text is written all the same")
        #expect(stream.failure?.errno == .wouldBlock)
        let closed = TextStream(-1)
        closed.write("")
        #expect(closed.failure == nil, "nothing was to be written")
        closed.write("x")
        #expect(closed.failure == LinuxError("write", .badDescriptor, "descriptor -1"))
        // Two errors: the first is told.
        let open = FileDescriptor(adopting: Glibc.open("/dev/full", O_WRONLY | O_CLOEXEC))
        let full = open.rawValue
        let again = TextStream(full)
        again.write("x")
        #expect(again.failure?.errno == .noSpace)
        let readOnly = FileDescriptor(adopting: Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC))
        try #require(dup2(readOnly.rawValue, full) == full)
        again.write("x")
        #expect(again.failure?.errno == .noSpace)
        readOnly.close()
        open.close()
    }

    @Test func thereIsRoomUntilTheBufferIsFull() throws {
        let pair = try UnixSocket.pair(nonblocking: true)
        let (reader, writer) = (pair.first.rawValue, pair.second.rawValue)
        let stream = TextStream(writer)
        #expect(stream.hasRoom(deadline: 0))
        _ = fill(writer)
        #expect(!stream.hasRoom(deadline: 0))
        #expect(!stream.hasRoom(deadline: MonotonicClock.deadline(after: 1_000_000)))
        _ = drain(reader)
        #expect(stream.hasRoom(deadline: 0))
        _ = fill(writer)
        UnixSocket.shutdown(reader)
        #expect(stream.hasRoom(deadline: 0), "a write fails at once when nobody reads")
        #expect(TextStream(1_000_000).hasRoom(deadline: 0), "a write fails at once")
    }

    @Test func onlyATerminalTakesColors() throws {
        let terminal = try CharacterDevice.open(path: "/dev/ptmx")
        let stream = TextStream(terminal.rawValue)
        #expect(stream.takesColors(noColor: nil, terminal: nil))
        #expect(stream.takesColors(noColor: "", terminal: "xterm"))
        #expect(!stream.takesColors(noColor: "1", terminal: "xterm"))
        #expect(!stream.takesColors(noColor: "0", terminal: nil))
        #expect(!stream.takesColors(noColor: nil, terminal: "dumb"))
        let pair = try UnixSocket.pair(nonblocking: true)
        #expect(!TextStream(pair.first.rawValue).takesColors(noColor: nil, terminal: "xterm"))
        terminal.close()
    }
}
