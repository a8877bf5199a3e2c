import NINAWire
import TestSupport
import Testing
import WiFiNINA

/// This library makes every recorded call of WiFiNINA 2.1.0, and gets the same replies.
@Suite(.timeLimit(.minutes(10))) struct HostReplayTests {
    /// The result of one call.
    private struct Outcome {
        var index: Int
        var call: WiFiNINAVector
        /// WiFiNINA's commands.
        var recorded: [String]
        /// This library's.
        var sent: [String]
        var differences: [HostDifference]
        var name: String { "\(index) \(call.api)" }
    }

    /// Makes the calls in order, as one sketch.
    private func outcomes() throws -> [Outcome] {
        let sketch = Sketch()
        return try Recordings.wifiNINACalls().enumerated().map { index, call in
            let differences = hostDifferences.filter { $0.isAbout(call, at: index) }
            sketch.link.begin(call, replies: differences.flatMap(\.replies))
            let run = try #require(hostCalls[call.api], "\(index) \(call.api) has no entry")
            do {
                if let result = try run(sketch) { #expect(result == call.result, "\(index) \(call.api)") }
            } catch {
                Issue.record("\(index) \(call.api) threw \(error)")
            }
            sketch.link.end()
            return Outcome(
                index: index, call: call, recorded: call.mosi.map { commandText(Array(hex: $0)) },
                sent: sketch.link.sent.map { commandText($0) }, differences: differences)
        }
    }

    @Test func everyCallSendsTheRecordedCommandsOrSaysWhyNot() throws {
        let outcomes = try outcomes()
        for outcome in outcomes {
            let expected = outcome.differences.reduce(outcome.recorded) { $1.apply(to: $0) }
            #expect(outcome.sent == expected, "\(outcome.name)")
        }
        let equal = outcomes.filter { $0.sent == $0.recorded }.count
        print(
            "\(outcomes.count) calls of WiFiNINA 2.1.0: \(equal) with equal commands, \(outcomes.count - equal) listed")
        print(
            "\(outcomes.map(\.recorded.count).reduce(0, +)) commands of WiFiNINA, "
                + "\(outcomes.map(\.sent.count).reduce(0, +)) of this library")
        #expect(outcomes.count == 287)
    }

    /// Without a difference the commands would be the recorded ones.
    @Test func everyDifferenceIsNeeded() throws {
        let outcomes = try outcomes()
        for (number, difference) in hostDifferences.enumerated() {
            #expect(!difference.reason.isEmpty)
            for words in difference.calls {
                let about = outcomes.filter { words == $0.call.api || words == "\($0.call.api) #\($0.index)" }
                #expect(!about.isEmpty, "\(words) is in no recording")
                for outcome in about {
                    let others = hostDifferences.enumerated().filter { other in
                        other.offset != number && other.element.isAbout(outcome.call, at: outcome.index)
                    }
                    let expected = others.reduce(outcome.recorded) { $1.element.apply(to: $0) }
                    #expect(outcome.sent != expected, "\(outcome.name): not needed: \(difference.reason)")
                }
            }
        }
    }

    @Test func everyEntryIsInTheRecording() throws {
        let recorded = Set(try Recordings.wifiNINACalls().map(\.api))
        for name in hostCalls.keys { #expect(recorded.contains(name), "\(name) is in no recording") }
    }
}
