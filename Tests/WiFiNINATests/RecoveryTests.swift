import NINACoprocessor
import NINALink
import NINAWire
import Testing
import WiFiNINA

/// Recovery of a link on which commands are not answered.
@Suite(.timeLimit(.minutes(10))) struct RecoveryTests {
    /// A module whose faults are set by the test, and the reported recovery steps.
    private final class Patient {
        let network = VirtualNetwork()
        let injector: FaultInjector
        let wifi: WiFi
        var reports: [RecoveryReport] = []

        init() throws {
            injector = FaultInjector(try MessageLink.loopback(to: Coprocessor(network: network)), seed: 1)
            wifi = WiFi(link: injector)
            wifi.recoveryObserver = { [unowned self] in reports.append($0) }
            try wifi.begin("open-net")
        }

        /// Makes one call fail by a fault.
        func suffer(_ fault: WritableKeyPath<FaultInjector.Rates, UInt16>) throws {
            injector.rates[keyPath: fault] = .max
            #expect(throws: WiFiError.self) { try self.wifi.rssi() }
            injector.rates = FaultInjector.Rates()
        }

        var steps: [RecoveryStep] { reports.map(\.step) }
    }

    private let lateReply = WiFiError.link(LinkError(.timedOut, .reply), .getCurrRSSI)
    private func restarted(_ opcode: Opcode) -> WiFiError { .link(LinkError(.restarted, .readyForCommand), opcode) }

    @Test func aTimeOutIsFollowedByResynchronisation() throws {
        let patient = try Patient()
        let server = WiFiServer(patient.wifi, port: 80)
        try server.begin()
        try patient.suffer(\.hidesReady)
        #expect(patient.reports.isEmpty)
        #expect(try patient.wifi.status() == .connected)
        #expect(patient.reports == [RecoveryReport(step: .resynchronize, cause: lateReply, failure: nil)])
        #expect(patient.wifi.recoveries == (1, 0, 0))
        // Nothing was lost.
        #expect(try server.status())
        #expect(try patient.wifi.status() == .connected)
        #expect(patient.reports.count == 1)
    }

    @Test func timeOutsThatGoOnClimbTheLadder() throws {
        let patient = try Patient()
        let server = WiFiServer(patient.wifi, port: 80)
        try server.begin()
        let socket = try WiFiSocket(patient.wifi, .stream)
        try patient.suffer(\.hidesReady)
        #expect(try patient.wifi.status() == .connected)
        try patient.suffer(\.hidesReady)
        // The soft reset closes everything by commands: the module has not restarted.
        #expect(throws: restarted(.getConnStatus)) { try patient.wifi.status() }
        #expect(patient.steps == [.resynchronize, .softReset])
        #expect(!server.isListening && !socket.isOpen)
        #expect(patient.network.openSockets == 0)
        #expect(try patient.wifi.status() == .disconnected)
        try patient.suffer(\.hidesReady)
        #expect(throws: restarted(.getConnStatus)) { try patient.wifi.status() }
        #expect(patient.steps == [.resynchronize, .softReset, .hardReset])
        #expect(try patient.wifi.status() == .idle)
        #expect(patient.wifi.recoveries == (1, 1, 1))
        // Work continues, and recovery starts at its first step.
        try patient.wifi.begin("open-net")
        try server.begin()
        try patient.suffer(\.hidesReady)
        #expect(try patient.wifi.status() == .connected)
        #expect(patient.steps.last == .resynchronize)
    }

    @Test func aTimeOutMuchLaterIsANewOne() throws {
        let patient = try Patient()
        for _ in 0..<5 {
            try patient.suffer(\.hidesReady)
            for _ in 0..<10 { #expect(try patient.wifi.status() == .connected) }
        }
        #expect(patient.wifi.recoveries == (5, 0, 0))
    }

    @Test func wrongRepliesAreNoReasonForAReset() throws {
        let patient = try Patient()
        for _ in 0..<5 {
            try patient.suffer(\.showsReadyEarly)
            #expect(try patient.wifi.status() == .connected)
        }
        #expect(patient.wifi.recoveries == (5, 0, 0))
    }

    /// READY stays high for good: only RESET helps, and the call's time is kept as far as a reset allows.
    @Test func aModuleThatHangsIsReset() throws {
        let patient = try Patient()
        patient.injector.rates.holdsReady = .max
        // The second call gives a slow module its time.
        for _ in 0..<2 {
            #expect(throws: WiFiError.link(LinkError(.timedOut, .readyForCommand), .getCurrRSSI)) {
                try patient.wifi.rssi()
            }
        }
        let start = patient.wifi.now
        #expect(throws: restarted(.getConnStatus)) { try patient.wifi.status() }
        #expect(patient.wifi.now.nanoseconds(since: start) <= 10_000_000_000)
        #expect(patient.steps == [.resynchronize, .resynchronize, .hardReset])
        #expect(patient.reports[0].failure == .link(LinkError(.timedOut, .readyForCommand), .getConnStatus))
        patient.injector.rates = FaultInjector.Rates()
        #expect(try patient.wifi.status() == .idle)
    }

    @Test(arguments: [RecoveryStep.resynchronize, nil]) func goesNoFurtherThanTold(_ limit: RecoveryStep?) throws {
        let patient = try Patient()
        patient.wifi.recoveryLimit = limit
        patient.injector.rates.holdsReady = .max
        let late = LinkError(.timedOut, .readyForCommand)
        for _ in 0..<3 {
            #expect(throws: WiFiError.link(late, .getConnStatus)) { try patient.wifi.status() }
        }
        #expect(patient.steps == (limit == nil ? [] : [.resynchronize, .resynchronize]))
        patient.injector.rates = FaultInjector.Rates()
        #expect(try patient.wifi.status() == .connected)
    }

    @Test func aModuleThatIsGoneIsNotWokenUp() throws {
        let patient = try Patient()
        patient.injector.rates.vanishes = .max
        for _ in 0..<3 {
            #expect(throws: WiFiError.link(LinkError(.closed, .readyForCommand), .getConnStatus)) {
                try patient.wifi.status()
            }
        }
        #expect(patient.reports.isEmpty)
    }

    /// READY seen low too early: the host reads nothing, and the next command meets a module that still holds a reply.
    @Test func repliesThatAreOneBehindAreNeverTaken() throws {
        let patient = try Patient()
        patient.injector.rates.showsReadyEarly = .max
        #expect(throws: WiFiError.self) { try patient.wifi.localIP() }
        patient.injector.rates = FaultInjector.Rates()
        #expect(try patient.wifi.status() == .connected)
        #expect(try patient.wifi.localIP() == IPv4Address(127, 1, 0, 1))
        #expect(patient.steps == [.resynchronize])
    }

    /// The module restarts while its reply is read, and nothing reports it.
    @Test func aRestartInTheMiddleOfAReplyIsFound() throws {
        let patient = try Patient()
        let server = WiFiServer(patient.wifi, port: 80)
        try server.begin()
        try patient.suffer(\.restartsInReply)
        #expect(throws: WiFiError.serverNotListening) {
            for _ in 0..<3 {
                try patient.wifi.delay(.milliseconds(60))
                _ = try server.accept()
            }
        }
        #expect(try patient.wifi.status() == .idle)
        try patient.wifi.begin("open-net")
        try server.begin()
        let peer = try #require(patient.network.connect(to: 80))
        peer.send([1])
        #expect(try server.accept()?.read() == 1)
    }

    @Test func anObserverMayUseTheModule() throws {
        let patient = try Patient()
        var statuses: [ConnectionStatus?] = []
        patient.wifi.recoveryObserver = { _ in statuses.append(try? patient.wifi.status()) }
        try patient.suffer(\.hidesReady)
        #expect(try patient.wifi.localIP() == IPv4Address(127, 1, 0, 1))
        patient.injector.rates.holdsReady = .max
        for _ in 0..<3 { #expect(throws: WiFiError.self) { try patient.wifi.rssi() } }
        #expect(statuses == [.connected, nil, nil])
    }

    /// A command that recovery did not send has lost no bytes.
    @Test(arguments: [true, false]) func whatWasNeverSentLosesNothing(_ isReading: Bool) throws {
        let patient = try Patient()
        let server = WiFiServer(patient.wifi, port: 80)
        try server.begin()
        let peer = try #require(patient.network.connect(to: 80))
        let client = try #require(try server.accept())
        peer.send([1, 2, 3])
        try patient.suffer(\.hidesReady)
        patient.injector.rates.hidesReady = .max
        #expect(throws: WiFiError.self) { if isReading { _ = try client.read(10) } else { try client.writeAll([4]) } }
        patient.injector.rates = FaultInjector.Rates()
        #expect(try client.read(10) == [1, 2, 3])
        try client.writeAll([4])
        #expect(peer.read() == [4])
    }

    /// After a restart of the module recovery starts at its first step.
    @Test func aFreshModuleIsNotResetAtOnce() throws {
        let patient = try Patient()
        try patient.suffer(\.hidesReady)
        _ = try patient.wifi.status()
        try patient.suffer(\.restarts)
        try patient.suffer(\.hidesReady)
        _ = try patient.wifi.status()
        #expect(patient.wifi.recoveries == (2, 0, 0))
    }

    /// The module restarts while the link is made reliable, and says so: then nothing is left to recover.
    @Test func noStepFollowsARestartThatWasTold() throws {
        let patient = try Patient()
        try patient.suffer(\.hidesReady)
        patient.injector.rates.restarts = .max
        #expect(throws: WiFiError.self) { try patient.wifi.status() }
        patient.injector.rates = FaultInjector.Rates()
        #expect(patient.steps == [.resynchronize] && patient.reports[0].failure != nil)
        for _ in 0..<3 { #expect(try patient.wifi.status() == .idle) }
        #expect(patient.reports.count == 1)
        #expect(patient.wifi.recoveries == (0, 0, 0))
        // The next time-out is the first one of the fresh module.
        try patient.suffer(\.hidesReady)
        #expect(try patient.wifi.status() == .idle)
        #expect(patient.steps == [.resynchronize, .resynchronize])
        #expect(patient.wifi.recoveries == (1, 0, 0))
    }

    @Test func noStepFollowsAResetByTheProgram() throws {
        let patient = try Patient()
        try patient.suffer(\.hidesReady)
        try patient.wifi.reset()
        #expect(try patient.wifi.status() == .idle)
        #expect(patient.reports.isEmpty)
    }

    @Test func noStepIsTakenAfterAllSteps() throws {
        let patient = try Patient()
        try patient.suffer(\.hidesReady)
        patient.wifi.recoveryLimit = nil
        _ = try patient.wifi.status()
        #expect(patient.reports.isEmpty)
    }

    /// Without RESET nothing has happened to the sockets.
    @Test(arguments: SocketFamily.allCases) func withoutAResetLineNothingIsForgotten(_ family: SocketFamily) throws {
        let host = try Host(family: family)
        let server = try host.server()
        let (client, peer) = try host.acceptedClient(server)
        host.link.hasResetLine = false
        #expect(throws: WiFiError.link(LinkError(.unavailable, .boot), nil)) { try host.wifi.reset() }
        host.link.commandsLeft = 0
        for _ in 0..<4 { #expect(throws: WiFiError.self) { try host.wifi.status() } }
        host.link.commandsLeft = nil
        #expect(try host.wifi.status() == .connected)
        #expect(server.isListening)
        try client.writeAll([1])
        #expect(peer.read() == [1])
        _ = try host.acceptedClient(server)
    }
}
