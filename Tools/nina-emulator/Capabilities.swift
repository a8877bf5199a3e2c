import NINAWire

/// The firmware profiles as text.
enum Capabilities {
    private static func quirks(_ firmware: Firmware) -> [String] {
        firmware.dialect.oddities.map { "\($0.name)" }
    }

    private static func opcodes(_ firmware: Firmware) -> [Opcode] {
        Opcode.allCases.filter { Opcode(byte: $0.byte, family: firmware.family) == $0 && firmware.serves($0) }
    }

    private static func numbers(_ firmware: Firmware) -> ClosedRange<UInt8> {
        Firmware.socketNumbers(slots: firmware.slots)
    }

    private static func missingBytes(_ firmware: Firmware) -> String {
        switch firmware.dialect.missingBytes {
        case .readAsZero: "zero"
        case .areRefused: "refused"
        }
    }

    /// The width of each column, so that a line has at most 80 characters.
    private static let widths = [15, 8, 6, 6, 7, 8, 9, 8, 6, 7]

    private static func row(_ cells: [String]) -> String {
        var line = ""
        for (cell, width) in zip(cells, widths) {
            line += cell + String(repeating: " ", count: max(1, width - cell.count))
        }
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }

    /// A line for each profile, and below it one for each quirk.
    static var table: String {
        var lines = [
            row(["profile", "version", "slots", "lwip", "errno", "backlog", "commands", "padding", "MAC", "missing"])
        ]
        for firmware in Firmware.all {
            lines.append(
                row([
                    "\(firmware.name)", "\(firmware.version)", "\(firmware.slots)",
                    "\(numbers(firmware).lowerBound)-\(numbers(firmware).upperBound)",
                    firmware.dialect.errnoNumbering.rawValue, "\(firmware.backlog)", "\(opcodes(firmware).count)",
                    firmware.dialect.padsReplies ? "yes" : "no",
                    firmware.dialect.reversesHardwareAddresses ? "last" : "first", missingBytes(firmware),
                ]))
            let quirks = quirks(firmware)
            lines += quirks.isEmpty ? ["    no quirks"] : quirks.map { "    " + $0 }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    static var json: String {
        let profiles = Firmware.all.map { firmware in
            let quirks = quirks(firmware).map { "\"\($0)\"" }.joined(separator: ", ")
            let commands = opcodes(firmware).map { "\($0.byte)" }.joined(separator: ", ")
            return """
                {"name": "\(firmware.name)", "version": "\(firmware.version)", "family": "\(firmware.family)", \
                "slots": \(firmware.slots), "lwip_sockets": [\(numbers(firmware).lowerBound), \(numbers(firmware).upperBound)], \
                "errno": "\(firmware.dialect.errnoNumbering.rawValue)", "backlog": \(firmware.backlog), "pads_replies": \(firmware.dialect.padsReplies), \
                "reverses_hardware_addresses": \(firmware.dialect.reversesHardwareAddresses), \
                "missing_bytes": "\(missingBytes(firmware))", "quirks": [\(quirks)], \
                "commands": [\(commands)]}
                """
        }
        return "[\n" + profiles.joined(separator: ",\n") + "\n]\n"
    }
}
