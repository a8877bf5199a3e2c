import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA
import WiFiNINATesting

/// A program with tasks is tested in a few lines.
@Suite(.timeLimit(.minutes(10))) struct LoopbackModuleTests {
    @Test func sixLinesAreATest() async throws {
        let loopback = try await LoopbackModule.joined()
        let server = try await loopback.module.listen(port: 7)
        let outside = try await loopback.connect(to: 7)
        await outside.send("hello\n")
        let line = try await server.accept().readLine()
        #expect(line == "hello")
    }

    @Test func theWorldOutsideIsAtHand() async throws {
        var configuration = Configuration()
        configuration.firmware = .arduino200
        let loopback = try await LoopbackModule.joined(configuration) { FaultInjector($0, seed: 1) }
        #expect(try await loopback.module.perform { wifi in try wifi.firmwareVersion() } == "2.0.0")
        await #expect(throws: LoopbackError.refused(port: 9)) { () async throws in
            _ = try await loopback.connect(to: 9)
        }
        let server = try await loopback.module.listen(port: 9)
        let outside = try await loopback.connect(to: 9)
        await outside.send([1, 2])
        let client = try await server.accept()
        #expect(try await client.read(exactly: 2) == [1, 2])
        try await client.print("bye")
        #expect(try await outside.text(3) == "bye")
        await client.close()
        #expect(await outside.isFinished)
        #expect(await outside.read() == [])
        await outside.finish()
        let other = try await loopback.connect(to: 9)
        await other.reset()
        #expect(await loopback.world { $0.openSockets } >= 1)
        await loopback.module.close()
    }
}
