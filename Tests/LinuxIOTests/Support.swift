import Glibc
import LinuxIO
import Testing

/// Records what a reactor reports, and runs an action of the test.
final class Probe: ReactorHandler, ReactorTimerHandler {
    struct Report: Equatable {
        let events: ReadyEvents
        let token: UInt64
    }

    var reports: [Report] = []
    var fired: [UInt64] = []
    var onReady: (UInt64) -> Void = { _ in }
    var onTimer: (UInt64) -> Void = { _ in }

    var tokens: [UInt64] { reports.map(\.token) }

    func ready(_ events: ReadyEvents, token: UInt64) {
        reports.append(Report(events: events, token: token))
        onReady(token)
    }

    func timerFired(token: UInt64) {
        fired.append(token)
        onTimer(token)
    }
}

/// A directory for one test, removed with its contents.
final class Scratch {
    let path: String

    init() throws {
        var template = Array("\(Environment.temporaryDirectory)/linuxio-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        if let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                _ = unlink("\(path)/\(name)")
            }
            closedir(directory)
        }
        _ = rmdir(path)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// Long enough for any expected event.
let patience: UInt64 = 20_000_000_000

func patienceDeadline() -> UInt64 { MonotonicClock.deadline(after: patience) }

/// Waits until a descriptor is ready; fails the test otherwise.
func waitUntilReady(_ descriptor: Int32, _ interest: Interest) throws {
    let ready = try DescriptorWait.wait(descriptor, for: interest, deadline: patienceDeadline())
    try #require(!ready.isEmpty)
}

func send(_ descriptor: Int32, _ text: String) -> SendResult {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBytes { TCPSocket.send(descriptor, $0) }
}

/// Receives once and returns the text; nil for anything but bytes.
func receiveText(_ descriptor: Int32, peek: Bool = false) -> String? {
    var bytes = [UInt8](repeating: 0, count: 256)
    let result = bytes.withUnsafeMutableBytes { TCPSocket.receive(descriptor, into: $0, peek: peek) }
    guard case .received(let count) = result else { return nil }
    return String(decoding: bytes[..<count], as: UTF8.self)
}

func receive(_ descriptor: Int32) -> ReceiveResult {
    var bytes = [UInt8](repeating: 0, count: 256)
    return bytes.withUnsafeMutableBytes { TCPSocket.receive(descriptor, into: $0) }
}

/// Sends until the buffer is full, and returns the number of bytes taken.
func fill(_ descriptor: Int32) -> Int {
    let bytes = [UInt8](repeating: 1, count: 65536)
    var total = 0
    while case .sent(let count) = bytes.withUnsafeBytes({ TCPSocket.send(descriptor, $0) }) { total += count }
    return total
}

/// Receives everything available, and returns its length.
func drain(_ descriptor: Int32) -> Int {
    var bytes = [UInt8](repeating: 0, count: 65536)
    var total = 0
    while case .received(let count) = bytes.withUnsafeMutableBytes({ TCPSocket.receive(descriptor, into: $0) }) {
        total += count
    }
    return total
}

/// The error number that a body throws; nil when it does not throw.
func errno(of body: () throws(LinuxError) -> Void) -> Errno? {
    do {
        try body()
        return nil
    } catch {
        return error.errno
    }
}
