import LinuxIO
import NINACoprocessor
import Testing

@testable import NINACoprocessorLinux

/// Datagram sockets of a coprocessor on this machine.
@Suite(.timeLimit(.minutes(5))) struct LinuxDatagramTests {
    /// Without a port of its own a datagram socket gets any free one of this machine, each another.
    @Test func datagramSocketsWithoutAPortGetAny() throws {
        let bench = try StreamBench()
        var ports: Set<UInt16> = []
        for _ in 0..<3 {
            let socket = try bench.network.openDatagram(port: 0, group: nil).get()
            ports.insert(try UDPSocket.localPort(try #require(bench.network.entry(socket)).number))
        }
        #expect(ports.count == 3 && ports.allSatisfy { $0 >= 1024 })
    }

    /// Port 1 is one, where this user may bind it; otherwise it is 8001 (see `PortMapping`).
    @Test func theLowestPortIsNotAnyPort() throws {
        let bench = try StreamBench()
        let socket = try bench.network.openDatagram(port: 1, group: nil).get()
        #expect([1, 8001].contains(try UDPSocket.localPort(try #require(bench.network.entry(socket)).number)))
        #expect(bench.network.openDatagram(port: 1, group: nil) == .failure(.addressInUse))
    }
}
