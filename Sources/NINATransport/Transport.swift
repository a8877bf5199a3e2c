import LinuxIO
import NINALink

/// The location of a coprocessor: the transport string of the tools.
///
/// `unix:PATH` is the socket of an emulator, `spi:` a module that is wired to this machine: see ``SPIWiring``. Without
/// a string, `NINA_TRANSPORT` is used, and without that the default socket of an emulator.
public enum Transport: Equatable, Sendable, CustomStringConvertible {
    /// A Unix socket.
    case unix(path: String)
    /// Wires.
    case spi(SPIWiring)

    /// A syntax error in a transport string.
    public struct ParseError: Error, Equatable, Sendable, CustomStringConvertible {
        /// The string.
        public var text: String
        /// What was expected.
        public var expected: String
        /// A description for users.
        public var description: String { "transport '\(text)': expected \(expected)" }
    }

    /// Parses a transport string.
    public init(parsing text: String) throws(ParseError) {
        if text.hasPrefix("spi:") {
            self = .spi(try SPIWiring(parsing: String(text.dropFirst(4))))
            return
        }
        guard text.hasPrefix("unix:") else {
            throw ParseError(text: text, expected: "unix:PATH or spi:DEVICE,cs=LINE,ready=LINE")
        }
        let path = String(text.dropFirst(5))
        guard !path.isEmpty else { throw ParseError(text: text, expected: "a path after 'unix:'") }
        self = .unix(path: path)
    }

    /// The transport named by `NINA_TRANSPORT`, otherwise an emulator's default socket.
    public static func standard() throws(ParseError) -> Transport {
        guard let text = Environment.value("NINA_TRANSPORT"), !text.isEmpty else {
            return .unix(path: standardSocketPath)
        }
        return try Transport(parsing: text)
    }

    /// The socket an emulator opens by default: `$NINA_SOCKET`, else `$XDG_RUNTIME_DIR/nina.sock`, else `nina-UID.sock`
    /// in the temporary directory.
    public static var standardSocketPath: String {
        if let path = Environment.value("NINA_SOCKET"), !path.isEmpty { return path }
        if let directory = Environment.value("XDG_RUNTIME_DIR"), !directory.isEmpty { return directory + "/nina.sock" }
        return "\(Environment.temporaryDirectory)/nina-\(Environment.userID).sock"
    }

    /// The transport string.
    public var description: String {
        switch self {
        case .unix(let path): "unix:" + path
        case .spi(let wiring): "spi:\(wiring)"
        }
    }

    /// Opens the link and waits until the coprocessor is up.
    /// - Parameter timeout: how long opening may take.
    public func open(timeout: Duration = .seconds(5)) throws(TransportError) -> sending any Link {
        let start = MonotonicInstant(nanoseconds: MonotonicClock.nanoseconds())
        let deadline = start.advanced(by: timeout)
        switch self {
        case .unix(let path):
            return try naming { () throws(LinkError) in
                try MessageLink(stream: UnixStream(path: path, until: deadline), until: deadline)
            }
        case .spi(let wiring):
            let bus: SPIDeviceBus
            do throws(SPIWiringError) {
                bus = try SPIDeviceBus(wiring)
            } catch {
                let fault = LinkError(.system, .connect, code: error.error.errno.rawValue)
                throw TransportError(transport: self, error: fault, wiring: error)
            }
            return try naming { () throws(LinkError) in try SPIDeviceLink(bus: bus, until: deadline) }
        }
    }

    private func naming<L>(_ open: () throws(LinkError) -> L) throws(TransportError) -> L {
        do throws(LinkError) {
            return try open()
        } catch {
            throw TransportError(transport: self, error: error)
        }
    }
}

extension Transport {
    /// Opens the link on its own thread, for a `WiFiModule` of WiFiNINA:
    /// `WiFiModule(on: try transport.openThread())`.
    /// - Parameter timeout: the maximum time until the coprocessor is up. The call blocks until then.
    public func openThread(timeout: Duration = .seconds(5)) throws(TransportError) -> LinkThread {
        let link = try open(timeout: timeout)
        do throws(LinuxError) {
            return try LinkThread(link: link)
        } catch {
            throw TransportError(transport: self, error: LinkError(.system, .connect, code: error.errno.rawValue))
        }
    }
}

/// The error of opening a link, and the transport that was tried.
public struct TransportError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The transport that was tried.
    public var transport: Transport
    /// The error.
    public var error: LinkError
    /// The part of the wiring that is unavailable.
    public var wiring: SPIWiringError?

    /// A description for users, with advice.
    public var description: String {
        if let wiring { return "no module at \(transport): \(wiring)" }
        guard error.kind == .system else { return "\(transport): \(error)" }
        let errno = Errno(rawValue: error.code)
        let hint =
            switch errno {
            case .noEntry, .connectionRefused: "; start nina-emulator, or set NINA_TRANSPORT"
            case .accessDenied: "; the socket belongs to another user (its mode is 0600)"
            default: ""
            }
        return "no coprocessor at \(transport): \(errno)\(hint)"
    }
}
