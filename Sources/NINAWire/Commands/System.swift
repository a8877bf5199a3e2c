// Commands about the coprocessor itself.

/// GET_FW_VERSION: the version as text with a terminating NUL.
///
///     E0 37 00 EE        reply: E0 B7 01 | 06 "x.y.z" 00 | EE
public struct GetFwVersion: Command {
    /// The firmware version.
    public struct Reply: Layout, Equatable, Sendable {
        /// The version and its NUL.
        public var version: ArraySlice<UInt8> = []

        /// Zero or empty.
        public init() {}

        /// One parameter.
        public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
            try coder.text("version", &version)
        }
    }

    /// The byte that some hosts send along and the device ignores.
    public var dummy: UInt8?

    /// Without the dummy byte.
    public init() {}

    /// Its number.
    public static var opcode: Opcode { .getFwVersion }
    /// What it does.
    public static var summary: StaticString { "firmware version" }
    /// With and without the dummy byte.
    public static var forms: [GetFwVersion] {
        var withDummy = GetFwVersion()
        withDummy.dummy = 0xFF
        return [GetFwVersion(), withDummy]
    }

    /// The dummy byte, where there is one.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.dummy(&dummy)
    }
}
