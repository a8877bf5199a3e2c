import NINAWire

/// The wires between a host and a coprocessor, seen from the host: an SPI device with two handshake lines.
///
/// A command takes two chip-select windows. The host waits for READY low, selects, clocks the command out and
/// deselects; READY is high while the command runs; when it is low again, a second window clocks the reply in. IRQ is
/// high while at least one socket has data or a connection for the host.
///
/// Links stack: ``FaultInjector`` and ``Tracer`` are links around another link.
public protocol Link: AnyObject {
    /// The time on this link's clock (virtual on a loopback link).
    var now: MonotonicInstant { get }

    /// The IRQ level as currently known, without waiting.
    /// - Throws: ``LinkError`` when the link is gone.
    func interruptLevel() throws(LinkError) -> Bool

    /// Resets the coprocessor with its RESET line and waits until it is up.
    func reset(until deadline: MonotonicInstant) throws(LinkError)

    /// Waits for READY low and clocks a command out: the first window of a command.
    ///
    /// First discards a reply that was not received (after a time-out).
    func sendCommand(_ frame: [UInt8], until deadline: MonotonicInstant) throws(LinkError)

    /// Waits until the command has run and clocks its reply in: the second window.
    /// - Parameter opcode: the command that was sent, which determines how many bytes a bus has to clock.
    /// - Returns: the reply from its first byte on. It shares the link's storage: release it before the next call to
    ///   the link, or the storage is copied.
    func receiveReply(
        expecting opcode: Opcode, until deadline: MonotonicInstant
    ) throws(LinkError) -> ArraySlice<UInt8>

    /// Waits until IRQ is high.
    /// - Returns: false on time-out.
    func waitForInterrupt(until deadline: MonotonicInstant) throws(LinkError) -> Bool

    /// Waits until the deadline.
    func sleep(until deadline: MonotonicInstant) throws(LinkError)

    /// Ends the link; the coprocessor behind a socket is powered off. Further calls throw.
    func close()

    /// A file descriptor that becomes readable when the link has something to process, a change of IRQ for example;
    /// nil when this link has none and must be polled.
    var activityDescriptor: Int32? { get }

    /// Ends the call that waits, and makes it and all later ones throw `.closed`; callable from any thread, also after
    /// ``close()``. Nil when this link has no such thing.
    var interrupter: (@Sendable () -> Void)? { get }
}

extension Link {
    /// Nil: a call that waits cannot be ended.
    public var interrupter: (@Sendable () -> Void)? { nil }

    /// Nil: the link must be polled.
    public var activityDescriptor: Int32? { nil }
}

/// What went wrong on a link, and what it was waiting for.
public struct LinkError: Error, Equatable, Sendable {
    /// The kind of fault.
    public enum Kind: UInt8, Sendable {
        /// The deadline passed.
        case timedOut
        /// The other end is gone, or the link was closed on this side.
        case closed
        /// The other end violated the link protocol.
        case violation
        /// The coprocessor restarted unexpectedly while a command was running.
        case restarted
        /// A system call failed; `code` is its errno.
        case system
        /// The operation needs a line that the link does not have.
        case unavailable
    }

    /// What the link was waiting for or doing.
    public enum Phase: UInt8, Sendable {
        /// Connecting to the other end.
        case connect
        /// The greeting.
        case hello
        /// Waiting for the coprocessor to be up after power-on or reset.
        case boot
        /// Waiting for READY low before a command.
        case readyForCommand
        /// Waiting for READY high after chip select falls.
        case select
        /// Clocking bytes.
        case transfer
        /// Waiting for READY low after a command: the reply.
        case reply
        /// Waiting for IRQ, or for time to pass.
        case idle
    }

    /// The kind of fault.
    public var kind: Kind
    /// What the link was waiting for.
    public var phase: Phase
    /// Further details; may be empty.
    public var detail: StaticString
    /// The errno of a system call, otherwise 0.
    public var code: Int32

    /// Makes an error.
    public init(_ kind: Kind, _ phase: Phase, _ detail: StaticString = "", code: Int32 = 0) {
        self.kind = kind
        self.phase = phase
        self.detail = detail
        self.code = code
    }

    /// Compares everything except the detail.
    public static func == (left: LinkError, right: LinkError) -> Bool {
        left.kind == right.kind && left.phase == right.phase && left.code == right.code
    }
}

#if !hasFeature(Embedded)
extension LinkError: CustomStringConvertible {
    /// A description for users.
    public var description: String {
        let what =
            switch kind {
            case .timedOut: "timed out"
            case .closed: "the link is closed"
            case .violation: "the other end broke the link protocol"
            case .restarted: "the coprocessor restarted by itself"
            case .system: "system error \(code)"
            case .unavailable: "not possible on this link"
            }
        let phase =
            switch phase {
            case .connect: "while connecting"
            case .hello: "in the greeting"
            case .boot: "waiting for the coprocessor to be up"
            case .readyForCommand: "waiting for READY before a command"
            case .select: "waiting for READY after chip select"
            case .transfer: "clocking bytes"
            case .reply: "waiting for the reply"
            case .idle: "waiting for IRQ"
            }
        let more = detail.description
        return what + " " + phase + (more.isEmpty ? "" : ": " + more)
    }
}
#endif
