import NINALink
import NINAWire
import Testing
import WiFiNINA
import WiFiNINATesting

/// Calls to a module that stops answering end by their own deadlines, which count from the call. If one does not end,
/// the suite's time limit fails the test.
@Suite(.timeLimit(.minutes(10))) struct StalledModuleTests {
    /// A module on real time, one connection to it, and the switch that stops it.
    private struct Stalled {
        let loopback: LoopbackModule
        let control: StallingLink.Control
        let server: WiFiModule.Server
        let client: WiFiModule.Client
        let peer: LoopbackPeer

        var module: WiFiModule { loopback.module }

        init(canBeInterrupted: Bool = true, keepsDeadlines: Bool = true) async throws {
            var stalling: StallingLink?
            loopback = try await LoopbackModule.joined {
                let link = StallingLink($0, canBeInterrupted: canBeInterrupted, keepsDeadlines: keepsDeadlines)
                stalling = link
                return link
            }
            control = try #require(stalling?.control)
            server = try await loopback.module.listen(port: 80)
            peer = try await loopback.connect(to: 80)
            client = try await server.accept()
        }

        func commandTimeout(_ time: Duration) async { await module.perform { $0.commandTimeout = time } }

        /// Waits until a command blocks the module's thread.
        func blocked() async throws {
            let end = ContinuousClock.now.advanced(by: .seconds(60))
            while !control.isBlocked {
                guard ContinuousClock.now < end else { throw NeverHappened() }
                try await Task.sleep(for: .milliseconds(1))
            }
        }
    }

    private func error(_ body: () async throws(WiFiError) -> Void) async -> WiFiError? {
        do throws(WiFiError) {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    private func isTimeOut(_ error: WiFiError?) -> Bool {
        if case .link(let fault, _) = error { fault.kind == .timedOut } else { false }
    }

    private func isClosed(_ error: WiFiError?) -> Bool {
        if case .link(let fault, _) = error { fault.kind == .closed } else { false }
    }

    /// Behind a command that would take an hour.
    @Test func timeOutsDoNotWaitForTheCommandsBefore() async throws {
        let host = try await Stalled()
        let socket = try await host.module.datagramSocket(port: 9)
        await host.commandTimeout(.seconds(3600))
        host.control.stall(true)
        let before = Task { try await host.module.status() }
        try await host.blocked()
        let short = Duration.milliseconds(20)
        let (module, client) = (host.module, host.client)
        async let errors = [
            error { () async throws(WiFiError) in _ = try await client.read(timeout: short) },
            error { () async throws(WiFiError) in _ = try await client.read(exactly: 3, timeout: short) },
            error { () async throws(WiFiError) in _ = try await client.readLine(timeout: short) },
            error { () async throws(WiFiError) in _ = try await socket.receive(timeout: short) },
            error { () async throws(WiFiError) in _ = try await client.write([1], timeout: short) },
            error { () async throws(WiFiError) in try await client.writeAll([1], timeout: short) },
            error { () async throws(WiFiError) in try await client.println("never", timeout: short) },
            error { () async throws(WiFiError) in _ = try await module.connect(to: "box", port: 9, timeout: short) },
            error { () async throws(WiFiError) in try await module.begin("open-net", timeout: short) },
        ]
        let expected: [WiFiError] =
            Array(repeating: .timedOut(.read), count: 4) + Array(repeating: .timedOut(.write), count: 3)
            + [.connectFailed, .timedOut(.join)]
        #expect(await errors == expected)
        #expect(host.control.isBlocked)
        host.control.stall(false)
        // The previous command was not shortened, and none of the cancelled ones ran.
        #expect(try await before.value == .connected)
        await host.peer.send([7, 8])
        #expect(try await client.read() == [7, 8])
        #expect(await host.peer.read() == [])
        await module.close()
    }

    /// The call's own command does not return: its bytes stay for the next reader.
    @Test func bytesOfAGivenUpReadAreKept() async throws {
        let host = try await Stalled()
        // On a busy machine a task may wait for longer than a command usually does.
        await host.commandTimeout(.seconds(3600))
        await host.peer.send(Array("one\ntwo".utf8))
        host.control.stall(true)
        let client = host.client
        #expect(
            await error { () async throws(WiFiError) in _ = try await client.readLine(timeout: .milliseconds(20)) }
                == .timedOut(.read))
        host.control.stall(false)
        #expect(try await client.readLine() == "one")
        #expect(try await client.read(exactly: 3) == Array("two".utf8))
        await host.module.close()
    }

    /// Calls without a time-out of their own end by the command time-out, even if the link does not return.
    @Test(arguments: [true, false]) func callsBehindASilentModuleFailTogether(_ keepsDeadlines: Bool) async throws {
        let host = try await Stalled(keepsDeadlines: keepsDeadlines)
        await host.commandTimeout(.milliseconds(200))
        host.control.stall(true)
        let (module, client) = (host.module, host.client)
        let errors = await withTaskGroup(of: WiFiError?.self, returning: [WiFiError?].self) { group in
            for _ in 0..<4 {
                group.addTask { await error { () async throws(WiFiError) in _ = try await module.status() } }
                group.addTask { await error { () async throws(WiFiError) in _ = try await client.remoteIP() } }
            }
            var errors: [WiFiError?] = []
            for await error in group { errors.append(error) }
            return errors
        }
        #expect(errors.count == 8)
        for error in errors { #expect(isTimeOut(error), "\(String(describing: error))") }
        if !keepsDeadlines { #expect(host.control.isBlocked) }
        await client.close()
        await host.server.end()
        host.control.stall(false)
        await module.close()
    }

    /// Closing does not wait for earlier calls.
    @Test func closingOvertakesEverything() async throws {
        let host = try await Stalled()
        await host.commandTimeout(.seconds(3600))
        host.control.stall(true)
        let (module, client, server) = (host.module, host.client, host.server)
        let first = Task { await error { () async throws(WiFiError) in _ = try await module.status() } }
        try await host.blocked()
        let others = [
            Task { await error { () async throws(WiFiError) in _ = try await client.read() } },
            Task { await error { () async throws(WiFiError) in _ = try await server.accept() } },
            Task { await error { () async throws(WiFiError) in _ = try await module.localIP() } },
            Task { await error { () async throws(WiFiError) in try await client.print("never") } },
        ]
        await module.close()
        #expect(host.control.isStalled)
        #expect(isClosed(await first.value))
        for other in others { #expect(isClosed(await other.value)) }
        #expect(isClosed(await error { () async throws(WiFiError) in _ = try await module.status() }))
        #expect(await module.isClosed)
    }

    /// A link that cannot be interrupted: closing ends, and waiting calls end with their command.
    @Test func closingDoesNotWaitForALinkThatBlocks() async throws {
        let host = try await Stalled(canBeInterrupted: false)
        await host.commandTimeout(.seconds(3600))
        host.control.stall(true)
        let (module, client) = (host.module, host.client)
        let first = Task { try await module.status() }
        try await host.blocked()
        let second = Task { await error { () async throws(WiFiError) in _ = try await client.read() } }
        await module.close()
        #expect(host.control.isBlocked)
        host.control.stall(false)
        #expect(try await first.value == .connected)
        #expect(isClosed(await second.value))
    }

    /// A cancelled task ends as soon as the running command has ended.
    @Test func cancellingEndsACallThatWaits() async throws {
        let host = try await Stalled()
        host.control.stall(true)
        let (module, client) = (host.module, host.client)
        let first = Task { try await module.status() }
        try await host.blocked()
        let second = Task {
            await error { () async throws(WiFiError) in _ = try await client.read(timeout: .seconds(3600)) }
        }
        second.cancel()
        host.control.stall(false)
        #expect(await second.value == .cancelled)
        #expect(try await first.value == .connected)
        await module.close()
    }
}
