import Foundation
import NINALink
import NINATransport
import NINAWire
import Testing
import WiFiNINA
import WiFiNINAFoundation

@Suite(.timeLimit(.minutes(10))) struct FoundationTests {
    @Test func errorsHaveTexts() {
        let frame = FrameError(.nulInText, at: 4, expected: 0, found: 6)
        let errors: [any Error & CustomStringConvertible] = [
            WiFiError.joinFailed(JoinFailure(.connectFailed, reason: 15)),
            WiFiError.invalidArgument(frame, .startClient),
            frame, LinkError(.timedOut, .reply), JoinFailure(.apFailed), ConnectFailure(.hostNotFound),
        ]
        for error in errors { #expect(error.localizedDescription == error.description) }
        let wrong = #expect(throws: Transport.ParseError.self) { try Transport(parsing: "tcp:1") }
        #expect(wrong?.localizedDescription == wrong?.description)
        let missing = #expect(throws: TransportError.self) { try Transport.unix(path: "/nowhere/nina.sock").open() }
        #expect(missing?.localizedDescription == missing?.description)
    }

    private struct Alarm: Codable, Equatable {
        var name: String
        var minutes: [Int]
    }

    @Test func preferencesKeepCodableValues() throws {
        let preferences = Preferences(try Host(joined: false).wifi)
        try preferences.begin("space")
        #expect(try preferences.get("alarm", as: Alarm.self) == nil)
        let alarm = Alarm(name: "wake\0up", minutes: [1, 2, 420])
        #expect(try preferences.put("alarm", alarm) > 0)
        #expect(try preferences.get("alarm") == alarm)
        #expect(throws: DecodingError.self) { try preferences.get("alarm", as: [Int].self) }
    }
}
