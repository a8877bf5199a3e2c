import NINAControl
import NINACoprocessor
import TestSupport
import Testing

/// Scenarios as text: what is read, and where an error is said to be.
@Suite(.timeLimit(.minutes(5))) struct ScenarioFileTests {
    private static let good = """
        {
          "nina-scenario": 1,
          "name": "loss",
          "about": "An example.",
          "repeat": 2,
          "steps": [
            {"name": "joined", "expect": {"joined": true, "within": 10}},
            {"name": "gone", "at": 2.5, "do": "network_loss", "ssid": "lab-net", "for": 30},
            {
              "name": "restarts",
              "when": {"clients": 1, "within": 0.5},
              "do": "reset",
              "repeat": 3,
              "every": 60
            },
            {"name": "noticed", "after": 1, "expect": {"joined": false}}
          ]
        }
        """

    private static func read(_ text: String) throws(ScenarioFileError) -> Scenario {
        try ScenarioFile.read(Array(text.utf8), file: "s.json")
    }

    @Test func readsEachFormOfAStep() throws {
        let scenario = try Self.read(Self.good)
        #expect(scenario.name == "loss" && scenario.rounds == 2)
        var expected = [
            Scenario.Step("joined", .expect(.joined(true), within: .seconds(10))),
            Scenario.Step(
                "gone", .change(.loseNetwork(ssid: Array("lab-net".utf8), for: .seconds(30))), .at(.milliseconds(2500))),
            Scenario.Step("restarts", .change(.reset), .when(.clients(atLeast: 1), within: .milliseconds(500))),
            Scenario.Step("noticed", .expect(.joined(false), within: Scenario.usualPatience), .after(.seconds(1))),
        ]
        expected[2].times = 3
        expected[2].interval = .seconds(60)
        #expect(scenario.steps == expected)
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let scenario = try Self.read(Self.good)
        let text = ScenarioFile.text(scenario, about: "An \"example\".")
        #expect(try Self.read(text) == scenario)
        let again = try ScenarioFile.text(Self.read(text), about: "An \"example\".")
        #expect(again == text, "\(again)\n\(text)")
    }

    /// A replacement in the good file, and the error that follows.
    @Test(arguments: [
        (#""nina-scenario": 1,"#, "", "s.json:1: \"nina-scenario\": it is missing; expected a whole number"),
        (#": 1,"#, ": 2,", "s.json:2: \"nina-scenario\": expected 1, got 2"),
        (#""name": "loss""#, #""name": """#, "s.json:3: \"name\": expected a text of 1 to 100 bytes, got 0 bytes"),
        (#""about""#, #""abuot""#, "s.json:4: \"abuot\": a scenario has no such field"),
        (#""repeat": 2"#, #""repeat": 0"#, "s.json:5: \"repeat\": expected a whole number from 1 to 1000000, got 0"),
        (
            #""within": 10"#, #""witin": 10"#,
            "s.json:7: step 1 'joined': \"witin\": this condition has no such field"
        ),
        (
            #""within": 10"#, #""within": -1"#,
            "s.json:7: step 1 'joined': \"within\": expected seconds, from 0 to 31536000, got -1"
        ),
        (
            #""joined": true"#, #""joind": true"#,
            "s.json:7: step 1 'joined': "
        ),
        (
            #""at": 2.5"#, #""at": -3"#,
            "s.json:8: step 2 'gone': \"at\": expected seconds, from 0 to 31536000, got -3"
        ),
        (#""at": 2.5"#, #""at": 2, "after": 1"#, "s.json:8: step 2 'gone': \"after\": a step has"),
        (#""for": 30"#, #""fro": 30"#, "s.json:8: step 2 'gone': \"fro\": this step has no such field"),
        (#""do": "network_loss""#, #""do": "melt""#, "s.json:8: step 2 'gone': \"do\": expected "),
        (#""every": 60"#, #""evry": 60"#, "s.json:14: step 3 'restarts': \"evry\": this step has no such field"),
        (
            #""do": "reset","#, #""do": "reset", "expect": {"joined": true},"#,
            "s.json:12: step 3 'restarts': \"expect\": a step has \"do\" or \"expect\", not both"
        ),
        (#""do": "reset","#, "", "s.json:9: step 3 'restarts': a step needs \"do\" or \"expect\""),
        (#""repeat": 3,"#, "", "s.json:14: step 3 'restarts': \"every\": it needs \"repeat\""),
        (
            #"{"name": "noticed", "after": 1"#, #"{"name": "noticed", "at": 1"#,
            "s.json:16: step 4 'noticed': \"at\": expected at least the 2.5 s of a step above"
        ),
        (
            #""after": 1, "expect""#, #""after": 1, "after": 2, "expect""#,
            "s.json:16: \"steps.3.after\": the field is there twice"
        ),
        (#""name": "noticed", "#, "", "s.json:16: step 4: \"name\": it is missing"),
        (#"{"name": "noticed""#, "{name: 1", "s.json:16: \"steps.3\": expected a key in quotes, got 'n'"),
        (#""joined": false}}"#, #""joined": false}"#, "s.json:17: \"steps.3\": expected ',' or '}', got ']'"),
    ])
    func namesFileLineStepAndField(_ old: String, _ new: String, _ expected: String) throws {
        let text = Self.good.replacing(old, with: new, maxReplacements: 1)
        try #require(text != Self.good)
        let error = try #require(throws: ScenarioFileError.self) { try Self.read(text) }
        #expect("\(error)".hasPrefix(expected), "\(error)")
    }

    @Test(arguments: [
        ("", "s.json:1: expected a value, got the end of the file"), ("[]", "s.json:1: expected an object"),
        ("{\"steps\": []", "s.json:1: expected ',' or '}', got the end of the file"),
        (String(repeating: "[", count: 100_000), "s.json:1: "),
    ])
    func refusesWhatIsNoObject(_ text: String, _ expected: String) throws {
        let error = try #require(throws: ScenarioFileError.self) { try Self.read(text) }
        #expect("\(error)".hasPrefix(expected), "\(error)")
    }

    @Test func damagedFilesAreErrorsOrScenarios() throws {
        var random = RandomSource("damagedScenarios")
        let good = Array(Self.good.utf8)
        var read = 0
        for _ in 0..<10_000 {
            var bytes = good
            for _ in 0...random.below(3) {
                let position = random.below(bytes.count)
                switch random.below(4) {
                case 0: bytes[position] = UInt8(random.below(256))
                case 1: bytes.remove(at: position)
                case 2: bytes.insert(UInt8(random.below(256)), at: position)
                default: bytes.removeSubrange(position..<min(bytes.count, position + random.below(40)))
                }
            }
            guard let scenario = try? ScenarioFile.read(bytes, file: "s.json") else { continue }
            read += 1
            #expect(try ScenarioFile.read(Array(ScenarioFile.text(scenario).utf8), file: "again") == scenario)
        }
        #expect(read > 0)
    }
}
