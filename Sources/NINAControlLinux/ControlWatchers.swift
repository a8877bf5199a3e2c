import LinuxIO
import NINAControl
import NINATrace

/// Those who watch: makes lines of what the emulator's thread has collected, for each its own.
final class ControlWatchers {
    /// What a client watches.
    struct Watch {
        var options: WatchOptions
        /// Nil for all, also those to come.
        var modules: Set<UInt64>?
        /// Events from this time on.
        var start: UInt64

        func includes(_ module: UInt64, at time: UInt64) -> Bool {
            time >= start && (module == 0 || modules?.contains(module) ?? true)
        }
    }

    private static let pieceSize = 64 << 10

    private unowned let desk: ControlDesk
    private var clients: [ControlClient] = []
    /// Hides secrets, for which it has to know all windows.
    private var encoder: TraceEncoder?

    init(_ desk: ControlDesk) { self.desk = desk }

    /// What is wanted when this client wants that.
    func mode(with options: WatchOptions?, besides client: ControlClient) -> WatchTap.Mode {
        var all = clients.filter { $0 !== client }.compactMap { $0.watch?.options }
        if let options { all.append(options) }
        return WatchTap.Mode(
            events: !all.isEmpty, commands: all.contains(where: \.commands), trace: all.contains(where: \.trace))
    }

    /// Begins a watch, with what is on.
    func add(_ client: ControlClient, _ options: WatchOptions, modules: Set<UInt64>?, _ start: WatchTap.Start) {
        clients.removeAll { $0 === client }
        clients.append(client)
        client.watch = Watch(options: options, modules: modules, start: start.time)
        let unix = TimeOfDay.nanoseconds()
        var head = [TraceRecord(time: start.time, coprocessor: 0, .time(unix: unix))]
        head += start.modules.map {
            TraceRecord(
                time: start.time, coprocessor: UInt32(truncatingIfNeeded: $0.number), .coprocessor($0.power))
        }
        var own = TraceEncoder(.jsonLines, program: desk.program)
        var lines: [UInt8] = []
        for record in head { own.append(record, to: &lines) }
        // The one for all begins with the first that wants a trace.
        if options.trace, encoder == nil { encoder = own }
        client.send(events: lines, count: head.count, time: start.time)
    }

    func remove(_ client: ControlClient) {
        guard client.watch != nil else { return }
        client.watch = nil
        clients.removeAll { $0 === client }
        let mode = mode(with: nil, besides: client)
        if !mode.trace { encoder = nil }
        desk.ask({ ($0.service as? ControlService)?.tap?.set(mode) }) { _ in }
    }

    /// Lines for one client.
    private struct Lines {
        var bytes: [UInt8] = []
        var count = 0

        mutating func append(_ line: [UInt8]) {
            bytes += line
            count += 1
        }
    }

    /// Passes on what was collected, in the order of time.
    func receive(_ bundle: WatchTap.Bundle) {
        // One that is found to be gone leaves the list meanwhile.
        let clients = clients
        guard !clients.isEmpty else { return }
        var lines = Array(repeating: Lines(), count: clients.count)
        var events = bundle.events[...]
        func pass(_ event: ControlEvent) {
            let line = ControlCoding.line(event)
            for (index, client) in clients.enumerated() {
                guard let watch = client.watch, watch.includes(event.module, at: event.time) else { continue }
                if case .command = event.event, !watch.options.commands { continue }
                lines[index].append(line)
            }
        }
        var line: [UInt8] = []
        bundle.records.forEach { record in
            while let event = events.first, event.time < record.time {
                events.removeFirst()
                pass(event)
            }
            line.removeAll(keepingCapacity: true)
            if encoder == nil {
                var plain = TraceEncoder(.jsonLines, program: desk.program)
                plain.append(record, to: &line)
            } else {
                encoder?.append(record, to: &line)
            }
            let isPower = if case .coprocessor = record.event { true } else { false }
            for (index, client) in clients.enumerated() {
                guard let watch = client.watch, watch.options.trace || isPower,
                    watch.includes(UInt64(record.coprocessor), at: record.time)
                else { continue }
                lines[index].append(line)
                guard lines[index].bytes.count >= Self.pieceSize else { continue }
                // A large bundle goes in pieces, so that the client reads some while others are made.
                client.send(events: lines[index].bytes, count: lines[index].count, time: record.time)
                lines[index] = Lines()
            }
        }
        for event in events { pass(event) }
        if bundle.leftOut > 0 {
            let gap = Array(
                "{\"t\":\(bundle.time),\"c\":0,\"event\":\"gap\",\"events\":\(bundle.leftOut)}\n".utf8)
            for index in lines.indices { lines[index].append(gap) }
        }
        for (client, lines) in zip(clients, lines) {
            client.send(events: lines.bytes, count: lines.count, time: bundle.time)
        }
    }
}
