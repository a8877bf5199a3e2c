import NINALink
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ByteQueueTests {
    @Test func bytesLeaveInTheOrderInWhichTheyCame() {
        var queue = ByteQueue()
        #expect(queue.isEmpty)
        queue.append([1, 2, 3])
        queue.append([])
        queue.append([4])
        #expect(queue.count == 4)
        queue.removeFirst(2)
        #expect(queue.bytes == [3, 4])
        #expect(queue.withUnsafeBytes { Array($0) } == [3, 4])
        queue.removeFirst(2)
        #expect(queue.isEmpty)
        queue.append([5])
        #expect(queue.bytes == [5])
        queue.removeAll()
        #expect(queue.isEmpty && queue.bytes.isEmpty)
    }

    /// Any order of pieces, so that the storage is used from the start again, compacted and enlarged.
    @Test func behavesLikeAnArray() {
        var random = SplitMix64(seed: testSeed())
        var queue = ByteQueue()
        var expected: [UInt8] = []
        var next: UInt8 = 0
        for _ in 0..<2000 {
            let added = (0..<Int(random.next() % (random.next() % 50 == 0 ? 20_000 : 300))).map { _ in
                next &+= 1
                return next
            }
            queue.append(added)
            expected += added
            let taken = Int(random.next() % UInt64(min(expected.count, random.next() % 3 == 0 ? 40_000 : 400) + 1))
            queue.removeFirst(taken)
            expected.removeFirst(taken)
            guard queue.bytes == expected else {
                Issue.record("after \(added.count) more and \(taken) fewer: \(queue.count), not \(expected.count)")
                return
            }
        }
    }
}
