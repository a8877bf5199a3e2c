import NINACoprocessor
import NINAWire

/// What an emulator is to do.
public struct EmulatorOptions: Sendable {
    /// Path of the link's socket; nil for none.
    public var socketPath: String?
    /// Devices of the kernel module, each of which is one coprocessor from the start.
    public var devicePaths: [String] = []
    /// What every coprocessor is made of; each gets its own hardware address.
    public var coprocessor = Configuration()
    /// The address of every coprocessor; nil gives each the next free one of 127.1.0.1, 127.1.1.1, ...
    public var address: IPv4Address?
    /// Where the ports of the coprocessors are on this machine.
    public var ports = PortMapping()
    /// Names that are answered without a look-up.
    public var hosts: [String: IPv4Address] = [:]
    /// The Bluetooth controller of the coprocessors; each has a connection of its own.
    public var bluetooth: HCITransport?
    /// A PEM file of the authorities that TLS clients trust; nil for the system's.
    public var authorities: String?
    /// The path of OpenSSL's libssl; nil for the system's.
    public var tlsLibrary: String?
    /// The directory of files and preferences; nil makes one that ends with the emulator.
    public var storagePath: String?
    /// Ends when the first host has gone.
    public var endsAfterFirstHost = false
    /// The least important lines that are logged.
    public var logLevel = LogLevel.info

    /// The defaults, on this socket; nil for none.
    public init(socketPath: String?) {
        self.socketPath = socketPath
        coprocessor.wallClock = SystemClock.real
    }
}

/// How ports of a coprocessor become ports of this machine: the map beats the offset beats the fall-back.
public struct PortMapping: Equatable, Sendable {
    /// Ports with a place of their own.
    public var map: [UInt16: UInt16] = [:]
    /// Added to every other port.
    public var offset = 0
    /// Added to a privileged port that may not be bound.
    public static let fallback = 8000

    /// Ports as they are.
    public init() {}

    /// The port on this machine; nil when it would exceed 65535.
    public func hostPort(_ port: UInt16) -> UInt16? {
        map[port] ?? UInt16(exactly: Int(port) + offset)
    }

    /// The port that is tried when that one may not be bound; nil when a map or an offset says where it has to be.
    public func fallbackPort(_ port: UInt16) -> UInt16? {
        map[port] == nil && offset == 0 ? UInt16(exactly: Int(port) + Self.fallback) : nil
    }
}
