import NINAWire

/// The fields of an exchange as text: ` name=value` for each.
struct FieldText {
    private let opcode: Opcode?
    private let reversesHardwareAddresses: Bool

    init(_ exchange: Exchange) {
        opcode = exchange.opcode
        reversesHardwareAddresses = exchange.reversesHardwareAddresses
    }

    /// A text of a peer or a file without what a terminal would obey.
    static func printable(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            shown.append(scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) ? "?" : scalar)
        }
        return String(shown)
    }

    func text(of fields: [DecodedField]) -> String {
        fields.map { field in
            let values = field.values.map { text($0, of: field.name) }
            return " \(field.name)=" + (field.isList ? "[\(values.joined(separator: ", "))]" : values.joined())
        }.joined()
    }

    private func text(_ value: DecodedField.Value, of field: String) -> String {
        switch value {
        case .unsigned(let number):
            return "\(number)" + (UInt8(exactly: number).flatMap { name(of: $0, in: field) }.map { " (\($0))" } ?? "")
        case .signed(let number): return "\(number)"
        case .address(let address): return "\(address)"
        // As people write it, and as other commands of `nina` print it.
        case .hardwareAddress(let address): return "\(reversesHardwareAddresses ? address.reversed : address)"
        case .text(let bytes):
            // Some texts have the NUL of a C string.
            let end = bytes.last == 0 ? "\\0" : ""
            return Self.escaped(end.isEmpty ? bytes : bytes.dropLast()).map { "\"\($0)\(end)\"" }
                ?? "\(bytes.count) bytes"
        case .data(let bytes):
            let shown = bytes.isEmpty || bytes.count > 40 ? nil : Self.escaped(bytes)
            return "\(bytes.count) bytes" + (shown.map { " \"\($0)\"" } ?? "")
        }
    }

    /// What a number means in a field of the command or its reply.
    private func name(of number: UInt8, in field: String) -> String? {
        switch field {
        case "status" where opcode == .getConnStatus:
            let status = ConnectionStatus(rawValue: number)
            return "\(status)" == "status \(number)" ? nil : "\(status)"
        case "state" where opcode == .getClientState:
            let state = ClientState(rawValue: number)
            return state == .closed ? "closed" : state == .established ? "established" : nil
        case "type" where opcode == .startClient || opcode == .startServer:
            switch SocketType(rawValue: number) {
            case .tcp: return "TCP"
            case .udp: return "UDP"
            case .tls: return "TLS"
            case .udpMulticast: return "UDP multicast"
            case .tlsBearSSL: return "TLS by BearSSL"
            default: return nil
            }
        case "type" where opcode == .getCurrEnct || opcode == .getIdxEnct:
            let type = EncryptionType(rawValue: number)
            return "\(type)" == "encryption \(number)" ? nil : "\(type)"
        default: return nil
        }
    }

    /// Text with line ends and tabs as in C; nil for what is no text.
    private static func escaped(_ bytes: ArraySlice<UInt8>) -> String? {
        var shown = ""
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\r"): shown += "\\r"
            case UInt8(ascii: "\n"): shown += "\\n"
            case UInt8(ascii: "\t"): shown += "\\t"
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): shown += "\\\(UnicodeScalar(byte))"
            case 0x20...0x7E: shown.unicodeScalars.append(UnicodeScalar(byte))
            default: return nil
            }
        }
        return shown
    }
}
