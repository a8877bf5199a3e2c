import Glibc
import LinuxIO
import Testing

/// Calls for what is not open, or of another kind: the error names the call and what it was for.
@Suite(.timeLimit(.minutes(10))) struct WrongDescriptorTests {
    private func error(of body: () throws(LinuxError) -> Void) -> LinuxError? {
        do throws(LinuxError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test func optionsOfStreams() {
        for (context, body) in [
            ("SO_LINGER of descriptor -1", { () throws(LinuxError) in try TCPSocket.resetOnClose(-1) }),
            (
                "SO_ATTACH_FILTER of descriptor -1",
                { () throws(LinuxError) in try TCPSocket.dropNewConnections(-1, true) }
            ),
            (
                "SO_DETACH_FILTER of descriptor -1",
                { () throws(LinuxError) in try TCPSocket.dropNewConnections(-1, false) }
            ),
            ("SO_RCVTIMEO of descriptor -1", { () throws(LinuxError) in try TCPSocket.setReceiveTimeout(-1, 1) }),
            ("SO_SNDTIMEO of descriptor -1", { () throws(LinuxError) in try TCPSocket.setSendTimeout(-1, nil) }),
        ] as [(String, () throws(LinuxError) -> Void)] {
            #expect(error(of: body) == LinuxError("setsockopt", .badDescriptor, context))
        }
    }

    @Test func optionsOfDatagrams() throws {
        for (context, body) in [
            ("IP_MULTICAST_ALL", { () throws(LinuxError) in try UDPSocket.join(-1, group: 0xE000_0001, interface: 0) }),
            (
                "IP_MULTICAST_IF 127.0.0.1",
                { () throws(LinuxError) in try UDPSocket.setMulticastInterface(-1, IPv4Endpoint.loopbackAddress) }
            ),
            ("IP_PKTINFO", { () throws(LinuxError) in try UDPSocket.reportDestination(-1) }),
        ] as [(String, () throws(LinuxError) -> Void)] {
            #expect(error(of: body) == LinuxError("setsockopt", .badDescriptor, context))
        }
        let socket = try UDPSocket.open(on: IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0))
        let number = socket.rawValue
        #expect(
            error { () throws(LinuxError) in try UDPSocket.setMulticastInterface(number, 0xC000_0201) }
                == LinuxError("setsockopt", .addressNotAvailable, "IP_MULTICAST_IF 192.0.2.1"))
        #expect(
            error { () throws(LinuxError) in try UDPSocket.join(number, group: 0x0A00_0001, interface: 0) }
                == LinuxError("setsockopt", .invalidArgument, "IP_ADD_MEMBERSHIP 10.0.0.1"))
        #expect(error { () throws(LinuxError) in _ = try UDPSocket.localPort(-1) }?.errno == .badDescriptor)
        socket.close()
    }

    @Test func endpointsOfSockets() throws {
        let socket = try UDPSocket.open(on: IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0))
        let number = socket.rawValue
        #expect(
            error { () throws(LinuxError) in _ = try TCPSocket.localEndpoint(-1) }
                == LinuxError("getsockname", .badDescriptor, "descriptor -1"))
        #expect(
            error { () throws(LinuxError) in _ = try TCPSocket.remoteEndpoint(number) }
                == LinuxError("getpeername", .notConnected, "descriptor \(number)"))
        #expect(TCPSocket.connectResult(number) == .inProgress)
        #expect(TCPSocket.connectResult(-1) == .badDescriptor)
        socket.close()
    }

    @Test func bytesOfSockets() throws {
        var bytes: [UInt8] = [1, 2, 3]
        for result in [
            bytes.withUnsafeBytes { TCPSocket.send(-1, $0) }, bytes.withUnsafeBytes { TCPSocket.sendWaiting(-1, $0) },
        ] { #expect(result == .failed(.badDescriptor)) }
        #expect(receive(-1) == .failed(.badDescriptor))
        #expect(bytes.withUnsafeMutableBytes { TCPSocket.receiveWaiting(-1, into: $0) } == .failed(.badDescriptor))
        #expect(bytes.withUnsafeMutableBytes { UDPSocket.receive(-1, into: $0) } == .failed(.badDescriptor))
        #expect(bytes.withUnsafeMutableBytes { CharacterDevice.read(-1, into: $0) } == .failed(.badDescriptor))
        let place = IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 9)
        #expect(bytes.withUnsafeBytes { UDPSocket.send(-1, $0, to: place) } == .badDescriptor)
        #expect(TCPSocket.shutdownWrite(-1) == .badDescriptor)
        TCPSocket.shutdown(-1)
    }

    @Test func listenersOnly() throws {
        let socket = try UDPSocket.open(on: IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0))
        let number = socket.rawValue
        for (descriptor, errno) in [(number, Errno(rawValue: EOPNOTSUPP)), (-1, .badDescriptor)] {
            #expect(
                error { () throws(LinuxError) in _ = try TCPSocket.accept(descriptor) }
                    == LinuxError("accept4", errno, "descriptor \(descriptor)"))
        }
        socket.close()
    }
}
