import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA
import WiFiNINATesting

/// The ten scenarios happen to a program on the host library, in virtual time.
@Suite(.timeLimit(.minutes(10))) struct PlayTests {
    @Test(arguments: Library.allCases, SocketFamily.allCases)
    func blocking(_ entry: Library, _ family: SocketFamily) throws {
        let network = VirtualNetwork()
        let device = ScenarioDevice(Coprocessor(network: network), try entry.scenario())
        let link = BrokerLink(try MessageLink.loopback(to: device))
        link.start(network)
        let wifi = WiFi(link: link)
        wifi.socketFamily = family
        var diary = Diary()
        try Sensor.run(wifi, &diary) { device.run.map { $0.outcome == .running } ?? true }
        check(entry, diary, try #require(device.run?.outcome))
    }

    @Test(arguments: Library.allCases) func withTasks(_ entry: Library) async throws {
        nonisolated(unsafe) var link: BrokerLink?
        let loopback = try LoopbackModule(scenario: try entry.scenario()) { inner in
            let broker = BrokerLink(inner)
            link = broker
            return broker
        }
        let broker = try #require(link)
        await loopback.world { broker.start($0) }
        var diary = Diary()
        try await Sensor.run(loopback, &diary)
        check(entry, diary, try #require(await loopback.scenarioOutcome))
        await loopback.module.close()
    }

    private func check(_ entry: Library, _ diary: Diary, _ outcome: ScenarioRun.Outcome) {
        print("DIARY \(entry.rawValue): \(outcome), \(diary)")
        #expect(outcome == .passed)
        #expect(diary.after >= 3, "it works again: \(diary)")
        #expect(diary.longest <= 45, "nothing waits for ever: \(diary)")
    }
}
