import LinuxIO
import Testing

@Suite(.timeLimit(.minutes(10))) struct WakeDescriptorTests {
    @Test func wakesBeforeAndAfter() throws {
        let bell = try WakeDescriptor()
        #expect(bell.sleep(watching: nil, nanoseconds: 0).isWoken == false)
        bell.wake()
        bell.wake()
        #expect(bell.sleep(watching: nil, nanoseconds: nil).isWoken)
        #expect(!bell.sleep(watching: nil, nanoseconds: 1000).isWoken)
        try DetachedThread.start { bell.wake() }
        #expect(bell.sleep(watching: nil, nanoseconds: nil).isWoken)
    }

    @Test func watchesADescriptor() throws {
        let bell = try WakeDescriptor()
        let pair = try UnixSocket.pair(nonblocking: true)
        #expect(!bell.sleep(watching: pair.first.rawValue, nanoseconds: 0).isReadable)
        #expect([UInt8(1)].withUnsafeBytes { UnixSocket.send(pair.second.rawValue, $0) } == .sent(1))
        let causes = bell.sleep(watching: pair.first.rawValue, nanoseconds: nil)
        #expect(causes.isReadable && !causes.isWoken)
        // A wake alone says nothing of the descriptor.
        let silent = try UnixSocket.pair(nonblocking: true)
        bell.wake()
        let woken = bell.sleep(watching: silent.first.rawValue, nanoseconds: nil)
        #expect(woken.isWoken && !woken.isReadable)
        bell.wake()
        let both = bell.sleep(watching: pair.first.rawValue, nanoseconds: nil)
        #expect(both.isReadable && both.isWoken)
    }
}
