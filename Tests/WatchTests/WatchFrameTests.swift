import NINAWire
import Testing

@testable import NINATrace
@testable import nina

/// The picture of `nina watch` in a terminal.
@Suite(.timeLimit(.minutes(5))) struct WatchFrameTests {
    private func state(commands: Int) -> WatchState {
        var state = WatchState()
        func event(_ event: TraceRecord.Event) {
            state.take(.event(TraceRecord(time: 0, coprocessor: 1, event), []))
        }
        event(.coprocessor(.on(firmware: "arduino-2.0.0\u{1B}[2J", family: .arduino, slots: 10, address: "127.1.0.1")))
        for number in 0..<commands {
            let window: [UInt8] = [0xE0, 0x20, 0x00, 0xEE]
            var exchange = Exchange(
                time: UInt64(number) * 1000, coprocessor: 1, out: window[...], shownOut: window[...], outFlags: [])
            exchange.opcode = .getConnStatus
            exchange.fields = []
            if number == 0 { exchange.slotChange = .opened(3, .server) }
            if number == 1 { exchange.findings = [Finding(.stale, "slot 1 is closed")] }
            state.take(.exchange(exchange))
        }
        return state
    }

    private func plain(_ line: String) -> String { line.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") }

    @Test func itFitsEveryTerminal() {
        let state = state(commands: 40)
        let details = (0..<20).map { "detail \($0)" }
        for rows in 1...40 {
            for columns in [1, 2, 20, 80, 200] {
                for details in [[], details] {
                    let frame = WatchFrame(state, details, isPaused: false, takesColors: true)
                    let lines = frame.lines(columns: columns, rows: rows)
                    #expect(lines.count == rows, "\(rows) rows")
                    #expect(lines.allSatisfy { plain($0).count <= columns }, "\(rows) rows, \(columns) columns")
                }
            }
        }
    }

    @Test func itShowsModulesSlotsAndTheLastCommands() {
        let lines = WatchFrame(state(commands: 3), [], isPaused: false, takesColors: false)
            .lines(columns: 80, rows: 12).map(plain)
        #expect(lines[0] == "nina watch  3 commands, 3/s, 1 finding")
        #expect(lines[1].hasPrefix("module 1 (arduino-2.0.0\\u{1B}[2J, 127.1.0.1), 3 commands"))
        #expect(lines[2] == "  slot 3  server for 0 s")
        #expect(lines.contains { $0.contains("GET_CONN_STATUS") } && lines.contains { $0.contains("! stale: ") })
        #expect(lines.last == "p pauses, q quits")
    }

    @Test func colorsAreOnlyForThoseWhoWantThem() {
        let frame = { WatchFrame(state(commands: 3), [], isPaused: true, takesColors: $0).lines(columns: 80, rows: 12) }
        #expect(frame(true).contains { $0.contains("\u{1B}[36m") })
        #expect(!frame(false).contains { $0.contains("\u{1B}[3") })
    }

    @Test func aSlotThatCloses() {
        var state = state(commands: 1)
        #expect(state.modules[1]?.slots.count == 1)
        state.take(.event(TraceRecord(time: 1, coprocessor: 1, .reset(boots: 2, bluetooth: false)), []))
        #expect(state.modules[1]?.slots.isEmpty == true)
    }
}
