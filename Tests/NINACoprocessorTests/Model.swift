import NINALink

@testable import NINACoprocessor

/// A peer outside, in the model.
final class ModelPeer {
    let peer: VirtualPeer
    /// Sent, and not read by the host yet.
    var unread: [UInt8] = []
    var hasFinished = false
    var isReset = false
    /// Accepted by the coprocessor, and not read by the peer yet.
    var outstanding: [UInt8] = []
    /// Its slot was closed: everything must have arrived.
    var isClosed = false

    init(_ peer: VirtualPeer) { self.peer = peer }

    var isOpen: Bool { !unread.isEmpty || !hasFinished }
}

/// The rules for slots, servers and IRQ in their simplest form: no network, no frames, no events.
struct Model {
    enum Use {
        case free
        case reserved(MonotonicInstant)
        case server(UInt16)
        case client(ModelPeer, server: Int?, isListed: Bool)
    }

    struct Server {
        var queue: [ModelPeer] = []
        var waiting: [ModelPeer] = []
        var turn: ModelPeer?
        var readInTurn = 0
    }

    let capacity: Int
    var slots: [Use]
    var servers: [Int: Server] = [:]

    init(slots: Int, capacity: Int) {
        self.slots = Array(repeating: .free, count: slots)
        self.capacity = capacity
    }

    func isAvailable(_ index: Int, _ now: MonotonicInstant) -> Bool {
        switch slots[index] {
        case .free: true
        case .reserved(let since): now.nanoseconds(since: since) >= 1_000_000_000
        default: false
        }
    }

    func nextSlot(_ now: MonotonicInstant) -> Int? {
        if let free = slots.indices.first(where: { if case .free = slots[$0] { true } else { false } }) { return free }
        let old = slots.indices.compactMap { index -> (MonotonicInstant, Int)? in
            guard case .reserved(let since) = slots[index], isAvailable(index, now) else { return nil }
            return (since, index)
        }
        return old.min { ($0.0, $0.1) < ($1.0, $1.1) }?.1
    }

    func hasRoom(_ now: MonotonicInstant) -> Bool {
        nextSlot(now) != nil && servers.values.reduce(0) { $0 + $1.waiting.count } < 64
    }

    func client(_ index: Int) -> ModelPeer? {
        if case .client(let peer, _, _) = slots[index] { peer } else { nil }
    }

    func clients(ofServer server: Int) -> [(index: Int, peer: ModelPeer, isListed: Bool)] {
        slots.indices.compactMap { index in
            guard case .client(let peer, server, let isListed) = slots[index] else { return nil }
            return (index, peer, isListed)
        }
    }

    func interrupt(_ now: MonotonicInstant) -> Bool {
        if slots.indices.contains(where: { client($0)?.unread.isEmpty == false }) { return true }
        guard nextSlot(now) != nil else { return false }
        return servers.values.contains { server in
            !server.queue.isEmpty && hasRoom(now) || server.waiting.contains { !$0.unread.isEmpty }
        }
    }

    mutating func reserve(_ now: MonotonicInstant) -> Int {
        guard let index = nextSlot(now) else { return 255 }
        slots[index] = .reserved(now)
        return index
    }

    mutating func close(_ index: Int) {
        client(index)?.isClosed = true
        slots[index] = .free
    }

    mutating func start(_ index: Int, _ port: UInt16) -> Int {
        let isTaken = slots.indices.contains { other in
            if case .server(port) = slots[other] { other != index } else { false }
        }
        switch slots[index] {
        case .client: return 0
        case .server(port): return 1
        case .server: stopServer(index)
        case .free, .reserved: slots[index] = .free
        }
        guard !isTaken else { return 0 }
        slots[index] = .server(port)
        servers[index] = Server()
        return 1
    }

    mutating func stopServer(_ index: Int) {
        guard let server = servers.removeValue(forKey: index) else { return }
        for peer in server.waiting { peer.isClosed = true }
        for peer in server.queue { peer.isReset = true }
        for client in clients(ofServer: index) {
            if client.isListed {
                close(client.index)
            } else {
                slots[client.index] = .client(client.peer, server: nil, isListed: false)
            }
        }
        slots[index] = .free
    }

    private mutating func take(_ index: Int, _ now: MonotonicInstant, limit: Int) {
        var count = 0
        while count < limit, hasRoom(now), servers[index]?.queue.isEmpty == false {
            if let peer = servers[index]?.queue.removeFirst() { servers[index]?.waiting.append(peer) }
            count += 1
        }
    }

    mutating func accept(_ index: Int, _ now: MonotonicInstant) -> Int {
        if servers[index]?.waiting.isEmpty == true { take(index, now, limit: 1) }
        guard servers[index]?.waiting.isEmpty == false, let slot = nextSlot(now),
            let peer = servers[index]?.waiting.removeFirst()
        else { return 255 }
        slots[slot] = .client(peer, server: index, isListed: false)
        return slot
    }

    mutating func available(_ index: Int, _ now: MonotonicInstant) -> Int {
        take(index, now, limit: .max)
        guard var server = servers[index] else { return 255 }
        for peer in server.waiting where !peer.isOpen { peer.isClosed = true }
        server.waiting.removeAll { !$0.isOpen }
        defer { servers[index] = server }
        let listed = clients(ofServer: index).filter(\.isListed)
        let turn = listed.first { $0.peer === server.turn }
        let due = listed.filter { !$0.peer.unread.isEmpty && $0.peer !== turn?.peer }
        let place = turn?.index ?? -1
        let talker = nextSlot(now) == nil ? nil : server.waiting.firstIndex { !$0.unread.isEmpty }
        let after = due.first { $0.index > place }
        let before = due.first { $0.index < place }
        let hasOther = after != nil || talker != nil || before != nil
        if let turn, !turn.peer.unread.isEmpty, server.readInTurn < 16_384 || !hasOther {
            if server.readInTurn >= 16_384 { server.readInTurn = 0 }
            return turn.index
        }
        guard hasOther else { return 255 }
        server.readInTurn = 0
        if after == nil, let talker, let slot = nextSlot(now) {
            let peer = server.waiting.remove(at: talker)
            slots[slot] = .client(peer, server: index, isListed: true)
            server.turn = peer
            return slot
        }
        guard let next = after ?? before else { return 255 }
        server.turn = next.peer
        return next.index
    }

    mutating func read(_ index: Int, _ limit: Int) -> [UInt8] {
        guard case .client(let peer, let server, _) = slots[index] else { return [] }
        let bytes = Array(peer.unread.prefix(min(limit, 4086)))
        peer.unread.removeFirst(bytes.count)
        if let server, servers[server]?.turn === peer { servers[server]?.readInTurn += bytes.count }
        return bytes
    }

    /// Whether a frame, or part of one, has not been sent to a peer that is still connected.
    func holds(for peer: ModelPeer) -> Bool { !peer.isReset && peer.outstanding.count > capacity }

    /// All or nothing: nothing while the previous frame has not been sent.
    func send(_ peer: ModelPeer, _ bytes: [UInt8]) -> Int {
        guard !peer.isReset, peer.outstanding.count <= capacity else { return 0 }
        peer.outstanding += bytes
        return bytes.count
    }
}
