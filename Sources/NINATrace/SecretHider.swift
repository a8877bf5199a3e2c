import NINAWire

/// Overwrites passphrases, keys and passwords in command windows.
///
/// What is secret stands in the commands' layouts (``BytesFormat``); a command is read by position, as a module reads it.
public struct SecretHider: Sendable {
    /// What replaces each byte.
    static let star = UInt8(ascii: "*")

    private var families: [UInt32: CommandFamily] = [:]
    /// Coprocessors that have received a secret.
    private var confidants: Set<UInt32> = []
    /// Whether a command has a secret, by family and number.
    private static let secretCommands = CommandFamily.allCases.map { secretCommands(of: $0) }

    /// A hider that knows no coprocessor's family yet.
    public init() {}

    /// Learns the family of a coprocessor's firmware. While it is unknown both families are tried.
    mutating func setFamily(_ family: CommandFamily?, of coprocessor: UInt32, isOn: Bool) {
        families[coprocessor] = isOn ? family : nil
        confidants.remove(coprocessor)
    }

    /// The bytes of a window without secrets; nil when there are none in it.
    mutating func hidden(_ window: ArraySlice<UInt8>, of coprocessor: UInt32) -> [UInt8]? {
        let family = families[coprocessor]
        var ranges: [Range<Int>] = []
        if window.first == Frame.start {
            let number = window.dropFirst().first ?? 0
            if Self.hasSecrets(number, family ?? .arduino) { ranges += Self.secrets(in: window, family ?? .arduino) }
            if family == nil, Self.hasSecrets(number, .adafruit) { ranges += Self.secrets(in: window, .adafruit) }
        } else {
            ranges += Self.secretsOfShiftedFrame(in: window, family)
        }
        if !ranges.isEmpty { confidants.insert(coprocessor) }
        if !confidants.isEmpty, confidants.contains(coprocessor), let padding = Self.stalePadding(of: window) {
            ranges.append(padding)
        }
        guard !ranges.isEmpty else { return nil }
        var bytes = Array(window)
        for range in ranges {
            for index in range { bytes[index - window.startIndex] = Self.star }
        }
        return bytes
    }

    private static func hasSecrets(_ number: UInt8, _ family: CommandFamily) -> Bool {
        secretCommands[Int(family.rawValue)][Int(number)]
    }

    private static func secretCommands(of family: CommandFamily) -> [Bool] {
        (0...UInt8.max).map { number in
            guard let opcode = Opcode(byte: number, family: family) else { return false }
            var visitor = HasSecrets()
            return opcode.accept(&visitor)
        }
    }

    private struct HasSecrets: CommandVisitor {
        mutating func visit<C: Command>(_ command: C.Type) -> Bool {
            C.forms.contains { form in FieldLister(form).fields.contains { $0.bytes == .secret || $0.bytes == .url } }
        }
    }

    private static func secrets(in window: ArraySlice<UInt8>, _ family: CommandFamily) -> [Range<Int>] {
        guard let header = try? CommandHeader(window: window, family: family) else { return [] }
        var visitor = SecretFinder(window: window, header: header)
        return header.opcode.accept(&visitor)
    }

    /// A driver with a defect may send something in front of its frame: everything behind the number of a command with a
    /// secret is hidden then.
    private static func secretsOfShiftedFrame(in window: ArraySlice<UInt8>, _ family: CommandFamily?) -> [Range<Int>] {
        for index in window.indices.dropLast() where window[index] == Frame.start {
            let number = window[index + 1]
            if hasSecrets(number, family ?? .arduino) || family == nil && hasSecrets(number, .adafruit) {
                return [min(index + Frame.headerLength, window.endIndex)..<window.endIndex]
            }
        }
        return []
    }

    /// Padding that is neither 00 nor FF: some drivers pad with what their buffer held before, a secret perhaps.
    private static func stalePadding(of window: ArraySlice<UInt8>) -> Range<Int>? {
        guard let end = window.suffix(Frame.alignment).lastIndex(of: Frame.end) else { return nil }
        let padding = window[(end + 1)...]
        return padding.allSatisfy { $0 == 0 || $0 == 0xFF } ? nil : padding.indices
    }
}

private struct SecretFinder: CommandVisitor {
    let window: ArraySlice<UInt8>
    let header: CommandHeader

    mutating func visit<C: Command>(_ command: C.Type) -> [Range<Int>] {
        guard
            var message = try? PositionalReader.command(C.self, header: header, in: window, missingBytes: .readAsZero)
        else { return [] }
        var finder = SecretRanges(width: C.width)
        try? message.layout(&finder)
        return finder.ranges
    }
}

/// Collects where the secret values of a message are: a value that was read shares the window's indices.
private struct SecretRanges: FieldCoder {
    var width: LengthWidth
    var ranges: [Range<Int>] = []

    init(width: LengthWidth) { self.width = width }

    mutating func parameterCount(_ count: inout UInt8) {}
    mutating func repetitions(_ count: inout Int) {}
    mutating func presence(_ isPresent: inout Bool) {}
    mutating func number(_ name: StaticString, _ format: NumberFormat, _ bits: inout UInt64) {}

    mutating func bytes(_ name: StaticString, _ format: BytesFormat, _ value: inout ArraySlice<UInt8>) {
        switch format {
        case .secret: ranges.append(value.indices)
        case .url: ranges += value.secretsOfURL
        case .text, .data, .dataAsPresent: break
        }
    }
}

extension ArraySlice<UInt8> {
    /// Where a URL may have secrets: its query, and a user name with a password.
    var secretsOfURL: [Range<Int>] {
        let path = prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        var ranges: [Range<Int>] = []
        if path.endIndex < endIndex { ranges.append(path.endIndex + 1..<endIndex) }
        var authority = path.startIndex
        for index in path.indices.dropLast() where path[index] == UInt8(ascii: "/") && path[index + 1] == path[index] {
            authority = index + 2
            break
        }
        let host = path[authority...].prefix { $0 != UInt8(ascii: "/") }
        if let at = host.lastIndex(of: UInt8(ascii: "@")) { ranges.append(authority..<at) }
        return ranges.filter { !$0.isEmpty }
    }
}
