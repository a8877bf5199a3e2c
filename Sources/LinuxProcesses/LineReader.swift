import LinuxLibc
import LinuxIO

/// The result of reading a line.
public enum LineResult: Equatable, Sendable {
    /// A line without its line feed; bytes that are not UTF-8 are replaced.
    case line(String)
    /// The end of the file. A last line without a line feed has already been returned.
    case endOfFile
    /// The deadline passed before a line was complete; the bytes so far are kept for the next call.
    case timedOut
}

/// Reads lines from a pipe or another descriptor, with a deadline for each.
public final class LineReader {
    private let descriptor: FileDescriptor
    private let longestLine: Int
    private var buffer: [UInt8] = []
    /// The start of the bytes not returned yet.
    private var start = 0
    /// The end of the bytes known to contain no line feed.
    private var searched = 0
    private var hasEnded = false

    private static let readSize = 4096

    /// Reads from a descriptor and takes ownership of it.
    ///
    /// - Parameters:
    ///   - descriptor: the source; blocking or nonblocking.
    ///   - longestLine: the maximum number of bytes in a line.
    public init(_ descriptor: consuming FileDescriptor, longestLine: Int = 65536) {
        self.descriptor = descriptor
        self.longestLine = longestLine
    }

    /// Waits for a line.
    ///
    /// - Parameter deadline: a time of `MonotonicClock` in nanoseconds; nil waits without limit.
    /// - Throws: EMSGSIZE for a line that is too long, and errors of read.
    public func nextLine(deadline: UInt64?) throws(LinuxError) -> LineResult {
        while true {
            if let line = takeLine() { return .line(line) }
            if hasEnded {
                return start < buffer.count ? .line(take(upTo: buffer.count, skipping: 0)) : .endOfFile
            }
            guard buffer.count - start <= longestLine else {
                throw LinuxError("read", .messageTooLong, "a line of more than \(longestLine) bytes")
            }
            let ready = try DescriptorWait.wait(descriptor.rawValue, for: .readable, deadline: deadline)
            if ready.isEmpty { return .timedOut }
            try fill()
        }
    }

    private func takeLine() -> String? {
        guard let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = buffer.count
            return nil
        }
        return take(upTo: end, skipping: 1)
    }

    private func take(upTo end: Int, skipping: Int) -> String {
        let line = String(decoding: buffer[start..<end], as: UTF8.self)
        start = end + skipping
        searched = start
        return line
    }

    private func fill() throws(LinuxError) {
        buffer.removeFirst(start)
        searched -= start
        start = 0
        let count = withUnsafeTemporaryAllocation(byteCount: Self.readSize, alignment: 1) { space in
            let count = retrying { LinuxLibc.read(descriptor.rawValue, space.baseAddress, space.count) }
            if count > 0 { buffer.append(contentsOf: space.prefix(count)) }
            return count
        }
        if count == 0 { hasEnded = true }
        if count < 0, Errno.current != .wouldBlock {
            throw .current("read", "descriptor \(descriptor.rawValue)")
        }
    }
}
