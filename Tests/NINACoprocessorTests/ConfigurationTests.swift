import NINAWire
import Testing

@testable import NINACoprocessor

@Suite(.timeLimit(.minutes(10))) struct ConfigurationTests {
    @Test func hasTheDocumentedDefaults() {
        let configuration = Configuration()
        #expect(configuration.slotCount == 10)
        #expect(configuration.overflow == .queue)
        #expect(configuration.backlog == nil)
        #expect(!configuration.allowsSocketsWithoutJoin)
        #expect(configuration.hardwareAddress.description == "24:0A:C4:01:02:03")
        #expect(configuration.networks.map { String(decoding: $0.ssid, as: UTF8.self) } == ["lab-net", "open-net"])
        #expect(OverflowPolicy.allCases.map(\.rawValue) == ["queue", "reset", "drop"])
        #expect(LogLevel.error < .warning && LogLevel.warning < .info && LogLevel.info < .debug)
    }
}
