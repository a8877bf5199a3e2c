import NINAControl
import NINACoprocessor
import Testing

/// What `nina ctl record` makes of events.
@Suite(.timeLimit(.minutes(5))) struct RecorderTests {
    @Test func changesKeepTheirDistanceAndConsequencesAreExpected() throws {
        let ssid = Array("lab-net".utf8)
        let lost = Change.loseNetwork(ssid: ssid, for: .seconds(2))
        var recorder = ScenarioRecorder()
        #expect(recorder.isEmpty)
        let events: [(Double, UInt64, ModuleEvent)] = [
            (1, 1, .booted(boots: 1)), (1.5, 1, .joined(ssid: ssid)), (1.6, 2, .joined(ssid: ssid)),
            (2, 1, .listening(slot: 0, port: 80)),
            // The loss is told of before the change that has brought it about.
            (12, 1, .left(ssid: ssid, reason: 200)), (12, 1, .changed(lost)), (15, 1, .joined(ssid: ssid)),
            (16.25, 1, .changed(.reset)), (16.25, 1, .booted(boots: 2)),
        ]
        for (time, module, event) in events {
            recorder.note(ControlEvent(time: UInt64(time * 1e9), module: module, event))
        }
        let patience = Scenario.usualPatience
        let scenario = recorder.scenario(named: "recorded")
        #expect(
            scenario.steps == [
                Scenario.Step("the host joins", .expect(.joined(true), within: patience)),
                Scenario.Step("the host listens", .expect(.listening(port: 80), within: patience)),
                Scenario.Step("a network goes", .change(lost), .after(.seconds(10))),
                Scenario.Step("the station is without a network", .expect(.joined(false), within: patience)),
                Scenario.Step("the host joins", .expect(.joined(true), within: patience)),
                Scenario.Step("the supply breaks down", .change(.reset), .after(.milliseconds(1250))),
            ])
        #expect(try ScenarioFile.read(Array(ScenarioFile.text(scenario).utf8), file: "r.json") == scenario)
    }
}
