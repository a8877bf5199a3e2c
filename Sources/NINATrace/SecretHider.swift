import NINAWire

/// Overwrites passphrases, keys and passwords in command windows.
///
/// What is secret stands in the commands' layouts (``BytesFormat``); a command is read by position, as a module reads it.
struct SecretHider: Sendable {
    /// What replaces each byte.
    static let star = UInt8(ascii: "*")

    private var families: [UInt32: CommandFamily] = [:]
    /// Coprocessors that have received a secret.
    private var confidants: Set<UInt32> = []
    /// Whether a command has a secret, by family and number.
    private static let secretCommands = CommandFamily.allCases.map { secretCommands(of: $0) }

    /// Learns the family of a coprocessor's firmware. While it is unknown both families are tried.
    mutating func setFamily(_ family: CommandFamily?, of coprocessor: UInt32, isOn: Bool) {
        families[coprocessor] = isOn ? family : nil
        confidants.remove(coprocessor)
    }

    /// The bytes of a window without secrets; nil when there are none in it.
    mutating func hidden(_ window: ArraySlice<UInt8>, of coprocessor: UInt32) -> [UInt8]? {
        let isConfidant = !confidants.isEmpty && confidants.contains(coprocessor)
        let ranges = Self.ranges(of: window, families[coprocessor], isConfidant: isConfidant)
        guard !ranges.isEmpty else { return nil }
        if !isConfidant { confidants.insert(coprocessor) }
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

    /// - Parameter isConfidant: whether the coprocessor has received a secret before.
    private static func ranges(
        of window: ArraySlice<UInt8>, _ family: CommandFamily?, isConfidant: Bool
    ) -> [Range<Int>] {
        // Most windows have nothing to hide, and are not read.
        let mayHave = !secretsOfShiftedFrame(in: window, family).isEmpty
        guard mayHave || isConfidant else { return [] }
        var ranges: [Range<Int>] = []
        var isCommand = false
        for candidate in family.map({ [$0] }) ?? CommandFamily.allCases {
            guard let header = try? CommandHeader(window: window, family: candidate) else { continue }
            isCommand = true
            var visitor = SecretFinder(window: window, header: header)
            let found = header.opcode.accept(&visitor)
            let rest = window[found.end...]
            if rest.first == Frame.end {
                // The rest of the driver's buffer, which may have another frame or an earlier one.
                let tail = rest.dropFirst()
                ranges += found.ranges + secretsOfShiftedFrame(in: tail, family)
                if isConfidant || found.hasSecrets, !tail.allSatisfy(isPlainPadding) { ranges.append(tail.indices) }
            } else if rest.allSatisfy(isPlainPadding), !found.hasSecrets || !found.ranges.isEmpty || !rest.isEmpty {
                ranges += found.ranges
            } else if found.hasSecrets {
                // Its lengths or its count are wrong, or it ends before its secret: it does not say where that is.
                ranges.append(min(window.startIndex + Frame.headerLength, window.endIndex)..<window.endIndex)
            } else {
                ranges += secretsOfShiftedFrame(in: window.dropFirst(), family)
            }
        }
        if !isCommand { ranges += secretsOfShiftedFrame(in: window, family) }
        if isConfidant, !window.contains(Frame.start), !window.allSatisfy(isPlainPadding) {
            // Bytes of no frame: the rest of one, or what the buffer held before, while a reply is read.
            ranges.append(window.indices)
        }
        if isConfidant, let padding = stalePadding(of: window) { ranges.append(padding) }
        return ranges
    }

    /// A driver with a defect may send something in front of its frame, or set the bit of a reply: everything behind the
    /// header of a command with a secret is hidden then.
    private static func secretsOfShiftedFrame(in window: ArraySlice<UInt8>, _ family: CommandFamily?) -> [Range<Int>] {
        for index in window.indices.dropLast() where window[index] == Frame.start {
            let number = window[index + 1] & ~Frame.replyBit
            if hasSecrets(number, family ?? .arduino) || family == nil && hasSecrets(number, .adafruit) {
                return [min(index + Frame.headerLength, window.endIndex)..<window.endIndex]
            }
        }
        return []
    }

    private static func isPlainPadding(_ byte: UInt8) -> Bool { byte == 0 || byte == 0xFF }

    /// Padding that is neither 00 nor FF: some drivers pad with what their buffer held before, a secret perhaps.
    private static func stalePadding(of window: ArraySlice<UInt8>) -> Range<Int>? {
        guard let end = window.suffix(Frame.alignment).lastIndex(of: Frame.end) else { return nil }
        let padding = window[(end + 1)...]
        return padding.allSatisfy(isPlainPadding) ? nil : padding.indices
    }
}

private struct SecretFinder: CommandVisitor {
    let window: ArraySlice<UInt8>
    let header: CommandHeader

    mutating func visit<C: Command>(_ command: C.Type) -> SecretRanges {
        let start = min(window.startIndex + Frame.headerLength, window.endIndex)
        var finder = SecretRanges(width: C.width, end: start, limit: window.endIndex)
        if var message = try? PositionalReader.command(
            C.self, header: header, in: window, missingBytes: .readAsZero)
        {
            try? message.layout(&finder)
        }
        return finder
    }
}

/// Collects where the secret values of a message are, and where its parameters end: a value that was read shares the
/// window's indices.
private struct SecretRanges: FieldCoder {
    var width: LengthWidth
    var ranges: [Range<Int>] = []
    /// Whether there are parameters with secrets, empty ones too.
    var hasSecrets = false
    var end: Int
    private let limit: Int

    init(width: LengthWidth, end: Int, limit: Int) {
        self.width = width
        self.end = end
        self.limit = limit
    }

    mutating func parameterCount(_ count: inout UInt8) {}
    mutating func repetitions(_ count: inout Int) {}
    mutating func presence(_ isPresent: inout Bool) {}
    mutating func number(_ name: StaticString, _ format: NumberFormat, _ bits: inout UInt64) {
        end = min(end + (width == .word ? 2 : 1) + format.size, limit)
    }

    mutating func bytes(_ name: StaticString, _ format: BytesFormat, _ value: inout ArraySlice<UInt8>) {
        end = min(max(end, value.endIndex), limit)
        switch format {
        case .secret:
            hasSecrets = true
            if !value.isEmpty { ranges.append(value.indices) }
        case .url:
            hasSecrets = true
            ranges += value.secretsOfURL
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
