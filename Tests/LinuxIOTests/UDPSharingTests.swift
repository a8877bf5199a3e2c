import LinuxIO
import TestThreads
import Testing

/// Which sockets may share the port of a UDP socket.
@Suite(.timeLimit(.minutes(10))) struct UDPSharingTests {
    private func bindError(_ address: UInt32, _ port: UInt16, _ sharing: UDPSocket.Sharing) -> Errno? {
        errno { () throws(LinuxError) in
            _ = try UDPSocket.open(on: IPv4Endpoint(address: address, port: port), sharing: sharing)
        }
    }

    @Test func nobodyTakesAnUnsharedPortOver() throws {
        let (own, broadcast): (UInt32, UInt32) = (0x7F3D_0001, 0x7FFF_FFFF)
        let first = try UDPSocket.open(on: IPv4Endpoint(address: own, port: 0), sharing: .none)
        let port = try UDPSocket.localPort(first.rawValue)
        for sharing in [UDPSocket.Sharing.none, .sameUser, .anyUser, .joinsOthers] {
            #expect(bindError(own, port, sharing) == .addressInUse)
            #expect(bindError(0, port, sharing) == .addressInUse)
        }
        // A shared multicast port does not affect it.
        #expect(bindError(broadcast, port, .sameUser) == nil)
        first.close()
    }

    @Test(.enabled(if: Apart.isAllowed, "needs root to be another user")) func aPortIsSharedWithTheSameUser() throws {
        let broadcast: UInt32 = 0x7FFF_FFFF
        let first = try UDPSocket.open(on: IPv4Endpoint(address: broadcast, port: 0), sharing: .sameUser)
        let port = try UDPSocket.localPort(first.rawValue)
        #expect(bindError(broadcast, port, .sameUser) == nil)
        let strangers = try Apart.asUser {
            [bindError(broadcast, port, .sameUser), bindError(broadcast, port, .anyUser)]
        }
        #expect(strangers == [.addressInUse, .addressInUse])
        first.close()
    }

    /// The port of a service that shares it; from then on it cannot be shared.
    @Test func aSharedPortIsJoined() throws {
        let service = try UDPSocket.open(on: IPv4Endpoint(address: 0, port: 0), sharing: .anyUser)
        let port = try UDPSocket.localPort(service.rawValue)
        #expect(bindError(0x7F3D_0001, port, .none) == .addressInUse)
        let own = try UDPSocket.open(on: IPv4Endpoint(address: 0x7F3D_0001, port: port), sharing: .joinsOthers)
        #expect(bindError(0x7F3D_0001, port, .anyUser) == .addressInUse)
        own.close()
        service.close()
    }
}
