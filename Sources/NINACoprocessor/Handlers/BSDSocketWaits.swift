import NINALink
import NINAWire

/// What a BSD command waits for.
enum BSDWait {
    case accept
    case connect
    /// Room for `unsent`; so many bytes are out already.
    case send(done: Int)
    case sendTo(done: Int)
    case receive(limit: Int)
    case receiveFrom(limit: Int)
}

// Waits of BSD sockets, and the events that end them.

extension Coprocessor {
    /// Lets a command wait for a socket; false and errno 11 where the socket does not wait.
    func waitBSD(_ wait: BSDWait, _ index: Int, _ time: Duration?) -> Bool {
        guard !bsd[index].isNonblocking else {
            bsd.errno = .wouldBlock
            return false
        }
        pending = .bsd(wait, socket: index, until: now.advanced(by: time ?? Self.bsdTime))
        return true
    }

    /// Answers the BSD command that waits: what it waited for has come about, or the time is up.
    func finishBSD(_ wait: BSDWait, _ index: Int, isOver: Bool) -> Bool {
        switch wait {
        case .accept: finishAccept(index, isOver)
        case .connect: finishConnect(index, isOver)
        case .send(let done):
            if let count = finishSend(index, done, isOver) {
                complete(BSDSend.self, with: BSDSend.Reply(count: UInt16(clamping: count)))
            }
        case .sendTo(let done):
            if let count = finishSend(index, done, isOver) {
                complete(BSDSendto.self, with: BSDSendto.Reply(count: UInt16(clamping: count)))
            }
        case .receive(let limit):
            if let data = finishReceive(index, limit, isOver) {
                complete(BSDRecv.self, with: BSDRecv.Reply(data: data.bytes))
            }
        case .receiveFrom(let limit):
            if let data = finishReceive(index, limit, isOver) {
                let reply = BSDRecvfrom.Reply(
                    address: data.sender.address, port: data.sender.port, data: data.bytes)
                complete(BSDRecvfrom.self, with: reply)
            }
        }
        if case .none = pending { return true }
        return false
    }

    private func finishAccept(_ index: Int, _ isOver: Bool) {
        if let reply = acceptBSD(index) {
            complete(BSDAccept.self, with: reply)
        } else if isOver {
            bsd.errno = .wouldBlock
            complete(BSDAccept.self, with: BSDAccept.Reply(socket: .unavailable, address: .any, port: 0))
        }
    }

    private func finishConnect(_ index: Int, _ isOver: Bool) {
        switch bsd[index].state {
        case .connected: complete(BSDConnect.self, with: Acknowledgement(true))
        case .connecting:
            guard isOver else { return }
            breakBSDSocket(index, .wouldBlock)
            fallthrough
        case .idle, .listening, .broken:
            bsd.errno = takeBSDFailure(index)
            complete(BSDConnect.self, with: Acknowledgement(false))
        }
    }

    /// Sends more of `unsent`; nil while it has to wait, else how many bytes are out.
    private func finishSend(_ index: Int, _ done: Int, _ isOver: Bool) -> Int? {
        guard let count = offerBSD(index, unsent[...]) else { return done }
        unsent.removeFirst(count)
        let done = done + count
        if unsent.isEmpty { return done }
        if isOver {
            if done == 0 { bsd.errno = .wouldBlock }
            return done
        }
        guard count > 0, case .bsd(let wait, _, let until) = pending else { return nil }
        if case .sendTo = wait {
            pending = .bsd(.sendTo(done: done), socket: index, until: until)
        } else {
            pending = .bsd(.send(done: done), socket: index, until: until)
        }
        return nil
    }

    private func finishReceive(_ index: Int, _ limit: Int, _ isOver: Bool) -> BSDReceived? {
        if let data = receiveBSD(index, limit: limit) { return data }
        guard isOver else { return nil }
        bsd.errno = .wouldBlock
        return BSDReceived()
    }

    // MARK: The pool

    /// Closes the socket of a slot, in good order.
    func finish(_ socket: NetworkSocket, sending rest: ArraySlice<UInt8>) {
        numbers.release(socket)
        streams.finish(socket, sending: rest)
    }

    /// Closes the socket of a slot at once.
    func abort(_ socket: NetworkSocket) {
        numbers.release(socket)
        streams.abort(socket)
    }

    // MARK: Events

    /// Takes an event of a BSD socket; false when it concerns none.
    func bsdEvent(_ event: NetworkEvent) -> Bool {
        guard bsd.count > 0 else { return false }
        switch event {
        case .pending(let socket):
            guard bsd.index(of: socket) != nil else { return false }
        case .writable(let socket):
            guard let index = bsd.index(of: socket) else { return false }
            bsd[index].isFull = false
        case .connected(let socket, let failure):
            guard let index = bsd.index(of: socket) else { return false }
            if let failure {
                breakBSDSocket(index, failure.bsdError)
            } else {
                bsd[index].state = .connected
            }
        case .readable(let socket):
            guard let index = bsd.index(of: socket) else { return false }
            // Bytes are found when they are asked for, but nobody tells of room on a connection that is gone.
            if bsd[index].isFull, streams.receive(socket, into: &transfer, limit: 1, peek: true) == .reset {
                breakBSDSocket(index, .reset)
            }
        case .resolved, .echoed: return false
        }
        return true
    }

    /// Ends every BSD socket without telling the network.
    func forgetBSDSockets() {
        bsd = BSDSocketTable(count: configuration.slotCount)
        numbers = SocketNumbers(count: configuration.slotCount)
    }
}
