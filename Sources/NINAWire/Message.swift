/// A message whose parameters are described once, for every coder that walks them.
public protocol Layout {
    /// A message with all fields zero or empty: readers fill it.
    init()

    /// Names each parameter in wire order.
    mutating func layout(_ coder: inout some FieldCoder) throws(FrameError)

    /// One value for each form the message can take (several where the layout branches); all fields else are zero.
    static var forms: [Self] { get }

    /// The width of the parameter lengths the message begins with.
    static var width: LengthWidth { get }
}

extension Layout {
    /// One form.
    public static var forms: [Self] { [Self()] }
    /// One byte.
    public static var width: LengthWidth { .byte }
}

/// A command and, by its associated type, its reply.
public protocol Command: Layout {
    /// What the device answers.
    associatedtype Reply: Layout
    /// The command's number.
    static var opcode: Opcode { get }
    /// What it does, in a short sentence for tables.
    static var summary: StaticString { get }
}

/// A reply of one byte that says whether the command was taken: 1, or 0 for a failure.
///
///     E0 op|80 01 | 01 value | EE
public struct Acknowledgement: Layout, Equatable, Sendable {
    /// 1 when the device took the command.
    public var value: UInt8 = 0

    /// Zero.
    public init() {}
    /// A reply of this value.
    public init(_ value: UInt8) { self.value = value }
    /// 1 for true, 0 for false.
    public init(_ isDone: Bool) { value = isDone ? 1 : 0 }

    /// One byte.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("result", &value)
    }
}

/// A reply of one byte that says what went wrong: 0 when nothing did.
///
///     E0 op|80 01 | 01 code | EE
public struct ResultCode: Layout, Equatable, Sendable {
    /// 0 when the command was done.
    public var value: UInt8 = 0

    /// Zero.
    public init() {}
    /// A reply of this value.
    public init(_ value: UInt8) { self.value = value }

    /// One byte.
    public mutating func layout(_ coder: inout some FieldCoder) throws(FrameError) {
        try coder.u8("code", &value)
    }
}
