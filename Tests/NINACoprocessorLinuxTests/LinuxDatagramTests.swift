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
}
