import NINALink
import NINAWire

/// The coprocessor: the state of the firmware, and one switch over its commands. It does no I/O and reads no clock.
///
/// A handler answers now or later. While it is later, READY stays high and the process goes on with other things: a slow
/// connect or look-up never stops another coprocessor.
public final class Coprocessor: LinkDevice, NetworkObserver, StorageObserver {
    /// What it is made of.
    public let configuration: Configuration
    /// Receives log lines at or above ``logLevel``.
    public var log: ((LogLevel, String) -> Void)?
    /// The least important lines that are logged.
    public var logLevel = LogLevel.warning

    let network: any Network
    /// The network's streams, with TLS.
    let streams: SecureStreams
    /// Called after each event of the network, the storage or the Bluetooth controller: a reply or IRQ may be due. Not called
    /// for events that arrive while a reply is asked for.
    public var onChange: (() -> Void)?
    private var isPolling = false
    let storage: (any Storage)?
    /// The download under way.
    var download: Download?
    /// Operations of the storage that make files for downloads that have ended meanwhile.
    var orphanedFiles: [UInt32] = []
    /// The name space of preferences that is open.
    var preferences: OpenPreferences?
    let bluetooth: (any BluetoothController)?
    var bluetoothState = BluetoothState()
    var radio: Radio
    var table: SocketTable
    /// Numbers of the sockets that slots and BSD sockets have.
    var numbers: SocketNumbers
    var bsd: BSDSocketTable
    var now = MonotonicInstant(nanoseconds: 0)
    var pending = PendingCommand.none
    /// Received bytes on their way into a reply.
    var transfer: [UInt8]
    /// Bytes of a SEND_DATA that waits for room.
    var unsent: [UInt8] = []
    /// The pins, which the world outside may read and set.
    public var pins = PinBank()
    /// The UDP slot whose datagram was read to its end by the command that runs.
    var drainedDatagram: Int?
    var lastAddress = IPv4Address.any
    var hostname: [UInt8] = []
    var enterprise = EnterpriseCredential()
    var certificates = Certificates()
    /// What the START_CLIENT that waits wants of TLS; nil for TCP.
    var clientSecurity: TLSParameters?
    /// There has been a network that tells the time.
    var hasNetworkTime = false
    /// The time a host has set, and when it did; it goes on from there.
    var hostClock: (seconds: UInt64, since: MonotonicInstant)?
    var lastToken: UInt32 = 0
    /// The version as it goes over the wire, with its NUL.
    let version: ArraySlice<UInt8>
    var writer = FrameWriter()

    /// Makes a coprocessor that is off. A part that is not given is absent: its commands answer as firmware without it does.
    public init(
        _ configuration: Configuration = Configuration(), network: any Network, tls: (any TLSEngine)? = nil,
        storage: (any Storage)? = nil, bluetooth: (any BluetoothController)? = nil
    ) {
        self.configuration = configuration
        self.network = network
        streams = SecureStreams(network, engine: tls)
        self.storage = storage
        self.bluetooth = bluetooth
        radio = Radio(
            networks: configuration.networks, delay: configuration.wifiDelay, ownAddress: network.ownAddress,
            quirks: configuration.firmware.quirks)
        table = Self.freshTable(configuration)
        numbers = SocketNumbers(count: configuration.slotCount)
        bsd = BSDSocketTable(count: configuration.slotCount)
        version = configuration.firmware.version.withUTF8Buffer { ArraySlice($0) } + [0]
        transfer = Array(repeating: 0, count: Frame.longestReceive)
        streams.log = { [unowned self] level, text in say(level, text) }
        network.observer = self
        storage?.observer = self
        bluetooth?.observer = self
    }

    private static func freshTable(_ configuration: Configuration) -> SocketTable {
        var table = SocketTable(count: configuration.slotCount)
        table.keepsDatagrams = configuration.firmware.quirks.contains(.datagramsOutliveSockets)
        return table
    }

    /// The firmware it runs.
    public var firmware: Firmware { configuration.firmware }

    func has(_ quirk: Quirks) -> Bool { firmware.quirks.contains(quirk) }

    func say(_ level: LogLevel, _ text: @autoclosure () -> String) {
        guard level <= logLevel, let log else { return }
        log(level, text())
    }

    func reportChange() { if !isPolling { onChange?() } }

    // MARK: LinkDevice

    /// Starts with fresh state; false when chip select asked for Bluetooth and the firmware obeys.
    public func boot(bluetooth: Bool, at now: MonotonicInstant) -> Bool {
        halt(at: now)
        radio = Radio(
            networks: configuration.networks, delay: configuration.wifiDelay, ownAddress: network.ownAddress,
            quirks: configuration.firmware.quirks)
        lastAddress = .any
        hostname = []
        enterprise = EnterpriseCredential()
        certificates = Certificates()
        clientSecurity = nil
        pins.reset()
        hasNetworkTime = false
        hostClock = nil
        guard bluetooth else { return true }
        guard has(.chipSelectBootsBluetooth) else {
            say(.info, "chip select was low at reset: this firmware stays with SPI")
            return true
        }
        say(.warning, "chip select was low at reset: a Bluetooth controller now, SPI is dead until the next reset")
        return false
    }

    /// Closes every socket. What the storage was asked for comes about; what it says of it is not heard any more.
    public func halt(at now: MonotonicInstant) {
        self.now = now
        pending = .none
        preferences = nil
        download = nil
        orphanedFiles = []
        storage?.abandon()
        table = Self.freshTable(configuration)
        forgetBSDSockets()
        endBluetooth()
        streams.closeAll()
        network.closeAll()
    }

    /// Runs a command.
    public func run(_ window: ArraySlice<UInt8>, reply: inout [UInt8], at now: MonotonicInstant) -> Bool {
        tick(now)
        say(.debug, FrameDescriber.describe(command: window, family: firmware.family))
        let header: CommandHeader
        do throws(FrameError) {
            header = try CommandHeader(window: window, family: firmware.family)
        } catch {
            say(.warning, "command refused: \(error)")
            writer.writeErrorFrame(isPadded: firmware.padsReplies)
            writer.swapFrame(with: &reply)
            // Time has passed: a reservation may be over.
            tendListeners()
            return true
        }
        guard firmware.serves(header.opcode) else {
            say(.info, "\(header.opcode.name) refused: firmware \(firmware.name) does not know it")
            writer.writeErrorFrame(isPadded: firmware.padsReplies)
            writer.swapFrame(with: &reply)
            tendListeners()
            return true
        }
        let isAnswered = dispatch(header, window, &writer)
        if isAnswered { writer.swapFrame(with: &reply) }
        tendListeners()
        tendDatagrams()
        return isAnswered
    }

    /// Asks for the reply of the command that waits.
    public func finish(into reply: inout [UInt8], at now: MonotonicInstant) -> Bool {
        tick(now)
        isPolling = true
        network.poll()
        storage?.poll()
        isPolling = false
        guard finishPending() else { return false }
        writer.swapFrame(with: &reply)
        tendListeners()
        return true
    }

    /// Does what is due.
    public func advance(to now: MonotonicInstant) {
        tick(now)
        if hasClientWithoutSlot { tendListeners() }
    }

    private func tick(_ now: MonotonicInstant) {
        self.now = now
        guard let deadline = radio.nextDeadline, deadline <= now else { return }
        radio.advance(to: now)
        let name = String(decoding: radio.lastSSID, as: UTF8.self)
        if radio.isAssociated {
            hasNetworkTime = true
            say(.info, "joined '\(name.printable)'")
        } else {
            let names = configuration.networks.map { "'\(String(decoding: $0.ssid, as: UTF8.self).printable)'" }
            let why =
                radio.reason == Radio.Reason.noAccessPointFound
                ? "no such network is in reach (\(names.joined(separator: ", ")))"
                : "wrong passphrase, key or kind of security"
            say(.info, "joining '\(name.printable)' failed: \(why)")
        }
    }

    /// When something is due: the end of a join, of a wait, of a reservation that keeps a client out.
    public var nextDeadline: MonotonicInstant? {
        var next = radio.nextDeadline
        func consider(_ deadline: MonotonicInstant?) {
            guard let deadline else { return }
            next = min(next ?? deadline, deadline)
        }
        consider(pending.deadline)
        if hasClientWithoutSlot {
            consider(table.nextExpiry(after: now))
            consider(nextStallEnd)
        }
        return next
    }
}
