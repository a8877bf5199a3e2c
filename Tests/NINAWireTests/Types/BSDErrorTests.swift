import NINAWire
import Testing

@Suite(.timeLimit(.minutes(10))) struct BSDErrorTests {
    @Test func bothNumberingsDistinguishThem() {
        for numbering in [ErrnoNumbering.newlib, .linux] {
            #expect(Set(BSDError.allCases.map { $0.number(numbering) }).count == BSDError.allCases.count)
            for error in BSDError.allCases { #expect(BSDError(number: error.number(numbering), numbering) == error) }
        }
    }

    @Test func numbersAreThoseOfTheSystems() {
        #expect(BSDError.inProgress.number(.newlib) == 119)
        #expect(BSDError.inProgress.number(.linux) == 115)
        #expect(BSDError.notConnected.number(.newlib) == 128)
        #expect(BSDError.notConnected.number(.linux) == 107)
        #expect(BSDError.wouldBlock.number(.linux) == BSDError.wouldBlock.number(.newlib))
        #expect(BSDError(number: 113, .newlib) == .aborted)
        #expect(BSDError(number: 113, .linux) == .unreachable)
        #expect(BSDError(number: 200, .newlib) == nil)
    }
}
