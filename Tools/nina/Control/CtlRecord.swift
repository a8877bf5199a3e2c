import LinuxIO
import LinuxProcesses
import NINAControl
import ToolSupport

/// `nina ctl record`: writes a scenario of what happens to a module.
struct CtlRecord {
    /// How soon it notices that it shall end, in nanoseconds.
    private static let slice: UInt64 = 200_000_000

    let channel: ControlChannel
    let path: String
    /// When it ends by itself; nil for never.
    let deadline: UInt64?

    func run(_ module: ModuleSelector?) throws {
        Signals.catchEndRequests()
        _ = try channel.request(.watch(WatchOptions(commands: false, trace: false)), module, ReplyContent.Nothing.self)
        var recorder = ScenarioRecorder()
        while !isOver, let line = try next() {
            guard let event = try? ControlCoding.decode(ControlEvent.self, from: Array(line.utf8)) else { continue }
            recorder.note(event)
        }
        guard !recorder.isEmpty else {
            throw RunFailure(1, "nothing has happened that a scenario could repeat; nothing is written")
        }
        try write(ScenarioFile.text(recorder.scenario(named: "recorded"), about: Self.about))
    }

    private static let about =
        "By nina ctl record. Secrets are not recorded: the passphrase * fits any. Delete what need not be expected, and give it a name."

    private var isOver: Bool {
        Signals.wasEndRequested || deadline.map { MonotonicClock.nanoseconds() >= $0 } ?? false
    }

    /// The next line; empty when there was none for a while, nil when the emulator has ended.
    private func next() throws -> String? {
        do {
            return try channel.nextLine(deadline: MonotonicClock.deadline(after: Self.slice)) ?? ""
        } catch let error as RunFailure where error.status == 3 {
            return nil
        }
    }

    private func write(_ text: String) throws {
        guard path != "-" else { return StandardOutput.write(text) }
        do throws(LinuxError) {
            if let error = try OutputFile(creating: path).write(Array(text.utf8)) { throw error }
        } catch {
            throw RunFailure(1, "\(printable(path)) cannot be written: \(error.errno)")
        }
    }
}
