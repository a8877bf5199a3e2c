#if !hasFeature(Embedded)
/// Describes frames as text, for traces and logs.
public enum FrameDescriber {
    /// Describes a command: its name and each field.
    public static func describe(command window: ArraySlice<UInt8>, family: CommandFamily = .arduino) -> String {
        do throws(FrameError) {
            let header = try CommandHeader(window: window, family: family)
            var visitor = CommandText(window: window, header: header)
            return try header.opcode.accept(&visitor).get()
        } catch {
            return "not a command: \(error)"
        }
    }

    /// Describes a reply to a command.
    public static func describe<C: Command>(_ reply: C.Reply, to command: C.Type) -> String {
        "\(C.opcode.name) ->\(FieldPrinter.text(of: reply))"
    }

    /// Describes the reply to a command.
    public static func describe(reply frame: ArraySlice<UInt8>, to opcode: Opcode) -> String {
        var visitor = ReplyText(frame: frame)
        return opcode.accept(&visitor)
    }
}

private struct CommandText: CommandVisitor {
    let window: ArraySlice<UInt8>
    let header: CommandHeader

    /// A command whose end is missing is described as a device reads it, with what is wrong.
    mutating func visit<C: Command>(_ command: C.Type) -> Result<String, FrameError> {
        do throws(FrameError) {
            let message = try FrameReader.command(C.self, in: window)
            return .success("\(C.opcode.name)\(FieldPrinter.text(of: message))")
        } catch {
            guard error.kind == .truncated else { return .failure(error) }
            let fields =
                (try? PositionalReader.command(C.self, header: header, in: window, missingBytes: .readAsZero))
                .map { FieldPrinter.text(of: $0) }
            return .success("\(C.opcode.name)\(fields ?? "") (\(error))")
        }
    }
}

private struct ReplyText: CommandVisitor {
    let frame: ArraySlice<UInt8>

    mutating func visit<C: Command>(_ command: C.Type) -> String {
        do throws(FrameError) {
            return "\(C.opcode.name) ->\(FieldPrinter.text(of: try FrameReader.reply(to: C.self, in: frame)))"
        } catch {
            return "\(C.opcode.name) -> \(error)"
        }
    }
}

/// Prints the fields of a message by walking its layout.
struct FieldPrinter: FieldCoder {
    var width = LengthWidth.byte
    private var output = ""

    /// ` name=value` for each field.
    static func text<M: Layout>(of message: M) -> String {
        var printer = FieldPrinter()
        var message = message
        try? message.layout(&printer)
        return printer.output
    }

    mutating func parameterCount(_ count: inout UInt8) {}
    mutating func repetitions(_ count: inout Int) {}
    mutating func presence(_ isPresent: inout Bool) {}

    mutating func number(_ name: StaticString, _ format: NumberFormat, _ bits: inout UInt64) {
        let value =
            switch format.meaning {
            case .unsigned: String(bits)
            case .signed: String(Int64(bitPattern: bits << UInt64(64 - 8 * format.size)) >> (64 - 8 * format.size))
            case .address: IPv4Address(rawValue: UInt32(truncatingIfNeeded: bits)).description
            case .hardwareAddress: MACAddress(rawValue: bits).description
            }
        output += " \(name)=\(value)"
    }

    mutating func bytes(_ name: StaticString, _ format: BytesFormat, _ value: inout ArraySlice<UInt8>) {
        let isPrintable = value.allSatisfy { (0x20...0x7E).contains($0) }
        let shown =
            switch format {
            case .text where isPrintable: "\"\(String(decoding: value, as: UTF8.self))\""
            case .url where isPrintable: "\"\(Self.withoutSecrets(value))\""
            // Some texts have the NUL of a C string, such as versions.
            case .text where value.last == 0 && value.dropLast().allSatisfy({ (0x20...0x7E).contains($0) }):
                "\"\(String(decoding: value.dropLast(), as: UTF8.self))\\0\""
            case .secret: "(\(value.count) bytes, not shown)"
            case .text, .url, .data, .dataAsPresent: "\(value.count) bytes"
            }
        output += " \(name)=\(shown)"
    }

    /// A URL with dots in place of what may be secret.
    private static func withoutSecrets(_ url: ArraySlice<UInt8>) -> String {
        var shown = ""
        var position = url.startIndex
        for range in URLSecrets.ranges(in: url).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound >= position {
                shown += String(decoding: url[position..<range.lowerBound], as: UTF8.self) + "..."
            }
            position = max(position, range.upperBound)
        }
        return shown + String(decoding: url[position...], as: UTF8.self)
    }
}
#endif
