import NINALink
import NINAWire
import Testing
import WiFiNINA

@Suite(.timeLimit(.minutes(10))) struct WiFiErrorTests {
    @Test func describesItself() {
        let errors: [WiFiError] = [
            .link(LinkError(.timedOut, .reply), .getSocket), .link(LinkError(.closed, .idle), nil),
            .badReply(FrameError(.opcode, at: 1, expected: 0xA0, found: 0xA1), .getConnStatus),
            .refused(.startServer),
            .invalidArgument(FrameError(.valueTooLong, at: 3, expected: 255, found: 300), .setNet),
            .timedOut(.join), .timedOut(.read), .timedOut(.write), .joinFailed(.connectFailed), .hostNotFound,
            .noSocketAvailable, .connectFailed, .serverFailed(port: 8080), .serverNotListening, .notConnected,
            .staleHandle(SocketNumber(rawValue: 3)), .connectionClosed(written: 4083),
        ]
        let texts = errors.map(\.description)
        #expect(Set(texts).count == errors.count)
        for text in texts { #expect(text.count > 10 && !text.contains("rawValue")) }
        #expect(WiFiError.serverFailed(port: 8080).description.contains("8080"))
        #expect(WiFiError.connectionClosed(written: 4083).description.contains("4083"))
        #expect(WiFiError.staleHandle(SocketNumber(rawValue: 3)).description.contains("3"))
        #expect(WiFiError.joinFailed(.connectFailed).description.contains("connect failed"))
        #expect(WiFiError.link(LinkError(.timedOut, .reply), .getSocket).description.contains("reply"))
    }
}
