import NINALink
import NINAWire

/// What all parts of the device share. A part owns its state and is handed the context for the time of a call.
struct Context {
    /// What the coprocessor is made of.
    let configuration: Configuration
    /// TCP connections and listeners, with and without TLS.
    let streams: SecureStreams
    /// Datagrams, look-ups and echo requests.
    let network: any Network
    /// Files and preferences; nil on a module without them.
    let storage: (any Storage)?
    /// How the firmware departs from others.
    let dialect: Dialect
    /// The time of the call from outside, or of the event, that runs now.
    var now = MonotonicInstant(nanoseconds: 0)
    /// lwip's socket numbers, one pool for slots and BSD sockets.
    var numbers: SocketNumbers
    /// Received bytes on their way into a reply.
    var scratch: [UInt8]
    var log = DeviceLog()
    private(set) var deferredReply = DeferredReply.none
    private var writer = FrameWriter()
    private(set) var lastToken: UInt32 = 0

    init(
        _ configuration: Configuration, streams: SecureStreams, network: any Network, storage: (any Storage)?
    ) {
        self.configuration = configuration
        self.streams = streams
        self.network = network
        self.storage = storage
        dialect = configuration.firmware.dialect
        numbers = SocketNumbers(count: configuration.slotCount)
        scratch = Array(repeating: 0, count: Frame.longestReceive)
    }

    var firmware: Firmware { configuration.firmware }

    func has(_ quirk: Quirk) -> Bool { dialect.quirks.contains(quirk) }

    /// A number for an operation of a seam, by which its event is recognized.
    mutating func newToken() -> UInt32 {
        lastToken &+= 1
        return lastToken
    }

    /// The order of bytes in which hardware addresses go over the wire.
    func wireOrder(_ address: MACAddress) -> MACAddress {
        dialect.reversesHardwareAddresses ? address.reversed : address
    }

    // MARK: The reply

    /// Lets the command that runs wait.
    mutating func wait<Reply>(_ wait: PendingCommand.Wait, for time: Duration) -> Answer<Reply> {
        self.wait(wait, until: now.advanced(by: time))
    }

    /// Lets the command that runs wait, or the one that waits wait for something else.
    mutating func wait<Reply>(_ wait: PendingCommand.Wait, until deadline: MonotonicInstant) -> Answer<Reply> {
        keepWaiting(wait, until: deadline)
        return .later
    }

    /// Notes what the command waits for from now on.
    mutating func keepWaiting(_ wait: PendingCommand.Wait, until deadline: MonotonicInstant) {
        deferredReply = .pending(PendingCommand(wait: wait, deadline: deadline))
    }

    /// The command that waits; nil when none does.
    var pending: PendingCommand? { if case .pending(let command) = deferredReply { command } else { nil } }

    /// Drops the command that waits, and its reply: the device has been reset.
    mutating func dropDeferredReply() { deferredReply = .none }

    /// Answers the command that has waited, unless the answer is that it waits for something else.
    mutating func complete<C: Command>(_ command: C.Type, _ answer: Answer<C.Reply>) {
        if encode(answer, to: C.self) { deferredReply = .ready }
    }

    /// Answers the command that has waited.
    mutating func complete<C: Command>(_ command: C.Type, with reply: C.Reply) { complete(C.self, .reply(reply)) }

    /// Encodes an answer.
    /// - Returns: false when there is no reply yet.
    mutating func encode<C: Command>(_ answer: Answer<C.Reply>, to command: C.Type) -> Bool {
        switch answer {
        case .reply(let reply):
            do throws(FrameError) {
                try writer.writeReply(reply, to: C.self, isPadded: dialect.padsReplies)
            } catch {
                log(.error, "\(C.opcode.name): its reply cannot be encoded: \(error)")
                writeErrorFrame()
            }
        case .later: return false
        case .stalls:
            log(.warning, "\(C.opcode.name): the reply is too long, the firmware hangs until it is reset")
            deferredReply = .pending(PendingCommand(wait: .reset, deadline: nil))
            return false
        case .refused(let why):
            log(.warning, "\(C.opcode.name) refused: \(why)")
            writeErrorFrame()
        case .errorFrame(let why):
            log(.info, "\(C.opcode.name): \(why)")
            writeErrorFrame()
        case .noFrame(let bytes): writer.writeNoFrame(bytes)
        }
        return true
    }

    mutating func writeErrorFrame() { writer.writeErrorFrame(isPadded: dialect.padsReplies) }

    /// Exchanges the encoded reply for a buffer that was used before.
    mutating func takeReply(_ reply: inout [UInt8]) {
        deferredReply = .none
        writer.swapFrame(with: &reply)
    }
}

/// Where log lines go. A line below the level costs nothing.
struct DeviceLog {
    var level = LogLevel.warning
    var sink: ((LogLevel, String) -> Void)?

    func callAsFunction(_ level: LogLevel, _ text: @autoclosure () -> String) {
        guard level <= self.level, let sink else { return }
        sink(level, text())
    }
}
