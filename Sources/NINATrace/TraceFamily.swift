import NINAWire

extension TraceFamily {
    /// The family in a trace.
    public init(_ family: CommandFamily) {
        switch family {
        case .arduino: self = .arduino
        case .adafruit: self = .adafruit
        }
    }

    /// The family of commands.
    public var commands: CommandFamily {
        switch self {
        case .arduino: .arduino
        case .adafruit: .adafruit
        }
    }
}
