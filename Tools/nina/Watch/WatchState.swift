import NINATrace

/// What the terminal page shows: the modules, what their slots are used for, and the last commands.
struct WatchState {
    struct Module {
        var name = ""
        var isOn = true
        var slots: [UInt8: (use: SlotUse, since: UInt64)] = [:]
        var commands = 0
    }

    private(set) var modules: [UInt32: Module] = [:]
    private(set) var commands = 0
    private(set) var findings = 0
    /// The newest lines, oldest first.
    private(set) var recent: [String] = []
    private(set) var time: UInt64 = 0
    /// Commands in each of the last intervals, of which five are a second.
    private var intervals = [0]
    private let text = ItemText(showsBytes: false)

    private static let longest = 500
    static let intervalNanoseconds: UInt64 = 200_000_000

    /// Commands in the last second.
    var rate: Int { intervals.reduce(0, +) }

    /// An interval has passed.
    mutating func tick() {
        intervals.append(0)
        if intervals.count > 5 { intervals.removeFirst() }
    }

    mutating func take(_ item: DecodedItem) {
        findings += item.findings.count
        switch item {
        case .exchange(let exchange):
            time = max(time, exchange.time)
            commands += 1
            intervals[intervals.count - 1] += 1
            modules[exchange.coprocessor, default: Module()].commands += 1
            switch exchange.slotChange {
            case .opened(let slot, let use): modules[exchange.coprocessor]?.slots[slot] = (use, exchange.time)
            case .closed(let slot): modules[exchange.coprocessor]?.slots[slot] = nil
            case nil: break
            }
        case .event(let record, _):
            time = max(time, record.time)
            take(record)
            guard !item.isLevel else { return }
        }
        recent += text.lines(item).split(separator: "\n").map(String.init)
        if recent.count > Self.longest { recent.removeFirst(recent.count - Self.longest / 2) }
    }

    private mutating func take(_ record: TraceRecord) {
        switch record.event {
        case .coprocessor(let power):
            modules[record.coprocessor, default: Module()].isOn = power.isOn
            guard power.isOn else {
                modules[record.coprocessor]?.slots = [:]
                return
            }
            let parts = [power.firmware, power.address].filter { !$0.isEmpty }
            modules[record.coprocessor]?.name = parts.map { printable($0) }.joined(separator: ", ")
        case .reset: modules[record.coprocessor, default: Module()].slots = [:]
        case .windowOut, .windowIn, .lines, .time, .gap, .failure: break
        }
    }
}
