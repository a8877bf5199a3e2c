import TestSupport
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct HCIPacketsTests {
    @Test func lengthsStandInTheHeaders() {
        #expect(HCIPacket.head([1, 0x03, 0x0C, 0]) == .packet(length: 4))
        #expect(HCIPacket.head([2, 1, 0, 2, 1]) == .packet(length: 5 + 258))
        #expect(HCIPacket.head([3, 1, 0, 9]) == .packet(length: 13))
        #expect(HCIPacket.head([4, 0x0E, 4, 1]) == .packet(length: 7))
        // The two highest bits of the length of isochronous data are flags.
        #expect(HCIPacket.head([5, 1, 0, 2, 0xC1]) == .packet(length: 5 + 258))
        for bytes in [[], [1, 3], [2, 1, 0, 2], [3, 1, 0], [4, 14], [5, 1, 0, 2]] as [[UInt8]] {
            #expect(HCIPacket.head(bytes[...]) == .incomplete)
        }
        #expect(HCIPacket.head([0]) == .unknown(type: 0))
        #expect(HCIPacket.head([6, 1, 2, 3]) == .unknown(type: 6))
        #expect(HCIPacket.isWhole([4, 14, 1, 7]))
        #expect(!HCIPacket.isWhole([4, 14, 1]))
        #expect(!HCIPacket.isWhole([4, 14, 1, 7, 8]))
    }

    @Test func onlyWholePacketsAreShown() {
        var inbox = HCIInbox()
        let stream: [UInt8] = [4, 14, 2, 8, 9, 2, 1, 0, 1, 0, 5, 4, 15, 0]
        var shown: [Int] = []
        for byte in stream {
            #expect(inbox.append([byte]) == nil)
            shown.append(inbox.count)
        }
        #expect(shown == [0, 0, 0, 0, 5, 5, 5, 5, 5, 5, 11, 11, 11, 14])
        #expect(Array(inbox.peek(6)) == Array(stream[..<6]))
        inbox.remove(6)
        #expect(inbox.append([4]) == nil)
        #expect(Array(inbox.peek(100)) == Array(stream[6...]))
    }

    @Test func whatIsNoPacketEndsTheStream() {
        var inbox = HCIInbox()
        #expect(inbox.append([4, 14, 0, 9, 1, 2]) == 9)
        #expect(Array(inbox.peek(100)) == [4, 14, 0])
    }

    @Test func theLongestPacketFits() {
        var inbox = HCIInbox()
        let longest: [UInt8] = [2, 1, 0, 0xFF, 0xFF] + Array(repeating: 7, count: 0xFFFF)
        #expect(inbox.append(longest.dropLast()) == nil)
        #expect(inbox.hasRoom && inbox.count == 0)
        #expect(inbox.append([7]) == nil)
        #expect(inbox.count == longest.count)
    }

    @Test func itIsFullSomeTime() {
        var inbox = HCIInbox()
        let packet: [UInt8] = [2, 1, 0, 0xFF, 0x0F] + Array(repeating: 7, count: 0xFFF)
        var count = 0
        while inbox.hasRoom, count < 1000 {
            #expect(inbox.append(packet[...]) == nil)
            count += 1
        }
        #expect(count == (HCIInbox.limit + packet.count - 1) / packet.count)
        #expect(inbox.count == count * packet.count)
    }

    /// There is room below the limit and none at the limit; reading makes room again.
    @Test func theLimitIsExact() {
        var inbox = HCIInbox()
        let packet: [UInt8] = [4, 14, 1, 7]
        for _ in 0..<HCIInbox.limit / packet.count - 1 { #expect(inbox.append(packet[...]) == nil) }
        #expect(inbox.append(packet.dropLast()) == nil)
        #expect(inbox.hasRoom)
        #expect(inbox.append(packet.suffix(1)) == nil)
        #expect(!inbox.hasRoom && inbox.count == HCIInbox.limit)
        inbox.remove(1)
        #expect(inbox.hasRoom && inbox.count == HCIInbox.limit - 1)
        // More than there is.
        inbox.remove(HCIInbox.limit)
        #expect(inbox.count == 0 && inbox.peek(1).isEmpty)
        #expect(inbox.append(packet[...]) == nil)
        #expect(Array(inbox.peek(4)) == packet)
    }
}
