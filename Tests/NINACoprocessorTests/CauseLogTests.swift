import NINALink
import NINAWire
import TestSupport
import Testing

@testable import NINACoprocessor

/// What a user reads when a command about the network fails, or a firmware does something unexpected.
@Suite(.timeLimit(.minutes(10))) struct CauseLogTests {
    private final class Lines {
        var all: [(level: LogLevel, text: String)] = []
        func count(_ level: LogLevel, _ text: String) -> Int { all.count { $0 == level && $1.contains(text) } }
    }

    private let lines = Lines()

    private func bench(
        _ firmware: Firmware = .modern, joined: Bool = true, level: LogLevel = .info, storage: MemoryStorage? = nil,
        _ change: (inout Configuration) -> Void = { _ in }
    ) throws -> DeviceHarness {
        let bench = try DeviceHarness(joined: joined, storage: storage) {
            $0.firmware = firmware
            $0.firmware.dialect.padsReplies = true
            change(&$0)
        }
        bench.device.logLevel = level
        bench.device.log = { [lines] in lines.all.append(($0, $1)) }
        return bench
    }

    /// Runs a command, and expects one line of the log.
    private func expect(
        _ level: LogLevel, _ text: String, _ location: SourceLocation = #_sourceLocation, _ body: () throws -> Void
    ) throws {
        lines.all = []
        try body()
        #expect(lines.count(level, text) == 1, "\(lines.all)", sourceLocation: location)
    }

    // MARK: Connections

    @Test func whyAConnectCannotBeginIsTold() throws {
        let offline = try bench(joined: false)
        try expect(.warning, "connect without a network: join one first") { () throws in
            #expect(try !offline.connect(0, to: 80))
        }
        let bench = try bench()
        let server = try bench.server()
        try expect(.warning, "START_CLIENT on slot \(server), which is in use") { () throws in
            #expect(try !bench.connect(server, to: 80))
        }
        let other = try self.bench(.adafruit330)
        try expect(.warning, "this module has no sockets of type 4") { () throws in
            _ = try other.exchange(DeviceHarness.connectWindow(0, to: 443, type: 4))
        }
        try expect(.warning, "this module has no sockets of type 9") { () throws in
            _ = try other.exchange(DeviceHarness.connectWindow(0, to: 443, type: 9))
        }
        let nameless = try self.bench { $0.firmware.dialect.quirks = $0.firmware.dialect.quirks.union([.namesFail]) }
        for type in [0, 1] as [UInt8] {
            try expect(.info, "START_CLIENT to a name always fails in this firmware") { () throws in
                _ = try nameless.exchange(DeviceHarness.connectWindow(0, to: 80, name: "box", type: type))
            }
        }
    }

    @Test func clientsWithoutASlotAreTold() throws {
        let bench = try bench { $0.slots = 1 }
        let server = try bench.server()
        try expect(.info, "no slot for a client of port 80: it waits (1 of 1 in use)") { () throws in
            for _ in 0..<3 { _ = try #require(bench.network.connect(to: 80)) }
        }
        #expect(try bench.accept(server) == 255)
        let dropping = try self.bench {
            $0.slots = 1
            $0.overflow = .drop
        }
        try expect(.info, "no slot is free: requests to port 80 get no answer") { () throws in _ = try dropping.server()
        }
        let resetting = try self.bench {
            $0.slots = 1
            $0.overflow = .reset
        }
        _ = try resetting.server()
        var port: UInt16 = 0
        try expect(.info, "no slot for a client of port 80: port ") { () throws in
            port = try #require(resetting.network.connect(to: 80)).endpoint.port
        }
        #expect(lines.count(.info, "port \(port) is reset") == 1)
    }

    /// No line is logged for a client that has a slot.
    @Test(arguments: [OverflowPolicy.queue, .drop, .reset]) func clientsWithASlotAreNotTold(
        _ overflow: OverflowPolicy
    ) throws {
        let bench = try bench {
            $0.slots = 2
            $0.overflow = overflow
        }
        let server = try bench.server()
        lines.all = []
        #expect(try bench.acceptedClient(server).0 == 1)
        #expect(lines.count(.info, "no slot") == (overflow == .drop ? 1 : 0))
    }

    @Test func aListenerWithoutResourcesIsTold() throws {
        let bench = try bench()
        let server = try bench.server()
        bench.network.isOutOfResources = true
        _ = try #require(bench.network.connect(to: 80))
        try expect(.error, "a client of port 80 cannot be accepted now: ") { () throws in
            #expect(try bench.accept(server) == 255)
        }
        let socket = try bench.socket()
        #expect(try bench.bind(socket, 81) == 1)
        bench.network.isOutOfResources = false
        #expect(try bench.startServer(81, 5) == 1)
        try expect(.warning, "BSD server on port 81 failed: ") { () throws in #expect(try bench.listen(socket) == 0) }
    }

    @Test func aSendThatClosesItsConnectionIsTold() throws {
        let bench = try bench(.adafruit122) { $0.sendBuffer = 10 }
        let listener = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 7))
        #expect(try bench.connect(0, to: 7))
        #expect(listener.accepted.count == 1)
        _ = try bench.send(0, [UInt8](repeating: 7, count: 10))
        try expect(.info, "SEND_DATA found no room on slot 0: the firmware closes the connection") { () throws in
            #expect(try bench.send(0, [7]) == 0)
        }
    }

    // MARK: Networks

    /// A passphrase of 8 to 64 bytes starts an access point.
    @Test(arguments: [(7, false), (8, true), (64, true), (65, false)])
    func anAccessPointIsTold(_ count: Int, _ starts: Bool) throws {
        let bench = try bench(joined: false)
        let text = starts ? "access point 'own-net'" : "an access point's passphrase has 8 to 64 bytes"
        try expect(.info, text) { () throws in
            #expect(
                try bench.byte(0x19, Array("own-net".utf8), Array(repeating: 0x61, count: count), [6])
                    == (starts ? 1 : 0))
        }
        #expect(try bench.byte(0x20) == (starts ? 7 : 9))
    }

    @Test func settingsAreTold() throws {
        let bench = try bench(joined: false)
        for count in [3, 32] {
            let name = String(repeating: "n", count: count)
            try expect(.info, "host name '\(name)'") { () throws in #expect(try bench.byte(0x16, Array(name.utf8)) == 1)
            }
            #expect(lines.count(.warning, "") == 0)
        }
        let name = String(repeating: "n", count: 33)
        try expect(.info, "host name '\(name.dropLast())'") { () throws in
            #expect(try bench.byte(0x16, Array(name.utf8)) == 1)
        }
        #expect(lines.count(.warning, "the host name has 33 bytes, of which 32 are kept") == 1)
        let key = [UInt8](repeating: 4, count: 65)
        try expect(.info, "BR_SET_EC_TA: not a name and a key on P-256, P-384 or P-521") { () throws in
            let window = [0xE0, 0x68, 4, 0, 1, 0x64, 2, 0, 0, 2, 0, 22, 0, 65] + key + [0xEE]
            _ = try bench.exchange(window)
        }
    }

    // MARK: Frames

    @Test func whatIsNoCommandIsTold() throws {
        let bench = try bench()
        for window in [[0x00], [0xE0, 0x13, 0x00, 0xEE], []] as [[UInt8]] {
            try expect(.warning, "command refused: ") { () throws in
                #expect(bench.start(window) == [0xEF, 0x00, 0xEE, 0x00])
            }
        }
        let old = try self.bench(.adafruit122)
        try expect(.info, "refused: firmware adafruit-1.2.2 does not know it") { () throws in
            #expect(try old.exchange([0xE0, 0x41, 0, 0xEE]) == [0xEF, 0x00, 0xEE, 0x00])
        }
    }

    @Test func oddRepliesAreTold() throws {
        let storage = MemoryStorage()
        storage.files[try #require(StorageName("a".utf8))] = [1, 2, 3]
        let bench = try bench(.arduino200, level: .debug, storage: storage)
        try expect(.debug, "WRITE_FILE -> 4 bytes that are no frame") { () throws in
            _ = try? bench.exchange(Array(hex: "E0 60 04 | 04 00000000 | 04 01000000 | 05 '/fs/b' | 00 58 | EE"))
        }
        try expect(.info, "DELETE_FILE: the reply of this firmware is the error frame, in any case") { () throws in
            _ = try bench.exchange(Array(hex: "E0 62 03 | 04 00000000 | 04 00000000 | 05 '/fs/b' | EE"))
        }
        let most = Frame.limit - 5
        func read(_ count: Int) -> [UInt8]? {
            bench.start(
                Array(hex: "E0 61 03 | 04 00000000 | 04") + [UInt8(count & 0xFF), UInt8(count >> 8), 0, 0]
                    + Array(hex: "05 '/fs/a' | EE"))
        }
        lines.all = []
        #expect(read(most) == nil && bench.finish()?.count == Frame.limit)
        #expect(lines.count(.warning, "") == 0)
        try expect(.warning, "READ_FILE refused: more bytes than a reply can hold") { () throws in
            #expect(read(most + 2) != nil)
        }
        try expect(.warning, "READ_FILE: the reply is too long, the firmware hangs until it is reset") { () throws in
            #expect(read(most + 1) == nil && bench.finish() == nil)
        }
        bench.pass(.seconds(600))
        #expect(bench.finish() == nil)
        try expect(.debug, "stopped while a command waited: reset") { () throws in bench.device.halt(at: bench.now) }
    }

    @Test func aBootAsBluetoothControllerIsTold() throws {
        let bench = try bench(.arduino200, level: .debug)
        try expect(.warning, "a Bluetooth controller now, without SPI until the next reset") { () throws in
            #expect(!bench.device.boot(bluetooth: true, at: bench.now))
        }
        try expect(.debug, "RESET: started again, boot 3") { () throws in
            #expect(bench.device.boot(bluetooth: false, at: bench.now))
        }
    }

    @Test func bluetoothWithoutAControllerIsTold() throws {
        let bench = try bench()
        try expect(.warning, "Bluetooth cannot be started: there is no controller") { () throws in
            #expect(try bench.byte(0x4A) == 1)
        }
        try expect(.warning, "BLE_WRITE without a controller: the packet is dropped") { () throws in
            _ = try bench.exchange([0xE0, 0x4F, 1, 0, 1, 7, 0xEE, 0])
        }
    }

    // MARK: Downloads

    @Test func whyADownloadCannotBeginIsTold() throws {
        func download(_ bench: DeviceHarness, _ url: String, _ name: String = "page") throws {
            _ = try? bench.byte(0x64, Array(url.utf8), Array(name.utf8))
        }
        let bare = try bench()
        try expect(.info, "downloads are not possible: the module has no storage") { () throws in
            try download(bare, "http://a")
        }
        let bench = try bench(storage: MemoryStorage())
        try expect(.warning, "DOWNLOAD_FILE: '/fs/a' is not a name: 1 to ") { () throws in
            try download(bench, "http://a", "/fs/a")
        }
        try expect(.warning, "a download from an unsupported URL: only http and https") { () throws in
            try download(bench, "ftp://a")
        }
        let offline = try self.bench(joined: false, storage: MemoryStorage())
        try expect(.warning, "a download cannot begin: ") { () throws in try download(offline, "http://a") }
        let old = try self.bench(.arduino200, storage: MemoryStorage())
        try expect(.info, "this firmware supports only http downloads") { () throws in try download(old, "https://a") }
        #expect(lines.count(.warning, "cannot begin") == 0)
    }

    /// Firmware that knows no TLS in downloads does not connect, although its sockets could.
    @Test func aDownloadThatIsNotPossibleDoesNotConnect() throws {
        let bench = try DeviceHarness(storage: MemoryStorage(), engine: ScriptedEngine()) { $0.firmware = .arduino200 }
        let server = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 443))
        let window = DeviceHarness.window(0x64, [Array("https://10.0.0.1/x".utf8), Array("page".utf8)])
        var reply = bench.start(window)
        var rounds = Rounds(10)
        while reply == nil, rounds.next() { reply = bench.finish() }
        #expect(reply?.starts(with: [0xEF, 0x00, 0xEE]) == true)
        #expect(server.accepted.isEmpty)
    }

    @Test func theEndOfADownloadIsTold() throws {
        for (firmware, isCut) in [(Firmware.modern, false), (.arduino200, false), (.arduino200, true)] {
            let storage = MemoryStorage()
            let bench = try bench(firmware, storage: storage)
            let server = bench.network.listen(at: Endpoint(address: DeviceHarness.outside, port: 80))
            lines.all = []
            #expect(
                bench.start(DeviceHarness.window(0x64, [Array("http://10.0.0.1/x?y".utf8), Array("page".utf8)])) == nil)
            var rounds = Rounds(10)
            while server.accepted.last?.received.isEmpty != false, rounds.next() { _ = bench.finish() }
            let peer = try #require(server.accepted.last)
            peer.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n".utf8) + (isCut ? [1] : [1, 2, 3]))
            if isCut { peer.finish() }
            var replies = Rounds(10)
            while bench.finish() == nil, replies.next() {}
            let what = isCut ? "stored what came of" : "downloaded"
            #expect(lines.count(.info, "\(what) 'http://10.0.0.1:80/x' to 'page'") == 1)
            #expect(lines.count(.warning, "download of 'http://10.0.0.1:80/x' ends: ") == (isCut ? 1 : 0))
            #expect(storage.files[try #require(StorageName("page".utf8))] == (isCut ? [1] : [1, 2, 3]))
        }
    }
}
