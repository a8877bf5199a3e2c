import Glibc
import LinuxIO
import Testing

@Suite(.timeLimit(.minutes(10))) struct TCPSocketTests {
    private let anyPort = IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0)

    /// A connection over the loopback interface.
    private struct Connection: ~Copyable {
        let listener: FileDescriptor
        let client: FileDescriptor
        let server: FileDescriptor
    }

    private func connect() throws -> Connection {
        let listener = try TCPSocket.listen(on: anyPort)
        let client = try TCPSocket.connect(to: try TCPSocket.localEndpoint(listener.rawValue))
        try waitUntilReady(listener.rawValue, .readable)
        guard let accepted = try TCPSocket.accept(listener.rawValue) else {
            throw LinuxError("accept4", .wouldBlock)
        }
        try waitUntilReady(client.rawValue, .writable)
        return Connection(listener: listener, client: client, server: accepted.takeDescriptor())
    }

    @Test func connectsAndTransfers() throws {
        let listener = try TCPSocket.listen(on: anyPort)
        let listening = listener.rawValue
        let endpoint = try TCPSocket.localEndpoint(listening)
        #expect(endpoint.port != 0)
        #expect(!TCPSocket.hasPendingConnection(listening))
        let none = try TCPSocket.accept(listening) == nil
        #expect(none)
        let client = try TCPSocket.connect(to: endpoint, from: 0x7F00_0002)
        let clientNumber = client.rawValue
        try waitUntilReady(clientNumber, .writable)
        #expect(TCPSocket.connectResult(clientNumber) == nil)
        try waitUntilReady(listening, .readable)
        #expect(TCPSocket.hasPendingConnection(listening))
        guard let accepted = try TCPSocket.accept(listening) else {
            Issue.record("nothing to accept")
            return
        }
        let remote = accepted.remoteEndpoint
        #expect(remote == (try TCPSocket.localEndpoint(clientNumber)))
        #expect(remote.address == 0x7F00_0002)
        #expect(try TCPSocket.remoteEndpoint(clientNumber) == endpoint)
        let server = accepted.takeDescriptor()
        let serverNumber = server.rawValue
        #expect(fcntl(serverNumber, F_GETFL) & O_NONBLOCK != 0)
        #expect(fcntl(serverNumber, F_GETFD) & FD_CLOEXEC != 0)
        var noDelay: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        #expect(getsockopt(serverNumber, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, &length) == 0)
        #expect(noDelay == 1)
        #expect(send(clientNumber, "hello") == .sent(5))
        try waitUntilReady(serverNumber, .readable)
        #expect(TCPSocket.readableBytes(serverNumber) == 5)
        #expect(receiveText(serverNumber, peek: true) == "hello")
        #expect(TCPSocket.readableBytes(serverNumber) == 5)
        #expect(receiveText(serverNumber) == "hello")
        #expect(TCPSocket.readableBytes(serverNumber) == 0)
        #expect(receive(serverNumber) == .wouldBlock)
        server.close()
        client.close()
        listener.close()
    }

    @Test func aRefusedConnectionIsReported() throws {
        // Bound but not listening: nothing else can take the port, and nothing answers.
        let socket = FileDescriptor(adopting: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        let number = socket.rawValue
        var address = anyPort.socketAddress
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(bound == 0)
        let endpoint = try TCPSocket.localEndpoint(number)
        do throws(LinuxError) {
            let client = try TCPSocket.connect(to: endpoint)
            _ = try DescriptorWait.wait(client.rawValue, for: .writable, deadline: patienceDeadline())
            let result = TCPSocket.connectResult(client.rawValue)
            #expect(result == .connectionRefused)
        } catch {
            #expect(error.errno == .connectionRefused)
        }
        socket.close()
    }

    @Test func aResetIsReported() throws {
        let connection = try connect()
        let (client, listener) = (connection.client.rawValue, connection.listener.rawValue)
        let server = dup(connection.server.rawValue)
        try TCPSocket.resetOnClose(server)
        // Both of the socket's descriptors must be closed.
        try #require(dup2(listener, connection.server.rawValue) >= 0)
        _ = Glibc.close(server)
        try waitUntilReady(client, .readable)
        #expect(receive(client) == .failed(.connectionReset))
        #expect(receive(client) == .endOfFile)
        #expect(send(client, "x") == .failed(.brokenPipe))
    }

    @Test func halfCloseLeavesTheOtherDirectionOpen() throws {
        let connection = try connect()
        let (client, server) = (connection.client.rawValue, connection.server.rawValue)
        #expect(send(client, "last") == .sent(4))
        #expect(TCPSocket.shutdownWrite(client) == nil)
        try waitUntilReady(server, .readable)
        #expect(receiveText(server) == "last")
        try waitUntilReady(server, .readable)
        #expect(receive(server) == .endOfFile)
        #expect(send(server, "answer") == .sent(6))
        try waitUntilReady(client, .readable)
        #expect(receiveText(client) == "answer")
        #expect(receive(client) == .wouldBlock)
        #expect(send(client, "x") == .failed(.brokenPipe))
    }

    @Test func unsentBytesCountWhatThePeerHasNotTaken() throws {
        let connection = try connect()
        let (client, server) = (connection.client.rawValue, connection.server.rawValue)
        #expect(TCPSocket.unsentBytes(client) == 0)
        let sent = fill(client)
        #expect(TCPSocket.unsentBytes(client) > 0)
        var received = 0
        while received < sent {
            try waitUntilReady(server, .readable)
            let count = drain(server)
            try #require(count > 0)
            received += count
        }
        #expect(received == sent)
    }

    @Test func droppedConnectionsGetNoAnswer() throws {
        let listener = try TCPSocket.listen(on: anyPort)
        let listening = listener.rawValue
        let endpoint = try TCPSocket.localEndpoint(listening)
        // Detaching a filter that was not attached succeeds.
        try TCPSocket.dropNewConnections(listening, false)
        try TCPSocket.dropNewConnections(listening, true)
        let ignored = try TCPSocket.connect(to: endpoint)
        let ignoredNumber = ignored.rawValue
        let ready = try DescriptorWait.wait(
            ignoredNumber, for: .writable, deadline: MonotonicClock.deadline(after: 20_000_000))
        #expect(ready.isEmpty)
        #expect(TCPSocket.connectResult(ignoredNumber) == .inProgress)
        #expect(!TCPSocket.hasPendingConnection(listening))
        ignored.close()
        try TCPSocket.dropNewConnections(listening, false)
        let client = try TCPSocket.connect(to: endpoint)
        let clientNumber = client.rawValue
        try waitUntilReady(listening, .readable)
        guard let accepted = try TCPSocket.accept(listening) else {
            Issue.record("nothing to accept")
            return
        }
        let remote = accepted.remoteEndpoint
        #expect(remote == (try TCPSocket.localEndpoint(clientNumber)))
        client.close()
    }

    @Test func theFilterSparesEstablishedConnections() throws {
        let connection = try connect()
        let (client, server) = (connection.client.rawValue, connection.server.rawValue)
        try TCPSocket.dropNewConnections(connection.listener.rawValue, true)
        #expect(send(client, "still") == .sent(5))
        try waitUntilReady(server, .readable)
        #expect(receiveText(server) == "still")
    }

    @Test func addressesInUseAreRefused() throws {
        let listener = try TCPSocket.listen(on: anyPort)
        let endpoint = try TCPSocket.localEndpoint(listener.rawValue)
        do {
            _ = try TCPSocket.listen(on: endpoint)
            Issue.record("the port was given twice")
        } catch {
            #expect(error.errno == .addressInUse)
            #expect(error.description == "\(error.call) \(endpoint): EADDRINUSE (Address already in use)")
        }
        listener.close()
        let elsewhere = IPv4Endpoint(address: 0xC000_0201, port: 0)
        #expect(errno { () throws(LinuxError) in _ = try TCPSocket.listen(on: elsewhere) } == .addressNotAvailable)
    }

    /// The port is chosen when connecting (IP_BIND_ADDRESS_NO_PORT, 24 in <linux/in.h>).
    @Test func aSourceHasNoPortOfItsOwn() throws {
        let listener = try TCPSocket.listen(on: anyPort)
        let client = try TCPSocket.connect(to: try TCPSocket.localEndpoint(listener.rawValue), from: 0x7F00_0002)
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        #expect(getsockopt(client.rawValue, Int32(IPPROTO_IP), 24, &value, &length) == 0)
        #expect(value == 1)
        client.close()
        listener.close()
    }

    @Test func whatCannotBeReachedFailsAtOnce() {
        let everyone = IPv4Endpoint(address: .max, port: 9)
        #expect(throws: LinuxError("connect", .networkUnreachable, "\(everyone)")) {
            _ = try TCPSocket.connect(to: everyone)
        }
        let foreign = IPv4Endpoint(address: 0xC000_0201, port: 0)
        #expect(throws: LinuxError("bind", .addressNotAvailable, "\(foreign)")) {
            _ = try TCPSocket.connect(to: everyone, from: foreign.address)
        }
    }

    @Test func untransmittedBytesWaitForThePeersWindow() throws {
        let connection = try connect()
        let (client, server) = (connection.client.rawValue, connection.server.rawValue)
        #expect(TCPSocket.untransmittedBytes(client) == 0)
        let sent = fill(client)
        #expect(TCPSocket.untransmittedBytes(client) > 0)
        #expect(TCPSocket.untransmittedBytes(client) <= TCPSocket.unsentBytes(client))
        var received = 0
        while received < sent {
            try waitUntilReady(server, .readable)
            received += drain(server)
        }
        #expect(TCPSocket.untransmittedBytes(client) == 0)
    }
}
