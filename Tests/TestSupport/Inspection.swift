import NINAWire

/// The codec's result for a frame whose type is known only from its opcode.
public struct Inspection {
    /// The fields, as ``FieldDump`` writes them.
    public var fields: Result<String, FrameError>
    /// The frame re-encoded from the decoded message, without padding.
    public var encoded: [UInt8]

    /// Reads a command strictly.
    public static func strict(command opcode: Opcode, in frame: ArraySlice<UInt8>) -> Inspection {
        var visitor = StrictCommand(frame: frame)
        return opcode.accept(&visitor)
    }

    /// Reads a command by position, as a device does.
    public static func positional(
        command opcode: Opcode, in window: ArraySlice<UInt8>, missingBytes: MissingBytes = .areRefused
    ) -> Inspection {
        var visitor = PositionalCommand(window: window, missingBytes: missingBytes)
        return opcode.accept(&visitor)
    }

    /// Reads a reply strictly.
    public static func reply(to opcode: Opcode, in frame: ArraySlice<UInt8>) -> Inspection {
        var visitor = StrictReply(frame: frame)
        return opcode.accept(&visitor)
    }

    init(_ read: () throws(FrameError) -> (String, [UInt8])) {
        do throws(FrameError) {
            let (text, bytes) = try read()
            fields = .success(text)
            encoded = bytes
        } catch {
            fields = .failure(error)
            encoded = []
        }
    }

    /// The fields; nil when the frame was rejected.
    public var text: String? { try? fields.get() }

    /// The error; nil when there was none.
    public var error: FrameError? {
        if case .failure(let error) = fields { error } else { nil }
    }
}

extension Opcode {
    /// A firmware family in which the number means this command.
    public var family: CommandFamily { isAdafruitOnly ? .adafruit : .arduino }
}

/// A command's frame without padding.
public func encoded<C: Command>(_ command: C) throws(FrameError) -> [UInt8] {
    var writer = FrameWriter()
    try writer.write(command, padding: 0xFF)
    return Array(writer.frame[...writer.frame.endOfFrame])
}

/// A reply's frame without padding.
public func encoded<C: Command>(_ reply: C.Reply, to command: C.Type) throws(FrameError) -> [UInt8] {
    var writer = FrameWriter()
    try writer.writeReply(reply, to: command, isPadded: false)
    return writer.frame
}

extension [UInt8] {
    /// The index of the end byte of a frame padded with FF.
    fileprivate var endOfFrame: Int { lastIndex { $0 != 0xFF } ?? 0 }
}

private struct StrictCommand: CommandVisitor {
    let frame: ArraySlice<UInt8>

    mutating func visit<C: Command>(_ command: C.Type) -> Inspection {
        Inspection { () throws(FrameError) in
            let message = try FrameReader.command(C.self, in: frame)
            return (FieldDump.text(of: message), try encoded(message))
        }
    }
}

private struct PositionalCommand: CommandVisitor {
    let window: ArraySlice<UInt8>
    let missingBytes: MissingBytes

    mutating func visit<C: Command>(_ command: C.Type) -> Inspection {
        Inspection { () throws(FrameError) in
            let header = try CommandHeader(window: window, family: C.opcode.family)
            let message = try PositionalReader.command(C.self, header: header, in: window, missingBytes: missingBytes)
            return (FieldDump.text(of: message), try encoded(message))
        }
    }
}

private struct StrictReply: CommandVisitor {
    let frame: ArraySlice<UInt8>

    mutating func visit<C: Command>(_ command: C.Type) -> Inspection {
        Inspection { () throws(FrameError) in
            let reply = try FrameReader.reply(to: C.self, in: frame)
            return (FieldDump.text(of: reply), try encoded(reply, to: C.self))
        }
    }
}
