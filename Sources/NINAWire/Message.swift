/// A message that describes its parameters once, for every coder that walks them.
public protocol Layout {
    /// A message with all fields zero or empty: readers fill it.
    init()

    /// Names each parameter in wire order.
    mutating func layout(_ coder: inout some FieldCoder) throws(FrameError)

    /// A value of each form of the message (several where the layout branches); fields that select no form are zero.
    static var forms: [Self] { get }

    /// The width of the parameter lengths the message begins with.
    static var width: LengthWidth { get }
}

extension Layout {
    public static var forms: [Self] { [Self()] }
    public static var width: LengthWidth { .byte }
}

/// A command and, by its associated type, its reply.
public protocol Command: Layout {
    /// What the device replies: an ``Acknowledgement`` unless the command names another.
    associatedtype Reply: Layout = Acknowledgement
    /// The command's number.
    static var opcode: Opcode { get }
    /// What it does, in a few words for tables.
    static var summary: StaticString { get }
}
