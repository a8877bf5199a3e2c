import NINAWire
import WiFiNINA

// BSD sockets. With firmware that lacks them, each call first fails at creating the socket.

extension APISuite {
    func socketCalls() {
        var kept: WiFiSocket?
        /// The stream connected to the external peer.
        func stream() throws -> WiFiSocket {
            if let kept { return kept }
            kept = try WiFiSocket(wifi, .stream)
            return try need(kept, "socket")
        }
        var peer = 0
        var port: UInt16 = 0
        call("WiFiSocket.init(_:_:)", .bsdSocket) { _ = try stream() }
        call("WiFiSocket.number", .bsdSocket) {
            try check(
                (Firmware.slotLimit - firmware.slots..<Firmware.slotLimit).contains(
                    Int(stream().number.rawValue)), "\(try stream().number)")
        }
        call("WiFiSocket.isOpen", .bsdSocket) { try equal(stream().isOpen, true) }
        call("WiFiSocket.hash(into:)", .bsdSocket) {
            let socket = try stream()
            var (one, other) = (Hasher(), Hasher())
            socket.hash(into: &one)
            socket.hash(into: &other)
            try equal(one.finalize(), other.finalize())
        }
        call("WiFiSocket.==(_:_:)", .bsdSocket) {
            let other = try WiFiSocket(wifi, .datagram)
            try check(other != stream() && stream() == stream(), "sockets are told apart")
            try other.close()
        }
        call("WiFiSocket.remote()", .bsdSocket, failure: .socketFailed(.bsdGetpeername, .notConnected)) {
            _ = try stream().remote()
        }
        call("WiFiSocket.connect(_:port:timeout:)", .bsdSocket, .bsdConnect) {
            port = try peers.listen()
            try stream().connect(peers.world.address, port: port)
            peer = try peers.accept()
        }
        call("WiFiSocket.remote()", .bsdSocket, .bsdGetpeername) {
            let remote = try stream().remote()
            try equal(remote.address, peers.world.address)
            try equal(remote.port, port)
        }
        call("WiFiSocket.poll()", .bsdSocket, .bsdPoll) { try equal(stream().poll(), .writable) }
        call("WiFiSocket.send(_:)-[UInt8]", .bsdSocket, .bsdSend) {
            try equal(stream().send([1, 2, 3]), 3)
            try equal(peers.receive(3, on: peer), [1, 2, 3])
        }
        call("WiFiSocket.send(_:)-ArraySlice<UInt8>", .bsdSocket, .bsdSend) {
            try equal(stream().send([1, 2, 3, 4][2...]), 2)
            try equal(peers.receive(2, on: peer), [3, 4])
        }
        call("WiFiSocket.sendAll(_:timeout:)", .bsdSocket, .bsdSend) {
            try stream().sendAll(pattern(40_000))
            try equal(peers.receive(40_000, on: peer) == pattern(40_000), true)
        }
        call("WiFiSocket.receive(_:)", .bsdSocket, .bsdRecv) { try equal(stream().receive(10), []) }
        call("WiFiSocket.wait(for:_:)", .bsdSocket, .bsdPoll) {
            try equal(stream().wait(for: .readable, .milliseconds(20)), false)
            try peers.send(pattern(300), on: peer)
            try equal(stream().wait(for: .readable, .seconds(10)), true)
        }
        call("WiFiSocket.available()", .bsdSocket, .bsdIoctl) { try equal(stream().available(), 300) }
        call("WiFiSocket.receive(_:)", .bsdSocket, .bsdRecv) {
            try equal(stream().receive(100), Array(pattern(300)[..<100]))
            try equal(stream().receive(4000), Array(pattern(300)[100...]))
            try peers.close(peer)
            try equal(stream().wait(for: .readable, .seconds(10)), true)
            try equal(stream().receive(10), nil)
        }
        call("WiFiSocket.setOption(_:_:)", .bsdSocket, .bsdSetsockopt) { try stream().setOption(.keepAlive, 1) }
        call("WiFiSocket.option(_:)", .bsdSocket, .bsdGetsockopt) {
            try equal(stream().option(.keepAlive), 8)
            try equal(stream().option(.type), 1)
        }
        call("WiFiSocket.close()", .bsdSocket, .bsdClose) {
            try stream().close()
            try equal(stream().isOpen, false)
            try stream().close()
        }
        call(
            "WiFiSocket.receive(_:)", .bsdSocket,
            failure: kept.map { .staleHandle($0.number) }
        ) {
            _ = try stream().receive(1)
        }
        socketServerCalls()
        datagramSocketCalls()
    }

    private func socketServerCalls() {
        var kept: WiFiSocket?
        func listener() throws -> WiFiSocket {
            if let kept { return kept }
            kept = try WiFiSocket(wifi, .stream)
            return try need(kept, "socket")
        }
        call("WiFiSocket.bind(_:)", .bsdSocket, .bsdBind) { try listener().bind(8090) }
        call("WiFiSocket.listen(backlog:)", .bsdSocket, .bsdListen) { try listener().listen() }
        call("WiFiSocket.accept()", .bsdSocket, .bsdAccept) {
            try check(listener().accept() == nil, "a client out of nowhere")
            let peer = try peers.connect(to: wifi.localIP(), port: 8090)
            let client = try eventually("client") { try listener().accept() }
            try equal(client.address, peers.world.address)
            try equal(client.port, peers.port(of: peer))
            try client.socket.sendAll(bytes("welcome"))
            try equal(peers.receive(7, on: peer), bytes("welcome"))
            try client.socket.close()
            try listener().close()
        }
    }

    private func datagramSocketCalls() {
        call("WiFiSocket.sendTo(_:_:port:)", .bsdSocket, .bsdSendto) {
            let socket = try WiFiSocket(wifi, .datagram)
            try socket.bind(5177)
            try socket.sendTo([1, 2, 3], peers.world.address, port: peers.datagramPort())
            let datagram = try peers.receiveDatagram()
            try equal(datagram.bytes, [1, 2, 3])
            try equal(datagram.port, 5177)
            try socket.close()
        }
        call("WiFiSocket.receiveFrom(_:)", .bsdSocket, .bsdRecvfrom) {
            let socket = try WiFiSocket(wifi, .datagram)
            try socket.bind(5178)
            try check(socket.receiveFrom(10) == nil, "a datagram out of nowhere")
            try peers.sendDatagram([4, 5, 6], to: wifi.localIP(), port: 5178)
            let datagram = try eventually("datagram") { try socket.receiveFrom(10) }
            try equal(datagram.bytes, [4, 5, 6])
            try equal(datagram.address, peers.world.address)
            try equal(datagram.port, peers.datagramPort())
            try socket.close()
        }
    }
}
