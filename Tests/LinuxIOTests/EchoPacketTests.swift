import TestThreads
import Testing

@testable import LinuxIO

/// Echo requests as they are on the wire (RFC 792), with both kinds of socket.
@Suite(.timeLimit(.minutes(5))) struct EchoPacketTests {
    /// The example of RFC 1071, 3, and a sum that carries twice.
    @Test func theChecksumIsThatOfTheInternet() {
        #expect(ICMPSocket.checksum([0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]) == ~0xDDF2)
        #expect(ICMPSocket.checksum([0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x01]) == ~0x0001)
        #expect(ICMPSocket.checksum([0, 0]) == 0xFFFF)
    }

    /// A raw socket sees the request of another one.
    @Test(.enabled(if: Apart.isAllowed, "needs CAP_NET_RAW"), arguments: [true, false]) func aRequestIsWhole(
        _ isRaw: Bool
    ) throws {
        guard let sender = try? ICMPSocket(timeToLive: 9, isRaw: isRaw) else { return }
        let observer = try ICMPSocket(timeToLive: 1, isRaw: true)
        let address: UInt32 = 0x7F59_0001
        let errno = sender.sendRequest(to: address, sequence: 0x1234)
        #expect(errno == nil)
        var found: [UInt8] = []
        let deadline = patienceDeadline()
        while found.isEmpty, MonotonicClock.nanoseconds() < deadline {
            try waitUntilReady(observer.descriptor.rawValue, .readable)
            var bytes = [UInt8](repeating: 0, count: 100)
            let receipt = bytes.withUnsafeMutableBytes { UDPSocket.receive(observer.descriptor.rawValue, into: $0) }
            // The address it was sent to is in the IP header, with the TTL.
            guard case .received(let count, _, _) = receipt, Array(bytes[16..<20]) == [0x7F, 0x59, 0, 1],
                bytes[20] == 8
            else { continue }
            #expect(bytes[8] == 9)
            found = Array(bytes[20..<count])
        }
        #expect(found.count == 16 && found.starts(with: [8, 0]))
        #expect(Array(found[6...]) == [0x12, 0x34] + Array("ninaping".utf8))
        #expect(ICMPSocket.checksum(found) == 0)
    }

    /// Among all that a raw socket receives, the answer is that to its own request.
    @Test(.enabled(if: Apart.isAllowed, "needs CAP_NET_RAW")) func aRawSocketFindsItsAnswer() throws {
        let socket = try ICMPSocket(timeToLive: 64, isRaw: true)
        let address: UInt32 = 0x7F59_0002
        for sequence in [1, 0x0100, 0xFFFF] as [UInt16] {
            let errno = socket.sendRequest(to: address, sequence: sequence)
            #expect(errno == nil)
            var isAnswered = false
            let deadline = patienceDeadline()
            while !isAnswered, MonotonicClock.nanoseconds() < deadline {
                try waitUntilReady(socket.descriptor.rawValue, .readable)
                isAnswered = socket.receiveAnswer(from: address, sequence: sequence)
            }
            #expect(isAnswered)
        }
        // Another address, and another number.
        for (place, sequence) in [(address + 1, 7), (address, 8)] as [(UInt32, UInt16)] {
            let errno = socket.sendRequest(to: address, sequence: 7)
            #expect(errno == nil)
            try waitUntilReady(socket.descriptor.rawValue, .readable)
            let isAnswered = socket.receiveAnswer(from: place, sequence: sequence)
            #expect(!isAnswered)
        }
    }
}
