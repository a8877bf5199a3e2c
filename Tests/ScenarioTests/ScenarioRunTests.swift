import NINACoprocessor
import NINALink
import Testing

/// The engine by itself: a clock and reports of the test's own.
@Suite(.timeLimit(.minutes(5))) struct ScenarioRunTests {
    /// A run, and the times in seconds at which its changes came.
    private struct Play {
        var run: ScenarioRun
        var report = ModuleReport.joined(false)
        var times: [Double] = []
        var now = MonotonicInstant(nanoseconds: 7_000_000_000)

        init(_ scenario: Scenario) { run = ScenarioRun(scenario, at: now) }

        /// Goes from deadline to deadline, as a link does.
        mutating func advance(to second: Double) {
            let end = MonotonicInstant(nanoseconds: 7_000_000_000 + UInt64(second * 1e9))
            take()
            while let next = run.nextDeadline, next <= end {
                now = max(now, next)
                take()
            }
            now = end
            take()
        }

        private mutating func take() {
            let report = report
            while run.next(at: now, seeing: { report }) != nil {
                times.append(Double(now.nanoseconds - 7_000_000_000) / 1e9)
            }
        }
    }

    private static func change(_ name: String, _ start: Scenario.Start) -> Scenario.Step {
        Scenario.Step(name, .change(.reset), start)
    }

    @Test func stepsComeAtTheirTimesInOrder() {
        var play = Play(
            Scenario(
                "s",
                [
                    Self.change("a", .after(.zero)), Self.change("b", .at(.seconds(2))),
                    Self.change("c", .after(.seconds(3))), Self.change("d", .at(.seconds(4))),
                ]))
        play.advance(to: 4)
        #expect(play.times == [0, 2])
        #expect(play.run.outcome == .running)
        // The time of the last one is over when its turn comes.
        play.advance(to: 10)
        #expect(play.times == [0, 2, 5, 5])
        #expect(play.run.outcome == .passed)
        #expect(play.run.nextDeadline == nil && play.run.failureAtEnd == nil)
    }

    @Test func aLateCallDoesNotShiftWhatFollows() {
        var play = Play(Scenario("s", [Self.change("a", .after(.seconds(1))), Self.change("b", .after(.seconds(1)))]))
        play.now = play.now.advanced(by: .seconds(30))
        while play.run.next(at: play.now, seeing: { .joined(false) }) != nil { play.times.append(30) }
        #expect(play.times == [30, 30])
    }

    @Test func repeatsAStepAndRounds() {
        var scenario = Scenario("s", [Self.change("a", .at(.seconds(1))), Self.change("b", .after(.seconds(1)))])
        scenario.steps[0].times = 3
        scenario.steps[0].interval = .seconds(10)
        scenario.rounds = 2
        var play = Play(scenario)
        play.advance(to: 100)
        #expect(play.times == [1, 11, 21, 22, 23, 33, 43, 44])
        #expect(play.run.outcome == .passed)
    }

    @Test func aConditionStartsAStep() {
        var play = Play(
            Scenario(
                "s",
                [
                    Self.change("a", .when(.joined(true), within: .seconds(20))),
                    Self.change("b", .after(.seconds(1))),
                ]))
        play.advance(to: 5)
        #expect(play.times.isEmpty)
        play.report = .joined(true)
        #expect(play.run.waitsForCondition)
        play.advance(to: 5)
        #expect(!play.run.waitsForCondition)
        play.advance(to: 7)
        #expect(play.times == [5, 6])
    }

    @Test func anExpectationIsMetOrFailsWithWhatWasSeen() throws {
        let steps = [
            Self.change("the access point goes", .at(.seconds(1))),
            Scenario.Step("it is noticed", .expect(.joined(true), within: .seconds(5))),
            Self.change("never done", .after(.zero)),
        ]
        var good = Play(Scenario("s", steps))
        good.advance(to: 3)
        good.report = .joined(true)
        good.advance(to: 3)
        #expect(good.run.outcome == .passed && good.times == [1, 3])

        var bad = Play(Scenario("loss", steps))
        bad.advance(to: 60)
        let failure = try #require(bad.run.failureAtEnd)
        #expect(bad.run.outcome == .failed(failure))
        #expect(bad.times == [1])
        #expect(failure.number == 2 && failure.step == "it is noticed" && failure.at == .seconds(6))
        let text = "\(failure)"
        #expect(text.hasPrefix("scenario 'loss', step 2 'it is noticed', at 6 s: expected "), "\(text)")
        #expect(text.contains(" within 5 s, seen: "), "\(text)")
        #expect(bad.run.nextDeadline == nil)
    }

    /// A condition that a step begins with is waited for as long as it says, not for ever.
    @Test func aConditionThatNeverHoldsFails() throws {
        let scenario = Scenario("s", [Self.change("a", .when(.joined(true), within: .seconds(20)))])
        var play = Play(scenario)
        play.advance(to: 19.9)
        #expect(play.run.outcome == .running)
        play.advance(to: 20.1)
        let failure = try #require(play.run.failureAtEnd)
        #expect("\(failure)".contains("to begin, 20 s long, seen: "), "\(failure)")
    }

    @Test func whatIsLeftAtTheEndIsAFailure() throws {
        var scenario = Scenario("s", [Self.change("a", .after(.zero)), Self.change("b", .at(.seconds(9)))])
        scenario.rounds = 2
        var play = Play(scenario)
        play.advance(to: 5)
        let failure = try #require(play.run.failureAtEnd)
        #expect(
            "\(failure)"
                == "scenario 's', step 2 'b' of round 1, at 5 s: not done when the host ended, nor the 2 after it")
    }

    @Test func aChangeThatCannotBeMadeFailsTheScenario() throws {
        var run = ScenarioRun(Scenario("s", [Self.change("a", .after(.zero))]), at: MonotonicInstant(nanoseconds: 0))
        #expect(run.next(at: MonotonicInstant(nanoseconds: 1), seeing: { .joined(false) }) == .reset)
        run.refuse(.sample)
        let failure = try #require(run.failureAtEnd)
        #expect("\(failure)".hasPrefix("scenario 's', step 1 'a', at 0 s: this change cannot be made: "))
        #expect(run.next(at: MonotonicInstant(nanoseconds: 2), seeing: { .joined(false) }) == nil)
    }

    @Test func accelerationShortensPausesAndOutagesAlone() {
        let lost = Change.loseNetwork(ssid: Array("net".utf8), for: .seconds(30))
        var scenario = Scenario(
            "s",
            [
                Scenario.Step("a", .change(lost), .at(.seconds(10))),
                Scenario.Step("b", .expect(.joined(true), within: .seconds(20)), .after(.seconds(5))),
            ])
        scenario.steps[1].times = 2
        scenario.steps[1].interval = .seconds(40)
        let fast = scenario.accelerated(by: 10)
        #expect(
            fast.steps[0]
                == Scenario.Step(
                    "a", .change(.loseNetwork(ssid: Array("net".utf8), for: .seconds(3))), .at(.seconds(1))))
        #expect(fast.steps[1].start == .after(.milliseconds(500)) && fast.steps[1].interval == .seconds(4))
        #expect(fast.steps[1].action == scenario.steps[1].action)
        for factor in [0, -1, .nan, .infinity] { #expect(scenario.accelerated(by: factor) == scenario) }
    }
}

extension ModuleReport {
    fileprivate static func joined(_ joined: Bool) -> ModuleReport {
        var report = Coprocessor(network: VirtualNetwork()).report(at: MonotonicInstant(nanoseconds: 0))
        report.station.isJoined = joined
        return report
    }
}

extension ChangeError {
    fileprivate static let sample = ChangeError(
        "reset", expected: "a module that runs", got: "one that is held in reset")
}
