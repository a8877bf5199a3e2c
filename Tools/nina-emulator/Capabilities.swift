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

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    static var table: String {
        var lines = [
            "profile         version  slots  lwip   errno   backlog  commands  padding  MAC    missing  quirks"
        ]
        for firmware in Firmware.all {
            let quirks = quirks(firmware)
            lines.append(
                padded("\(firmware.name)", 16) + padded("\(firmware.version)", 9) + padded("\(firmware.slots)", 7)
                    + padded("\(numbers(firmware).lowerBound)-\(numbers(firmware).upperBound)", 7)
                    + padded(firmware.dialect.errnoNumbering.rawValue, 8)
                    + padded("\(firmware.backlog)", 9) + padded("\(opcodes(firmware).count)", 10)
                    + padded(firmware.dialect.padsReplies ? "yes" : "no", 9)
                    + padded(firmware.dialect.reversesHardwareAddresses ? "last" : "first", 7)
                    + padded(missingBytes(firmware), 9)
                    + (quirks.first ?? "none"))
            lines += quirks.dropFirst().map { padded("", 91) + $0 }
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
