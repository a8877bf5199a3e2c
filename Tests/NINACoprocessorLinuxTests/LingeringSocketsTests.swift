import LinuxIO
import TestSupport
import Testing

@testable import NINACoprocessorLinux

/// Connections that a coprocessor has closed, on real sockets.
@Suite(.timeLimit(.minutes(10))) struct LingeringSocketsTests {
    /// A connection whose end near is taken over by the lingering sockets, and the peer's end.
    private final class Bench {
        let reactor: Reactor
        let lingering: LingeringSockets
        private var near: FileDescriptor?
        private var owned: FileDescriptor?
        let peer: Int32
        private let nearNumber: Int32

        /// - Parameters: the patience in milliseconds.
        init(patience: UInt64 = 60_000, stallPatience: UInt64 = 60_000) throws {
            reactor = try Reactor()
            lingering = LingeringSockets(
                reactor: reactor, patience: patience * 1_000_000, stallPatience: stallPatience * 1_000_000)
            let listener = try TCPSocket.listen(on: IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0))
            let descriptor = try TCPSocket.connect(to: try TCPSocket.localEndpoint(listener.rawValue), from: nil)
            peer = descriptor.rawValue
            owned = consume descriptor
            _ = try DescriptorWait.wait(
                listener.rawValue, for: .readable, deadline: MonotonicClock.deadline(after: 10_000_000_000))
            guard let accepted = try TCPSocket.accept(listener.rawValue) else { throw Missing() }
            let socket = accepted.takeDescriptor()
            nearNumber = socket.rawValue
            near = consume socket
        }

        struct Missing: Error {}

        /// The coprocessor closes the connection.
        func close(sending rest: [UInt8] = []) throws {
            guard let descriptor = near.take() else { throw Missing() }
            lingering.add(descriptor, rest: rest[...])
        }

        func sendFromPeer(_ count: Int) -> SendResult {
            [UInt8](repeating: 7, count: count).withUnsafeBytes { TCPSocket.send(peer, $0) }
        }

        /// Fills the connection towards a peer that does not read.
        /// - Returns: the number of bytes that it took.
        @discardableResult
        func fill() -> Int {
            let bytes = [UInt8](repeating: 9, count: 65_536)
            var sum = 0
            var rounds = Rounds(10_000)
            while case .sent(let count) = bytes.withUnsafeBytes({ TCPSocket.send(nearNumber, $0) }), rounds.next() {
                sum += count
            }
            return sum
        }

        func receiveAtPeer(_ limit: Int = 65_536) -> ReceiveResult {
            var buffer = [UInt8](repeating: 0, count: limit)
            return buffer.withUnsafeMutableBytes { TCPSocket.receive(peer, into: $0) }
        }

        func closePeer(reset: Bool = false) throws {
            if reset { try TCPSocket.resetOnClose(peer) }
            owned = nil
        }

        /// Runs the reactor until a condition holds, for 20 seconds: a busy connection has a round in no time.
        /// - Returns: whether it does.
        func run(until condition: () -> Bool) throws -> Bool {
            let deadline = MonotonicClock.deadline(after: 20_000_000_000)
            while MonotonicClock.nanoseconds() < deadline {
                if condition() { return true }
                try reactor.runOnce(timeoutNanoseconds: 1_000_000)
            }
            return false
        }

        /// The peer reads up to the end of the stream.
        func readToTheEnd() throws -> (count: Int, end: ReceiveResult) {
            var count = 0
            var end = ReceiveResult.wouldBlock
            _ = try run {
                switch receiveAtPeer() {
                case .received(let more): count += more
                case .wouldBlock: break
                case .endOfFile: end = .endOfFile
                case .failed(let errno): end = .failed(errno)
                }
                return end != .wouldBlock
            }
            return (count, end)
        }
    }

    /// More than the kernel's buffers take, which grow.
    private static let muchMore = [UInt8](repeating: 3, count: 16_000_000)

    /// A peer that goes on sending after our end of the stream is not reset as long as it is drained, and does not prolong
    /// the wait.
    @Test func aPeerThatGoesOnSendingIsDrainedForALimitedTime() throws {
        let bench = try Bench(patience: 200)
        try bench.close(sending: Array("bye".utf8))
        #expect(try bench.readToTheEnd() == (3, .endOfFile))
        var sent = 0
        var failures = 0
        let ended = try bench.run {
            guard !bench.lingering.isEmpty else { return true }
            switch bench.sendFromPeer(4096) {
            case .sent(let count): sent += count
            case .wouldBlock: break
            case .failed: failures += 1
            }
            return false
        }
        #expect(ended)
        #expect(sent > 4096 && failures == 0)
        #expect(bench.reactor.registrationCount == 0 && bench.reactor.timerCount == 0)
    }

    @Test func aPeerThatEndsItsStreamEndsTheWait() throws {
        let bench = try Bench()
        var isToldEmpty = false
        bench.lingering.whenEmpty = { isToldEmpty = true }
        try bench.close(sending: [1])
        #expect(try bench.readToTheEnd() == (1, .endOfFile))
        #expect(!bench.lingering.isEmpty)
        TCPSocket.shutdownWrite(bench.peer)
        #expect(try bench.run { bench.lingering.isEmpty })
        #expect(isToldEmpty)
        #expect(bench.reactor.registrationCount == 0 && bench.reactor.timerCount == 0)
    }

    /// Unread bytes would make the kernel reset the connection, and what it has not delivered yet would be lost.
    @Test(arguments: [100_000, 1_000_000]) func whatThePeerSendsMeanwhileLosesNothing(_ count: Int) throws {
        let bench = try Bench()
        let filled = bench.fill()
        // A part is unread when the coprocessor closes, as far as it fits.
        var left = count
        if case .sent(let taken) = bench.sendFromPeer(count / 2) { left -= taken }
        try bench.close(sending: [UInt8](repeating: 3, count: 50_000))
        var received = 0
        var end = ReceiveResult.wouldBlock
        _ = try bench.run {
            if left > 0, case .sent(let taken) = bench.sendFromPeer(min(left, 1000)) { left -= taken }
            switch bench.receiveAtPeer(16_384) {
            case .received(let more): received += more
            case .wouldBlock: break
            case let other: end = other
            }
            return end != .wouldBlock && left == 0
        }
        #expect(received == filled + 50_000 && end == .endOfFile && left == 0)
        TCPSocket.shutdownWrite(bench.peer)
        #expect(try bench.run { bench.lingering.isEmpty })
    }

    /// The kernel reports room all the time: once the rest is sent, nobody asks for it any more.
    @Test func whatIsSentCostsNothingMore() throws {
        let bench = try Bench()
        bench.fill()
        try bench.close(sending: [UInt8](repeating: 3, count: 100_000))
        // The peer reads all of it, but does not end its stream.
        #expect(try bench.readToTheEnd().end == .endOfFile)
        #expect(!bench.lingering.isEmpty)
        var calls = 0
        for _ in 0..<20 { calls += try bench.reactor.runOnce(timeoutNanoseconds: 1_000_000) }
        #expect(calls == 0)
    }

    /// Nor does the end of the peer's stream, which stays readable, while the rest cannot be sent.
    @Test func anEndThatWasSeenIsNotReportedAgain() throws {
        let bench = try Bench()
        bench.fill()
        TCPSocket.shutdownWrite(bench.peer)
        try bench.close(sending: Self.muchMore)
        // The end is seen.
        for _ in 0..<20 { try bench.reactor.runOnce(timeoutNanoseconds: 1_000_000) }
        #expect(!bench.lingering.isEmpty)
        var calls = 0
        for _ in 0..<20 { calls += try bench.reactor.runOnce(timeoutNanoseconds: 1_000_000) }
        #expect(calls == 0)
        let (_, end) = try bench.readToTheEnd()
        #expect(end == .endOfFile)
        #expect(try bench.run { bench.lingering.isEmpty })
    }

    /// A connection that the peer has reset before the close ends at once, with or without a rest.
    @Test(arguments: [0, 10]) func aResetBeforeTheCloseLeavesNothing(_ rest: Int) throws {
        let bench = try Bench()
        try bench.closePeer(reset: true)
        try bench.close(sending: [UInt8](repeating: 1, count: rest))
        #expect(bench.lingering.isEmpty)
        #expect(bench.reactor.registrationCount == 0 && bench.reactor.timerCount == 0)
    }

    @Test func aResetAfterTheCloseEndsTheWait() throws {
        let bench = try Bench()
        try bench.close()
        #expect(!bench.lingering.isEmpty)
        try bench.closePeer(reset: true)
        #expect(try bench.run { bench.lingering.isEmpty })
    }

    /// The peer notices that bytes are missing: it does not read a regular end.
    @Test func aPeerThatDoesNotReadIsReset() throws {
        let bench = try Bench(stallPatience: 50)
        bench.fill()
        try bench.close(sending: Self.muchMore)
        #expect(!bench.lingering.isEmpty)
        #expect(try bench.run { bench.lingering.isEmpty })
        let (_, end) = try bench.readToTheEnd()
        #expect(end == .failed(.connectionReset))
    }

    /// Once for a peer that reads at last, once for one that never does.
    @Test(arguments: [true, false]) func aPeerThatReadsLateHasTheStallTime(_ reads: Bool) throws {
        let bench = try Bench(patience: 20, stallPatience: reads ? 60_000 : 200)
        let sent = bench.fill()
        try bench.close()
        // Several times the usual time.
        for _ in 0..<20 { try bench.reactor.runOnce(timeoutNanoseconds: 5_000_000) }
        if reads {
            #expect(!bench.lingering.isEmpty)
            #expect(try bench.readToTheEnd() == (sent, .endOfFile))
        } else {
            #expect(try bench.run { bench.lingering.isEmpty })
            #expect(try bench.readToTheEnd().end == .failed(.connectionReset))
        }
    }

    @Test func theEndOfTheProcessIsNoEndOfAStream() throws {
        let bench = try Bench()
        bench.fill()
        try bench.close(sending: Self.muchMore)
        bench.lingering.resetUnsent()
        bench.lingering.timerFired(token: 1)
        bench.lingering.timerFired(token: 1)
        #expect(bench.lingering.isEmpty)
        #expect(try bench.readToTheEnd().end == .failed(.connectionReset))
    }
}
