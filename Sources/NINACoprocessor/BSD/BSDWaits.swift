import NINALink
import NINAWire

/// What a BSD command waits for.
enum BSDWait {
    case accept
    case connect
    /// Room for the blocked bytes; `done` bytes have already been sent.
    case send(done: Int)
    case sendTo(done: Int)
    case receive(limit: Int)
    case receiveFrom(limit: Int)

    /// The same wait of a sending command, after this many bytes.
    func withBytesSent(_ count: Int) -> BSDWait {
        if case .sendTo = self { .sendTo(done: count) } else { .send(done: count) }
    }
}

// Waits of BSD sockets, and the events that end them.

extension BSDSockets {
    /// Makes a command wait for a socket, for the time of the socket's options. Returns nil and sets errno 11 when the socket is
    /// nonblocking.
    mutating func wait(_ wait: BSDWait, _ index: Int, _ context: inout Context) -> Waiting? {
        guard let entry = self[index], !entry.isNonblocking else {
            errno = .wouldBlock
            return nil
        }
        let time =
            switch wait {
            case .accept, .receive, .receiveFrom: entry.options.receiveTime
            case .connect where context.has(.connectIgnoresTimeout): Context.blockingConnectTime
            case .connect, .send, .sendTo: entry.options.sendTime
            }
        return context.keepWaiting(
            .bsd(wait, socket: index), until: context.now.advanced(by: time ?? Self.waitTime))
    }

    /// Retries the pending command.
    /// - Parameter isOver: it has timed out and is answered in any case.
    mutating func resume(_ wait: BSDWait, of index: Int, isOver: Bool, _ context: inout Context) {
        switch wait {
        case .accept: resumeAccept(of: index, isOver: isOver, &context)
        case .connect: resumeConnect(of: index, isOver: isOver, &context)
        case .send(let done), .sendTo(let done):
            guard let count = resumeSend(wait, of: index, done: done, isOver: isOver, &context) else { return }
            if case .sendTo = wait {
                context.complete(BSDSendto.self, with: BSDSendto.Reply(count: UInt16(clamping: count)))
            } else {
                context.complete(BSDSend.self, with: BSDSend.Reply(count: UInt16(clamping: count)))
            }
        case .receive(let limit):
            if let data = resumeReceive(of: index, limit: limit, isOver: isOver, &context) {
                context.complete(BSDRecv.self, with: BSDRecv.Reply(data: data.bytes))
            }
        case .receiveFrom(let limit):
            if let data = resumeReceive(of: index, limit: limit, isOver: isOver, &context) {
                context.complete(
                    BSDRecvfrom.self,
                    with: BSDRecvfrom.Reply(
                        address: data.sender.address, port: data.sender.port, data: data.bytes))
            }
        }
    }

    private mutating func resumeAccept(of index: Int, isOver: Bool, _ context: inout Context) {
        if case .listening(let socket)? = stream(index)?.state, let reply = accept(socket, &context) {
            context.complete(BSDAccept.self, with: reply)
        } else if isOver {
            errno = .wouldBlock
            context.complete(BSDAccept.self, with: BSDAccept.Reply(socket: .unavailable, address: .any, port: 0))
        }
    }

    private mutating func resumeConnect(of index: Int, isOver: Bool, _ context: inout Context) {
        switch stream(index)?.state {
        case .connected: context.complete(BSDConnect.self, with: Acknowledgement(true))
        case .connecting:
            guard isOver else { return }
            logFailure(of: index, "timed out", context)
            failConnection(index, context.has(.connectIgnoresTimeout) ? .aborted : .wouldBlock, context)
            fallthrough
        case .idle, .listening, .broken, nil:
            errno = takeFailure(index)
            context.complete(BSDConnect.self, with: Acknowledgement(false))
        }
    }

    private func logFailure(of index: Int, _ what: String, _ context: Context) {
        guard case .connecting(_, let remote)? = stream(index)?.state else { return }
        let number = context.numbers.base + index
        context.log(.info, "connect of BSD socket \(number) to \(remote.address):\(remote.port) \(what)")
    }

    /// Sends more of the blocked bytes. Returns nil while the command must wait, otherwise the number of bytes sent.
    private mutating func resumeSend(
        _ wait: BSDWait, of index: Int, done: Int, isOver: Bool, _ context: inout Context
    ) -> Int? {
        guard let count = offer(index, blockedSend[...], context) else { return done }
        blockedSend.removeFirst(count)
        let done = done + count
        if blockedSend.isEmpty { return done }
        if isOver {
            if done == 0 { errno = .wouldBlock }
            return done
        }
        if count > 0, let deadline = context.pending?.deadline {
            context.keepWaiting(.bsd(wait.withBytesSent(done), socket: index), until: deadline)
        }
        return nil
    }

    private mutating func resumeReceive(
        of index: Int, limit: Int, isOver: Bool, _ context: inout Context
    ) -> BSDReceived? {
        if let data = receive(index, limit: limit, &context) { return data }
        guard isOver else { return nil }
        errno = .wouldBlock
        return BSDReceived()
    }

    // MARK: Events

    /// Processes an event of a BSD socket. Returns false when it concerns none.
    mutating func networkEvent(_ event: NetworkEvent, _ context: inout Context) -> Bool {
        guard context.numbers.bsdSocketCount > 0 else { return false }
        let index: Int?
        switch event {
        case .pending(let socket): index = self.index(of: socket)
        case .writable(let socket):
            index = self.index(of: socket)
            if let index { setFull(index, false) }
        case .connected(let socket, let failure):
            index = self.index(of: socket)
            guard let index else { break }
            if let failure {
                logFailure(of: index, "failed: \(failure)", context)
                failConnection(index, failure.bsdError, context)
            } else if case .connecting(_, let remote)? = stream(index)?.state {
                updateStream(index) { $0.state = .connected(BSDEntry.Peer(socket: socket, remote: remote)) }
            }
        case .readable(let socket):
            index = self.index(of: socket)
            // Received bytes are found by later commands, but a lost connection has no event for room.
            if let index, case .connected(let peer)? = stream(index)?.state, peer.isFull,
                context.streams.receive(socket, into: &context.scratch, limit: 1, peek: true) == .reset
            {
                failConnection(index, .reset, context)
            }
        case .batchDue, .resolved, .echoed: index = nil
        }
        guard let index else { return false }
        if case .bsd(let wait, socket: index)? = context.pending?.wait {
            resume(wait, of: index, isOver: false, &context)
        }
        return true
    }
}
