import Glibc
import LinuxIO
import NINALink
import NINATransport
import NINAWire
import Testing
import WiFiNINA

/// An emulator process that is stopped, as by a debugger or on a loaded machine.
@Suite(.timeLimit(.minutes(10))) struct StoppedEmulatorTests {
    private func kind(_ body: () async throws(WiFiError) -> Void) async -> LinkError.Kind? {
        do throws(WiFiError) {
            try await body()
        } catch {
            if case .link(let fault, _) = error { return fault.kind }
            Issue.record("\(error)")
        }
        return nil
    }

    /// Calls end by their own deadlines, closing always ends, and the next call but one works again.
    @Test func callsEndAndGoOn() async throws {
        let emulator = try EmulatorUnderTest()
        let module = try await emulator.module()
        await module.perform { $0.commandTimeout = .milliseconds(200) }
        try emulator.child.terminate(SIGSTOP)
        await withTaskGroup(of: LinkError.Kind?.self) { group in
            for _ in 0..<8 {
                group.addTask { await kind { () async throws(WiFiError) in _ = try await module.status() } }
            }
            for await kind in group { #expect(kind == .timedOut) }
        }
        try emulator.child.terminate(SIGCONT)
        await module.perform { $0.commandTimeout = .seconds(10) }
        _ = await kind { () async throws(WiFiError) in _ = try await module.status() }
        _ = try await module.status()
        await module.close()
    }

    @Test func closingEndsACommandThatIsNotAnswered() async throws {
        let emulator = try EmulatorUnderTest()
        let module = try await emulator.module()
        await module.perform { $0.commandTimeout = .seconds(3600) }
        try emulator.child.terminate(SIGSTOP)
        defer { try? emulator.child.terminate(SIGCONT) }
        let waiting = (0..<4).map { _ in
            Task { await kind { () async throws(WiFiError) in _ = try await module.status() } }
        }
        try await Task.sleep(for: .milliseconds(50))
        await module.close()
        for task in waiting { #expect(await task.value == .closed) }
    }

    /// More resets than the link's boot count can express, and more than the socket has room for.
    @Test(arguments: [100, 5000]) func resetsMayGoUnanswered(_ count: Int) throws {
        let emulator = try EmulatorUnderTest()
        let link = try emulator.transport.open()
        try emulator.child.terminate(SIGSTOP)
        for _ in 0..<count {
            #expect(throws: LinkError(.timedOut, .boot)) {
                try link.reset(until: link.now.advanced(by: .microseconds(100)))
            }
        }
        try emulator.child.terminate(SIGCONT)
        try link.reset(until: link.now.advanced(by: .seconds(60)))
        let wifi = WiFi(link: link)
        for _ in 0..<10 { #expect(try wifi.status() == .idle) }
    }
}
