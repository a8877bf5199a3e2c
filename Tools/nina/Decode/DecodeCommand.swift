import LinuxIO
import NINATrace
import ToolSupport

/// `nina decode`: a trace as commands with their replies; or what is wrong in it; or the trace in another format.
struct DecodeCommand {
    /// The largest file that is read: all of it is in memory.
    private static let sizeLimit = 2 << 30
    /// Output is written in pieces of this size.
    private static let pieceSize = 64 << 10

    private let options: DecodeOptions

    init(_ arguments: inout Arguments) throws { options = try DecodeOptions(&arguments) }

    /// - Returns: the exit status.
    func run() throws -> Int32 {
        let bytes: [UInt8]
        do {
            bytes = try InputFile.read(options.path, limit: Self.sizeLimit)
        } catch {
            fail("\(error)\(options.pathHint)", status: 3)
        }
        let source = options.source ?? TraceSource(of: bytes)
        if let format = options.target { return convert(bytes, source, to: format) }
        return decode(bytes, source)
    }

    private func decode(_ bytes: [UInt8], _ source: TraceSource) -> Int32 {
        var output = DecodeOutput(options)
        var decoder = TraceDecoder(options.decoder)
        let error = read(bytes, source) { record in
            for item in decoder.decode(record) { output.show(item) }
        }
        for item in decoder.finish() { output.show(item) }
        output.flush()
        if let error { return report(error) }
        guard options.decoder.isStrict else { return 0 }
        let text = "\(Self.count(output.findings, "finding")) in \(Self.count(output.commands, "command"))"
        StandardError.write("nina: \(text)\n")
        return output.findings > 0 ? 4 : 0
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    private func convert(_ bytes: [UInt8], _ source: TraceSource, to format: TraceFormat) -> Int32 {
        var encoder = TraceEncoder(
            format, program: "nina \(toolVersion)", showsSecrets: options.decoder.showsSecrets,
            coprocessor: options.coprocessor)
        var output: [UInt8] = []
        let error = read(bytes, source) { record in
            guard options.shows(record) else { return }
            encoder.append(record, to: &output)
            guard output.count >= Self.pieceSize else { return }
            StandardOutput.write(output)
            output.removeAll(keepingCapacity: true)
        }
        encoder.end(to: &output)
        StandardOutput.write(output)
        return error.map(report) ?? 0
    }

    private func read(_ bytes: [UInt8], _ source: TraceSource, _ body: (TraceRecord) -> Void) -> TraceError? {
        do throws(TraceError) {
            try source.read(bytes, samplesPerSecond: options.rate, body)
            return nil
        } catch {
            return error
        }
    }

    private func report(_ error: TraceError) -> Int32 {
        let name = options.path == "-" ? "standard input" : options.path
        StandardError.write("nina: \(name), \(error)\n")
        return 3
    }
}

/// Prints those items that were asked for, and counts.
private struct DecodeOutput {
    private let options: DecodeOptions
    private let text: ItemText
    private let json: ItemJSON
    private var output: [UInt8] = []
    private(set) var commands = 0
    private(set) var findings = 0

    init(_ options: DecodeOptions) {
        self.options = options
        text = ItemText(showsBytes: options.showsBytes)
        json = ItemJSON()
    }

    mutating func show(_ item: DecodedItem) {
        guard options.shows(item) else { return }
        if case .exchange = item { commands += 1 }
        findings += item.findings.count
        // A lint prints what it has found.
        if options.decoder.isStrict, item.findings.isEmpty { return }
        if options.isJSON { json.append(item, to: &output) } else { output.append(contentsOf: text.lines(item).utf8) }
        if output.count >= 64 << 10 { flush() }
    }

    mutating func flush() {
        StandardOutput.write(output)
        output.removeAll(keepingCapacity: true)
    }
}
