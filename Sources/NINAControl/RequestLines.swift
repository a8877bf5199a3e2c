/// Splits what a client sends into lines, and keeps of a line that is too long nothing.
package struct RequestLines {
    package enum Line: Equatable, Sendable {
        case whole(ArraySlice<UInt8>)
        /// It has more than ``ControlCoding/longestLine`` bytes; what follows up to its end is dropped.
        case tooLong
    }

    private var bytes: [UInt8] = []
    /// Where the next line begins.
    private var start = 0
    /// Up to where there is no end of a line.
    private var searched = 0
    private var isSkipping = false
    /// The number of lines so far.
    package private(set) var count = 0

    package init() {}

    package mutating func append(_ more: some Collection<UInt8>) {
        bytes.removeFirst(start)
        searched -= start
        start = 0
        bytes.append(contentsOf: more)
    }

    /// The next line, without its end; nil when more bytes are needed.
    package mutating func next() -> Line? {
        while let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = bytes[start..<end]
            start = end + 1
            searched = start
            guard !isSkipping else {
                isSkipping = false
                continue
            }
            count += 1
            guard line.count <= ControlCoding.longestLine else { return .tooLong }
            return .whole(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
        }
        searched = bytes.count
        guard isSkipping || searched - start > ControlCoding.longestLine else { return nil }
        // The end of the line is not kept either.
        start = searched
        guard !isSkipping else { return nil }
        isSkipping = true
        count += 1
        return .tooLong
    }
}
