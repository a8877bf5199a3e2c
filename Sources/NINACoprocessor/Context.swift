import NINALink
import NINAWire

/// The state shared by all parts of the device. A part owns its state and receives the context for the duration of a
/// call.
struct Context {
    /// The coprocessor's settings.
    let configuration: Configuration
    /// TCP connections and listeners, with and without TLS.
    let streams: SecureStreams
    /// Datagrams, look-ups and echo requests.
    let network: any Network
    /// Files and preferences; nil on a module without them.
    let storage: (any Storage)?
    /// The firmware's differences from other firmware.
    let dialect: Dialect
    /// The time of the current call into the device, or of the current event.
    var now = MonotonicInstant(nanoseconds: 0)
    /// lwip's socket numbers: one pool for slots and BSD sockets.
    var numbers: SocketNumbers
    /// Received bytes to be copied into a reply.
    var scratch: [UInt8]
    var log = DeviceLog()
    /// Receives what happens; nil for nobody.
    var events: ((ModuleEvent) -> Void)?
    var counters: Counters
    var networkTime = NetworkTime.configured
    /// The faults, which outlive resets of the module.
    var faults = Faults()
    private(set) var deferredReply = DeferredReply.none
    private var writer = FrameWriter()
    private(set) var lastToken: UInt32 = 0
    /// The name of the last look-up.
    private var lookup: [UInt8] = []

    init(
        _ configuration: Configuration, streams: SecureStreams, network: any Network, storage: (any Storage)?
    ) {
        self.configuration = configuration
        self.streams = streams
        self.network = network
        self.storage = storage
        dialect = configuration.firmware.dialect
        counters = Counters(family: configuration.firmware.family)
        numbers = SocketNumbers(count: configuration.slotCount)
        scratch = Array(repeating: 0, count: Frame.longestReceive)
    }

    var firmware: Firmware { configuration.firmware }

    func has(_ quirk: Quirk) -> Bool { dialect.quirks.contains(quirk) }

    /// A new token for an operation of a seam, which identifies its event.
    mutating func newToken() -> UInt32 {
        lastToken &+= 1
        return lastToken
    }

    /// The time of a connect of firmware, until lwip gives up. Protocol/dialects.md, START_CLIENT.
    static let blockingConnectTime = Duration.seconds(18)

    /// Starts a look-up, and keeps the name for the log.
    mutating func resolve(_ name: ArraySlice<UInt8>) -> UInt32 {
        lookup.replaceSubrange(lookup.indices, with: name)
        let token = newToken()
        if goesOff(.nameLookupFails) {
            faults.failures.append(.lookup(token: token))
        } else {
            network.resolve(name, token: token)
        }
        return token
    }

    /// The name of the last look-up, for the log.
    var lookupName: String { lookup[...].printable }

    /// Converts a hardware address to the firmware's wire order.
    func wireOrder(_ address: MACAddress) -> MACAddress {
        dialect.reversesHardwareAddresses ? address.reversed : address
    }

    // MARK: The reply

    /// Makes the current command wait.
    mutating func wait<Reply>(_ wait: PendingCommand.Wait, for time: Duration) -> Answer<Reply> {
        self.wait(wait, until: now.advanced(by: time))
    }

    /// Makes the current command wait, or changes what the pending command waits for.
    mutating func wait<Reply>(_ wait: PendingCommand.Wait, until deadline: MonotonicInstant) -> Answer<Reply> {
        .later(keepWaiting(wait, until: deadline))
    }

    /// Records what the command waits for from now on.
    @discardableResult
    mutating func keepWaiting(_ wait: PendingCommand.Wait, until deadline: MonotonicInstant) -> Waiting {
        deferredReply = .pending(PendingCommand(wait: wait, deadline: deadline))
        return Waiting()
    }

    /// The pending command.
    var pending: PendingCommand? { if case .pending(let command) = deferredReply { command } else { nil } }

    /// When the pending command is due: at once if its reply is ready.
    var replyDeadline: MonotonicInstant? {
        switch deferredReply {
        case .none: nil
        case .pending(let command): command.deadline
        case .ready: MonotonicInstant(nanoseconds: 0)
        }
    }

    /// Clears the pending command and its reply: the device has been reset.
    mutating func dropDeferredReply() { deferredReply = .none }

    /// Completes the pending command, unless the answer is that it waits for something else.
    mutating func complete<C: Command>(_ command: C.Type, _ answer: Answer<C.Reply>) {
        if encode(answer, to: C.self) { deferredReply = .ready }
    }

    /// Completes the pending command.
    mutating func complete<C: Command>(_ command: C.Type, with reply: C.Reply) { complete(C.self, .reply(reply)) }

    /// Encodes an answer.
    /// - Returns: false when there is no reply yet.
    mutating func encode<C: Command>(_ answer: Answer<C.Reply>, to command: C.Type) -> Bool {
        switch answer {
        case .reply(let reply):
            do throws(FrameError) {
                try writer.writeReply(reply, to: C.self, isPadded: dialect.padsReplies)
                log(.debug, FrameDescriber.describe(reply, to: C.self))
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
        case .noFrame(let bytes):
            log(.debug, "\(C.opcode.name) -> \(bytes.count) bytes that are no frame")
            writer.writeNoFrame(bytes)
        }
        return true
    }

    mutating func writeErrorFrame() { writer.writeErrorFrame(isPadded: dialect.padsReplies) }

    /// Swaps the encoded reply with a buffer to be reused.
    mutating func takeReply(_ reply: inout [UInt8]) {
        deferredReply = .none
        writer.swapFrame(with: &reply)
        counters.count(reply: reply.count)
    }
}

/// Proof that the context has recorded what a command waits for: only the context makes one.
struct Waiting {
    fileprivate init() {}
}
