import Glibc
import LinuxIO
import NINACoprocessor
import TestSupport
import TestThreads
import Testing

@testable import NINACoprocessorLinux

/// `--hci unix:`: the controller behind a socket is one of this user.
@Suite(.timeLimit(.minutes(10))) struct BluetoothTrustTests {
    private final class Observer: BluetoothObserver {
        var events: [BluetoothEvent] = []
        func bluetoothEvent(_ event: BluetoothEvent) { events.append(event) }
    }

    private final class Lines { var all: [String] = [] }

    @Test func parsesWhoMayListen() throws {
        for (text, transport) in [
            ("unix:/tmp/a", .unix(path: "/tmp/a")), ("unix:/tmp/a,uid=0", .unix(path: "/tmp/a", listener: .user(0))),
            ("unix:/tmp/a,uid=any", .unix(path: "/tmp/a", listener: .anyone)),
            ("unix:/tmp/a,b", .unix(path: "/tmp/a,b")), ("tcp:box:80", .tcp(host: "box", port: 80)),
        ] as [(String, HCITransport)] {
            #expect(HCITransport(parsing: text) == transport)
            #expect("\(transport)" == text)
        }
        for text in ["unix:", "unix:,uid=1", "unix:/tmp/a,uid=", "unix:/tmp/a,uid=root", "tcp:box:0", "tcp::80", "x"] {
            #expect(HCITransport(parsing: text) == nil, "\(text)")
        }
    }

    /// The first event after opening, and the log.
    private func open(_ transport: HCITransport) throws -> (event: BluetoothEvent?, log: [String]) {
        let reactor = try Reactor()
        let environment = NetworkEnvironment(
            reactor: reactor, options: EmulatorOptions(socketPath: nil), log: { _, _ in })
        let lines = Lines()
        let controller = LinuxBluetooth(transport, environment: environment) { lines.all.append("\($0): \($1)") }
        let observer = Observer()
        controller.observer = observer
        controller.open()
        var rounds = Rounds(1000)
        while observer.events.isEmpty, rounds.next() { try reactor.runOnce(timeoutNanoseconds: 10_000_000) }
        controller.close()
        return (observer.events.first, lines.all)
    }

    @Test(.enabled(if: Apart.isAllowed, "needs root to be another user")) func aStrangersControllerIsRefused() throws {
        let scratch = try Scratch()
        try #require(chmod(scratch.path, 0o777) == 0)
        let path = scratch.path + "/hci"
        let number = try Apart.asUser { try UnixSocket.listen(path: path).release() }
        let listener = FileDescriptor(adopting: number)
        let refused = try open(.unix(path: path))
        #expect(refused.event == .opened(.unreachable))
        #expect(refused.log.count == 1 && refused.log[0].contains("user \(Apart.stranger) listens there"))
        #expect(refused.log.first?.contains("unix:\(path),uid=\(Apart.stranger)") == true)
        #expect(try open(.unix(path: path, listener: .user(1))).event == .opened(.unreachable))
        #expect(try open(.unix(path: path, listener: .user(Apart.stranger))).event == .opened(nil))
        #expect(try open(.unix(path: path, listener: .anyone)).event == .opened(nil))
        listener.close()
    }

    @Test func ownControllersAreTrusted() throws {
        let scratch = try Scratch()
        let listener = try UnixSocket.listen(path: scratch.path + "/hci")
        #expect(try open(.unix(path: scratch.path + "/hci")).event == .opened(nil))
        #expect(try open(.unix(path: scratch.path + "/none")).event == .opened(.unreachable))
        listener.close()
    }

    /// Opening again ends the connection before, which the controller sees.
    @Test func openingAgainIsANewConnection() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/hci"
        let listener = try UnixSocket.listen(path: path)
        let reactor = try Reactor()
        let environment = NetworkEnvironment(
            reactor: reactor, options: EmulatorOptions(socketPath: nil), log: { _, _ in })
        let controller = LinuxBluetooth(.unix(path: path), environment: environment) { _, _ in }
        let observer = Observer()
        controller.observer = observer
        var accepted: [Int32] = []
        for count in 1...2 {
            controller.open()
            var rounds = Rounds(1000)
            while observer.events.count < count, rounds.next() {
                try reactor.runOnce(timeoutNanoseconds: 10_000_000)
            }
            #expect(observer.events.count == count)
            accepted.append(try UnixSocket.accept(listener.rawValue)?.release() ?? -1)
        }
        let ends = accepted.map { FileDescriptorBox($0) }
        var bytes = [UInt8](repeating: 0, count: 4)
        #expect(bytes.withUnsafeMutableBytes { UnixSocket.receive(ends[0].number, into: $0) } == .endOfFile)
        #expect(bytes.withUnsafeMutableBytes { UnixSocket.receive(ends[1].number, into: $0) } == .wouldBlock)
        // Also if the next one cannot be opened.
        listener.close()
        UnixSocket.removeSocketFile(path: path)
        controller.open()
        #expect(bytes.withUnsafeMutableBytes { UnixSocket.receive(ends[1].number, into: $0) } == .endOfFile)
        var rounds = Rounds(1000)
        while observer.events.count < 3, rounds.next() { try reactor.runOnce(timeoutNanoseconds: 10_000_000) }
        #expect(observer.events == [.opened(nil), .opened(nil), .opened(.unreachable)])
        #expect(controller.send([1, 1, 0x10, 0]) == nil)
        controller.close()
    }

    /// Closes a descriptor when the test ends.
    private final class FileDescriptorBox {
        let number: Int32
        private let descriptor: FileDescriptor
        init(_ number: Int32) {
            self.number = number
            descriptor = FileDescriptor(adopting: number)
        }
    }
}
