import LinuxIO
import LinuxLibc
import NINATrace

/// Follows a trace of JSON lines that another program writes, such as a `Tracer` of a program with a real module.
final class TraceTail: ReactorTimerHandler {
    private let path: String
    private let reactor: Reactor
    private let feed: WatchFeed
    private var descriptor: FileDescriptor
    private var rest: [UInt8] = []
    private var piece = [UInt8](repeating: 0, count: 1 << 18)

    /// A line is at most a window of 65,535 bytes, as hex digits.
    private static let longestLine = 1 << 18
    private static let intervalNanoseconds: UInt64 = 50_000_000

    init(_ path: String, _ feed: WatchFeed, _ reactor: Reactor) throws {
        self.path = path
        self.feed = feed
        self.reactor = reactor
        do throws(LinuxError) {
            descriptor = try Self.open(path)
        } catch {
            throw RunFailure(3, "\(error)")
        }
        timerFired(token: 0)
    }

    private static func open(_ path: String) throws(LinuxError) -> FileDescriptor {
        let number = LinuxLibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard number >= 0 else { throw .current("open", path) }
        return FileDescriptor(adopting: number)
    }

    func timerFired(token: UInt64) {
        while true {
            let count = piece.withUnsafeMutableBytes { LinuxLibc.read(descriptor.rawValue, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            guard take(piece[..<count]) else { return }
        }
        if isReplaced, let next = try? Self.open(path) {
            descriptor = next
            rest = []
        }
        reactor.schedule(at: MonotonicClock.nanoseconds() + Self.intervalNanoseconds, handler: self)
    }

    /// Whether the name means another file: the one before was full.
    private var isReplaced: Bool {
        var own = stat()
        var named = stat()
        guard fstat(descriptor.rawValue, &own) == 0, stat(path, &named) == 0 else { return false }
        return own.st_ino != named.st_ino || own.st_dev != named.st_dev
    }

    /// - Returns: false when this is no trace.
    private func take(_ bytes: ArraySlice<UInt8>) -> Bool {
        rest += bytes
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else {
            guard rest.count > Self.longestLine else { return true }
            feed.finish("\(path): a line has more than \(Self.longestLine) bytes", isFailure: true)
            return false
        }
        let lines = Array(rest[...end])
        rest.removeSubrange(...end)
        var records: [TraceRecord] = []
        do throws(TraceError) {
            try TraceSource.jsonLines.read(lines) { records.append($0) }
            feed.take(records)
            return true
        } catch {
            feed.take(records)
            feed.finish("\(path): \(error.field): \(error.problem)", isFailure: true)
            return false
        }
    }
}
