import LinuxIO
import LinuxProcesses
import NINAControl
import NINATrace

/// The terminal page.
final class WatchScreen: ReactorHandler, ReactorTimerHandler {
    private var state = WatchState()
    private let reactor: Reactor
    private var shown: WatchState?
    private var isPaused: Bool { shown != nil }
    /// What the control channel says of the modules, in lines; empty without one.
    private var details: [String] = []

    /// Begins the page; `leave` of the terminal ends it.
    init(_ reactor: Reactor) throws {
        self.reactor = reactor
        try Terminal.enter()
        _ = try reactor.add(Terminal.descriptor, .readable, handler: self)
        timerFired(token: 0)
    }

    func take(_ items: [DecodedItem]) {
        for item in items { state.take(item) }
    }

    /// Takes the state of the modules, a reply of the control channel.
    func take(report line: [UInt8]) {
        let reply = try? ControlCoding.decode(ControlReply<ReplyContent.Modules>.self, from: line)
        if let modules = reply?.ok?.modules { details = ModuleLines.lines(modules) }
    }

    func ready(_ events: ReadyEvents, token: UInt64) {
        guard let keys = Terminal.keys() else { return reactor.stop() }
        for key in keys {
            switch key {
            // Ctrl-D, too.
            case UInt8(ascii: "q"), UInt8(ascii: "Q"), 4: reactor.stop()
            case UInt8(ascii: "p"), UInt8(ascii: " "):
                shown = isPaused ? nil : state
                draw()
            default: break
            }
        }
    }

    func timerFired(token: UInt64) {
        state.tick()
        draw()
        reactor.schedule(at: MonotonicClock.nanoseconds() + WatchState.intervalNanoseconds, handler: self)
        if StandardOutput.failure != nil { reactor.stop() }
    }

    func draw() {
        let (columns, rows) = Terminal.size
        let lines = WatchFrame(shown ?? state, details, isPaused: isPaused, takesColors: Terminal.takesColors)
            .lines(columns: columns, rows: rows)
        // All at once, for terminals that know how, and without clearing: nothing flickers.
        StandardOutput.write(
            "\u{1B}[?2026h\u{1B}[H" + lines.map { "\($0)\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J\u{1B}[?2026l")
    }
}

/// One picture of the page.
struct WatchFrame {
    private let state: WatchState
    private let details: [String]
    private let isPaused: Bool
    private let takesColors: Bool

    init(_ state: WatchState, _ details: [String], isPaused: Bool, takesColors: Bool) {
        self.state = state
        self.details = details
        self.isPaused = isPaused
        self.takesColors = takesColors
    }

    /// As many lines as the terminal has, none longer than it is wide.
    func lines(columns: Int, rows: Int) -> [String] {
        let findings = state.findings == 0 ? "" : ", \(state.findings) finding\(state.findings == 1 ? "" : "s")"
        var top = [styled("nina watch  \(state.commands) commands, \(state.rate)/s\(findings)", "1", columns)]
        top += details.isEmpty ? modules(columns) : details.map { styled($0, "", columns) }
        let bottom = styled(isPaused ? "paused: p goes on, q quits" : "p pauses, q quits", "2", columns)
        // What happens is the last to go in a small window.
        let most = max(1, rows - 2 - min(state.recent.count, max(3, rows / 2)))
        if top.count > most { top = top.prefix(most - 1) + [styled("... \(top.count - most + 1) more", "2", columns)] }
        let room = max(0, rows - top.count - 2)
        let recent = state.recent.suffix(room).map { styled($0, $0.hasPrefix("             ! ") ? "31" : "", columns) }
        let all = top + [""] + recent + Array(repeating: "", count: room - recent.count) + [bottom]
        return Array(all.prefix(max(1, rows)))
    }

    private func modules(_ columns: Int) -> [String] {
        state.modules.sorted { $0.key < $1.key }.filter { $0.key > 0 }.flatMap { number, module in
            let name = module.name.isEmpty ? "" : " (\(module.name))"
            let head = "module \(number)\(name)\(module.isOn ? "" : " is off"), \(module.commands) commands"
            let slots = module.slots.sorted { $0.key < $1.key }.map { slot, use in
                let age = state.time > use.since ? (state.time - use.since) / 1_000_000_000 : 0
                return "  slot \(slot)  \(use.use.rawValue) for \(age) s"
            }
            return [styled(head, "36", columns)] + slots.map { styled($0, "", columns) }
        }
    }

    private func styled(_ text: String, _ style: String, _ columns: Int) -> String {
        let cut = text.count > columns ? "\(text.prefix(max(0, columns - 1)))…" : text
        // Bold and faint are no colors.
        guard !style.isEmpty, takesColors || style.utf8.count == 1 else { return cut }
        return "\u{1B}[\(style)m\(cut)\u{1B}[0m"
    }
}
