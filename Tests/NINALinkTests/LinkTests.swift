import NINALink
import Testing

@Suite(.timeLimit(.minutes(10))) struct LinkTests {
    @Test func errorsSayWhatAndWhen() {
        #expect("\(LinkError(.timedOut, .reply))" == "timed out waiting for the reply")
        #expect(
            "\(LinkError(.system, .connect, "no such file", code: 2))"
                == "system error 2 while connecting: no such file")
        #expect(LinkError(.closed, .idle, "one") == LinkError(.closed, .idle, "other"))
        #expect(LinkError(.closed, .idle) != LinkError(.closed, .reply))
    }
}
