import LinuxIO
import NINATrace

/// What a viewer is told, by the name of the event that the page knows.
enum WatchEvent: String {
    /// Commands and events, one object a line.
    case lines
    /// The state of the modules.
    case report
    /// The source has ended, and why.
    case end
}

/// Who looks on.
protocol WatchViewer: AnyObject {
    /// - Parameter lines: each with its end.
    func show(_ kind: WatchEvent, _ lines: ArraySlice<[UInt8]>)
}

/// Where commands come from, and who can be asked for trouble.
protocol WatchSource: AnyObject {
    /// Asks for something, in the words of Protocol/control.md, and gets one line for it.
    func order(_ order: [UInt8], _ answer: @escaping ([UInt8]) -> Void)
}

/// Passes on what a source has, to everybody who looks on now, and keeps the newest of it for those who come later.
final class WatchFeed {
    private var lines: WatchLines
    /// What a page gets that is opened later.
    private var history = LineWindow(longest: 20_000, largest: 4 << 20)
    private var viewers: [ObjectIdentifier: any WatchViewer] = [:]
    private var report: [UInt8]?
    private var end: [UInt8]?
    private static let piece = 200
    weak var source: (any WatchSource)?
    /// For those who want no lines.
    var onItems: (([DecodedItem]) -> Void)?
    var onReport: (([UInt8]) -> Void)?
    /// Gets why, and whether that is a failure.
    var onEnd: ((String, Bool) -> Void)?

    init(_ options: TraceDecoder.Options = TraceDecoder.Options()) { lines = WatchLines(options) }

    /// Whether somebody wants to know the state of the modules.
    var wantsReports: Bool { !viewers.isEmpty || onReport != nil }

    func add(_ viewer: any WatchViewer) {
        viewers[ObjectIdentifier(viewer)] = viewer
        var old = history.lines[...]
        // In pieces, so that something is seen at once.
        while !old.isEmpty {
            viewer.show(.lines, old.prefix(Self.piece))
            old = old.dropFirst(Self.piece)
        }
        if let report { viewer.show(.report, [report]) }
        if let end { viewer.show(.end, [end]) }
    }

    func remove(_ viewer: any WatchViewer) { viewers[ObjectIdentifier(viewer)] = nil }

    /// Takes what has happened.
    func take(_ records: [TraceRecord]) {
        var fresh: [[UInt8]] = []
        for record in records {
            let items = lines.decode(record)
            onItems?(items)
            for line in items.map(lines.line) {
                fresh.append(line.bytes)
                history.append(line)
            }
        }
        guard !fresh.isEmpty else { return }
        for viewer in viewers.values { viewer.show(.lines, fresh[...]) }
    }

    /// Takes an event that is none of a trace, one line.
    func take(event line: [UInt8]) {
        history.append(WatchLines.Line(bytes: line, isCommand: false, isLasting: false))
        for viewer in viewers.values { viewer.show(.lines, [line]) }
    }

    /// Takes the state of the modules, one line.
    func take(report line: [UInt8]) {
        report = line
        onReport?(line)
        for viewer in viewers.values { viewer.show(.report, [line]) }
    }

    /// Nothing more will come.
    func finish(_ why: String, isFailure: Bool = false) {
        guard end == nil else { return }
        let line = Array("\(why)\n".utf8)
        end = line
        for viewer in viewers.values { viewer.show(.end, [line]) }
        onEnd?(why, isFailure)
    }

    func order(_ order: [UInt8], _ answer: @escaping ([UInt8]) -> Void) {
        guard let source else {
            return answer(Array("{\"error\":{\"text\":\"nothing can be changed here\"}}".utf8))
        }
        source.order(order, answer)
    }
}
