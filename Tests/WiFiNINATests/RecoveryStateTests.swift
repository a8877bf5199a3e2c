import NINALink
import NINAWire
import Testing

@testable import WiFiNINA

/// How far recovery goes, without a module.
@Suite(.timeLimit(.minutes(10))) struct RecoveryStateTests {
    private let late = WiFiError.link(LinkError(.timedOut, .reply), .getConnStatus)
    private let wrong = WiFiError.badReply(FrameError(.endByte, at: 3, expected: 0xEE, found: 0), .getConnStatus)

    private func steps(_ state: RecoveryState) -> [RecoveryStep] { [state.steps.first, state.steps.last] }

    /// A state after a time-out that a step has mended.
    private func helped(_ steps: RecoveryStep...) -> RecoveryState {
        var state = RecoveryState()
        for step in steps {
            state.failed(late)
            state.helped(step)
        }
        return state
    }

    /// Eight answers, and not seven, show that the step has helped; those before another time-out do not count.
    @Test(arguments: [RecoveryStep.resynchronize, .softReset]) func eightAnswersAreCalm(_ step: RecoveryStep) {
        for (answers, isCalm) in [(0, false), (7, false), (8, true), (9, true)] {
            var state = helped(step)
            for _ in 0..<answers { state.answered() }
            state.failed(late)
            let next = step == .resynchronize ? RecoveryStep.softReset : .hardReset
            #expect(steps(state) == (isCalm ? [.resynchronize, .resynchronize] : [next, .hardReset]), "\(answers)")
        }
        var state = helped(step)
        for _ in 0..<2 {
            for _ in 0..<7 { state.answered() }
            state.failed(late)
            state.helped(step)
        }
        state.failed(late)
        #expect(state.steps.first > .resynchronize)
    }

    /// Answers to commands of recovery itself do not count.
    @Test func answersDuringRecoveryDoNotCount() {
        var state = helped(.resynchronize)
        state.isRunning = true
        for _ in 0..<20 { state.answered() }
        state.failed(wrong)
        #expect(state.trouble == nil)
        state.isRunning = false
        state.failed(late)
        #expect(steps(state) == [.softReset, .hardReset])
    }

    /// A module that is only slow gets another call's time before it is reset.
    @Test func aStepThatFailsLeadsFurtherInTheNextCall() {
        var state = RecoveryState()
        state.failed(late)
        #expect(steps(state) == [.resynchronize, .resynchronize])
        let ends = state.recordFailure(late)
        #expect(!ends && state.trouble == late)
        #expect(steps(state) == [.resynchronize, .hardReset])
        state.helped(.resynchronize)
        #expect(state.trouble == nil)
        state.failed(wrong)
        #expect(steps(state) == [.resynchronize, .resynchronize], "an invalid reply is no reason for a reset")
    }

    @Test(arguments: [LinkError.Kind.closed, .restarted, .timedOut]) func aFreshModuleEndsIt(_ kind: LinkError.Kind) {
        var state = helped(.resynchronize)
        state.failed(late)
        let ends = state.recordFailure(.link(LinkError(kind, .boot), nil))
        #expect(ends == (kind != .timedOut))
        #expect((state.trouble == nil) == ends)
        state.failed(late)
        #expect(steps(state) == (ends ? [.resynchronize, .resynchronize] : [.softReset, .hardReset]))
    }

    @Test func theLimitIsTheLastStep() {
        for limit in RecoveryStep.allCases {
            var state = helped(.resynchronize, .softReset)
            state.limit = limit
            state.failed(late)
            #expect(steps(state) == [min(.hardReset, limit), limit])
        }
        var state = helped(.resynchronize)
        state.failed(late)
        state.limit = nil
        #expect(state.trouble == nil)
        state.failed(late)
        #expect(state.trouble == nil)
    }

    @Test func onlyFaultsOfTheLinkAreTrouble() {
        for kind in [LinkError.Kind.timedOut, .violation, .system, .unavailable, .restarted, .closed] {
            var state = RecoveryState()
            let error = WiFiError.link(LinkError(kind, .reply), nil)
            state.failed(error)
            #expect(state.trouble == (kind == .restarted || kind == .closed ? nil : error))
            #expect(state.isTimeOut == (kind == .timedOut))
        }
        var state = RecoveryState()
        state.failed(.refused(.getConnStatus))
        #expect(state.trouble == nil)
        state.failed(wrong)
        #expect(state.trouble == wrong && !state.isTimeOut)
        state.forgive()
        #expect(state.trouble == nil)
    }

    @Test func successesAreCounted() {
        let state = helped(.resynchronize, .softReset, .hardReset, .resynchronize, .softReset, .resynchronize)
        #expect(state.counts == (3, 2, 1))
    }
}
