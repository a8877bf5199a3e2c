import NINACoprocessor
import NINATrace
import NINATraceLinux
import NINAWire

/// The options of an emulator.
public struct EmulatorOptions: Sendable {
    /// Path of the link's socket; nil for none.
    public var socketPath: String?
    /// The mode of the socket's file: who may connect.
    public var socketMode: UInt32 = 0o600
    /// Devices of the kernel module; each is one coprocessor from the start.
    public var devicePaths: [String] = []
    /// The settings of every coprocessor; each gets its own hardware address.
    public var coprocessor = Configuration()
    /// The address of every coprocessor; nil assigns each the next free one of 127.1.0.1, 127.1.1.1, ...
    public var address: IPv4Address?
    /// The address that every coprocessor reports in place of ``address``; for 0.0.0.0, all addresses of this machine,
    /// which no host can use. Nil reports that of the first network that has one.
    public var reportedAddress: IPv4Address?
    /// The mapping of the coprocessors' ports to ports of this machine.
    public var ports = PortMapping()
    /// Host names that are resolved without DNS.
    public var hosts: [String: IPv4Address] = [:]
    /// The Bluetooth controller of the coprocessors; each opens its own connection.
    public var bluetooth: HCITransport?
    /// A PEM file with the authorities that TLS clients trust; nil for the system's.
    public var authorities: String?
    /// The path of OpenSSL's libssl; nil for the system's.
    public var tlsLibrary: String?
    /// The directory of files and preferences; nil creates a temporary one.
    public var storagePath: String?
    /// Whether to end when the first host has gone.
    public var endsAfterFirstHost = false
    /// How long the emulator runs at most; nil for no limit.
    public var timeLimit: Duration?
    /// A process whose end also ends the emulator: the program that has started it.
    public var companion: Int32?
    /// The least important level that is logged.
    public var logLevel = LogLevel.info
    /// How a line of the log is written.
    public var logFormat = LogFormat.text

    /// Where a trace goes; nil for none.
    public var trace: TraceOptions?

    /// What happens to the first coprocessor; nil for nothing.
    public var scenario: Scenario?

    /// The defaults, with this socket path; nil for none.
    public init(socketPath: String?) {
        self.socketPath = socketPath
        coprocessor.wallClock = SystemClock.real
    }

    /// What coprocessors take for their address where ``address`` is set.
    var ownAddress: IPv4Address? {
        guard address == .any else { return reportedAddress ?? address }
        return reportedAddress ?? coprocessor.networks.lazy.compactMap(\.address).first ?? .loopback
    }
}

/// Where and how a trace is written.
public struct TraceOptions: Sendable {
    /// The file.
    public var path: String
    /// Its format.
    public var format: TraceFormat
    /// The most bytes of it and the file before it.
    public var size = TraceFile.standardSize
    /// Whether secrets stay as they are.
    public var showsSecrets = false
    /// The name and version of the program that writes it.
    public var program: String

    /// A trace with the standard size, without secrets.
    public init(path: String, format: TraceFormat, program: String) {
        self.path = path
        self.format = format
        self.program = program
    }
}

/// How a line of the log is written.
public enum LogFormat: String, Sendable {
    /// For people: time (UTC), level, coprocessor, text.
    case text
    /// For programs: one JSON object (RFC 8259) per line.
    case json
}

/// The mapping of a coprocessor's ports to ports of this machine: the map takes precedence over the offset, and the
/// offset over the fallback.
public struct PortMapping: Equatable, Sendable {
    /// Ports with an individual mapping.
    public var map: [UInt16: UInt16] = [:]
    /// The offset added to every other port.
    public var offset = 0
    /// The offset added to a privileged port that may not be bound.
    public static let fallback = 8000

    /// No mapping.
    public init() {}

    /// The port on this machine; nil when it would not be one of 1 to 65535. Port 0 asks for any free one, and stays 0.
    public func hostPort(_ port: UInt16) -> UInt16? {
        guard port != 0 else { return 0 }
        let hostPort = map[port] ?? UInt16(exactly: Int(port) + offset)
        return hostPort == 0 ? nil : hostPort
    }

    /// The port to try when the first may not be bound; nil when a map or an offset fixes it.
    public func fallbackPort(_ port: UInt16) -> UInt16? {
        map[port] == nil && offset == 0 ? UInt16(exactly: Int(port) + Self.fallback) : nil
    }
}
