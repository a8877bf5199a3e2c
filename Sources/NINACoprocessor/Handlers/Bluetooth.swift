import NINALink
import NINAWire

// Bluetooth: packets between the host and a controller. Without a controller BLE_BEGIN fails, and the rest has nothing to carry.

/// What a coprocessor knows of its Bluetooth controller.
struct BluetoothState {
    /// Whether the host has started it.
    enum Phase {
        case off
        case opening
        case on
        /// It ended by itself, or sent what is no packet.
        case lost
    }

    var phase = Phase.off
    var inbox = HCIInbox()
    /// What the controller has not taken yet, the rest of one packet at most.
    var unsent: ArraySlice<UInt8> = []
}

extension Coprocessor: BluetoothObserver {
    /// How long the controller may take to start, and to take a packet; the firmware gives it 2 seconds for each.
    static let bluetoothTime = Duration.seconds(2)

    func bleBegin() -> Answer<ResultCode> {
        guard let bluetooth else {
            say(.warning, "Bluetooth cannot be started: there is no controller (--hci names one)")
            return .reply(ResultCode(1))
        }
        // ESP_ERR_INVALID_STATE, its low byte.
        guard bluetoothState.phase == .off || bluetoothState.phase == .lost else { return .reply(ResultCode(3)) }
        endBluetooth()
        bluetoothState.phase = .opening
        pending = .bluetoothStart(until: now.advanced(by: Self.bluetoothTime))
        bluetooth.open()
        return .later
    }

    /// The controller is there or not: BLE_BEGIN is answered.
    func bluetoothStarted(_ isOn: Bool) -> ResultCode {
        if !isOn { endBluetooth() }
        return ResultCode(isOn ? 0 : 1)
    }

    func bleEnd() -> Answer<Acknowledgement> {
        endBluetooth()
        return .reply(Acknowledgement(true))
    }

    /// Ends the controller and forgets what it has sent.
    func endBluetooth() {
        if bluetoothState.phase != .off { bluetooth?.close() }
        bluetoothState = BluetoothState()
    }

    func bleAvailable() -> Answer<BLEAvailable.Reply> {
        takeFromController()
        return .reply(BLEAvailable.Reply(count: UInt16(clamping: bluetoothState.inbox.count)))
    }

    func blePeek(_ command: BLEPeek) -> Answer<BLEPeek.Reply> {
        .reply(BLEPeek.Reply(data: waitingBytes(Int(command.size))))
    }

    func bleRead(_ command: BLERead) -> Answer<BLERead.Reply> {
        let data = waitingBytes(Int(command.size))
        bluetoothState.inbox.remove(data.count)
        return .reply(BLERead.Reply(data: data))
    }

    /// As many bytes as were asked for, or none, as the firmware does it.
    private func waitingBytes(_ size: Int) -> ArraySlice<UInt8> {
        takeFromController()
        guard size <= Frame.longestReceive, size <= bluetoothState.inbox.count else { return [] }
        return bluetoothState.inbox.peek(size)
    }

    /// The reply is the length; 0 when the packet is dropped. (nina-fw's branch answers the length whatever becomes of it.)
    func bleWrite(_ command: BLEWrite) -> Answer<BLEWrite.Reply> {
        guard bluetoothState.phase == .on else {
            say(.warning, "BLE_WRITE without a controller: the packet is dropped")
            return .reply(BLEWrite.Reply())
        }
        guard HCIPacket.isWhole(command.packet) else {
            say(.warning, "BLE_WRITE of \(command.packet.count) bytes that are not one HCI packet: dropped")
            return .reply(BLEWrite.Reply())
        }
        guard sendToController() else {
            // The rest of the packet before is still here: this one waits for it.
            unsent = Array(command.packet)
            pending = .bluetoothSend(until: now.advanced(by: Self.bluetoothTime))
            return .later
        }
        return .reply(write(Array(command.packet)))
    }

    /// Hands a packet over, when nothing waits in front of it; the reply is its length when the controller is still there.
    private func write(_ packet: [UInt8]) -> BLEWrite.Reply {
        guard bluetoothState.phase == .on else { return BLEWrite.Reply() }
        bluetoothState.unsent = packet[...]
        if !sendToController() { bluetooth?.notifyWhenWritable() }
        return bluetoothState.phase == .on ? BLEWrite.Reply(count: UInt16(clamping: packet.count)) : BLEWrite.Reply()
    }

    /// Sends what the controller has not taken yet; true when nothing is left.
    private func sendToController() -> Bool {
        guard !bluetoothState.unsent.isEmpty else { return true }
        guard let count = bluetooth?.send(bluetoothState.unsent) else {
            loseController("it has ended")
            return true
        }
        bluetoothState.unsent.removeFirst(count)
        return bluetoothState.unsent.isEmpty
    }

    /// BLE_WRITE waits: nil until its packet is on its way or its time is over.
    func finishBluetoothSend(isOver: Bool) -> BLEWrite.Reply? {
        if bluetoothState.unsent.isEmpty, bluetoothState.phase == .on { return write(unsent) }
        guard isOver || bluetoothState.phase != .on else { return nil }
        say(.warning, "the Bluetooth controller takes nothing: a packet of \(unsent.count) bytes is dropped")
        return BLEWrite.Reply()
    }

    /// Takes what the controller has sent, as far as there is room for it.
    private func takeFromController() {
        guard let bluetooth, bluetoothState.phase == .on else { return }
        while bluetoothState.inbox.hasRoom {
            switch bluetooth.receive(into: &transfer, limit: transfer.count) {
            case .nothing: return
            case .closed, .reset: return loseController("it has ended")
            case .received(let count):
                if let type = bluetoothState.inbox.append(transfer[..<count]) {
                    return loseController("it sent a packet of the unknown type \(type)")
                }
            }
        }
    }

    private func loseController(_ why: String) {
        say(.warning, "the Bluetooth controller is lost: \(why)")
        bluetooth?.close()
        bluetoothState.phase = .lost
        bluetoothState.unsent = []
    }

    /// Takes an event of the controller.
    public func bluetoothEvent(_ event: BluetoothEvent) {
        defer { reportChange() }
        switch event {
        case .opened(let failure):
            guard bluetoothState.phase == .opening else { return }
            if let failure { say(.warning, "Bluetooth cannot be started: \(failure)") }
            bluetoothState.phase = failure == nil ? .on : .lost
            pending = .bluetoothStarted(failure == nil)
        case .writable:
            if bluetoothState.phase == .on, !sendToController() { bluetooth?.notifyWhenWritable() }
        case .readable: takeFromController()
        }
    }
}
