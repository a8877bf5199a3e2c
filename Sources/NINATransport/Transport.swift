import LinuxIO
import NINALink

/// The location of a coprocessor: the transport string of the tools.
///
/// `unix:PATH[,uid=N|any]` is the socket of an emulator, `spi:` a module that is wired to this machine: see
/// ``SPIWiring``. Without a string, `NINA_TRANSPORT` is used, and without that the default socket of an emulator.
public enum Transport: Equatable, Sendable, CustomStringConvertible {
    /// A Unix socket, and who may listen there: whoever does reads the passphrases that a host sends.
    case unix(path: String, listener: TrustedListener = .own)
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
        guard !path.isEmpty, !path.hasPrefix(",uid=") else {
            throw ParseError(text: text, expected: "a path after 'unix:'")
        }
        guard let (path, listener) = TrustedListener.parse(path) else {
            throw ParseError(text: text, expected: "'uid' to be a user's number or any")
        }
        self = .unix(path: path, listener: listener)
    }

    /// The transport named by `NINA_TRANSPORT`, otherwise an emulator's default socket.
    public static func standard() throws(ParseError) -> Transport {
        guard let text = Environment.value("NINA_TRANSPORT"), !text.isEmpty else {
            return .unix(path: standardSocketPath)
        }
        return try Transport(parsing: text)
    }

    /// The socket an emulator opens by default: `$NINA_SOCKET`, else `$XDG_RUNTIME_DIR/nina.sock`, else `nina.sock` in
    /// the folder `nina-UID` of the temporary directory, which only this user can enter. If another user has taken that
    /// name, the folder is called `nina-UID-XXXXXX`.
    public static var standardSocketPath: String {
        if let path = chosenSocketPath { return path }
        let folder =
            PrivateFolder.existing(privateFolderName) ?? "\(Environment.temporaryDirectory)/\(privateFolderName)"
        return folder + "/nina.sock"
    }

    /// The same, for a program that will listen there: creates the folder if needed.
    public static func makeStandardSocketPath() throws(LinuxError) -> String {
        if let path = chosenSocketPath { return path }
        return try makePrivateFolder() + "/nina.sock"
    }

    /// The folder for sockets in the temporary directory that only this user can enter; creates it if needed.
    public static func makePrivateFolder() throws(LinuxError) -> String { try PrivateFolder.make(privateFolderName) }

    private static var privateFolderName: String { "nina-\(Environment.userID)" }

    private static var chosenSocketPath: String? {
        if let path = Environment.value("NINA_SOCKET"), !path.isEmpty { return path }
        guard let directory = Environment.value("XDG_RUNTIME_DIR"), !directory.isEmpty else { return nil }
        return directory + "/nina.sock"
    }

    /// The transport string.
    public var description: String {
        switch self {
        case .unix(let path, let listener): "unix:\(path)\(listener.suffix)"
        case .spi(let wiring): "spi:\(wiring)"
        }
    }

    /// Opens the link and waits until the coprocessor is up.
    /// - Parameter timeout: how long opening may take.
    public func open(timeout: Duration = .seconds(5)) throws(TransportError) -> sending any Link {
        let start = MonotonicInstant(nanoseconds: MonotonicClock.nanoseconds())
        let deadline = start.advanced(by: timeout)
        switch self {
        case .unix(let path, let listener):
            let stream = try connect(path, listener, until: deadline)
            return try naming { () throws(LinkError) in try MessageLink(stream: stream, until: deadline) }
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

    private func connect(
        _ path: String, _ listener: TrustedListener, until deadline: MonotonicInstant
    ) throws(TransportError) -> UnixStream {
        do throws(UnixStream.Refusal) {
            return try UnixStream(connecting: path, listener, deadline)
        } catch {
            switch error {
            case .failed(let fault): throw TransportError(transport: self, error: fault)
            case .distrusted(let user):
                throw TransportError(transport: self, error: UnixStream.distrust, stranger: user)
            }
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

    /// The user whose process listens at the socket, where that user is not trusted.
    public var stranger: UInt32?

    /// A description for users, with advice.
    public var description: String {
        if let stranger, case .unix(let path, _) = transport {
            return """
                the socket \(transport) is not trusted: user \(stranger) listens there. Nothing was sent. \
                If that is intended, name the user: unix:\(path),uid=\(stranger)
                """
        }
        if let wiring { return "no module at \(transport): \(wiring)" }
        guard error.kind == .system else { return "\(transport): \(error)" }
        let errno = Errno(rawValue: error.code)
        let hint =
            switch errno {
            case .noEntry, .connectionRefused: "; start nina-emulator, or set NINA_TRANSPORT"
            case .accessDenied: "; the socket belongs to another user, who has not let this one in"
            case .tooManyLinks: "; the path has symbolic links that lead in a circle"
            case .notDirectory: "; a part of the path is no folder"
            default: ""
            }
        return "no coprocessor at \(transport): \(errno)\(hint)"
    }
}
