import LinuxIO
import LinuxProcesses
import NINAWire
import TestPeers
import Testing

/// A real `nina example` process; it ends with the object.
final class ExampleUnderTest {
    /// Kept: an emulator ends with its object.
    private let emulator: EmulatorUnderTest?
    private let child: ChildProcess
    private let lines: LineReader
    private let errors = LogCollector()
    private let errorEnd: SharedResults<Bool>
    /// What it has printed, as far as it was read.
    private(set) var output: [String] = []

    private static var deadline: UInt64 { MonotonicClock.nanoseconds() + 20_000_000_000 }

    /// Starts an example.
    /// - Parameter emulator: the one it connects to; nil leaves it to start its own.
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
        // With the emulator of its own, if it has one.
        try? child.terminateGroup(Signals.kill)
        _ = try? child.wait(timeoutNanoseconds: 5_000_000_000)
    }

    /// Waits for a line that begins so.
    /// - Returns: what follows the beginning.
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

    /// The module's address, which it prints.
    func address() throws -> IPv4Address {
        let text = try waits(for: "IP Address: ")
        return try #require(IPv4Address(dottedDecimal: text.utf8))
    }

    /// Waits for its end.
    /// - Returns: everything that it has printed, line by line.
    func end(_ expected: LinuxProcesses.ExitStatus = .exited(0)) throws -> [String] {
        let deadline = Self.deadline
        while case .line(let line) = try lines.nextLine(deadline: deadline) { output.append(line) }
        let status = try child.wait(timeoutNanoseconds: 20_000_000_000)
        _ = try errorEnd.wait()
        #expect(status == expected, "\(output), \(errors.text)")
        if expected == .exited(0) { #expect(errors.text.isEmpty) }
        return output
    }

    /// What it has said on standard error; all of it after ``end(_:)``.
    var errorText: String { errors.text }

    /// Ctrl-C, as a terminal does it: to the whole group of processes.
    func interrupt() throws { try child.terminateGroup(Signals.interrupt) }
}

/// A server outside for one connection after another, on a port of the system's choice.
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

    /// Reads so much text as is expected.
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
