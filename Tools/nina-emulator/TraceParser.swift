import NINACoprocessorLinux
import NINATrace
import ToolSupport

/// Collects the options of a trace, which come in any order.
struct TraceParser {
    private var path: String?
    private var format: TraceFormat?
    /// In megabytes.
    var size: Int?
    var showsSecrets = false

    /// The file, whose ending chooses the format.
    mutating func setPath(_ arguments: inout Arguments) throws {
        let text = try arguments.value()
        format = TraceFormat(path: text)
        guard format != nil else {
            throw arguments.error(expected: "a file that ends with \(TraceFormat.endings)", got: text)
        }
        path = text
    }

    /// Nil without a trace.
    func options() throws -> TraceOptions? {
        guard let path, let format else {
            guard size == nil, !showsSecrets else {
                throw UsageError("\(size == nil ? "--trace-secrets" : "--trace-size") needs --trace")
            }
            return nil
        }
        var options = TraceOptions(path: path, format: format, program: "nina-emulator \(toolVersion)")
        if let size { options.size = size << 20 }
        options.showsSecrets = showsSecrets
        return options
    }
}
