import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

/// Errors state their cause.
@Suite(.timeLimit(.minutes(10))) struct FailureTests {
    private func joinFailure(_ body: () throws -> Void) -> JoinFailure? {
        do {
            try body()
        } catch WiFiError.joinFailed(let failure) {
            return failure
        } catch {
            Issue.record("\(error)")
        }
        return nil
    }

    @Test(arguments: [Firmware.modern, .arduino200, .arduino148, .adafruit330])
    func joinsThatFailSayWhy(_ firmware: Firmware) throws {
        let wifi = try Host(joined: false) { $0.firmware = firmware }.wifi
        wifi.timeout = .seconds(5)
        let refused = try #require(joinFailure { try wifi.begin("lab-net", passphrase: "wrong-horse") })
        #expect(refused.cause == .wrongCredentials)
        #expect("\(WiFiError.joinFailed(refused))".contains("wrong passphrase"))
        let missing = try #require(joinFailure { try wifi.begin("nowhere", passphrase: "correct-horse") })
        #expect(missing.cause == .noSuchNetwork && missing.reason == 201)
        #expect("\(WiFiError.joinFailed(missing))".contains("no such network"))
        try wifi.begin("lab-net", passphrase: "correct-horse")
    }

    /// Without the command only the status is known.
    @Test func olderFirmwareDoesNotSayWhy() throws {
        let link = ScriptedLink()
        let wifi = WiFi(link: link)
        link.replies = [
            .success([0xE0, 0x91, 0x01, 0x01, 0x01, 0xEE]), .success([0xE0, 0xA0, 0x01, 0x01, 0x04, 0xEE]),
            .success([0xEF, 0x00, 0xEE, 0x00]), .success([0xE0, 0xA0, 0x01, 0x01, 0x03, 0xEE]),
        ]
        let failure = try #require(joinFailure { try wifi.begin("lab-net", passphrase: "wrong-horse") })
        #expect(failure.cause == .unknown && failure.reason == nil && failure.status == .connectFailed)
        #expect(try wifi.status() == .connected)
        #expect(link.windows.count == 4)
    }

    @Test(arguments: [(14, true), (15, true), (23, true), (202, true), (204, true), (2, false), (200, false)])
    func reasonsHaveCauses(_ reason: UInt8, _ isRefusal: Bool) {
        let failure = JoinFailure(.disconnected, reason: reason)
        #expect((failure.cause == .wrongCredentials) == isRefusal)
        #expect("\(failure)".contains("\(reason)"))
        for missing: UInt8 in [201, 210, 211, 212] {
            #expect(JoinFailure(.connectFailed, reason: missing).cause == .noSuchNetwork)
        }
        #expect(JoinFailure(.noSSIDAvailable).cause == .noSuchNetwork)
        #expect(JoinFailure(.apFailed).cause == .accessPointFailed)
        // A program that compares the status alone still works.
        #expect(WiFiError.joinFailed(failure) == .joinFailed(.disconnected))
        #expect(WiFiError.joinFailed(failure) != .joinFailed(.connectFailed))
    }

    private func cause(_ body: () throws -> Void) -> ConnectFailure.Cause? {
        do {
            try body()
        } catch WiFiError.connectFailed(let failure) {
            return failure.cause
        } catch {
            Issue.record("\(error)")
        }
        return nil
    }

    @Test(arguments: SocketFamily.allCases) func connectionsThatFailSayWhy(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        var client = WiFiClient(host.wifi)
        #expect(cause { try client.connect("nowhere", port: 9) } == .hostNotFound)
        #expect(cause { try client.connect("", port: 9) } == .hostNotFound)
        #expect(cause { try client.connect(.address(Host.address), port: 9) } == .refused)
        #expect(cause { try client.connect("127.0.0.1", port: 9) } == .refused)
        try host.wifi.disconnect()
        #expect(cause { try client.connect("nowhere", port: 9) } == .notJoined)
        #expect(cause { try client.connect(.address(Host.address), port: 9) } == .notJoined)
        #expect(cause { try client.connect("127.0.0.1", port: 9) } == .notJoined)
        let texts = [ConnectFailure.Cause.hostNotFound, .timedOut, .refused, .notJoined, .unknown].map {
            "\(WiFiError.connectFailed(cause: ConnectFailure($0)))"
        }
        #expect(Set(texts).count == 5)
        for text in texts { #expect(text.hasPrefix("no connection: ")) }
        #expect(throws: WiFiError.connectFailed) { try client.connect("nowhere", port: 9) }
    }

    /// The text suits every class that throws the error.
    @Test func wordsAreNotThoseOfAnotherClass() {
        for error in [WiFiError.serverFailed(port: 9), .notConnected, .staleHandle(SocketNumber(rawValue: 1))] {
            #expect(!"\(error)".contains("server"))
        }
        #expect("\(WiFiError.notConnected)".contains("datagram"))
        #expect("\(WiFiError.connectionEnded(available: 12))".contains("12"))
    }

    @Test func clientsAreKeys() throws {
        let host = try Host()
        let server = try host.server()
        let (first, _) = try host.acceptedClient(server)
        let (second, _) = try host.acceptedClient(server)
        var names = [first: "first", second: "second"]
        names[first] = "again"
        #expect(names.count == 2 && names[first] == "again" && names[second] == "second")
        try first.stop()
        let (third, _) = try host.acceptedClient(server)
        #expect(names[third] == nil)
    }
}
