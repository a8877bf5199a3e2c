import Foundation
import NINAWire
import TestSupport
import Testing

/// Replays the recording of nina-fw 2.0.0's handlers against an emulator with its profile: the same
/// bytes and the same IRQ levels, before and after each command.
@Suite(.serialized, .timeLimit(.minutes(10))) struct FirmwareReplayTests {
    private struct Vector: Decodable {
        var scenario: String
        var name: String
        var command: String
        var response: String?
        var resetBefore: Bool?
        var settleTime: Int
        var irqBefore: Int
        var irq: Int?
        var volatile: [[Int]]?
        var undefined: Bool?
        var peer: [[Action]]?

        private enum CodingKeys: String, CodingKey {
            case scenario, name, command, response, irq, volatile, undefined, peer
            case resetBefore = "reset_before"
            case settleTime = "settle_ms"
            case irqBefore = "irq_before"
        }
    }

    /// A word or a number of an action outside.
    private enum Action: Decodable {
        case number(Int)
        case text(String)

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Int.self) {
                self = .number(number)
            } else {
                self = .text(try value.decode(String.self))
            }
        }

        var text: String { if case .text(let text) = self { text } else { "" } }
        var number: Int? { if case .number(let number) = self { number } else { nil } }
    }

    private static let network = "ip=192.168.1.42/24,gateway=192.168.1.1,dns=192.168.1.1"
    private static let options = [
        "--firmware", "arduino-2.0.0", "--backlog", "16", "--sockets-without-join", "--address", "127.0.0.1",
        "--port-offset", "21000", "--network",
        "lab-net,passphrase=correct-horse,channel=6,rssi=-52,bssid=02:00:00:aa:bb:01,\(network)", "--network",
        "open-net,channel=11,rssi=-70,bssid=02:00:00:aa:bb:02,\(network)",
    ]

    private func vectors() throws -> [Vector] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Protocol/vectors/firmware-arduino-2.0.0.json")
        return try JSONDecoder().decode([Vector].self, from: Data(contentsOf: folder))
    }

    @Test func everyRecordedReplyComesAgain() throws {
        let emulator = try EmulatorUnderTest(Self.options)
        let link = try RawLink(path: emulator.socketPath)
        let peers = RecordedPeers()
        var replayed = 0
        for (index, vector) in try vectors().enumerated() {
            if vector.resetBefore == true {
                peers.closeAll()
                try link.reset()
            }
            for action in vector.peer ?? [] { try act(action, peers) }
            try link.settle(milliseconds: vector.settleTime, until: vector.irqBefore == 1)
            let before = link.interrupt
            let found = try link.exchange(Array(hex: vector.command), seconds: vector.response == nil ? 0.3 : 10)
            replayed += 1
            if vector.undefined == true { continue }
            let what = "#\(index) \(vector.scenario) / \(vector.name)"
            #expect(before == (vector.irqBefore == 1), "IRQ before \(what)")
            guard let response = vector.response else {
                #expect(found.reply == nil, "\(what)")
                continue
            }
            var wanted = Array(hex: response)
            let reply = try #require(found.reply, "\(what)")
            for range in vector.volatile ?? [] {
                for position in range[0]..<(range[0] + range[1]) where position < min(wanted.count, reply.count) {
                    wanted[position] = reply[position]
                }
            }
            #expect(reply.hex == wanted.hex, "\(what)")
            #expect(found.interrupt == (vector.irq == 1), "IRQ after \(what)")
        }
        print("\(replayed) recorded commands replayed")
        #expect(replayed > 380)
    }

    private func act(_ action: [Action], _ peers: RecordedPeers) throws {
        let name = action[0].text
        if name == "wait" { return try pause(milliseconds: action[1].number ?? 0) }
        let last = action.last?.text ?? ""
        let isBytes = name.hasSuffix("send") || name.hasSuffix("expect")
        try peers.act(
            name, action[1].text, port: action.dropFirst(2).lazy.compactMap(\.number).first,
            bytes: isBytes && action.count > 2 ? Array(hex: last) : [], other: action.count > 2 ? last : nil)
    }
}
