import LinuxIO
import NINAWire
import ToolSupport

/// `nina commands`: every command of the protocol as JSON, generated from the layouts that encode and decode them.
/// `Protocol/commands.json` is its output.
struct CommandsCommand {
    private var showsCoverage = false

    init(_ arguments: inout Arguments) throws {
        while let argument = try arguments.next(CommandsOption.self) {
            guard case .option(let option) = argument else { throw arguments.unknown() }
            switch option {
            case .coverage: showsCoverage = true
            }
        }
    }

    func run() throws { StandardOutput.write(showsCoverage ? Coverage.markdown() : Self.json()) }

    static func json() -> String {
        let commands = Opcode.allCases.map { opcode in
            var writer = CommandJSON(opcode: opcode)
            return opcode.accept(&writer)
        }
        return """
            {
              "frame": {
                "start": \(Frame.start), "reply_bit": \(Frame.replyBit), "error": \(Frame.error), "end": \(Frame.end),
                "limit": \(Frame.limit), "alignment": \(Frame.alignment)
              },
              "commands": [
            \(commands.joined(separator: ",\n"))
              ]
            }

            """
    }
}

private struct CommandJSON: CommandVisitor {
    let opcode: Opcode

    mutating func visit<C: Command>(_ command: C.Type) -> String {
        """
            {
              "opcode": \(opcode.byte),\(opcode.isAdafruitOnly ? "\n      \"family\": \"adafruit\"," : "")
              "name": "\(opcode.name)",
              "summary": "\(C.summary)",
              "request": \(forms(C.self)),
              "reply": \(forms(C.Reply.self))
            }
        """
    }

    private func forms<M: Layout>(_ message: M.Type) -> String {
        let forms = M.forms.map { form in
            let fields = FieldLister(form).fields.map { field(of: $0) }
            return fields.isEmpty ? "        []" : "        [\n\(fields.joined(separator: ",\n"))\n        ]"
        }
        return "[\n\(forms.joined(separator: ",\n"))\n      ]"
    }

    private func field(of field: FieldDescription) -> String {
        var members = ["\"name\": \"\(field.name)\"", "\"length_bytes\": \(field.width.rawValue)"]
        if let number = field.number {
            members.append("\"type\": \"\(number.meaning)\", \"size\": \(number.size)")
            if number.size > 1, number.meaning == .signed || number.meaning == .unsigned {
                members.append("\"order\": \"\(number.order)\"")
            }
        }
        if let bytes = field.bytes { members.append("\"type\": \"\(bytes.typeName)\"") }
        if !field.lengthIsSize { members.append("\"length_tells_size\": false") }
        if field.isOptional { members.append("\"optional\": true") }
        if field.isRepeated { members.append("\"repeated\": true") }
        return "          {\(members.joined(separator: ", "))}"
    }
}

extension BytesFormat {
    fileprivate var typeName: String {
        switch self {
        case .text, .url: "text"
        case .secret: "secret"
        case .data, .dataAsPresent: "bytes"
        }
    }
}
