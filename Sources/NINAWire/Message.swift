/// A message that describes its parameters once, for all coders.
public protocol Layout {
    /// Makes a message with all fields zero or empty, for readers to fill.
    init()

    /// Passes each parameter to the coder, in wire order.
    mutating func layout(_ coder: inout some FieldCoder) throws(FrameError)

    /// One value per form of the message (several if the layout branches); fields that do not select the form are zero.
    static var forms: [Self] { get }

    /// The initial width of the parameters' length fields.
    static var width: LengthWidth { get }
}

extension Layout {
    public static var forms: [Self] { [Self()] }
    public static var width: LengthWidth { .byte }
}

/// A command and its reply type.
public protocol Command: Layout {
    /// The type of the reply: ``Acknowledgement`` unless the command declares another one.
    associatedtype Reply: Layout = Acknowledgement
    /// The command's number.
    static var opcode: Opcode { get }
    /// A short description for tables.
    static var summary: StaticString { get }
}
