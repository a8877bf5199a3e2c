import NINALink
import NINAWire

// What happens outside: events of the network, and the waits they end.

extension Coprocessor {
    /// Takes an event of the network; the session is updated afterwards.
    public func networkEvent(_ event: NetworkEvent) {
        defer { reportChange() }
        guard let event = streams.filter(event) else { return }
        if bsdEvent(event) || downloadEvent(event) { return }
        switch event {
        case .pending(let socket):
            guard let index = table.index(of: socket), table.slots[index].use == .server else { return }
            let isFirst = !table.slots[index].hasPending
            table.slots[index].hasPending = true
            // Firmware that takes clients by itself raises IRQ for bytes only.
            if has(.silentClientsRaiseNoInterrupt) { takePending(ofServer: index, limit: SocketTable.waitingLimit) }
            tendListeners()
            if isFirst, table.slots[index].hasPending, !table.hasRoom(at: now) {
                let used = table.slots.count { $0.use != .free }
                say(
                    .info,
                    "no slot for a client of port \(table.slots[index].port): it waits (\(used) of \(table.slots.count) in use)"
                )
            }
        case .readable(let socket): bytesArrived(on: socket)
        case .writable(let socket):
            if let index = table.index(of: socket) {
                sendHeld(index)
            } else if let (server, index) = waitingClient(socket) {
                sendHeld(ofWaiting: index, ofServer: server)
            }
        case .connected(let socket, let failure): connectEnded(socket, failure)
        case .resolved(let token, let address): lookupEnded(token, address)
        case .echoed(let token, let milliseconds):
            if case .ping(token, _) = pending { pending = .echoed(milliseconds) }
        }
    }

    private func bytesArrived(on socket: NetworkSocket) {
        if let index = table.index(of: socket) {
            if table.slots[index].use == .datagram { fetchDatagram(index) } else { refreshUnread(index) }
        } else if let (server, index) = waitingClient(socket) {
            table.slots[server].waiting[index].hasUnread = streams.readableBytes(socket) > 0
        }
    }

    /// The client without a slot that has this network socket, and the slot of its server.
    private func waitingClient(_ socket: NetworkSocket) -> (server: Int, index: Int)? {
        for server in table.slots.indices where table.slots[server].use == .server {
            if let index = table.slots[server].waiting.firstIndex(where: { $0.socket == socket }) {
                return (server, index)
            }
        }
        return nil
    }

    func refreshUnread(_ index: Int) {
        table.slots[index].hasUnread = streams.readableBytes(table.slots[index].socket) > 0
    }

    private func connectEnded(_ socket: NetworkSocket, _ failure: NetworkFailure?) {
        guard case .connect(let slot, _) = pending, table.slots[slot].socket == socket else { return }
        if let failure {
            noteFailure(failure, slot: slot)
            if case .tls = failure, has(.failedHandshakesConnect), table.slots[slot].type == .tls {
                // The slot has a connection that is closed already.
                table.slots[slot].use = .client
                pending = .connected(true)
                return
            }
            abort(socket)
            table.release(slot)
        } else {
            table.slots[slot].use = .client
            if table.slots[slot].type == .tlsBearSSL { certificates.lastError = 0 }
            refreshUnread(slot)
        }
        pending = .connected(failure == nil)
    }

    private func lookupEnded(_ token: UInt32, _ address: IPv4Address?) {
        switch pending {
        case .hostByName(token, _):
            lastAddress = address ?? (has(.lookupKeepsLastAddress) ? lastAddress : .broadcast)
            pending = .hostFound(address != nil)
        case .clientLookup(token, let slot, let port, let until):
            if table.slots[slot].use == .datagram {
                if let address {
                    setDestination(slot, Endpoint(address: address, port: port))
                } else {
                    destinationNotFound(slot)
                }
                pending = .connected(address != nil)
                return
            }
            guard let address else {
                table.release(slot)
                pending = .connected(false)
                return
            }
            connect(slot: slot, to: Endpoint(address: address, port: port), until: until)
        default: break
        }
    }

    /// Sends what a slot holds; true when nothing is left.
    @discardableResult
    func sendHeld(_ index: Int) -> Bool {
        guard !table.slots[index].held.isEmpty else { return true }
        guard let count = streams.send(table.slots[index].socket, table.slots[index].held) else {
            table.slots[index].held = []
            return true
        }
        table.slots[index].held.removeFirst(count)
        guard table.slots[index].held.isEmpty else {
            streams.notifyWhenWritable(table.slots[index].socket)
            return false
        }
        return true
    }

    /// Answers the command that waits, if its wait is over.
    func finishPending() -> Bool {
        switch pending {
        case .none, .stalled: return false
        case .scan(let until):
            guard until <= now else { return false }
            if has(.scanDropsConnection) {
                leaveNetwork()
                radio.drop()
            }
            radio.scanned()
            complete(ScanNetworks.self, with: scanReply())
        case .hostByName(_, let until):
            guard until <= now else { return false }
            if !has(.lookupKeepsLastAddress) { lastAddress = .broadcast }
            complete(ReqHostByName.self, with: Acknowledgement(false))
        case .hostFound(let isFound): complete(ReqHostByName.self, with: Acknowledgement(isFound))
        case .clientLookup(_, let slot, _, let until), .connect(let slot, let until):
            guard until <= now else { return false }
            let remote = table.slots[slot].remote
            say(.info, "connect to \(remote.address):\(remote.port) timed out")
            if table.slots[slot].type == .tlsBearSSL { certificates.lastError = TLSFailure(.closed).bearSSLError }
            if table.slots[slot].use == .connecting {
                if table.slots[slot].socket != .invalid { abort(table.slots[slot].socket) }
                table.release(slot)
            } else {
                destinationNotFound(slot)
            }
            complete(StartClient.self, with: StartClient.Reply(isConnected: false))
        case .connected(let isConnected):
            complete(StartClient.self, with: StartClient.Reply(isConnected: isConnected))
        case .send(let slot, let until):
            let hasRoom = table.slots[slot].use != .client || table.slots[slot].held.isEmpty
            guard hasRoom || until <= now else { return false }
            let count = hasRoom ? send(unsent[...], slot: slot) : 0
            complete(SendData.self, with: SendData.Reply(count: UInt16(clamping: count)))
        case .ping(_, let until):
            guard until <= now else { return false }
            complete(Ping.self, with: Ping.Reply(milliseconds: -1))
        case .echoed(let milliseconds):
            complete(Ping.self, with: Ping.Reply(milliseconds: milliseconds.map { Int16(clamping: $0) } ?? -1))
        case .bsd(let wait, let index, let until): return finishBSD(wait, index, isOver: until <= now)
        case .download(let until):
            guard until <= now else { return false }
            downloadTimedOut()
            return finishPending()
        case .downloadDiscarded(let result, let isUpdate, _, let until):
            guard until <= now else { return false }
            return finishDownload(result, isUpdate: isUpdate)
        case .downloaded(let result, let isUpdate): return finishDownload(result, isUpdate: isUpdate)
        case .bluetoothStart(let until):
            guard until <= now else { return false }
            say(.warning, "Bluetooth cannot be started: the controller does not answer")
            complete(BLEBegin.self, with: bluetoothStarted(false))
        case .bluetoothStarted(let isOn): complete(BLEBegin.self, with: bluetoothStarted(isOn))
        case .bluetoothSend(let until):
            guard let reply = finishBluetoothSend(isOver: until <= now) else { return false }
            complete(BLEWrite.self, with: reply)
        case .sent(let count): complete(SendData.self, with: SendData.Reply(count: UInt16(clamping: count)))
        case .storage(let wait, _, let until):
            guard until <= now else { return false }
            return finishStorage(wait, .failure(.timedOut))
        case .stored(let wait, let result):
            if finishStorage(wait, result) { return true }
            // It has asked for something else, which a storage in memory knows at once.
            storage?.poll()
            return finishPending()
        }
        return true
    }

    // MARK: IRQ and listeners

    /// IRQ, derived from what the slots hold: unread bytes, or a client that can be handed out.
    public var interrupt: Bool {
        var hasWaiting = false
        for index in table.slots.indices {
            switch table.slots[index].use {
            case .client, .datagram: if table.slots[index].hasUnread { return true }
            case .server: hasWaiting = hasWaiting || hasSomethingToHandOut(index)
            case .free, .reserved, .connecting: break
            }
        }
        return hasWaiting && (has(.clientsWithoutSlotRaiseInterrupt) || table.available(at: now) != nil)
    }

    private func hasSomethingToHandOut(_ server: Int) -> Bool {
        table.slots[server].hasPending && table.slots[server].stalledUntil == nil
            && (has(.clientsWithoutSlotRaiseInterrupt) || table.hasRoom(at: now))
            || table.slots[server].waiting.contains { $0.hasUnread }
    }

    /// Whether a client waits for a slot.
    var hasClientWithoutSlot: Bool {
        table.slots.contains { $0.use == .server && ($0.hasPending || !$0.waiting.isEmpty) }
    }

    /// When a listener that rests is tried again.
    var nextStallEnd: MonotonicInstant? {
        table.slots.lazy.filter { $0.use == .server }.compactMap { $0.stalledUntil }.min()
    }

    /// After anything that may have changed which clients can be handed out: deals with the clients without a slot.
    func tendListeners() {
        for index in table.slots.indices where table.slots[index].use == .server { tendListener(index) }
    }

    private func tendListener(_ index: Int) {
        let socket = table.slots[index].socket
        if let end = table.slots[index].stalledUntil {
            guard end <= now else { return }
            table.slots[index].stalledUntil = nil
        }
        let hasRoom = table.hasRoom(at: now)
        if !hasRoom, configuration.overflow == .reset { resetPending(index) }
        let drops = !hasRoom && configuration.overflow == .drop
        if drops != table.slots[index].dropsRequests {
            table.slots[index].dropsRequests = drops
            streams.setDropsRequests(socket, drops)
            if drops { say(.info, "no slot is free: requests to port \(table.slots[index].port) get no answer") }
        }
    }

    private func resetPending(_ index: Int) {
        while table.slots[index].hasPending, let (client, remote) = acceptNext(index) {
            say(.info, "no slot for a client of port \(table.slots[index].port): port \(remote.port) is reset")
            streams.abort(client)
        }
    }
}
