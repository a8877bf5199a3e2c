import NINALink
import NINAWire

// Bluetooth: packets between the host and a controller. Without a controller BLE_BEGIN fails, and there are no packets.

/// The module's Bluetooth controller, and the data in transit between host and controller.
struct Bluetooth {
    /// Whether the host has started the controller.
    enum Phase {
        case off
        case opening
        case on
        /// It ended unexpectedly, or sent something that is not a packet.
        case lost
    }

    private let controller: (any BluetoothController)?
    private var phase = Phase.off
    private var inbox = HCIInbox()
    /// Bytes that the controller has not taken yet: at most the rest of one packet.
    private var unsent: ArraySlice<UInt8> = []
    /// The packet of a BLE_WRITE that waits.
    private var blockedPacket: [UInt8] = []

    init(_ controller: (any BluetoothController)?) { self.controller = controller }

    /// Time-out for the controller to start, and to take a packet; the firmware allows 2 seconds for each.
    static let bluetoothTime = Duration.seconds(2)

    mutating func bleBegin(_: BLEBegin, _ context: inout Context) -> Answer<ResultCode> {
        guard let controller else {
            context.log(.warning, "Bluetooth cannot be started: there is no controller (--hci names one)")
            return .reply(ResultCode(1))
        }
        // The low byte of ESP_ERR_INVALID_STATE.
        guard phase == .off || phase == .lost else { return .reply(ResultCode(3)) }
        end()
        phase = .opening
        controller.open()
        return context.wait(.bluetoothStart, for: Self.bluetoothTime)
    }

    /// Answers BLE_BEGIN: the controller has started, or failed to start.
    private mutating func started(_ isOn: Bool, _ context: inout Context) {
        if !isOn { end() }
        context.complete(BLEBegin.self, with: ResultCode(isOn ? 0 : 1))
    }

    mutating func startTimedOut(_ context: inout Context) {
        context.log(.warning, "Bluetooth cannot be started: the controller does not answer")
        started(false, &context)
    }

    mutating func bleEnd(_: BLEEnd) -> Answer<Acknowledgement> {
        end()
        return .reply(Acknowledgement(true))
    }

    /// Stops the controller and discards the packets it has sent.
    mutating func end() {
        if phase != .off { controller?.close() }
        (phase, inbox, unsent) = (.off, HCIInbox(), [])
    }

    mutating func bleAvailable(_: BLEAvailable, _ context: inout Context) -> Answer<BLEAvailable.Reply> {
        takeFromController(&context)
        return .reply(BLEAvailable.Reply(count: UInt16(clamping: inbox.count)))
    }

    mutating func blePeek(_ command: BLEPeek, _ context: inout Context) -> Answer<BLEPeek.Reply> {
        .reply(BLEPeek.Reply(data: waitingBytes(Int(command.size), &context)))
    }

    mutating func bleRead(_ command: BLERead, _ context: inout Context) -> Answer<BLERead.Reply> {
        let data = waitingBytes(Int(command.size), &context)
        inbox.remove(data.count)
        return .reply(BLERead.Reply(data: data))
    }

    /// As many bytes as requested, or none if there are fewer, like the firmware.
    private mutating func waitingBytes(_ size: Int, _ context: inout Context) -> ArraySlice<UInt8> {
        takeFromController(&context)
        guard size <= Frame.longestReceive, size <= inbox.count else { return [] }
        return inbox.peek(size)
    }

    /// The reply is the length; 0 when the packet is dropped. (nina-fw's branch always answers the length.)
    mutating func bleWrite(_ command: BLEWrite, _ context: inout Context) -> Answer<BLEWrite.Reply> {
        guard phase == .on else {
            context.log(.warning, "BLE_WRITE without a controller: the packet is dropped")
            return .reply(BLEWrite.Reply())
        }
        guard HCIPacket.isWhole(command.packet) else {
            context.log(.warning, "BLE_WRITE of \(command.packet.count) bytes that are not one HCI packet: dropped")
            return .reply(BLEWrite.Reply())
        }
        guard sendToController(context) else {
            // The rest of the previous packet is still unsent: this one waits for it.
            blockedPacket = Array(command.packet)
            return context.wait(.bluetoothSend, for: Self.bluetoothTime)
        }
        return .reply(write(Array(command.packet), context))
    }

    /// Sends a packet when none is blocked; the reply is its length if the controller is still present.
    private mutating func write(_ packet: [UInt8], _ context: Context) -> BLEWrite.Reply {
        guard phase == .on else { return BLEWrite.Reply() }
        unsent = packet[...]
        if !sendToController(context) { controller?.notifyWhenWritable() }
        return phase == .on ? BLEWrite.Reply(count: UInt16(clamping: packet.count)) : BLEWrite.Reply()
    }

    /// Sends the unsent bytes. Returns true when nothing is left.
    private mutating func sendToController(_ context: Context) -> Bool {
        guard !unsent.isEmpty else { return true }
        guard let count = controller?.send(unsent) else {
            loseController("it has ended", context)
            return true
        }
        unsent.removeFirst(count)
        return unsent.isEmpty
    }

    /// The controller has taken the previous packet, or is lost: answers the BLE_WRITE that waits for that.
    private mutating func resumeSend(_ context: inout Context) {
        guard case .bluetoothSend? = context.pending?.wait else { return }
        if phase != .on {
            sendTimedOut(&context)
        } else if unsent.isEmpty {
            context.complete(BLEWrite.self, with: write(blockedPacket, context))
        }
    }

    mutating func sendTimedOut(_ context: inout Context) {
        context.log(
            .warning, "the Bluetooth controller accepts no data: a packet of \(blockedPacket.count) bytes is dropped")
        context.complete(BLEWrite.self, with: BLEWrite.Reply())
    }

    /// Receives packets from the controller as long as there is room.
    private mutating func takeFromController(_ context: inout Context) {
        guard let controller, phase == .on else { return }
        while inbox.hasRoom {
            switch controller.receive(into: &context.scratch, limit: context.scratch.count) {
            case .nothing: return
            case .closed, .reset: return loseController("it has ended", context)
            case .received(let count):
                if let type = inbox.append(context.scratch[..<count]) {
                    return loseController("it sent a packet of the unknown type \(type)", context)
                }
            }
        }
    }

    private mutating func loseController(_ why: String, _ context: Context) {
        context.log(.warning, "the Bluetooth controller is lost: \(why)")
        controller?.close()
        phase = .lost
        unsent = []
    }

    mutating func controllerEvent(_ event: BluetoothEvent, _ context: inout Context) {
        switch event {
        case .opened(let failure):
            guard phase == .opening else { return }
            if let failure { context.log(.warning, "Bluetooth cannot be started: \(failure)") }
            phase = failure == nil ? .on : .lost
            started(failure == nil, &context)
        case .writable:
            if phase == .on, !sendToController(context) { controller?.notifyWhenWritable() }
        case .readable: takeFromController(&context)
        }
        resumeSend(&context)
    }
}
