import LinuxIO
import LinuxProcesses
import NINAWire
import TestPeers
import Testing

/// A real `nina example` process; it ends when the object is released.
final class ExampleUnderTest {
    /// Retained because an emulator ends when its object is released.
    private let emulator: EmulatorUnderTest?
    private let child: ChildProcess
    private let lines: LineReader
    private let errors = LogCollector()
    private let errorEnd: SharedResults<Bool>
    /// The output read so far.
    private(set) var output: [String] = []

    private static var deadline: UInt64 { MonotonicClock.nanoseconds() + 20_000_000_000 }

    /// Starts an example.
    /// - Parameter emulator: the emulator it connects to; nil lets it start its own.
    init(_ name: String, _ options: [String] = [], on emulator: EmulatorUnderTest?) throws {
        self.emulator = emulator
        child = try ChildProcess(
            try EmulatorUnderTest.program("nina"), ["example", name] + options,
            environment: ["NINA_TRANSPORT": emulator.map { "\($0.transport)" } ?? ""], output: .pipe, errors: .pipe)
        guard let output = child.takeOutput(), let errorPipe = child.takeErrors() else { throw NoPipe() }
        lines = LineReader(output)
        errorEnd = errors.collect(errorPipe)
    }

    deinit {
        // Including its own emulator, if it has one.
        try? child.terminateGroup(Signals.kill)
        _ = try? child.wait(timeoutNanoseconds: 5_000_000_000)
    }

    /// Waits for a line with this prefix.
    /// - Returns: the rest of the line.
    @discardableResult
    func waits(for beginning: String) throws -> String {
        let deadline = Self.deadline
        while case .line(let line) = try lines.nextLine(deadline: deadline) {
            output.append(line)
            if line.hasPrefix(beginning) { return String(line.dropFirst(beginning.count)) }
        }
        Issue.record("no line begins with '\(beginning)': \(output), \(errors.text)")
        throw LinuxError("wait", .timedOut, beginning)
    }

    /// The module's address, from its output.
    func address() throws -> IPv4Address {
        let text = try waits(for: "IP Address: ")
        return try #require(IPv4Address(dottedDecimal: text.utf8))
    }

    /// Waits until it ends.
    /// - Returns: all of its output, as lines.
    func end(_ expected: LinuxProcesses.ExitStatus = .exited(0)) throws -> [String] {
        let deadline = Self.deadline
        while case .line(let line) = try lines.nextLine(deadline: deadline) { output.append(line) }
        let status = try child.wait(timeoutNanoseconds: 20_000_000_000)
        _ = try errorEnd.wait()
        #expect(status == expected, "\(output), \(errors.text)")
        if expected == .exited(0) { #expect(errors.text.isEmpty) }
        return output
    }

    /// Its standard error; complete after ``end(_:)``.
    var errorText: String { errors.text }

    /// Sends Ctrl-C as a terminal does: to the whole process group.
    func interrupt() throws { try child.terminateGroup(Signals.interrupt) }
}

/// An external server for one connection after another, on a port chosen by the system.
final class ListeningPeer {
    private let listener: FileDescriptor
    let port: UInt16

    init() throws {
        listener = try TCPSocket.listen(on: IPv4Endpoint(address: IPv4Address.loopback.rawValue, port: 0))
        port = try TCPSocket.localEndpoint(listener.rawValue).port
    }

    /// Waits for the next connection.
    func accept() throws -> TCPPeer {
        let deadline = MonotonicClock.nanoseconds() + 20_000_000_000
        _ = try DescriptorWait.wait(listener.rawValue, for: .readable, deadline: deadline)
        guard let connection = try TCPSocket.accept(listener.rawValue) else { throw LinuxError("accept", .timedOut) }
        return try TCPPeer(accepted: connection.takeDescriptor())
    }
}

extension TCPPeer {
    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Reads to the end of the stream.
    func readText() throws -> String { String(decoding: try read(), as: UTF8.self) }

    /// Reads as much text as expected.
    func expect(_ text: String) throws {
        #expect(String(decoding: try read(text.utf8.count), as: UTF8.self) == text)
    }

    /// Reads a request without a body.
    func readRequest() throws -> String {
        var bytes: [UInt8] = []
        while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]) {
            let byte = try read(1)
            guard !byte.isEmpty else { break }
            bytes += byte
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
