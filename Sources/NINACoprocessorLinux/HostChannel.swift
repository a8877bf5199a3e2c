import LinuxIO
import NINALink

/// The channel between a host and its coprocessor: both kinds carry the messages of the link.
enum HostChannel: Equatable {
    /// The host is connected to the link's socket.
    case socket
    /// The host is on the other side of this device, which a kernel module created.
    case device(path: String)

    /// Receives without waiting.
    func receive(_ descriptor: Int32, into space: UnsafeMutableRawBufferPointer) -> ReceiveResult {
        switch self {
        case .socket: UnixSocket.receive(descriptor, into: space, peek: false)
        case .device: CharacterDevice.read(descriptor, into: space)
        }
    }

    /// Sends without waiting. A device takes whole messages.
    func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> SendResult {
        switch self {
        case .socket: UnixSocket.send(descriptor, bytes)
        case .device: CharacterDevice.write(descriptor, bytes)
        }
    }

    /// Whether a receive that does not fill the buffer has taken everything. A device returns as many whole messages as
    /// fit.
    var isDrainedByShortReceive: Bool { self == .socket }

    /// Whether replies are sent before more is received. A device takes a reply as one from before a reset unless it is
    /// written before the reset is read.
    var repliesFirst: Bool { self != .socket }

    /// The log text when the coprocessor is powered on.
    var greeting: String {
        switch self {
        case .socket: "a host has connected"
        case .device(let path): "attached to \(path)"
        }
    }

    /// The log text when it is powered off.
    var farewell: String {
        switch self {
        case .socket: "the host has gone"
        case .device(let path): "detached from \(path)"
        }
    }
}
