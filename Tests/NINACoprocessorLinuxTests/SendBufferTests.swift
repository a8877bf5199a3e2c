import LinuxIO
import NINACoprocessor
import TestSupport
import Testing

@testable import NINACoprocessorLinux

/// The bounded send buffer on real sockets.
@Suite(.timeLimit(.minutes(10))) struct SendBufferTests {
    @Test(arguments: [1, 100, 5744, 20_000]) func holdsThatManyBytesForAPeerThatDoesNotRead(_ limit: Int) throws {
        let bench = try StreamBench(sendBuffer: limit)
        let taken = bench.fill()
        #expect(taken - TCPSocket.readableBytes(bench.peer) <= limit, "the rest is in the peer's receive buffer")
        // Writability is reported when there is room, not before.
        bench.network.notifyWhenWritable(bench.socket)
        for _ in 0..<5 { _ = try bench.reactor.runOnce(timeoutNanoseconds: 5_000_000) }
        if bench.events.contains(.writable(bench.socket)) {
            // The kernel may send a little to probe a window without room.
            #expect(bench.untransmitted < limit)
        }
        #expect(try bench.readAll(taken) == taken)
        var wait = Rounds(1000)
        while !bench.events.contains(.writable(bench.socket)), wait.next() {
            _ = try bench.reactor.runOnce(timeoutNanoseconds: 5_000_000)
        }
        #expect(bench.events.contains(.writable(bench.socket)))
        #expect(bench.send(1) == 1)
    }

    @Test func aFullConnectionThatIsResetIsGone() throws {
        let bench = try StreamBench(sendBuffer: 5744)
        _ = bench.fill()
        try bench.reset()
        #expect(bench.send(1) == nil)
    }

    @Test func withoutALimitTheKernelTakesMore() throws {
        let limited = try StreamBench(sendBuffer: 5744)
        let free = try StreamBench(sendBuffer: nil)
        #expect(free.fill() > limited.fill())
    }
}
