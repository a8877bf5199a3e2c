import LinuxIO

/// Where an emulator is looked at and steered.
public struct ControlOptions: Sendable {
    /// The path of the control channel's socket; nil for none.
    public var path: String?
    /// The mode of the socket's file: who may connect.
    public var mode: UInt32 = 0o600
    /// Where metrics are served by HTTP: an address of 127.0.0.0/8; nil for nowhere.
    public var metrics: IPv4Endpoint?
    /// The name and version of the program.
    public var program: String

    /// Nothing yet.
    public init(program: String) { self.program = program }

    /// Whether there is nothing to do.
    public var isEmpty: Bool { path == nil && metrics == nil }
}
