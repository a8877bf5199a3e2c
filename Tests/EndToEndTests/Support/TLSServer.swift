import LinuxIO
import LinuxProcesses
import NINAWire
import Testing

/// An external TLS server: a process that ends when the object is released. The system chooses its port.
final class TLSServer {
    let port: UInt16
    private let child: ChildProcess
    private let lines: LineReader
    /// Its output after the port.
    private(set) var said: [String] = []

    private static var deadline: UInt64 { MonotonicClock.nanoseconds() + 20_000_000_000 }

    /// - Parameter prefix: the text before the port in the line that reports it.
    init(_ command: [String], prefix: String) throws {
        child = try ChildProcess("/usr/bin/env", command, output: .pipe, errors: .discard)
        guard let output = child.takeOutput() else { throw NoPipe() }
        lines = LineReader(output)
        while case .line(let line) = try lines.nextLine(deadline: Self.deadline) {
            guard line.hasPrefix(prefix), let port = UInt16(line.dropFirst(prefix.count)) else { continue }
            self.port = port
            return
        }
        throw LinuxError("start", .timedOut, command.joined(separator: " "))
    }

    deinit {
        try? child.terminate(Signals.kill)
        _ = try? child.wait(timeoutNanoseconds: 5_000_000_000)
    }

    /// `openssl s_server` with a certificate; it echoes each line reversed.
    static func openSSL(_ certificate: String = "good", _ options: [String] = ["-rev"]) throws -> TLSServer {
        let certificates = try TestCertificates.shared()
        let chains = ["chain": "chain.pem", "forged": "forged-chain.pem"]
        let chain = chains[certificate].map { ["-cert_chain", $0] } ?? []
        return try TLSServer(
            [
                "-C", certificates.folder, "openssl", "s_server", "-accept", "127.0.0.1:0",
                "-cert", "\(certificate).pem", "-key", "\(certificate).key",
            ] + chain + options, prefix: "ACCEPT 127.0.0.1:")
    }

    /// The server in Tests/Peers: it sends a greeting, then echoes.
    static func python(_ certificate: String = "good", _ options: [String] = []) throws -> TLSServer {
        let certificates = try TestCertificates.shared()
        return try TLSServer(
            [
                "python3", "-B", try Peers.path("tls_server.py"), "--cert", certificates.path("\(certificate).pem"),
                "--key", certificates.path("\(certificate).key"),
            ] + options, prefix: "port ")
    }

    /// Waits until it prints a line with this prefix.
    func waits(for beginning: String) throws -> Bool {
        while case .line(let line) = try lines.nextLine(deadline: Self.deadline) {
            said.append(line)
            if line.hasPrefix(beginning) { return true }
        }
        return false
    }

    /// The greeting of the Python server.
    static let greeting = Array("The quick brown fox jumps over the lazy dog\n".utf8)
}

extension EmulatorUnderTest {
    /// An emulator that trusts the tests' authority and knows two names of this machine.
    static func withAuthority(_ options: [String] = []) throws -> EmulatorUnderTest {
        try EmulatorUnderTest(
            [
                "--ca-file", try TestCertificates.shared().path("ca.pem"), "--host", "good.example=127.0.0.1",
                "--host", "other.example=127.0.0.1", "--log-level", "debug",
            ] + options)
    }
}

extension CommandHost {
    /// START_CLIENT by name, or by the address of this machine.
    func connectTLS(
        _ port: UInt16, name: String? = "good.example", slot: UInt8 = 0, type: SocketType = .tls,
        milliseconds: UInt16 = 10_000
    ) throws -> Bool {
        var command = StartClient(form: .hostAndTimeout)
        if let name { command.host = ArraySlice(name.utf8) }
        command.address = .loopback
        command.port = port
        command.socket = SocketNumber(rawValue: slot)
        command.type = type
        command.timeoutMilliseconds = milliseconds
        return try run(command).isConnected
    }

    func unread(_ slot: UInt8 = 0) throws -> Int {
        Int(try run(AvailData(socket: SocketNumber(rawValue: slot))).value)
    }

    func peek(_ slot: UInt8 = 0) throws -> UInt8 {
        var command = GetData()
        command.socket = SocketNumber(rawValue: slot)
        command.peek = 1
        return try run(command).byte
    }

    func read(_ count: UInt16 = 4000, slot: UInt8 = 0) throws -> [UInt8] {
        Array(try run(GetDatabuf(socket: SocketNumber(rawValue: slot), size: count)).data)
    }

    /// Reads this many bytes, or to the end of the stream.
    func readAll(_ count: Int, slot: UInt8 = 0) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let deadline = MonotonicClock.nanoseconds() + 60_000_000_000
        while bytes.count < count, MonotonicClock.nanoseconds() < deadline {
            let piece = try read(UInt16(min(4000, count - bytes.count)), slot: slot)
            bytes += piece
            if piece.isEmpty {
                if try !isOpen(slot) { break }
                _ = try waitForInterrupt(milliseconds: 20)
            }
        }
        return bytes
    }

    func write(_ bytes: [UInt8], slot: UInt8 = 0) throws -> Int {
        Int(try run(SendData(socket: SocketNumber(rawValue: slot), data: bytes[...])).count)
    }

    func isOpen(_ slot: UInt8 = 0) throws -> Bool {
        try run(GetClientState(socket: SocketNumber(rawValue: slot))).state == .established
    }

    func stop(_ slot: UInt8 = 0) throws -> Bool {
        try acknowledge(StopClient(socket: SocketNumber(rawValue: slot)))
    }

    /// Waits until the other end has closed; then the slot is free.
    func waitForEnd(_ slot: UInt8 = 0) throws -> Bool {
        let deadline = MonotonicClock.nanoseconds() + 10_000_000_000
        while MonotonicClock.nanoseconds() < deadline { if try !isOpen(slot) { return true } }
        return false
    }
}
