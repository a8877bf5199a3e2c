import LinuxIO
import LinuxProcesses
import NINATrace
import ToolSupport

/// `nina watch`: what modules do, in the terminal or in a browser, until Ctrl-C.
struct WatchCommand {
    private var trace: String?
    private var control: String?
    private var endpoint: IPv4Endpoint?
    private var decoder = TraceDecoder.Options()

    init(_ arguments: inout Arguments) throws {
        var address: String?
        var isWeb = false
        while let argument = try arguments.next(WatchOption.self) {
            switch argument {
            case .word(let word):
                guard isWeb, address == nil else { throw arguments.unknown() }
                address = word
                endpoint = try Self.endpoint(word)
            case .separator: throw arguments.unknown()
            case .option(.web): isWeb = true
            case .option(.control): control = try arguments.value()
            case .option(.trace): trace = try arguments.value()
            case .option(.firmware): decoder.firmware = try DecodeOptions.firmware(&arguments)
            case .option(.except): decoder.rules.subtract(try DecodeOptions.rules(&arguments))
            }
        }
        guard trace == nil || control == nil else { throw UsageError("--trace and --control exclude each other") }
        if isWeb, endpoint == nil { endpoint = IPv4Endpoint(address: IPv4Endpoint.loopbackAddress, port: 0) }
    }

    /// `127.0.0.1:8080`, `127.0.0.1` or `:8080`: only this machine may reach it.
    private static func endpoint(_ text: String) throws -> IPv4Endpoint {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let address = parts[0].isEmpty ? IPv4Endpoint.loopbackAddress : IPv4Endpoint.address(dotted: String(parts[0]))
        let port = parts.count == 2 ? UInt16(parts[1]) : 0
        guard parts.count <= 2, let address, address >> 24 == 127, let port else {
            throw UsageError("--web: expected an address of this machine such as 127.0.0.1:8080, got '\(text)'")
        }
        return IPv4Endpoint(address: address, port: port)
    }

    /// - Returns: the exit status.
    func run() throws -> Int32 {
        let reactor = try Reactor()
        let feed = WatchFeed(decoder)
        var end: (why: String, isFailure: Bool)?
        feed.onEnd = { why, isFailure in
            end = (why, isFailure)
            reactor.stop()
        }
        let ends = [Signals.interrupt, Signals.terminate, Signals.hangUp, Signals.quit]
        try reactor.onSignals(ends) { _ in reactor.stop() }
        // Refused before the terminal becomes a page.
        let place = trace == nil ? try ControlPlace(control) : nil
        let server = try endpoint.map { try WatchServer($0, feed, reactor) }
        if let server {
            StandardOutput.write("Open  \(server.address)  in a browser. Ctrl-C ends it.\n")
        } else {
            try showInTerminal(feed, reactor)
        }
        defer { Terminal.leave() }
        let source: AnyObject
        if let place {
            source = try ControlSource(place, feed, reactor)
        } else {
            source = try TraceTail(trace ?? "-", feed, reactor)
        }
        try withExtendedLifetime(source) { try reactor.run() }
        server?.stop()
        Terminal.leave()
        if let end { StandardError.write("nina: \(end.why)\n") }
        return end?.isFailure == true ? 3 : 0
    }

    private func showInTerminal(_ feed: WatchFeed, _ reactor: Reactor) throws {
        guard Terminal.isThere else {
            let text = ItemText(showsBytes: false)
            feed.onItems = { items in
                for item in items where !item.isLevel { StandardOutput.write(text.lines(item)) }
                if StandardOutput.failure != nil { reactor.stop() }
            }
            return
        }
        let screen = try WatchScreen(reactor)
        feed.onItems = { screen.take($0) }
        feed.onReport = { screen.take(report: $0) }
        try reactor.onSignals([Signals.windowChanged, Signals.terminalStop]) { notice in
            if notice.signal == Signals.terminalStop, (try? Terminal.stop()) == nil { reactor.stop() }
            screen.draw()
        }
    }
}

extension DecodedItem {
    /// Whether it only says levels of lines, or the time: too many for people.
    var isLevel: Bool {
        guard case .event(let record, let findings) = self, findings.isEmpty else { return false }
        return record.kind == .lines || record.kind == .time
    }
}
