import LinuxIO
import NINAControl
import NINACoprocessor
import ToolSupport

/// `nina ctl`: looks at the coprocessors of an emulator, changes what is around them, and waits for what they do.
struct CtlCommand {
    private static let usualWait = 60.0

    private let options: CtlOptions
    private let action: CtlAction

    init(_ arguments: inout Arguments) throws {
        options = try CtlOptions(&arguments)
        var parser = CtlParser(options)
        action = try parser.parse()
    }

    func run() throws {
        let channel = try ControlChannel(options.control)
        switch action {
        case .list: try show(channel, .list, CtlText.list)
        case .sockets: try show(channel, .sockets, CtlText.sockets)
        case .networks: try show(channel, .report, CtlText.networks)
        case .pins: try show(channel, .report, CtlText.pins)
        case .faults: try show(channel, .report, CtlText.faults)
        case .report: printJSON(try channel.request(.report, options.module, ReplyContent.Modules.self))
        case .metrics:
            let metrics = try channel.request(.metrics, nil, ReplyContent.Text.self)
            if options.isJSON { printJSON(metrics) } else { StandardOutput.write(metrics.text) }
        case .watch: try watch(channel)
        case .wait(let condition): try wait(channel, condition)
        case .logLevel(let level):
            printJSON(ifAsked: try channel.request(.logLevel(level), nil, ReplyContent.Nothing.self))
        case .change(.addFault(let fault)):
            printJSON(
                ifAsked: try channel.request(
                    .change(.addFault(fault)), options.module, ReplyContent.FaultName.self))
        case .change(let change):
            printJSON(ifAsked: try channel.request(.change(change), options.module, ReplyContent.Nothing.self))
        }
    }

    private func show(
        _ channel: ControlChannel, _ request: ControlRequest.Action, _ text: ([ModuleState]) -> [String]
    ) throws {
        let reply = try channel.request(request, options.module, ReplyContent.Modules.self)
        if options.isJSON { return printJSON(reply) }
        let lines = reply.modules.isEmpty ? ["no module is on: no host is connected"] : text(reply.modules)
        StandardOutput.write(lines.joined(separator: "\n") + "\n")
    }

    private func printJSON(_ content: some Encodable) { StandardOutput.write(ControlCoding.line(content)) }

    private func printJSON(ifAsked content: some Encodable) { if options.isJSON { printJSON(content) } }

    private func wait(_ channel: ControlChannel, _ condition: Condition) throws {
        let seconds = options.timeout ?? Self.usualWait
        let found = try channel.request(
            .wait(condition, timeout: .seconds(seconds)), options.module, ReplyContent.Found.self,
            patience: UInt64(seconds * 1e9))
        printJSON(ifAsked: found)
    }

    // MARK: Watching

    /// The members of a line that text needs, of an event that is not a module's.
    private struct TraceLine: Decodable {
        var t: UInt64
        var c: UInt64
        var event: String
        var state: String?
        var firmware: String?
        var address: String?
        var events: UInt64?
    }

    private func watch(_ channel: ControlChannel) throws {
        let deadline = options.timeout.map { MonotonicClock.deadline(after: UInt64($0 * 1e9)) }
        let watch = WatchOptions(commands: options.showsCommands, trace: options.isTrace)
        _ = try channel.request(.watch(watch), options.module, ReplyContent.Nothing.self)
        while StandardOutput.failure == nil, let line = try channel.nextLine(deadline: deadline) {
            if let text = try shown(line) { StandardOutput.write(text + "\n") }
        }
    }

    /// What is printed for a line of the channel.
    private func shown(_ line: String) throws -> String? {
        let bytes = Array(line.utf8)
        guard let event = try? ControlCoding.decode(TraceLine.self, from: bytes) else { return nil }
        let isOfModule = ControlEvent.names.contains(event.event)
        if options.isTrace { return isOfModule ? nil : line }
        if options.isJSON { return line }
        if isOfModule {
            return CtlText.event(try ControlCoding.decode(ControlEvent.self, from: bytes))
        }
        let milliseconds = String(String(1000 + event.t / 1_000_000 % 1000).dropFirst())
        let head = "\(event.t / 1_000_000_000).\(milliseconds)  "
        switch (event.event, event.state) {
        case ("coprocessor", "on"):
            return head + "module \(event.c)  is on: \(event.firmware ?? "-") at \(event.address ?? "-")"
        case ("coprocessor", _): return head + "module \(event.c)  is off"
        case ("gap", _): return head + "\(event.events ?? 0) events were left out"
        default: return nil
        }
    }
}
