import NINACoprocessor
import NINALink
import NINAWire
import TestSupport
import Testing
import WiFiNINA
import WiFiNINATesting

/// The ten scenarios happen to a program on the host library, in virtual time.
@Suite(.timeLimit(.minutes(10))) struct PlayTests {
    /// A module, and the way to it.
    enum Way: String, CaseIterable {
        case slots, bsd
        /// Wires do not tell of a restart.
        case spi
        /// Connections outlive their network there.
        case adafruit177

        var firmware: Firmware {
            switch self {
            case .slots, .bsd, .spi: .modern
            case .adafruit177: .adafruit177
            }
        }
    }

    @Test(arguments: Library.allCases, Way.allCases) func blocking(_ entry: Library, _ way: Way) throws {
        let network = VirtualNetwork()
        var configuration = Configuration()
        configuration.firmware = way.firmware
        configuration.wallClock = WallClock { 1_767_225_600 }
        let device = ScenarioDevice(Coprocessor(configuration, network: network), try entry.scenario())
        let inner: any Link =
            way == .spi
            ? try SPILink(bus: VirtualWires(device: device), until: .distantFuture)
            : try MessageLink.loopback(to: device)
        let link = BrokerLink(inner)
        link.start(network)
        let wifi = WiFi(link: link)
        if way == .bsd { wifi.socketFamily = .bsd }
        var diary = Diary()
        try Sensor.run(wifi, &diary) { device.run.map { $0.outcome == .running } ?? true }
        check(entry, way, diary, try #require(device.run?.outcome))
    }

    @Test(arguments: Library.allCases) func withTasks(_ entry: Library) async throws {
        nonisolated(unsafe) var link: BrokerLink?
        var configuration = Configuration()
        configuration.wallClock = WallClock { 1_767_225_600 }
        let loopback = try LoopbackModule(configuration, scenario: try entry.scenario()) { inner in
            let broker = BrokerLink(inner)
            link = broker
            return broker
        }
        let broker = try #require(link)
        await loopback.world { broker.start($0) }
        var diary = Diary()
        try await Sensor.run(loopback, &diary)
        check(entry, nil, diary, try #require(await loopback.scenarioOutcome))
        await loopback.module.close()
    }

    private func check(_ entry: Library, _ way: Way?, _ diary: Diary, _ outcome: ScenarioRun.Outcome) {
        let place = "\(entry) \(way.map { $0.rawValue } ?? "with tasks"): \(diary)"
        #expect(outcome == .passed, "\(place)")
        #expect(diary.successes >= 3, "it works again; \(place)")
        #expect(diary.longest <= 15, "nothing waits for ever; \(place)")
        // How the end of a connection shows depends on what the program did at that time.
        #expect(diary.kinds.subtracting(["connection ended"]) == Self.kinds(entry, way), "\(place)")
        #expect(diary.knewTime == (entry == .clockUnset ? [false, true] : [true]), "\(place)")
    }

    /// The errors by which a program learns what has happened.
    private static func kinds(_ entry: Library, _ way: Way?) -> Set<String> {
        // Adafruit's firmware 1.7.7 reports no reasons.
        let tellsReasons = way != .adafruit177
        return switch entry {
        case .accessPointGone, .weakSignal: [tellsReasons ? "join: noSuchNetwork" : "join: unknown"]
        case .passphraseChanged: tellsReasons ? ["join: noSuchNetwork", "join: wrongCredentials"] : ["join: unknown"]
        case .dnsDown: ["connect: hostNotFound"]
        case .captivePortal, .brokerDies: ["connect: refused"]
        // Without a notice from the link the program finds an idle module, and joins.
        case .brownOut: way == .spi ? [] : ["link: restarted"]
        case .slotsTaken: ["the coprocessor has no free socket"]
        case .slowReader: ["timed out: write"]
        case .clockUnset: []
        }
    }
}
