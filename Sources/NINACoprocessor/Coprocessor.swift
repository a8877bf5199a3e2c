import NINALink
import NINAWire

/// The coprocessor: the state of the firmware, and one switch over its commands. It does no I/O and reads no clock.
///
/// A handler answers now or later. While it is later, READY stays high and the process goes on with other things: a slow
/// connect or look-up never stops another coprocessor.
public final class Coprocessor: LinkDevice, NetworkObserver {
    /// What it is made of.
    public let configuration: Configuration
    /// Receives log lines at or above ``logLevel``.
    public var log: ((LogLevel, String) -> Void)?
    /// The least important lines that are logged.
    public var logLevel = LogLevel.warning

    let network: any Network
    var radio: Radio
    var table: SocketTable
    var now = MonotonicInstant(nanoseconds: 0)
    var pending = PendingCommand.none
    /// Received bytes on their way into a reply.
    var transfer: [UInt8]
    /// Bytes of a SEND_DATA that waits for room.
    var unsent: [UInt8] = []
    var lastAddress = IPv4Address.any
    var lastToken: UInt32 = 0
    /// The version as it goes over the wire, with its NUL.
    let version: ArraySlice<UInt8>
    private var writer = FrameWriter()

    /// Makes a coprocessor that is off.
    public init(_ configuration: Configuration = Configuration(), network: any Network) {
        self.configuration = configuration
        self.network = network
        radio = Radio(
            networks: configuration.networks, delay: configuration.wifiDelay, ownAddress: network.ownAddress)
        table = SocketTable(count: configuration.slotCount)
        version = configuration.firmware.version.withUTF8Buffer { ArraySlice($0) } + [0]
        transfer = Array(repeating: 0, count: Frame.longestReceive)
        network.observer = self
    }

    /// The firmware it runs.
    public var firmware: Firmware { configuration.firmware }

    func say(_ level: LogLevel, _ text: @autoclosure () -> String) {
        guard level <= logLevel, let log else { return }
        log(level, text())
    }

    // MARK: LinkDevice

    /// Starts with fresh state.
    public func boot(bluetooth: Bool, at now: MonotonicInstant) -> Bool {
        halt(at: now)
        radio = Radio(
            networks: configuration.networks, delay: configuration.wifiDelay, ownAddress: network.ownAddress)
        lastAddress = .any
        return true
    }

    /// Closes every socket.
    public func halt(at now: MonotonicInstant) {
        self.now = now
        pending = .none
        table = SocketTable(count: configuration.slotCount)
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
        let isAnswered = dispatch(header, window, &writer)
        if isAnswered { writer.swapFrame(with: &reply) }
        tendListeners()
        return isAnswered
    }

    /// Asks for the reply of the command that waits.
    public func finish(into reply: inout [UInt8], at now: MonotonicInstant) -> Bool {
        tick(now)
        network.poll()
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

    // MARK: Dispatch

    /// Decodes a command, lets `handle` answer it and encodes the reply.
    /// - Returns: false when the answer comes later.
    private func answer<C: Command>(
        _ command: C.Type, _ header: CommandHeader, _ window: ArraySlice<UInt8>, _ writer: inout FrameWriter,
        _ handle: (C) -> Answer<C.Reply>
    ) -> Bool {
        do throws(FrameError) {
            let command = try PositionalReader.command(
                C.self, header: header, in: window, missingBytes: firmware.missingBytes)
            switch handle(command) {
            case .reply(let reply): try writer.writeReply(reply, to: C.self, isPadded: firmware.padsReplies)
            case .later: return false
            case .refused(let why):
                say(.warning, "\(C.opcode.name) refused: \(why)")
                writer.writeErrorFrame(isPadded: firmware.padsReplies)
            }
        } catch {
            say(.warning, "\(C.opcode.name) refused: \(error)")
            writer.writeErrorFrame(isPadded: firmware.padsReplies)
        }
        return true
    }

    /// Encodes the reply of a command that has waited.
    func complete<C: Command>(_ command: C.Type, with reply: C.Reply) {
        pending = .none
        do throws(FrameError) {
            try writer.writeReply(reply, to: C.self, isPadded: firmware.padsReplies)
        } catch {
            say(.error, "\(C.opcode.name): its reply cannot be encoded: \(error)")
            writer.writeErrorFrame(isPadded: firmware.padsReplies)
        }
    }

    private func dispatch(
        _ header: CommandHeader, _ window: ArraySlice<UInt8>, _ writer: inout FrameWriter
    ) -> Bool {
        func refuse() -> Bool {
            say(.warning, "\(header.opcode.name) refused: not served")
            writer.writeErrorFrame(isPadded: firmware.padsReplies)
            return true
        }
        return switch header.opcode {
        case .setNet: answer(SetNet.self, header, window, &writer) { setNet($0) }
        case .setPassphrase: answer(SetPassphrase.self, header, window, &writer) { setPassphrase($0) }
        case .setKey: answer(SetKey.self, header, window, &writer) { setKey($0) }
        case .getConnStatus: answer(GetConnStatus.self, header, window, &writer) { _ in getConnStatus() }
        case .getIPAddr: answer(GetIPAddr.self, header, window, &writer) { _ in getIPAddr() }
        case .getMACAddr: answer(GetMACAddr.self, header, window, &writer) { _ in getMACAddr() }
        case .getCurrSSID: answer(GetCurrSSID.self, header, window, &writer) { _ in getCurrSSID() }
        case .getCurrBSSID: answer(GetCurrBSSID.self, header, window, &writer) { _ in getCurrBSSID() }
        case .getCurrRSSI: answer(GetCurrRSSI.self, header, window, &writer) { _ in getCurrRSSI() }
        case .getCurrEnct:
            answer(GetCurrEnct.self, header, window, &writer) { _ in getCurrEnct() }
        case .scanNetworks: answer(ScanNetworks.self, header, window, &writer) { _ in scanNetworks() }
        case .startServer: answer(StartServer.self, header, window, &writer) { startServer($0) }
        case .getStateTCP: answer(GetStateTCP.self, header, window, &writer) { getStateTCP($0) }
        case .dataSent: answer(DataSent.self, header, window, &writer) { dataSent($0) }
        case .availData: answer(AvailData.self, header, window, &writer) { availData($0) }
        case .getData: answer(GetData.self, header, window, &writer) { getData($0) }
        case .startClient: answer(StartClient.self, header, window, &writer) { startClient($0) }
        case .stopClient: answer(StopClient.self, header, window, &writer) { stopClient($0) }
        case .getClientState: answer(GetClientState.self, header, window, &writer) { getClientState($0) }
        case .disconnect: answer(Disconnect.self, header, window, &writer) { _ in disconnect() }
        case .getIdxRSSI: answer(GetIdxRSSI.self, header, window, &writer) { getIdxRSSI($0) }
        case .getIdxEnct: answer(GetIdxEnct.self, header, window, &writer) { getIdxEnct($0) }
        case .reqHostByName: answer(ReqHostByName.self, header, window, &writer) { reqHostByName($0) }
        case .getHostByName: answer(GetHostByName.self, header, window, &writer) { _ in getHostByName() }
        case .startScanNetworks:
            answer(StartScanNetworks.self, header, window, &writer) { _ in .reply(Acknowledgement(true)) }
        case .getFwVersion: answer(GetFwVersion.self, header, window, &writer) { _ in getFwVersion() }
        case .stopServer: answer(StopServer.self, header, window, &writer) { stopServer($0) }
        case .getRemoteData: answer(GetRemoteData.self, header, window, &writer) { getRemoteData($0) }
        case .getIdxBSSID: answer(GetIdxBSSID.self, header, window, &writer) { getIdxBSSID($0) }
        case .getIdxChannel: answer(GetIdxChannel.self, header, window, &writer) { getIdxChannel($0) }
        case .getSocket: answer(GetSocket.self, header, window, &writer) { _ in getSocket() }
        case .sendData: answer(SendData.self, header, window, &writer) { sendData($0) }
        case .getDatabuf: answer(GetDatabuf.self, header, window, &writer) { getDatabuf($0) }

        // Not served yet.
        case .setIpConfig, .setDnsConfig, .setHostname, .setPowerMode, .setApNet, .setApPassphrase, .setDebug,
            .getTemperature, .getDnsConfig, .getReasonCode, .sendUDP, .getTime, .ping, .setEnt, .insertDatabuf,
            .bleBegin, .bleEnd, .bleAvailable, .blePeek, .bleRead, .bleWrite, .setPinMode, .setDigitalWrite,
            .setAnalogWrite, .getDigitalRead, .getAnalogRead, .prefBegin, .prefEnd, .prefClear, .prefRemove,
            .prefLen, .prefStat, .prefPut, .prefGet, .prefGettype, .getFwVersionU32, .setTime, .writeFile,
            .readFile, .deleteFile, .existsFile, .downloadFile, .applyOTA, .renameFile, .downloadOTA, .brSetEcTa,
            .brErrorCode, .bsdSocket, .bsdClose, .bsdErrno, .bsdBind, .bsdListen, .bsdAccept, .bsdConnect, .bsdSend,
            .bsdRecv, .bsdSendto, .bsdRecvfrom, .bsdIoctl, .bsdPoll, .bsdSetsockopt, .bsdGetsockopt,
            .bsdGetpeername, .setCliCert, .setPK, .setEntIdent, .setEntUname, .setEntPasswd, .setEntEnable:
            refuse()
        }
    }
}

/// What a handler says.
enum Answer<Reply> {
    /// The reply.
    case reply(Reply)
    /// The reply comes later; `pending` says what it waits for.
    case later
    /// The error frame, and why.
    case refused(StaticString)
}

/// The command whose reply comes later. There is at most one: the host waits for READY.
enum PendingCommand {
    case none
    /// SCAN_NETWORKS until this time.
    case scan(until: MonotonicInstant)
    /// REQ_HOST_BY_NAME: a look-up.
    case hostByName(token: UInt32, until: MonotonicInstant)
    /// START_CLIENT: a look-up of its host.
    case clientLookup(token: UInt32, slot: Int, port: UInt16, until: MonotonicInstant)
    /// START_CLIENT: the connection.
    case connect(slot: Int, until: MonotonicInstant)
    /// SEND_DATA: room in the slot.
    case send(slot: Int, until: MonotonicInstant)
    /// The reply is known.
    case connected(Bool)
    case hostFound(Bool)
    case sent(Int)

    /// When the wait ends at the latest.
    var deadline: MonotonicInstant? {
        switch self {
        case .none: nil
        case .scan(let until), .hostByName(_, let until), .clientLookup(_, _, _, let until), .connect(_, let until),
            .send(_, let until):
            until
        case .connected, .hostFound, .sent: MonotonicInstant(nanoseconds: 0)
        }
    }
}
