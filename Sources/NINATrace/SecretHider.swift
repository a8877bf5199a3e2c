import NINAWire

/// Overwrites passphrases, keys and passwords in command windows.
///
/// What is secret stands in the commands' layouts (``BytesFormat``). That holds only for a frame that can be read strictly to
/// its end byte: with a wrong length, count or start byte a passphrase stands anywhere, and what a host's buffer held before
/// stands behind the frame. Therefore bytes are shown where a strict reader says what they are, and nowhere else:
///
/// - of a frame without a defect all but its secrets;
/// - of a frame with a defect its header and, unless the command has secrets, lengths and numbers in front of the defect;
/// - elsewhere 00 and FF, with which hosts pad.
///
/// This does not depend on earlier windows: a trace may begin after the passphrase has been sent, and a window whose opcode
/// is damaged may be the first that has it.
struct SecretHider: Sendable {
    /// What replaces each byte.
    static let star = UInt8(ascii: "*")

    private var families: [UInt32: CommandFamily] = [:]
    /// Whether a command has a secret, by family and number.
    private static let secretCommands = CommandFamily.allCases.map { secretCommands(of: $0) }

    /// A record without secrets. Learns the family of a coprocessor's firmware; while it is unknown both are tried.
    mutating func hide(_ record: TraceRecord) -> TraceRecord {
        switch record.event {
        case .coprocessor(let power): families[record.coprocessor] = power.isOn ? power.family?.commands : nil
        case .windowOut(let bytes, let flags):
            guard let hidden = Self.hidden(bytes, families[record.coprocessor]) else { return record }
            var shown = record
            shown.event = .windowOut(hidden[...], flags.union(.hidden))
            return shown
        case .windowIn, .lines, .reset, .time, .gap, .failure: break
        }
        return record
    }

    /// The bytes of a window without secrets; nil when nothing is hidden.
    private static func hidden(_ window: ArraySlice<UInt8>, _ family: CommandFamily?) -> [UInt8]? {
        let parts = hiddenParts(of: window, family)
        guard !parts.secrets.isEmpty || window[parts.rest].contains(where: { !isFiller($0) }) else { return nil }
        var bytes = Array(window)
        for range in parts.secrets {
            for index in range { bytes[index - window.startIndex] = star }
        }
        for index in parts.rest where !isFiller(window[index]) { bytes[index - window.startIndex] = star }
        return bytes
    }

    private static func isFiller(_ byte: UInt8) -> Bool { byte == 0 || byte == 0xFF }

    private static func hiddenParts(of window: ArraySlice<UInt8>, _ family: CommandFamily?) -> HiddenParts {
        let start = window.firstIndex { !isFiller($0) } ?? window.endIndex
        guard start < window.endIndex, window[start] == Frame.start else {
            return HiddenParts(rest: start..<window.endIndex)
        }
        let headerEnd = min(start + Frame.headerLength, window.endIndex)
        // A driver with a defect may send something in front of its frame: a module reads no command then.
        guard start == window.startIndex else { return HiddenParts(rest: headerEnd..<window.endIndex) }
        // A frame without parameters, of whatever command.
        if window.dropFirst(Frame.headerLength - 1).prefix(2).elementsEqual([0, Frame.end]) {
            return HiddenParts(rest: headerEnd + 1..<window.endIndex)
        }
        let number = window.dropFirst().first ?? 0
        let opcode = Opcode(byte: number, family: family ?? .arduino)
        let other = family == nil ? Opcode(byte: number, family: .adafruit) : nil
        var parts: HiddenParts?
        for (opcode, family) in [(opcode, family ?? .arduino), (other == opcode ? nil : other, .adafruit)] {
            guard let opcode else { continue }
            var visitor = PartFinder(window: window, hasSecrets: secretCommands[Int(family.rawValue)][Int(number)])
            let found = opcode.accept(&visitor)
            parts = parts.map { $0.joined(found) } ?? found
        }
        return parts ?? HiddenParts(rest: headerEnd..<window.endIndex)
    }

    /// How many values of a frame with a defect may be shown: those in front of the defect, unless the command has secrets. Of
    /// a value of variable size only the length may be.
    static func shownValues<C: Command>(_ command: C.Type, in window: ArraySlice<UInt8>) -> Int {
        var visitor = HasSecrets()
        guard !visitor.visit(C.self) else { return 0 }
        var walk = FrameWalk(window, hidesValues: true)
        _ = walk.reads(C.self)
        return walk.values
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
}

/// What of a window is hidden.
private struct HiddenParts {
    /// Values of which every byte is hidden.
    var secrets: [Range<Int>] = []
    /// What belongs to no frame, or stands behind a defect.
    var rest: Range<Int>
    /// Whether a command with secrets cannot be read to its end.
    var isUnreadableSecret = false
    /// Whether the frame has no defect.
    var isClean = false

    /// The parts of a window that may be of either family: a reading without a defect is the right one, unless secrets
    /// would be shown.
    func joined(_ other: HiddenParts) -> HiddenParts {
        if isUnreadableSecret { return self }
        if other.isUnreadableSecret { return other }
        if isClean != other.isClean { return isClean ? self : other }
        return HiddenParts(
            secrets: secrets + other.secrets,
            rest: min(rest.lowerBound, other.rest.lowerBound)..<rest.upperBound, isClean: isClean)
    }
}

private struct PartFinder: CommandVisitor {
    let window: ArraySlice<UInt8>
    let hasSecrets: Bool

    mutating func visit<C: Command>(_ command: C.Type) -> HiddenParts {
        var walk = FrameWalk(window, hidesValues: false)
        if walk.reads(C.self) { return HiddenParts(secrets: walk.secrets, rest: walk.rest, isClean: true) }
        if hasSecrets {
            return HiddenParts(rest: window.dropFirst(Frame.headerLength).indices, isUnreadableSecret: true)
        }
        walk = FrameWalk(window, hidesValues: true)
        _ = walk.reads(C.self)
        return HiddenParts(secrets: walk.secrets, rest: walk.rest)
    }
}

/// Reads a command strictly, as ``FrameReader`` does, and notes where its values are, up to the first defect.
private struct FrameWalk: FieldCoder {
    var width = LengthWidth.byte
    /// Whether every value of variable size is secret, because its length may be wrong.
    private let hidesValues: Bool
    private let window: ArraySlice<UInt8>
    private let count: UInt8
    private var position: Int
    private var parametersRead = 0
    /// How many values have been read.
    private(set) var values = 0
    private(set) var secrets: [Range<Int>] = []

    init(_ window: ArraySlice<UInt8>, hidesValues: Bool) {
        self.window = window
        self.hidesValues = hidesValues
        count = window.dropFirst(Frame.headerLength - 1).first ?? 0
        position = min(window.startIndex + Frame.headerLength, window.endIndex)
    }

    /// What has not been read.
    var rest: Range<Int> { position..<window.endIndex }
    var unread: ArraySlice<UInt8>? { window[position...] }

    /// Whether the frame is this command without a defect.
    mutating func reads<C: Command>(_ command: C.Type) -> Bool {
        width = C.width
        var command = C()
        do throws(FrameError) { try command.layout(&self) } catch { return false }
        guard parametersRead == Int(count), unread?.first == Frame.end else { return false }
        position += 1
        return true
    }

    private mutating func take(_ size: Int) throws(FrameError) -> ArraySlice<UInt8> {
        guard rest.count >= size else {
            throw FrameError(.truncated, at: position - window.startIndex, expected: size, found: rest.count)
        }
        defer { position += size }
        return window[position..<position + size]
    }

    private mutating func readLength() throws(FrameError) -> Int {
        guard parametersRead < Int(count) else {
            throw FrameError(.parameterCount, at: 2, expected: parametersRead + 1, found: Int(count))
        }
        parametersRead += 1
        return try take(Int(width.rawValue)).reduce(0) { $0 << 8 | Int($1) }
    }

    /// Reads a length that must have this value.
    private mutating func readLength(_ length: Int) throws(FrameError) {
        let start = position - window.startIndex
        let found = try readLength()
        guard found == length else { throw FrameError(.parameterLength, at: start, expected: length, found: found) }
    }

    mutating func parameterCount(_ count: inout UInt8) { count = self.count }
    mutating func repetitions(_ count: inout Int) { count = Int(self.count) - parametersRead }
    mutating func presence(_ isPresent: inout Bool) { isPresent = parametersRead < Int(count) }

    mutating func number(_ name: StaticString, _ format: NumberFormat, _ bits: inout UInt64) throws(FrameError) {
        try readLength(format.size)
        let bytes = try take(format.size)
        bits = 0
        for (place, byte) in bytes.enumerated() {
            bits |= UInt64(byte) << UInt64(8 * (format.order == .big ? format.size - 1 - place : place))
        }
        values += 1
    }

    mutating func bytes(
        _ name: StaticString, _ format: BytesFormat, _ value: inout ArraySlice<UInt8>
    ) throws(FrameError) {
        value = try take(try readLength())
        note(value, format)
    }

    mutating func bytes(
        _ name: StaticString, _ format: BytesFormat, lengthByte: UInt8, count: Int, _ value: inout ArraySlice<UInt8>
    ) throws(FrameError) {
        try readLength(Int(lengthByte))
        value = try take(count)
        note(value, format)
    }

    private mutating func note(_ value: ArraySlice<UInt8>, _ format: BytesFormat) {
        values += 1
        switch format {
        case .secret: secrets.append(value.indices)
        case .text, .url, .data, .dataAsPresent:
            if hidesValues {
                secrets.append(value.indices)
            } else if format == .url {
                secrets += URLSecrets.ranges(in: value)
            }
        }
        if secrets.last?.isEmpty == true { secrets.removeLast() }
    }
}
