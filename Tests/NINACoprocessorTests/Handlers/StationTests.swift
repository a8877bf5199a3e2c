import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct StationTests {
    private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func status(after opcode: UInt8, _ parameters: [[UInt8]]) throws -> Int {
        let bench = try DeviceHarness(joined: false)
        #expect(try bench.byte(0x20) == 0)
        let reply = try bench.exchange(DeviceHarness.window(opcode, parameters))
        #expect(try DeviceHarness.parameters(of: reply, opcode) == [[1]])
        #expect(try bench.byte(0x20) == 1)
        bench.pass(.milliseconds(29))
        #expect(try bench.byte(0x20) == 1)
        bench.pass(.milliseconds(1))
        return try bench.byte(0x20)
    }

    @Test func joins() throws {
        #expect(try status(after: 0x10, [text("open-net")]) == 3)
        #expect(try status(after: 0x10, [text("open-net\0")]) == 3)
        #expect(try status(after: 0x11, [text("lab-net"), text("correct-horse")]) == 3)
        #expect(try status(after: 0x12, [text("lab-net"), [0], text("correct-horse")]) == 3)
        #expect(try status(after: 0x11, [text("lab-net\0"), text("correct-horse\0")]) == 3)
        #expect(try status(after: 0x10, [text("lab-net")]) == 4)
        #expect(try status(after: 0x10, [text("nowhere")]) == 4)
        #expect(try status(after: 0x11, [text("lab-net"), text("wrong")]) == 4)
        #expect(try status(after: 0x11, [text("open-net"), text("secret")]) == 4)
    }

    @Test func refusesNamesAndSecretsThatAreTooLong() throws {
        let bench = try DeviceHarness()
        let windows = [
            DeviceHarness.window(0x10, [[]]), DeviceHarness.window(0x10, [[0, 1]]),
            DeviceHarness.window(0x10, [Array(repeating: 65, count: 33)]),
            DeviceHarness.window(0x11, [text("lab-net"), Array(repeating: 65, count: 65)]),
        ]
        for window in windows { #expect(bench.start(window) == [0xEF, 0x00, 0xEE, 0x00]) }
        #expect(try bench.byte(0x20) == 3)
        #expect(try bench.byte(0x10, Array(repeating: 65, count: 32)) == 1)
    }

    @Test func tellsOfTheConnection() throws {
        let bench = try DeviceHarness()
        #expect(try bench.ask(0x21, [0xFF]) == [[127, 1, 0, 1], [255, 0, 0, 0], [127, 0, 0, 1]])
        #expect(try bench.ask(0x21) == [[127, 1, 0, 1], [255, 0, 0, 0], [127, 0, 0, 1]])
        #expect(try bench.ask(0x22, [0xFF]) == [[0x03, 0x02, 0x01, 0xC4, 0x0A, 0x24]])
        #expect(try bench.ask(0x23, [0xFF]) == [text("lab-net")])
        #expect(try bench.ask(0x24, [0xFF]) == [[0x01, 0xBB, 0xAA, 0x00, 0x00, 0x02]])
        #expect(try bench.ask(0x25, [0xFF]) == [[0xCC, 0xFF, 0xFF, 0xFF]])
        #expect(try bench.ask(0x26, [0xFF]) == [[4]])
        #expect(try bench.byte(0x30, [0xFF]) == 1)
        #expect(try bench.byte(0x20) == 6)
        #expect(try bench.ask(0x21) == [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
        #expect(try bench.ask(0x23) == [[]])
        #expect(try bench.ask(0x24) == [[0, 0, 0, 0, 0, 0]])
        #expect(try bench.ask(0x25) == [[0, 0, 0, 0]])
        #expect(try bench.ask(0x26) == [[7]])
    }

    @Test(arguments: [0x30, 0x10] as [UInt8])
    func leavingClosesClientsAndKeepsListeners(_ opcode: UInt8) throws {
        let bench = try DeviceHarness()
        let server = try bench.server()
        let (accepted, first) = try bench.acceptedClient(server)
        let second = try #require(bench.network.connect(to: 80))
        #expect(try bench.available(server) == 255)
        let third = try #require(bench.network.connect(to: 80))
        let window = DeviceHarness.window(opcode, [opcode == 0x30 ? [0xFF] : text("open-net")])
        #expect(try DeviceHarness.parameters(of: bench.exchange(window), opcode) == [[1]])
        #expect(first.isFinished && second.isFinished)
        #expect(try bench.state(accepted) == 0)
        #expect(try bench.listens(server))
        try bench.join()
        #expect(try bench.accept(server) == accepted)
        #expect(try bench.remotePort(accepted) == third.endpoint.port)
    }
}
