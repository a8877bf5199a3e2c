import LinuxIO
import NINATrace
import ToolSupport

/// `nina report`: a trace as a page that needs nothing else.
struct ReportCommand {
    /// The largest trace that is read: all of it is in memory.
    private static let sizeLimit = 2 << 30
    /// What a browser shows without delay.
    static let longest = 100_000
    static let largest = 64 << 20

    private var path: String?
    private var output = "-"
    private var source: TraceSource?
    private var decoder = TraceDecoder.Options()
    private var rate: UInt64 = 1_000_000_000

    init(_ arguments: inout Arguments) throws {
        while let argument = try arguments.next(ReportOption.self) {
            switch argument {
            case .word(let word):
                guard path == nil, !word.isEmpty else { throw arguments.unknown() }
                path = word
            case .separator: throw arguments.unknown()
            case .option(.output): output = try arguments.value()
            case .option(.from): source = try DecodeOptions.source(&arguments)
            case .option(.firmware): decoder.firmware = try DecodeOptions.firmware(&arguments)
            case .option(.except): decoder.rules.subtract(try DecodeOptions.rules(&arguments))
            case .option(.rate): rate = UInt64(try arguments.number(1...1_000_000_000_000))
            }
        }
        guard path != nil else { throw UsageError("expected the file of a trace, or - for standard input") }
        guard output != path || output == "-" else { throw UsageError("--output names the trace itself") }
    }

    /// - Returns: the exit status.
    func run() throws -> Int32 {
        guard let path else { return 2 }
        let bytes: [UInt8]
        do {
            bytes = try InputFile.read(path, limit: Self.sizeLimit)
        } catch {
            fail("\(error)", status: 3)
        }
        var lines = WatchLines(decoder)
        var window = LineWindow(longest: Self.longest, largest: Self.largest)
        var failure: TraceError?
        do throws(TraceError) {
            try (source ?? TraceSource(of: bytes)).read(bytes, samplesPerSecond: rate) { record in
                for item in lines.decode(record) { window.append(lines.line(item)) }
            }
        } catch {
            failure = error
        }
        for item in lines.finish() { window.append(lines.line(item)) }
        let name = path == "-" ? "standard input" : path
        if let failure { StandardError.write("nina: \(name), \(failure)\n") }
        if failure == nil || window.commands > 0 { try write(window, name, failure) }
        return failure == nil ? 0 : 3
    }

    private func write(_ window: LineWindow, _ name: String, _ failure: TraceError?) throws {
        var notes: [String] = []
        if let failure { notes.append("\(name), \(failure). What precedes this is shown.") }
        if window.droppedCommands > 0 {
            notes.append(
                "The first \(window.droppedCommands) of \(window.commands) commands are left out, because a page shows "
                    + "\(Self.longest) of them or \(Self.largest >> 20) MB at most: nina decode prints all of them.")
        }
        let about = JSONText.object([
            JSONMember("name", .string(name.split(separator: "/").last.map(String.init) ?? name)),
            JSONMember("program", .string("nina \(toolVersion)")),
            JSONMember("note", .string(notes.joined(separator: " "))),
        ]).text
        let page = WatchPage().report([Array("\(about)\n".utf8)] + window.lines)
        guard output != "-" else { return StandardOutput.write(page) }
        // It has what programs sent and received: for this user alone, like the trace.
        let file = try PrivateFile(creating: output)
        try file.write(page)
    }
}
