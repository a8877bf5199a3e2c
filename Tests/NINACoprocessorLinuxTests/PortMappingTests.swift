import Testing

@testable import NINACoprocessorLinux

@Suite(.timeLimit(.minutes(10))) struct PortMappingTests {
    @Test func theMapBeatsTheOffsetBeatsTheFallback() {
        var ports = PortMapping()
        #expect(ports.hostPort(80) == 80)
        #expect(ports.fallbackPort(80) == 8080)
        ports.offset = 21_000
        #expect(ports.hostPort(80) == 21_080)
        #expect(ports.fallbackPort(80) == nil)
        ports.map[80] = 81
        #expect(ports.hostPort(80) == 81)
        #expect(ports.hostPort(443) == 21_443)
    }

    @Test func portsOutOfRangeAreNone() {
        var ports = PortMapping()
        #expect(ports.fallbackPort(60_000) == nil)
        ports.offset = 60_000
        #expect(ports.hostPort(8080) == nil)
        ports.offset = -100
        #expect(ports.hostPort(80) == nil)
        // Sockets take port 0 for any port.
        ports.offset = -80
        #expect(ports.hostPort(80) == nil)
        #expect(ports.hostPort(81) == 1)
        ports.map[8080] = 0
        #expect(ports.hostPort(8080) == nil)
    }

    /// A server that asks for any port gets any, whatever the offset.
    @Test func anyPortIsNotMapped() {
        var ports = PortMapping()
        for offset in [0, 8000, -8000] {
            ports.offset = offset
            #expect(ports.hostPort(0) == 0)
        }
    }
}
