import NINAWire
import Testing

@testable import WiFiNINA

/// The queue of bytes, from every position and with every limit.
@Suite(.timeLimit(.minutes(10))) struct ReadAheadTests {
    private let bytes: [UInt8] = [1, 2, 3, 4]

    /// A queue of four bytes of which some have been dropped.
    private func queue(_ dropped: Int) -> ReadAhead {
        var queue = ReadAhead()
        queue.append(bytes[...])
        queue.drop(dropped)
        return queue
    }

    @Test(arguments: 0...4) func takesWhatIsLeft(_ dropped: Int) {
        let rest = Array(bytes[dropped...])
        for limit in [-1, 0, 1, 2, 3, 4, 5, .max] {
            var queue = queue(dropped)
            #expect(queue.count == rest.count && queue.isEmpty == rest.isEmpty && queue.first == rest.first)
            let taken = queue.take(limit)
            let count = min(max(0, limit), rest.count)
            #expect(taken == Array(rest[..<count]), "\(limit) after \(dropped)")
            #expect(Array(queue.bytes) == Array(rest[count...]))
            queue.append([9])
            #expect(Array(queue.bytes) == rest[count...] + [9] && queue.count == rest.count - count + 1)
        }
    }

    @Test(arguments: 0...4) func movesWhatFits(_ dropped: Int) {
        let rest = Array(bytes[dropped...])
        for size in 0...6 {
            for offset in 0...size {
                var queue = queue(dropped)
                var buffer = [UInt8](repeating: 8, count: size)
                let count = queue.move(into: &buffer, at: offset)
                #expect(count == min(size - offset, rest.count))
                #expect(buffer.count == size && Array(buffer[offset..<offset + count]) == Array(rest[..<count]))
                #expect(buffer[..<offset].allSatisfy { $0 == 8 } && buffer[(offset + count)...].allSatisfy { $0 == 8 })
                #expect(Array(queue.bytes) == Array(rest[count...]))
            }
        }
    }

    @Test(arguments: 0...4) func movesToAnother(_ dropped: Int) {
        for has in [[], [7, 8]] as [[UInt8]] {
            var queue = queue(dropped)
            var other = ReadAhead()
            other.append([0] + has)
            other.drop(1)
            queue.move(to: &other)
            #expect(Array(other.bytes) == has + bytes[dropped...])
            #expect(queue.isEmpty && queue.first == nil)
            queue.append([5])
            #expect(Array(queue.bytes) == [5] && other.count == has.count + 4 - dropped)
        }
    }

    /// Replies name sockets below 64; 255 stands for none.
    @Test(arguments: SocketFamily.allCases) func socketsAreBelowALimit(_ family: SocketFamily) {
        for number in 0...255 as ClosedRange<UInt8> {
            #expect((SocketID(SocketNumber(rawValue: number), family) != nil) == (number < 64), "\(number)")
        }
        #expect(Set(SocketID.all.map { "\($0)" }).count == 128)
    }
}
