import LinuxIO
import Testing

@testable import NINACoprocessorLinux

@Suite(.timeLimit(.minutes(10))) struct CorrespondentsTests {
    private let networks = [
        IPv4Network(interface: "lo", address: 0x7F00_0001, prefixLength: 8),
        IPv4Network(interface: "eth0", address: 0x0A4D_0001, prefixLength: 24),
        IPv4Network(interface: "ppp0", address: 0x0A00_0001, prefixLength: 31),
    ]

    private func place(_ address: UInt32, _ port: UInt16) -> IPv4Endpoint { IPv4Endpoint(address: address, port: port) }

    @Test func answersComeFromWhereSomethingWasSent() {
        var correspondents = Correspondents(first: place(0x0102_0304, 69), networks: networks)
        #expect(correspondents.know(place(0x0102_0304, 69)) && !correspondents.know(place(0x0102_0304, 70)))
        // A TFTP server answers from another port; a machine with several addresses may answer from another one.
        #expect(correspondents.admit(place(0x0102_0304, 69)) && correspondents.admit(place(0x0102_0304, 50_000)))
        #expect(correspondents.admit(place(0x0102_0305, 69)))
        #expect(!correspondents.admit(place(0x0102_0305, 70)) && !correspondents.admit(place(0x0A4D_0002, 123)))
        correspondents.add(place(0x0A4D_0002, 123))
        #expect(correspondents.admit(place(0x0A4D_0002, 1)) && !correspondents.admit(place(0x0A4D_0003, 1)))
    }

    @Test func aBroadcastIsAnsweredByTheNetwork() {
        let correspondents = Correspondents(first: place(0x0A4D_00FF, 9), networks: networks)
        #expect(correspondents.admit(place(0x0A4D_0001, 1)) && correspondents.admit(place(0x0A4D_00FE, 1)))
        #expect(!correspondents.admit(place(0x0A4D_0101, 1)))
        // A network of two addresses has no broadcast address.
        let two = Correspondents(first: place(0x0A00_0001, 9), networks: networks)
        #expect(!two.admit(place(0x0A00_0000, 1)))
    }

    @Test func theOldestAreForgotten() {
        var correspondents = Correspondents(first: place(0, 9), networks: [])
        for address in 1..<64 as Range<UInt32> { correspondents.add(place(address, 9)) }
        #expect(correspondents.admit(place(0, 1)) && correspondents.admit(place(63, 1)))
        correspondents.add(place(64, 9))
        #expect(!correspondents.admit(place(0, 1)) && correspondents.admit(place(1, 1)))
        #expect(correspondents.admit(place(64, 1)))
    }
}
